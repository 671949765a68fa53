"""Each rule of our own finds every bad example and passes every good one (`examples/`)."""

import os
import re
import shutil
from collections import defaultdict
from pathlib import Path

import pytest

from tests.security import programs
from tests.security.code import RULES, rule_of, rules, semgrep_on

EXAMPLES = Path(__file__).parent / "examples"
MARK = re.compile(r"(?:#|<!--) (ruleid|ok): ([\w-]+)")

Marks = dict[str, set[tuple[str, int]]]


def marked() -> tuple[Marks, Marks]:
    """By rule, the lines that must be found and those that must not: each is the one under its mark."""
    bad, good = defaultdict(set), defaultdict(set)
    for file in sorted(EXAMPLES.iterdir()):
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
            if mark := MARK.search(line):
                (bad if mark[1] == "ruleid" else good)[mark[2]].add((file.name, number + 1))
    return bad, good


def everywhere(folder: Path) -> Path:
    """The rules without the folders that they are held to."""
    (folder / "rules").mkdir()
    for file in RULES.glob("*.yaml"):
        lines = [line for line in file.read_text("utf-8").splitlines() if not line.lstrip().startswith("paths:")]
        (folder / "rules" / file.name).write_text("\n".join(lines))
    return folder / "rules"


def test_every_rule_has_a_good_and_a_bad_example() -> None:
    bad, good = marked()
    assert set(rules()) == set(bad) == set(good)


def test_every_rule_finds_the_bad_and_passes_the_good(tmp_path: Path) -> None:
    if not (programs.HOME / "semgrep").exists() and "CI" not in os.environ:
        pytest.skip("no semgrep here: .ci/security; CI does not skip it")
    shutil.copytree(EXAMPLES, tmp_path / "code")  # what lies in a folder of tests is passed over
    answer, _ = semgrep_on([tmp_path / "code"], "semgrep-examples", everywhere(tmp_path))
    bad, _ = marked()
    found: Marks = defaultdict(set)
    for each in answer["results"]:
        found[rule_of(each)].add((Path(each["path"]).name, each["start"]["line"]))
    assert answer["errors"] == []
    assert found == bad
