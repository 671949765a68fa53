"""Every test that a README or the list of ASVS requirements names is there: a test that was renamed or taken out proves no promise."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
READMES = [
    file for name in ("README.md", "ASVS.md") for file in ROOT.rglob(name) if not {".venv", "node_modules", "vendor"} & set(file.parts)
]
FILES = list((ROOT / "tests").rglob("test_*.py"))
"""Those of one name stand in several folders."""
TESTS = {file.name for file in FILES}
DEFINED = {name for file in FILES for name in re.findall(r"^(?:async )?def (test_\w+)", file.read_text(encoding="utf-8"), re.MULTILINE)}


@pytest.mark.parametrize("readme", READMES, ids=lambda file: str(file.relative_to(ROOT)))
def test_what_is_named_is_there(readme: Path) -> None:
    named = re.findall(r"\b(test_\w+)(\.py)?", readme.read_text(encoding="utf-8"))
    assert [name + file for name, file in named if (name + file not in TESTS if file else name not in DEFINED)] == []


def test_the_feed_says_what_proves_its_promises() -> None:
    text = (ROOT / "adt_feed" / "README.md").read_text(encoding="utf-8")
    assert len(set(re.findall(r"`(test_\w+)`", text))) > 30
