"""Writes the parts of README.md that the code knows better: the diagrams from TRANSITIONS and REQUEST_TRANSITIONS, the table of settings.

python -m tests.house.readme
"""

import re
from pathlib import Path

from flow.domain.bed import TRANSITIONS
from flow.domain.cause import Origin
from flow.domain.request import REQUEST_TRANSITIONS
from flow.settings import CHECKOUT, SETTINGS

README = Path(__file__).parents[2] / "README.md"


def diagram() -> str:
    """The bed's life as a mermaid state diagram; a move that only facts may make says so."""
    lines = ["```mermaid", "stateDiagram-v2", "    [*] --> available"]
    for (old, new), move in TRANSITIONS.items():
        facts_only = "" if Origin.PERSON in move.by else " (feed only)"
        lines.append(f"    {old} --> {new}: {move.name}{facts_only}")
    return "\n".join([*lines, "```"])


def requests() -> str:
    """A bed request's life as a mermaid state diagram."""
    lines = ["```mermaid", "stateDiagram-v2", "    [*] --> waiting", "    [*] --> ready", "    [*] --> asked"]
    lines += [f"    {old} --> {new}: {move}" for (old, new), move in REQUEST_TRANSITIONS.items()]
    return "\n".join([*lines, "```"])


def settings() -> str:
    """The table of settings."""
    lines = ["| variable | default | what it is for |", "|---|---|---|"]
    for setting in SETTINGS:
        default = setting.default if isinstance(setting.default, str) else setting.default({})
        default = default.replace(f"{CHECKOUT}/", "")
        lines.append(f"| `{setting.variable}` | {default} | {setting.help} |")
    return "\n".join(lines)


PARTS = {"diagram": diagram, "requests": requests, "settings": settings}


def written(text: str) -> str:
    """The text with its parts as the code has them now."""
    for name, part in PARTS.items():
        block = f"<!-- {name}: written by tests/house/readme.py -->\n{part()}\n<!-- /{name} -->"
        text, found = re.subn(rf"<!-- {name}: .*?<!-- /{name} -->", lambda _, block=block: block, text, flags=re.DOTALL)
        if found != 1:
            raise ValueError(f"README.md has {found} places for {name}")
    return text


if __name__ == "__main__":
    README.write_text(written(README.read_text(encoding="utf-8")), encoding="utf-8")
