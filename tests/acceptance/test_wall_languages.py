"""A wall in Hindi or Tamil stays in its language when a change comes by the stream, whose bytes are the same for screens of all languages:
what the stream makes of a page is what the server would have drawn, and no sentence of it is English."""

import re
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from flow.domain.acuity import Acuity, Level
from flow.domain.bed import BedState, BedStatus, CleanKind, Condition, OutOfUse, PlaceKind, Temporary, place_id
from flow.domain.bed import Stage as Step
from flow.domain.cleaning_job import CleanJob, Why
from flow.domain.ids import PatientId, RequestId, VisitId, WardId
from flow.domain.request import BedRequest, MadeBy, RequestStatus
from flow.locale import words
from flow.templating import Templates
from flow.views.bed_tile import Audience, bed_tile
from flow.views.cleaning_wall import CleaningTiles, CleaningWall, cleaning_tiles
from flow.views.command_centre import CommandCentre, command_centre
from flow.views.command_screen import CommandWall
from flow.views.kiosk import Kiosk
from flow.views.places import place_tile
from flow.views.ward_plan import ward_plan
from flow.views.ward_wall import WardWall
from tests.acceptance.boards import page, plain, stage
from tests.acceptance.stage import Stage
from tests.plans import small_plan

__all__ = ["page", "stage"]
pytestmark = pytest.mark.browser
PLAN = replace(small_plan(), wards=tuple(replace(ward, name="Four") for ward in small_plan().wards))
AT = datetime.now(UTC).replace(microsecond=0)
BEDS = list(PLAN.beds)
WARD = PLAN.ward[WardId("4B")]
NAMES = {"Test", "Hospital", "Four", "Medicine", "Bay", "Side", "Room", "ICU", "ED", "OPD", "HIS", "TPA", "min"}
"""What may stand there in Latin letters: names of the house's file, systems and abbreviations as all of India says them, what somebody
wrote, units, and words of the plan."""


def ago(minutes: float) -> datetime:
    return AT - timedelta(minutes=minutes)


def bed(number: int, status: BedStatus = BedStatus.OCCUPIED, step: Step | None = None, **more: Any) -> BedState:
    condition = {name: more.pop(name) for name in ("reason", "until", "note", "clean", "started_at") if name in more}
    visit = {"visit": VisitId(f"V{number}")} if status is BedStatus.OCCUPIED else {}
    now = Condition(status, ago(300), more.pop("source", "feed:his"), step, **condition)
    return BedState(BEDS[number], now, seq=20 + number, **(visit | more))


def cleans(number: int, minutes: float, step: Step = Step.WAITING, clean: CleanKind = CleanKind.ROUTINE, **job: Any) -> BedState:
    made = CleanJob(f"{BEDS[number]}@1", Why.LEFT, ago(minutes), **job)
    return replace(bed(number, BedStatus.CLEANING, step, clean=clean), job=made)


TROLLEY = place_id(WardId("4B"), PlaceKind.TROLLEY, 1)
PLACE = replace(bed(0), id=TROLLEY, visit=VisitId("V99"), temporary=Temporary(WardId("4B"), PlaceKind.TROLLEY, 1))
CLOSES = Condition(BedStatus.MAINTENANCE, AT, "person:x", reason=OutOfUse.STAFFING)
WARDS_STATES = (
    bed(0, discrepancy="The feed says free."),
    bed(1, source="person:asha", discrepancy="x", isolation=True),
    bed(2, closes=CLOSES),
    bed(3, BedStatus.MAINTENANCE, reason=OutOfUse.INFECTION),
    bed(4, acuity=Acuity(Level.HIGH, ago(5), "person:asha", 8)),
    cleans(5, 75),
)


def asks(number: int, minutes: float, **said: Any) -> BedRequest:
    return replace(BedRequest(RequestId(f"R-{number}"), PatientId(f"p{number}"), ago(minutes), "general"), **said)


HOUSE_STATES = (
    bed(0, expected_free_at=ago(40)),
    bed(1, expected_free_at=ago(10), insurer_due=ago(5)),
    cleans(2, 75, escalated_at=ago(60)),
    replace(cleans(3, 90, clean=CleanKind.ISOLATION, stat=True), reserved_for="request:R-9"),
    bed(4, BedStatus.MAINTENANCE, reason=OutOfUse.REPAIR, until=ago(10)),
    bed(5, BedStatus.AVAILABLE),
    PLACE,
)
ASKED = (
    asks(1, 200, priority=1, type="icu", isolation=True),
    asks(2, 500, origin="ED bay 3"),
    asks(3, 400, made_by=MadeBy.PLAN),
    asks(4, 300, status=RequestStatus.ASSIGNED, bed=BEDS[5], assigned_at=ago(200), ready_at=ago(200)),
)
CLEAN_STATES = (
    cleans(0, 75, cleaner="c9", offered_at=ago(1)),
    cleans(1, 20, Step.SUSPENDED, problem="p1"),
    cleans(2, 60, Step.IN_PROGRESS, started_at=ago(40)),
    cleans(3, 90, Step.INSPECTION, started_at=ago(40)),
    cleans(4, 5, Step.SUSPENDED),
    cleans(5, 9, clean=CleanKind.ISOLATION, stat=True),
)


