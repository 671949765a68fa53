"""What else may lie in the phone's outbox: a whole isolation clean, a photo, a tap of a colleague's, one that fails; and who sends it."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.acceptance.browser import PASSWORD, bed, peopled, until
from tests.acceptance.house import HouseProcess
from tests.acceptance.people import sign_in, window
from tests.acceptance.phones import pair, phone

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
NOISE = """() => {
  const canvas = document.createElement("canvas");
  canvas.width = 2400; canvas.height = 1800;
  const paper = canvas.getContext("2d");
  for (let n = 0; n < 4000; n++) { paper.fillStyle = `hsl(${n * 37 % 360} 80% 50%)`; paper.fillRect(n * 97 % 2400, n * 61 % 1800, 40, 30); }
  return canvas.toDataURL("image/jpeg", 1).split(",")[1];
}"""
"""A photo far too large for the wire."""
PUT = "([bed, step]) => Outbox.put({ action: `/housekeeping/beds/${bed}/${step}`, body: '', csrf: '', bed, step, said: 'x', label: bed })"
KEPT = "Outbox.all().then((taps) => taps.length)"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HouseProcess]:
    with peopled(tmp_path_factory.mktemp("taps"), ("root", "admin", ""), ("sunita", "supervisor", ""), ("suresh", "porter", "")) as found:
        yield found


@pytest.fixture(scope="module")
def paired(browser: Browser, small: HouseProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with phone(browser, tmp_path_factory.mktemp("phone")) as page:
        pair(page, browser, small, small.origin, "root", PASSWORD)
        yield page
        page.context.set_offline(False)


def basement(page: Page, small: HouseProcess, *beds: tuple[str, str]) -> None:
    """The phone has seen these beds to clean and has the answers to all it sent before, and then goes down the stairs."""
    page.context.set_offline(False)
    for name, kind in beds:
        assert small.ask("POST", f"/api/v1/beds/{name}/status", {"status": "cleaning", "clean": kind})[0] == 200
    page.goto(f"{small.origin}/housekeeping")
    page.locator("html[data-stocked]").wait_for(state="attached", timeout=30_000)
    known = "Outbox.kept('deck').then((deck) => Object.keys(deck ? deck.cards : {}))"
    until(lambda: page.evaluate(known), lambda found: {name for name, _ in beds} <= set(found))
    until(lambda: page.evaluate(KEPT), lambda left: left == 0, within=40)  # opening the page breaks an answer off that is on its way
    page.context.set_offline(True)


def jobs(small: HouseProcess, name: str) -> Any:
    return small.get(f"/api/v1/cleaning-jobs/{name}", "supervisor")


def test_a_whole_isolation_clean_is_done_without_a_network(paired: Page, small: HouseProcess) -> None:
    basement(paired, small, ("4B-A-01", "isolation"))
    steps = jobs(small, "4B-A-01")["steps"]
    assert len(steps) >= 2
    paired.locator("#card .big.start").click()
    for key in steps:
        part = paired.locator(f"#card[data-guess] form[action$='/step']:has([name=part][value='{key}']) .big")
        part.click()
    paired.locator("#card[data-guess] .big.done").click()
    expect(paired.locator("#unsent b")).to_have_text(str(len(steps) + 2))
    paired.context.set_offline(False)
    until(lambda: bed(small, "4B-A-01"), lambda state: state["status"] == "available", within=40)
    until(lambda: paired.evaluate(KEPT), lambda left: left == 0)
    expect(paired.locator(".told")).to_have_count(0)


def test_the_worker_sends_when_the_page_is_gone(paired: Page, small: HouseProcess) -> None:
    registered: list[dict[str, Any]] = []
    basement(paired, small, ("4B-A-02", "routine"))
    paired.locator("#card .big.start").click()
    expect(paired.locator("#card[data-guess] .big.done")).to_be_visible()
    assert paired.evaluate(KEPT) == 1
    session = paired.context.new_cdp_session(paired)
    session.on("ServiceWorker.workerRegistrationUpdated", lambda event: registered.extend(event["registrations"]))
    session.send("ServiceWorker.enable")
    until(lambda: paired.wait_for_timeout(50) or registered, bool)
    number = next(one["registrationId"] for one in registered if one["scopeURL"].endswith("/housekeeping"))
    paired.goto("about:blank")
    paired.context.set_offline(False)
    session.send(
        "ServiceWorker.dispatchSyncEvent", {"origin": small.origin, "registrationId": number, "tag": "outbox", "lastChance": False}
    )
    until(lambda: bed(small, "4B-A-02"), lambda state: state["stage"] == "in_progress", within=20)


def test_a_photo_goes_with_its_report_and_only_the_supervisor_sees_it(
    paired: Page, browser: Browser, small: HouseProcess, tmp_path: Path
) -> None:
    big = paired.evaluate(NOISE)
    shot = tmp_path / "photo.jpg"
    shot.write_bytes(base64.b64decode(big))
    assert shot.stat().st_size > 256 * 1024
    basement(paired, small, ("4B-A-03", "routine"))
    paired.locator("[data-problem]").first.click()
    name = paired.locator("#problem form").evaluate("(form) => form.getAttribute('action').split('/')[3]")
    paired.set_input_files("#problem-photo input", shot)
    paired.locator("#problem [value=repair]").click()
    until(lambda: paired.evaluate(KEPT), lambda kept: kept == 2)
    paired.context.set_offline(False)
    until(lambda: paired.evaluate(KEPT), lambda kept: kept == 0, within=40)
    with window(browser) as desk:
        sign_in(desk, small, "sunita", PASSWORD)
        desk.goto(f"{small.origin}/supervisor")
        picture = desk.locator("img[src*='/photo'], a[href*='/photo']").first
        picture.wait_for()
        address = picture.get_attribute("src") or picture.get_attribute("href")
        answer = desk.request.get(f"{small.origin}{address}")
        assert answer.headers["content-type"] == "image/jpeg"
        assert len(answer.body()) < 240 * 1024
    assert name.startswith("4B-A-0")


def test_a_tap_over_which_the_server_falls_does_not_hold_the_others_up(paired: Page, small: HouseProcess) -> None:
    basement(paired, small, ("4B-A-05", "routine"), ("4B-A-06", "routine"))
    paired.route("**/housekeeping/beds/4B-A-05/bad", lambda route: route.fulfill(status=500, body="fault"))
    paired.evaluate(PUT, ["4B-A-05", "bad"])
    paired.evaluate(PUT, ["4B-A-06", "start"])
    paired.context.set_offline(False)
    for _ in range(6):
        paired.evaluate("Outbox.flush(document.querySelector('[name=csrf]').value)")
    until(lambda: bed(small, "4B-A-06"), lambda state: state["stage"] == "in_progress", within=20)
    paired.reload()
    expect(paired.locator(".told", has_text="4B-A-05")).to_contain_text("could not take this tap")


def test_a_tap_made_before_the_shift_changed_is_its_makers(paired: Page, browser: Browser, small: HouseProcess, tmp_path: Path) -> None:
    with window(browser) as desk:
        sign_in(desk, small, "sunita", PASSWORD)
        for nick in ("Meena", "Ravi"):
            desk.goto(f"{small.origin}/supervisor/cleaners")
            form = desk.locator("form[action='/supervisor/cleaners']")
            form.locator("[name=nick]").fill(nick)
            form.locator("button").last.click()
            desk.locator(".badge-code").screenshot(path=tmp_path / f"{nick}.png")
    paired.context.set_offline(False)
    begin(paired, small, tmp_path / "Meena.png")
    meena = paired.get_attribute("[data-who]", "data-who")
    basement(paired, small, ("5A-A-01", "routine"))
    paired.evaluate("Deck.choose('5A-A-01')")
    if paired.locator("#card[data-chosen='5A-A-01'] form[action$='/coming']").count():
        paired.locator("#card[data-chosen='5A-A-01'] .big.start").click()
    paired.locator("#card form[action='/housekeeping/beds/5A-A-01/start'] .big").click()
    until(lambda: paired.evaluate(KEPT), lambda kept: kept >= 1)
    page = paired.context.new_page()
    token = paired.input_value("[name=csrf] >> nth=0")
    page.request.post(f"{small.origin}/housekeeping/shift-over", headers={"x-csrf-token": token})
    page.close()
    paired.context.set_offline(False)
    expect(paired).to_have_url(f"{small.origin}/housekeeping/unlock", timeout=20_000)  # refused, the phone goes to its lock by itself
    begin(paired, small, tmp_path / "Ravi.png")
    assert paired.get_attribute("[data-who]", "data-who") != meena
    begun = until(lambda: jobs(small, "5A-A-01"), lambda job: job["stage"] == "in_progress", within=20)
    assert begun["cleaner"] == meena


def begin(page: Page, small: HouseProcess, badge: Path) -> None:
    """A badge, its PIN, a shift."""
    page.goto(f"{small.origin}/housekeeping/unlock/scan")
    page.set_input_files("#scan-photo", badge)
    page.locator("#badge-form #pin").fill("2468")
    page.locator("#badge-form .big").click()
    page.locator("[data-who]").wait_for()


FULL = "() => { for (const how of ['add', 'put']) IDBObjectStore.prototype[how] = function () { this.transaction.abort(); return {}; }; }"
"""IndexedDB takes nothing any more, as on a phone without space."""


def full_and_emptied(page: Page) -> None:
    """The big button of a full phone says so and stays alive: with some space freed the same tap is kept."""
    page.evaluate("window.had = [IDBObjectStore.prototype.add, IDBObjectStore.prototype.put]")
    page.evaluate(FULL)
    page.locator("#card .big").click()
    expect(page.locator("#unkept")).to_be_visible()
    assert page.evaluate(KEPT) == 0
    page.evaluate("[IDBObjectStore.prototype.add, IDBObjectStore.prototype.put] = window.had")
    page.locator("#card .big").click()
    expect(page.locator("#unkept")).to_be_hidden()


def test_a_full_phone_says_that_it_kept_no_tap_and_the_next_one_counts(paired: Page, browser: Browser, small: HouseProcess) -> None:
    """The cleaner's and the porter's; and what was kept before leaves a full phone too."""
    basement(paired, small, ("5A-A-02", "stat"))
    full_and_emptied(paired)
    until(lambda: paired.evaluate(KEPT), lambda count: count == 1)
    paired.evaluate(FULL)
    paired.context.set_offline(False)
    until(lambda: paired.evaluate(KEPT), lambda count: count == 0, within=40)
    assert small.ask("POST", "/api/v1/visits", {"patient": {"mrn": "M1", "name": "Meera Iyer"}, "bed": "5A-A-03"})[0] == 201
    assert small.ask("POST", "/api/v1/transports", {"bed": "5A-A-03", "to": "place:CT"})[0] == 201
    with window(browser, 360, 740) as porter:
        sign_in(porter, small, "suresh", PASSWORD)
        porter.goto(f"{small.origin}/porter")
        full_and_emptied(porter)
        expect(porter.locator("#card:not([data-guess]) .big")).to_contain_text("Picked up", timeout=15_000)
