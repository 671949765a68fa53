"""What the text may say: a paragraph at each door, no machine's paths, no registry's address, no unfinished marks."""

import ast
import re
import subprocess

import pytest

from tests.house.tree import PACKAGES, ROOT, modules, parsed, shown

TEXT = {"", ".py", ".sql", ".lua", ".html", ".css", ".js", ".toml", ".md", ".txt", ".in", ".json", ".svg", ".yml"}
NOT_OURS = ("static/vendor/", "tests/vendor/", "static/fonts/", "LICENSE")
MARKS = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b")
MACHINE_PATHS = re.compile(r"/(?:work|root|home/[a-z]+|Users/[a-z]+)/[a-z.]")
REGISTRIES = re.compile(r"pypi\.org|files\.python[h]osted|registry\.npm[j]s|--index-url|unpkg\.com|cdn\.jsdelivr|googleapis\.com")
HOMES_IN_TESTS = re.compile(r"/home/(?:ward|clerk)\b")


def _tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    return [name for name in listed.split("\0") if name and not name.startswith(NOT_OURS)]


def _texts() -> list[tuple[str, str]]:
    """Every text file that is under version control, save what others wrote and this file, which names what it looks for."""
    paths = [ROOT / name for name in _tracked()]
    found = [path for path in paths if path.suffix in TEXT and path.is_file() and path.name != "test_words.py"]
    return [(shown(path), path.read_text("utf-8", errors="replace")) for path in found]


@pytest.mark.parametrize(
    ("pattern", "what"), [(MARKS, "an unfinished mark"), (MACHINE_PATHS, "a machine's path"), (REGISTRIES, "a registry's address")]
)
def test_nothing_says(pattern: re.Pattern[str], what: str) -> None:
    texts = _texts()
    if not texts:
        pytest.skip("not a git checkout")
    said = [f"{place}: {hit[0]}" for place, text in texts for hit in [pattern.search(HOMES_IN_TESTS.sub("", text))] if hit]
    assert said == [], what


@pytest.mark.parametrize("package", PACKAGES)
def test_every_module_opens_with_a_paragraph(package: str) -> None:
    silent = [shown(path) for path in modules(package) if parsed(path).body and not ast.get_docstring(parsed(path))]
    assert silent == []


def test_every_lint_ignore_has_its_reason() -> None:
    lines = (ROOT / "pyproject.toml").read_text("utf-8").splitlines()
    codes = [line for line in lines if re.match(r'\s+"[A-Z]+[0-9]*",', line) and line.count(",") == 1]
    assert codes
    assert [line for line in codes if not re.search(r",\s+# .+", line)] == []
