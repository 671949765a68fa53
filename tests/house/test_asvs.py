"""The list of ASVS requirements (flow/web/security/ASVS.md) is whole, and points to files that are there."""

import re
from collections import Counter

from tests.house.tree import ROOT

FILE = ROOT / "flow" / "web" / "security" / "ASVS.md"
TEXT = FILE.read_text("utf-8")
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in TEXT.splitlines() if re.match(r"\| V\d+\.\d+\.\d+ ", line)]
LEFT_OUT = Counter({"1": 5, "2": 22})
"""Of chapters 10 (of authorization servers and of servers that take their tokens) and 17 (WebRTC)."""
OF_THE_STANDARD = Counter({"1": 70, "2": 183})


def test_every_requirement_stands_once_in_its_order() -> None:
    numbers = [tuple(int(part) for part in row[0][1:].split(".")) for row in ROWS]
    assert numbers == sorted(set(numbers))
    assert Counter(row[1] for row in ROWS) + LEFT_OUT == OF_THE_STANDARD


def test_what_applies_says_where_it_is_met_and_which_test_shows_it() -> None:
    assert [row[0] for row in ROWS if len(row) != 5 or not all(row)] == []
    assert [row[0] for row in ROWS if ("does not apply" in row[3]) != (row[4] == "–")] == []
    assert [row[0] for row in ROWS if row[3] == "not yet" and row[4] != "not yet"] == []


def test_the_head_counts_them() -> None:
    unmet, without = sum("not yet" in row[3] + row[4] for row in ROWS), sum(row[4] == "–" for row in ROWS)
    met = len(ROWS) - unmet - without
    head = " ".join(TEXT.split())
    assert f"Of the {len(ROWS)} requirements listed, {met} are met and shown by a test, {without} do not apply, {unmet} say" in head


def test_every_file_it_names_is_there() -> None:
    named = re.findall(r"`([\w/.-]+/[\w./-]*)`", TEXT)
    homes = (ROOT, ROOT / "flow", ROOT / "flow" / "web")
    addresses = [name for name in named if not name.startswith("/")]
    assert addresses
    assert [name for name in addresses if not any((home / name).exists() or (home / f"{name}.py").exists() for home in homes)] == []
