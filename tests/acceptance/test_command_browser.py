"""The command centre in headless Chromium: nothing is cut off at 1080p and 4K, tiles of the stream are drawn as the page was, waits turn
late by the clock alone, links are those that the reader may follow."""

import re
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from flow.domain.ids import WardId
from flow.domain.plan import Plan
from flow.locale import words
from flow.templating import Templates
from flow.views.bottlenecks import Bottleneck
from flow.views.command_centre import CommandCentre, command_centre
from flow.views.command_screen import CommandPage, CommandWall
from flow.views.house_words import Said
from flow.views.kiosk import Kiosk
from flow.views.page import Chrome
from flow.views.phrase import phrase
from tests.acceptance.boards import page, plain, stage
from tests.acceptance.people import axe_in_both
from tests.acceptance.stage import Stage
from tests.plans import small_plan
from tests.unit.test_alert_level import BEDS, asks, occupied

__all__ = ["page", "stage"]
pytestmark = pytest.mark.browser
AT = datetime.now(UTC).replace(microsecond=0)
CHROME = Chrome("Command centre", "Test Hospital", "Meera", "manager", "csrf", topics="house")
CUT = """() => [...document.querySelectorAll(".command, .command .lists, .command .wards-now, .level-words, .sums, .foot")]
    .filter((part) => part.scrollHeight > part.clientHeight + 1 || part.scrollWidth > part.clientWidth + 1).map((part) => part.className)"""


def house(count: int = 2, *, busy: bool = False, at: datetime = AT) -> CommandCentre:
    """So many wards; `busy`: with everything that may stand on it at once."""
    plan = of_wards(count)
    states = [occupied(bed, f"V-{bed}") for bed in (BEDS if busy else BEDS[:2])]
    waiting = [asks("R-1", priority=1, type="icu", created_at=at - timedelta(minutes=29, seconds=57))]
    if busy:
        waiting += [asks(f"R-{n}", created_at=at - timedelta(hours=n), isolation=True, type="semi_private") for n in range(5, 14)]
    found = command_centre(plan, {state.id: state for state in states}, waiting, at)
    long = phrase(Said.OVERDUE, count=13, priority=4, type="semi private", age="14 h 25")
    sentences = tuple(Bottleneck(long.told(), "/admissions", 13, f"long-{n}", {"words": long}) for n in range(6))
    rows = sentences if busy else (Bottleneck("One bed is late.", "/supervisor", 1),)
    return replace(found, bottlenecks=replace(found.bottlenecks, rows=rows))


def of_wards(count: int) -> Plan:
    """The small hospital with as many wards."""
    plan = small_plan()
    other = replace(plan.wards[1], name="Newborn intensive care and more", beds=())
    return replace(plan, wards=(*plan.wards, *(replace(other, id=WardId(f"N{n}")) for n in range(count - len(plan.wards)))))


def wall(found: CommandCentre, *, light: bool = False, lang: str = "en") -> str:
    return Templates().render("command_centre/wall.html", CommandWall(small_plan(), found, AT, kiosk=Kiosk(light=light, words=words(lang))))


def page_of(found: CommandCentre, at: datetime = AT) -> str:
    return Templates().render("command_centre/page.html", CommandPage(CHROME, found, at, ("/admissions", "/wards"), small_plan()))


def drawn(page: Page) -> dict[str, str]:
    """What stands in each region, without the ages."""
    script = """() => { document.querySelectorAll(".ago").forEach((node) => node.textContent = "");
        return Object.fromEntries([...document.querySelectorAll('.command [id^="house:"]')].map((node) => [node.id, node.innerText])) }"""
    found: dict[str, str] = page.evaluate(script)
    return found


def test_nothing_is_cut_off_on_a_wall_and_everybody_can_read_it(page: Page, stage: Stage) -> None:
    stage.pages = {
        "/few": wall(house(17, busy=True)),
        "/many": wall(house(34, busy=True)),
        "/light": wall(house(17, busy=True), light=True),
        "/tamil": wall(house(17, busy=True), lang="ta"),
        "/hindi": wall(house(17, busy=True), lang="hi"),
    }
    for path in stage.pages:
        page.goto(stage.address + path)
        for width, height in ((3840, 2160), (1920, 1080)):
            page.set_viewport_size({"width": width, "height": height})
            assert page.evaluate(CUT) == [], (path, width)
        assert axe_in_both(page) == []


