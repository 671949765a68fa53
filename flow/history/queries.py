"""Loads the named blocks of the `.sql` files: `-- name: words` starts a block, comment lines under it say what it is for."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

HOME = Path(__file__).parent / "sql"


@cache
def load(noun: str) -> Mapping[str, str]:
    """The blocks of `sql/<noun>.sql` by name. KeyError on an unknown name, at import time of whoever asks."""
    blocks: dict[str, list[str]] = {}
    current: list[str] = []
    for line in (HOME / f"{noun}.sql").read_text(encoding="utf-8").splitlines():
        if line.startswith("-- name:"):
            current = blocks.setdefault(line.removeprefix("-- name:").strip(), [])
        elif not line.startswith("--"):
            current.append(line)
    return {name: "\n".join(lines).strip().rstrip(";") for name, lines in blocks.items()}


def quoted(text: str) -> str:
    """A text as a literal, for a script, which takes no arguments. What is quoted comes from the hospital file, never from a request."""
    return "'" + text.replace("'", "''") + "'"


def nouns() -> list[str]:
    """Every file of named blocks, for the test that prepares them all."""
    return sorted(path.stem for path in HOME.glob("*.sql"))
