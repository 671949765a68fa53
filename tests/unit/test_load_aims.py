"""What locust counted beside the aims: a missed one is called missed, and what was never asked is not kept."""

from pathlib import Path

import pytest

from loadtests.load import AIMS, Kept, judged, words
from loadtests.population import ALL, Met, met

HEAD = "Type,Name,Request Count,Failure Count,50%,95%,99%\n"
ROWS = """\
GET,/api/v1/beds/availability,120,0,4,16,30
GET,/beds,0,0,N/A,N/A,N/A
,Aggregated,120,0,3,14,39
"""
OF_FEEDS = """\
MLLP,letter to AA,900,2,3,12,40
,Aggregated,900,2,3,14,39
"""


@pytest.fixture
def figures(tmp_path: Path) -> dict[str, Met]:
    (tmp_path / "run_stats.csv").write_text(HEAD + ROWS)
    (tmp_path / "run-feeds_stats.csv").write_text(HEAD + OF_FEEDS)
    return met("run", tmp_path)


def test_locusts_figures_are_read(figures: dict[str, Met]) -> None:
    assert figures["GET /api/v1/beds/availability"] == Met("/api/v1/beds/availability", 120, 0, 4, 16, 30)
    assert (figures[ALL].requests, figures[ALL].failures) == (1020, 2)
    assert figures["GET /beds"].p99 == 0


def test_an_aim_is_kept_missed_or_was_never_asked(figures: dict[str, Met]) -> None:
    kept = {each.aim.name: each.holds for each in judged(figures)}
    assert kept.pop("GET /api/v1/beds/availability") and kept.pop("MLLP letter to AA")
    assert not any(kept.values()), "nobody asked"
    slow = Met("letter to AA", 900, 0, 3, 51, 60)
    assert not Kept(AIMS[6], slow).holds
    assert Kept(AIMS[6], slow).row() == ["a feed: letter to acknowledgment", "900", "3 (aim 3)", "51 (aim 50)", "60", "missed"]
    said = words(3, 50, figures, "here")
    assert "1,020 requests, 2 failures (aim 0)" in said and said.count("never asked") == len(AIMS) - 2
