"""The housekeeping board and the census in headless Chromium: nothing is cut off, tiles of the stream are drawn as the page was, a row
turns late by the clock, a list that lies open turns old."""

import re
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from flow.domain.hospital import Hospital, opened
from flow.domain.ids import WardId
from flow.locale import words
from flow.templating import Templates
from flow.views.bed_tile import Audience
from flow.views.census import census
from flow.views.census_page import CensusPage, census_sheets
from flow.views.cleaning_wall import ROWS, CleaningTiles, CleaningWall, CleanRow, CleanRowsTile, CleanSumsTile
from flow.views.kiosk import Kiosk
from flow.views.page import Chrome
from tests.acceptance.boards import page, plain, stage
from tests.acceptance.people import axe_in_both
from tests.acceptance.stage import Stage
from tests.plans import small_plan

__all__ = ["page", "stage"]
pytestmark = pytest.mark.browser
AT = datetime.now(UTC).replace(microsecond=0)
NICKS = {"c1": "Venkatalakshmi of the night shift"}
CUT = """() => [...document.querySelectorAll(".cleaning, .sums-now, .next, .next li, .flags, .foot")]
    .filter((part) => part.scrollHeight > part.clientHeight + 1 || part.scrollWidth > part.clientWidth + 1).map((part) => part.className)"""
FULL = CleanRow(
    bed="NICU W12",
    state="dirty",
    said="offered to",
    stat=True,
    isolation=True,
    who="c1",
    asked=AT - timedelta(hours=12, minutes=59),
    due=AT - timedelta(hours=1),
    waits=AT - timedelta(hours=11, minutes=5),
)
PLAIN = replace(FULL, bed="4B A1", stat=False, isolation=False, who="", said="nobody yet", waits=None, due=AT + timedelta(seconds=3))


def board(*rows: CleanRow, more: int = 0) -> CleaningTiles:
    return CleanSumsTile(dirty=len(rows), begun=3, stat=1, looks=2, patients=4), CleanRowsTile(rows=rows, more=more)


def wall(tiles: CleaningTiles, **said: Any) -> str:
    view = CleaningWall(small_plan(), tiles, Audience.STAFF, AT, nicks=NICKS, **said)
    return Templates().render("cleaning_wall/page.html", view)


def test_a_full_board_fits_and_everybody_can_read_it(page: Page, stage: Stage) -> None:
    rows = [FULL] * (ROWS - 1) + [replace(FULL, state="cleaning", due=None)]
    stage.pages = {
        "/dark": wall(board(*rows, more=7)),
        "/light": wall(board(*rows, more=7), kiosk=Kiosk(light=True), ward=WardId("4B")),
        "/tamil": wall(board(*rows, more=7), kiosk=Kiosk(words=words("ta"))),
    }
    for path in stage.pages:
        page.goto(stage.address + path)
        for width, height in ((3840, 2160), (1920, 1080)):
            page.set_viewport_size({"width": width, "height": height})
            assert page.evaluate(CUT) == [], (path, width)
        assert axe_in_both(page) == []


def drawn(page: Page) -> str:
    """What stands on the board, without the ages."""
    script = """() => { document.querySelectorAll(".ago, .waits b").forEach((node) => node.textContent = "");
        return document.getElementById("cleaning").innerText }"""
    words: str = page.evaluate(script)
    return words


def test_the_stream_is_drawn_as_the_page_would_be_and_a_row_turns_late(page: Page, stage: Stage) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    soon_late = replace(PLAIN, asked=now - timedelta(hours=12, minutes=59), due=now + timedelta(seconds=3))
    full, last = board(FULL, replace(PLAIN, bed="4B A2", state="cleaning"), PLAIN, more=2), board(soon_late)
    stage.pages, stage.frames = {"/none": wall(board()), "/full": wall(full)}, []
    page.goto(stage.address + "/full")
    wanted = drawn(page)
    page.goto(stage.address + "/none")
    expect(page.locator(".nothing")).to_be_visible()
    expect(page.locator(".live")).to_contain_text("Live")
    stage.frames.append(("tiles", {"seq": 2, "tiles": [plain(asdict(tile)) for tile in full]}))
    expect(page.locator(".next li")).to_have_count(3)
    assert drawn(page) == wanted
    expect(page.locator(".next li.changed")).to_have_count(3)
    expect(page.locator("#cleaning")).to_have_class(re.compile("beat"))
    stage.frames.append(("tiles", {"seq": 3, "tiles": [plain(asdict(tile)) for tile in last]}))
    expect(page.locator(".next li")).to_have_count(1)
    row = page.locator(".next li")
    expect(row.locator(".stat")).to_be_hidden()
    expect(row).to_have_class(re.compile(r"\blate\b"), timeout=10_000)
    expect(row.locator(".ago")).to_have_text("12 h 59")


def test_a_list_that_lies_open_turns_old_on_paper_too(page: Page, stage: Stage) -> None:
    hospital = Hospital(small_plan())
    for state in opened(hospital.plan, AT):
        hospital.put(state)
    sheets = census_sheets(census(hospital, {}, AT), AT + timedelta(minutes=4))
    stage.pages = {"/census": Templates().render("census/page.html", CensusPage(Chrome("Census", "Test Hospital"), sheets))}
    page.clock.install()
    page.goto(stage.address + "/census")
    old = page.locator(".census-when [data-old]").first
    expect(page.locator("[data-age]")).to_have_text("4 min")
    expect(old).to_be_hidden()
    page.clock.run_for(7 * 60_000)
    expect(page.locator("[data-age]")).to_have_text("11 min")
    page.emulate_media(media="print")
    expect(old).to_be_visible()
    expect(page.locator(".census-head")).to_be_hidden()
