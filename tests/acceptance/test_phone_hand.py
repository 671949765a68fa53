"""The housekeeping phone without a network and with a deck older than its beds: it draws the card at hand itself, with its next step."""

import re
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Browser, Page, Route

from flow.domain.bed import CleanKind
from flow.domain.cleaning_job import Step
from flow.views.phone import PhonePage
from tests.acceptance.stage import Stage, staged
from tests.acceptance.test_desk_and_phone import TEMPLATES, Heard, opened, until
from tests.unit import test_phone_view as phone

pytestmark = pytest.mark.browser


def test_a_bed_that_is_not_in_the_deck_has_its_next_step_without_a_network(browser: Browser) -> None:
    steps = phone.job("4B-A-01", steps=(Step.LINEN, Step.WASH))
    beds = [phone.dirty("4B-A-01", 12, kind=CleanKind.ISOLATION, job=steps), phone.dirty("4B-A-02", 5, job=phone.job("4B-A-02"))]
    view = phone.page(beds, [phone.asks("x", 190)], "ta")
    with staged() as stage, browser.new_context(viewport={"width": 360, "height": 740}) as context:
        page = context.new_page()
        without_a_deck(page, stage, view)
        tap_through(page, view)
        kept = page.evaluate("Outbox.all().then((taps) => taps.map((one) => [one.bed, one.step, one.body, one.after]))")
    done = [("4B-A-01", each) for each in ("start", "step", "step", "done")] + [("4B-A-02", each) for each in ("start", "done")]
    assert [(bed, tap) for bed, tap, _, _ in kept] == done
    assert [parse_qs(body).get("part") for _, _, body, _ in kept[:4]] == [None, ["linen"], ["wash"], None]
    assert {parse_qs(body)["job"][0] for _, _, body, _ in kept[4:]} == {"4B-A-02@1"}
    assert [after for _, _, _, after in kept] == [False, True, True, True, True, True]


def without_a_deck(page: Page, stage: Stage, view: PhonePage) -> None:
    """The page with a deck that never comes and taps that never arrive; it asks for the deck whenever a bed is drawn that is not in it."""
    stage.pages["/housekeeping"] = TEMPLATES.render("housekeeping/page.html", view)
    heard, decks = Heard(board=lambda query: TEMPLATES.render("housekeeping/_board.html", view)), []

    def no_deck(route: Route) -> None:
        decks.append(route.request.url)
        route.abort()

    page.route(stage.address + "/**", heard.handle)
    page.route("**/housekeeping/deck", no_deck)
    page.route("**/housekeeping/beds/**", lambda route: route.abort())
    opened(page, stage, "/housekeeping")
    until(page, lambda: bool(heard.boards))
    before = len(decks)
    stage.frames.append(("bed-changed", {}))
    until(page, lambda: len(decks) > before)


def tap_through(page: Page, view: PhonePage) -> None:
    """Both cleans, from the first tap to the last."""
    page.locator("#card .big.start").click()
    for part in ("linen", "wash"):
        page.locator(f"#card[data-guess] form:has([name=part][value={part}]) .big.start").click()
        assert page.inner_text("#card .bed") == "A1"
    page.locator("#card[data-guess] .big.done").click()
    page.locator("#card[data-guess] .bed", has_text="A2").wait_for()
    assert page.inner_text("#card .where span") == view.queue[0].place
    page.locator("#card .big.start").click()
    page.locator("#card form[action$='/4B-A-02/done'] .big.done").click()
    page.locator("#card[data-guess] .job.none").wait_for()


def test_a_phone_without_news_says_so_in_its_own_language(browser: Browser) -> None:
    view = phone.page([phone.dirty("4B-A-01", 12)], [], "ta")
    with staged() as stage, browser.new_context(viewport={"width": 360, "height": 740}) as context:
        page = context.new_page()
        stage.pages["/housekeeping"] = TEMPLATES.render("housekeeping/page.html", view)
        page.clock.install(time=0)
        page.clock.pause_at(1)
        page.goto(f"{stage.address}/housekeeping")
        until(page, lambda: page.clock.run_for(1_000) or page.locator("#live[data-live=live]").is_visible())  # type: ignore[func-returns-value]
        assert re.fullmatch(r"நேரலை · \d நொடி", page.inner_text("#live span"))
        stage.mode = "frozen"
        page.clock.run_for(15_000)
        assert re.fullmatch(r"1\d நொடி பழையது", page.inner_text("#live span"))
        page.clock.run_for(60_000)
        assert re.fullmatch(r"நேரலை இல்லை · கடைசிச் செய்தி 1 நிமிடம் முன்", page.inner_text("#not-live"))