def test_the_stream_is_drawn_as_the_page_would_be(page: Page, stage: Stage) -> None:
    stage.pages = {"/quiet": page_of(house()), "/busy": page_of(house(busy=True))}
    page.goto(stage.address + "/busy")
    expect(page.locator("#live")).to_contain_text("Live")
    wanted = drawn(page)
    page.goto(stage.address + "/quiet")
    expect(page.locator("#live")).to_contain_text("Live")
    assert drawn(page) != wanted
    stage.frames.append(("tiles", {"seq": 2, "tiles": [plain(asdict(tile)) for tile in house(busy=True).tiles]}))
    expect(page.locator(".sentences li")).to_have_count(6)
    assert drawn(page) == wanted
    assert page.locator('.sentences a[href="/admissions"]').count() == 6
    expect(page.locator('[id="house:ward:ICU"]')).to_have_class("ward changed")
    expect(page.locator("#command")).to_have_class(re.compile("beat"))


def test_a_wait_turns_late_by_the_clock_and_a_page_one_may_not_open_is_no_link(page: Page, stage: Stage) -> None:
    now = datetime.now(UTC).replace(microsecond=0)  # not when this file was read: other tests may have come between
    stage.pages = {"/page": page_of(house(at=now), now)}
    page.goto(stage.address + "/page")
    row = page.locator('[data-rows="wait"] li')
    expect(row).to_have_count(1)
    expect(row).to_have_class("late", timeout=10_000)
    expect(row.locator(".ago")).to_have_text("30 min")
    assert page.locator(".sentences a").count() == 0
    expect(page.locator(".sentences li")).to_have_text("One bed is late.")


def sentence(which: str, words: str, age: str = "3 h 20", count: int = 1) -> Bottleneck:
    said = phrase("{words} {count}, {age} late.", words=words, count=count, age=age)
    return Bottleneck(said.told(), "/supervisor", count, which, {"words": said})


def tell(stage: Stage, name: str, found: CommandCentre, *sentences: Bottleneck) -> None:
    said = replace(found, bottlenecks=replace(found.bottlenecks, rows=sentences))
    stage.frames.append((name, {"seq": 2, "tiles": [plain(asdict(tile)) for tile in said.tiles]}))


def test_a_row_that_changed_is_marked_for_a_minute_wherever_it_goes(page: Page, stage: Stage) -> None:
    """What tells of others or is new, by a change or by a whole picture after a gap; not what the first picture says, nor what only time
    has changed."""
    page.clock.install()
    found, marked, sentences = house(), page.locator(".lists .changed"), page.locator(".sentences li")
    stage.pages, opened = {"/wall": wall(found)}, stage.opened
    page.goto(stage.address + "/wall")
    while stage.opened == opened:
        page.wait_for_timeout(20)
    page.wait_for_timeout(200)
    tell(stage, "snapshot", found, sentence("late", "Beds"), sentence("calm", "Nothing new"))
    expect(sentences).to_have_count(2)
    assert marked.count() == 0
    waits = (*found.waits.rows, replace(found.waits.rows[0], id="R-2"))
    more = replace(found, waits=replace(found.waits, rows=waits))
    tell(stage, "tiles", more, sentence("calm", "Nothing new", "3 h 21"), sentence("late", "Beds", count=3), sentence("new", "Porters"))
    expect(sentences).to_have_count(3)
    assert [words.split(",")[0] for words in marked.all_inner_texts()][:2] == ["Beds 3", "Porters 1"]
    assert (marked.count(), page.locator('[data-rows="wait"] li.changed').count()) == (3, 1)
    tell(stage, "snapshot", more, sentence("late", "Beds", "3 h 22", count=3), sentence("more", "Porters"))
    expect(sentences).to_have_count(2)
    assert [words.split(",")[0] for words in marked.all_inner_texts()][:2] == ["Beds 3", "Porters 1"]
    tell(stage, "tiles", more, sentence("late", "Beds", "3 h 22", count=3))
    expect(sentences).to_have_count(1)
    assert marked.first.inner_text().startswith("Beds 3"), "the mark went along"
    widths = set()
    for _ in range(6):
        stage.ahead += 8 + len(widths) % 2
        page.clock.run_for((8 + len(widths) % 2) * 1_000)
        page.wait_for_timeout(120)
        widths.add(sentences.evaluate("(row) => getComputedStyle(row).boxShadow"))
    assert len(widths) == 2, "it pulses"
    stage.ahead += 20
    page.clock.run_for(20_000)
    expect(marked).to_have_count(0)
    stage.ahead = 0
