"""The replay of a day: one page for each minute and reading, the same day as JSON, and what a late letter corrected."""

import csv
import html
import io
import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest

from flow.desk import Actor
from flow.domain.cause import Origin
from flow.domain.commands import Chart, Person, Told
from flow.domain.ids import PatientId, VisitId
from flow.domain.roles import Role
from flow.domain.visit import Act, Fact, Order
from tests.integration.web_house import Web, web
from tests.plans import small_plan

__all__ = ["web"]
ONE, TWO = "4B-A-01", "4B-A-02"
HIS = Actor("his", Origin.FEED)


async def hears(web: Web, act: Act, happened: datetime, place: str | None = None) -> None:
    """A letter of the HIS, now."""
    fact = Fact(act, happened, Order(happened), place=place)
    await web.core.desk.act(Chart((Told(VisitId("V1"), Person(PatientId("p1"), "F", 40), fact),), feed="his"), HIS)


async def moved_late(web: Web) -> datetime:
    """Admitted to A1, ten minutes later moved to A2, which is told half an hour later; returns when the move was."""
    web.core.clock.advance(timedelta(minutes=10))
    await hears(web, Act.ADMIT, web.core.clock.now(), ONE)
    web.core.clock.advance(timedelta(minutes=10))
    moved = web.core.clock.now()
    web.core.clock.advance(timedelta(minutes=30))
    await hears(web, Act.TRANSFER, moved, TWO)
    web.core.clock.advance(timedelta(hours=1))
    return moved.astimezone(ZoneInfo(small_plan().zone))


def states(page: str) -> dict[str, str]:
    """By bed, as drawn."""
    return dict(re.findall(r'data-bed="([^"]+)" data-label="[^"]*" data-state="(\w+)"', page))


def rows(page: str) -> list[list[str]]:
    """The lines of the table that are shown."""
    found = re.findall(r'<tr data-start="\d+" data-end="\d+">(.*?)</tr>', page)
    return [[html.unescape(re.sub(r"<[^>]+>", "", cell)) for cell in re.findall(r"<t[hd].*?</t[hd]>", row)] for row in found]


async def test_both_readings_of_a_minute_and_what_was_learnt(web: Web) -> None:
    moved, boss = await moved_late(web), await web.as_role(Role.MANAGER)
    query = f"day={moved:%Y-%m-%d}&ward=4B&at={moved + timedelta(minutes=5):%H:%M}"
    pages = [(await boss.get(f"/manager/replay?{query}&known={known}")).text for known in ("then", "since")]
    assert [(states(page)[ONE], states(page)[TWO]) for page in pages] == [("occupied", "free"), ("cleaning", "occupied")]
    assert all(page.count(" data-differs") == 2 for page in pages), "both beds are marked"
    for page in pages:
        (one, two) = rows(page)
        assert one[:1] + one[2:4] == [ONE, "Occupied", "To clean, or being cleaned"]
        assert two[:1] + two[2:4] == [TWO, "Free", "Occupied"]
        assert re.fullmatch(r"command \d+ of his", one[4]) and one[5] == two[5]
    assert not re.search(r"\bV1\b", re.sub(r"<(symbol|path)[^>]*>", "", pages[1])), "statuses, no persons"


async def test_the_files_have_the_beds_of_the_minute_and_the_changes_of_the_day(web: Web) -> None:
    moved, boss = await moved_late(web), await web.as_role(Role.MANAGER)
    query = f"day={moved:%Y-%m-%d}&ward=4B&at={moved + timedelta(minutes=5):%H:%M}&known="
    words = {"occupied": "Occupied", "free": "Free", "cleaning": "To clean, or being cleaned", "out": "Out of use", "none": "Not open yet"}
    for known, column in (("then", "known_then"), ("since", "corrected_since")):
        drawn = states((await boss.get(f"/manager/replay?{query}{known}")).text)
        beds = await csv_of(boss, f"/manager/replay.csv?{query}{known}&table=beds")
        assert {row["bed"]: row[column] for row in beds} == {bed: words[state] for bed, state in drawn.items()}
        changes = await csv_of(boss, f"/manager/replay.csv?{query}{known}&table=changes")
        minute = (moved + timedelta(minutes=5)).isoformat(timespec="minutes")
        there = {row["bed"]: row["was"] for row in changes if row["from"] <= minute < row["to"]}
        assert there.items() <= {row["bed"]: row[column] for row in beds}.items() and {ONE, TWO} <= there.keys()


async def csv_of(browser: httpx.AsyncClient, address: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((await browser.get(address)).text)))


async def test_the_day_is_the_same_as_json(web: Web) -> None:
    moved, boss = await moved_late(web), await web.as_role(Role.MANAGER)
    midnight = moved.replace(hour=0, minute=0, second=0)
    found = (await boss.get(f"/manager/replay.json?day={moved:%Y-%m-%d}&ward=4B")).json()
    bed, second = found["beds"][ONE], int((moved - midnight).total_seconds())
    assert bed["then"][-2:] == [[second - 600, "occupied"], [second + 1800, "cleaning"]]
    assert bed["since"][-2:] == [[second - 600, "occupied"], [second, "cleaning"]]
    assert bed["differs"] == [[second, second + 1800]]
    assert "ICU-I-01" not in found["beds"]
    assert "ICU-I-01" in (await boss.get(f"/manager/replay.json?day={moved:%Y-%m-%d}")).json()["beds"]


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("ward=9Z", 404, "There was no such ward"),
        ("day=2999-01-01", 422, "Choose a day that has begun"),
        ("day=yesterday", 422, "Day"),
        ("at=noon", 422, "at is a time of the day"),
        ("known=never", 422, "must be one of then, since"),
    ],
)
async def test_what_cannot_be_shown_is_said(web: Web, query: str, status: int, words: str) -> None:
    answer = await (await web.as_role(Role.MANAGER)).get(f"/manager/replay?{query}")
    assert (answer.status_code, words in html.unescape(answer.text)) == (status, True)


async def test_a_day_before_the_house_opened_has_beds_that_are_not_open(web: Web) -> None:
    page = (await (await web.as_role(Role.MANAGER)).get("/manager/replay?day=2026-11-01&ward=4B")).text
    assert set(states(page).values()) == {"none"} and rows(page) == []