def kiosk(lang: str) -> Kiosk:
    return Kiosk(words=words(lang))


def ward_page(lang: str, *states: BedState) -> str:
    plan = ward_plan(WARD, {state.id: state for state in states}, Audience.WARD, AT, PLAN.zone, words=words(lang))
    return Templates().render("wall/page.html", WardWall.of(plan, Audience.WARD, AT, kiosk=kiosk(lang)))


def ward_tiles(*states: BedState) -> list[Any]:
    return [
        place_tile(state, Audience.WARD) if state.temporary else bed_tile(PLAN.beds[state.id], state, Audience.WARD) for state in states
    ]


def house(*states: BedState, asked: tuple[BedRequest, ...] = ()) -> CommandCentre:
    return command_centre(PLAN, {state.id: state for state in states}, asked, AT)


def house_page(lang: str, found: CommandCentre) -> str:
    return Templates().render("command_centre/wall.html", CommandWall(PLAN, found, AT, kiosk=kiosk(lang)))


def cleaning(*states: BedState) -> CleaningTiles:
    return cleaning_tiles(PLAN, {state.id: state for state in states}, ASKED, (), AT)


def cleaning_page(lang: str, tiles: CleaningTiles) -> str:
    return Templates().render("cleaning_wall/page.html", CleaningWall(PLAN, tiles, Audience.STAFF, AT, nicks={}, kiosk=kiosk(lang)))


SHOWN = """() => {
  const seen = [], walk = document.createTreeWalker(document.getElementById("wall"), NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const words = walk.currentNode.data.trim(), home = walk.currentNode.parentElement;
    if (words && !home.closest("template, .live, .clock, .not-live, .feed, .ago, [hidden]")) seen.push(words);
  }
  const labelled = [...document.querySelectorAll("#wall [aria-label]")].filter((node) => !node.closest("template"));
  return seen.concat(labelled.map((node) => node.getAttribute("aria-label"))); }"""
LATIN = re.compile(r"[A-Za-z]{2,}")


def shown(page: Page) -> list[str]:
    found: list[str] = page.evaluate(SHOWN)
    return found


def in_english(said: list[str]) -> list[str]:
    """What has a Latin word in it that is no name."""
    return [line for line in said if set(LATIN.findall(line)) - NAMES]


def by_stream(page: Page, stage: Stage, quiet: str, busy: str, tiles: list[Any], until: str) -> None:
    """A page that was quiet is told of everything by the stream, and says what the server draws of it."""
    stage.mode, stage.pages = "frozen", {"/quiet": quiet, "/busy": busy}
    page.goto(stage.address + "/busy")
    drawn = shown(page)
    stage.mode = "live"
    page.goto(stage.address + "/quiet")
    expect(page.locator(".live")).to_have_attribute("data-live", "live")
    assert shown(page) != drawn
    stage.frames.append(("tiles", {"seq": 99, "tiles": [plain(asdict(tile)) for tile in tiles]}))
    expect(page.locator(until).first).to_be_visible()
    told = shown(page)
    assert in_english(told) == []
    assert sorted(told) == sorted(drawn)


@pytest.mark.parametrize("lang", ["hi", "ta"])
def test_a_wards_wall_speaks_its_language_of_what_comes(page: Page, stage: Stage, lang: str) -> None:
    before = [bed(number, BedStatus.AVAILABLE) for number in range(len(WARDS_STATES))]
    quiet, busy = ward_page(lang, *before), ward_page(lang, *WARDS_STATES, PLACE)
    by_stream(page, stage, quiet, busy, ward_tiles(*WARDS_STATES, PLACE), ".place")
    assert page.locator(".place b").inner_text() == {"hi": "ट्रॉली 1", "ta": "தள்ளுவண்டி 1"}[lang]


@pytest.mark.parametrize("lang", ["hi", "ta"])
def test_the_command_centre_speaks_its_language_of_what_comes(page: Page, stage: Stage, lang: str) -> None:
    busy = house(*HOUSE_STATES, asked=ASKED)
    assert len(busy.bottlenecks.rows) == 6
    quiet = house(*(bed(number, BedStatus.AVAILABLE) for number in range(4)))
    by_stream(page, stage, house_page(lang, quiet), house_page(lang, busy), list(busy.tiles), ".sentences li:nth-child(4)")


@pytest.mark.parametrize("lang", ["hi", "ta"])
def test_the_housekeeping_board_speaks_its_language_of_what_comes(page: Page, stage: Stage, lang: str) -> None:
    tiles = cleaning(*CLEAN_STATES)
    by_stream(page, stage, cleaning_page(lang, cleaning()), cleaning_page(lang, tiles), list(tiles), ".next li:nth-child(6)")


def test_it_would_be_noticed() -> None:
    assert in_english(["भरा हुआ, in doubt", "4B A1 · ICU", "HIS 3 h"]) == ["भरा हुआ, in doubt"]
