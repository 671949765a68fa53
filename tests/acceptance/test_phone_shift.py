"""A shift on a phone: begun by badge and PIN, rung for what is urgent, ended; every tap is the cleaner's or the porter's own."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.acceptance.browser import PASSWORD, bed, peopled, until
from tests.acceptance.house import HouseProcess
from tests.acceptance.people import axe, sign_in, window
from tests.acceptance.phones import pair, phone

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
LISTENING = """
window.shaken = []; window.notes = []; window.lamps = 0;
navigator.vibrate = (pattern) => { window.shaken.push([].concat(pattern)); return true; };
navigator.mediaDevices.getUserMedia = () => Promise.reject(new Error("none"));
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (at) { window.notes.push(this.frequency.value); return start.call(this, at); };
const request = async (what) => { window.lamps += what === "screen" ? 1 : 0; return new EventTarget(); };
Object.defineProperty(navigator, "wakeLock", { value: { request } });
"""

KEPT = """async () => {
  const found = [JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage }), document.cookie];
  for (const name of await caches.keys()) {
    const shelf = await caches.open(name);
    const pages = (await shelf.keys()).filter((asked) => !asked.url.includes("/static/"));
    for (const asked of pages) found.push(asked.url, await (await shelf.match(asked)).text());
  }
  for (const { name } of await indexedDB.databases()) {
    const base = await new Promise((resolve) => { const asked = indexedDB.open(name); asked.onsuccess = () => resolve(asked.result); });
    for (const store of base.objectStoreNames) {
      const rows = base.transaction(store).objectStore(store), asked = rows.getAll();
      await new Promise((resolve) => { asked.onsuccess = resolve; });
      found.push(store, JSON.stringify(asked.result));
    }
    base.close();
  }
  return found.join(" ");
}"""
"""All that the browser keeps of this hospital."""
FOREIGN = """async () => {
  const other = new MessageChannel();
  for (const said of ["sent", { kind: "stat", job: "x" }, { __proto__: { n: 1 }, action: "/housekeeping/shift-over" }]) {
    window.postMessage(said, "*");
    navigator.serviceWorker.controller.postMessage(said, [other.port1].slice(1));
  }
  await fetch("/housekeeping/board?asked");
}"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HouseProcess]:
    with peopled(tmp_path_factory.mktemp("shift"), ("root", "admin", ""), ("sunita", "supervisor", "")) as found:
        yield found


@pytest.fixture(scope="module")
def badge(browser: Browser, small: HouseProcess, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The supervisor adds a cleaner; her badge, as it came out of the printer."""
    path = tmp_path_factory.mktemp("badge") / "badge.png"
    with window(browser) as desk:
        sign_in(desk, small, "sunita", PASSWORD)
        desk.goto(f"{small.origin}/supervisor/cleaners")
        form = desk.locator("form[action='/supervisor/cleaners']")
        form.locator("[name=nick]").fill("Meena")
        form.locator("button").last.click()
        desk.locator(".badge-code").screenshot(path=path)
    return path


@pytest.fixture(scope="module")
def paired(browser: Browser, small: HouseProcess, badge: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with phone(browser, tmp_path_factory.mktemp("phone")) as page:
        page.add_init_script(LISTENING)
        pair(page, browser, small, small.origin, "root", PASSWORD)
        yield page


def lock(small: HouseProcess, page: Page) -> None:
    page.locator(".shift button").click()
    page.wait_for_url("**/unlock")


def story(found: HouseProcess, name: str) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = found.get(f"/api/v1/history/beds/{name}", "manager")["items"]
    return sorted(told, key=lambda one: one["seq"])


def test_a_badge_and_its_pin_begin_a_shift_and_taps_are_the_cleaners_own(paired: Page, small: HouseProcess, badge: Path) -> None:
    iyer = {"mrn": "MRN-77001", "name": "Meera Iyer", "birth_date": "1971-02-03", "sex": "F"}
    assert small.ask("POST", "/api/v1/visits", {"patient": iyer, "bed": "4B-A-04"})[0] == 201
    assert small.ask("POST", "/api/v1/beds/4B-A-01/status", {"status": "cleaning"})[0] == 200
    paired.goto(f"{small.origin}/housekeeping/unlock/scan")
    expect(paired.locator("#scan[data-state=dark]")).to_be_visible()
    paired.set_input_files("#scan-photo", badge)
    paired.locator("#badge-form #pin").fill("2468")
    assert axe(paired) == []
    paired.locator("#badge-form .big").click()
    paired.wait_for_url("**/housekeeping")
    expect(paired.locator(".shift b")).to_have_text("Meena")
    until(lambda: paired.evaluate("window.lamps"), lambda lamps: lamps >= 1)
    assert paired.evaluate("document.documentElement.dataset.awake") == "", "the screen stays on during the shift"
    paired.locator("#card form[action$='/coming'] .big").click(timeout=20_000)
    paired.locator("#card:not([data-guess]) form[action$='/start'] .big").click()
    until(lambda: bed(small, "4B-A-01"), lambda state: state["stage"] == "in_progress")
    paired.locator("#card:not([data-guess]) .big.done").click()
    until(lambda: bed(small, "4B-A-01"), lambda state: state["status"] == "available")
    kept, sent = paired.evaluate(KEPT), []
    assert "4B-A-01" in kept and "Meena" in kept, "it is read"
    assert [word for word in ("Iyer", "MRN-77001", "2468", "BDFL") if word in kept] == []
    paired.on("request", lambda request: sent.append((request.method, request.url)))
    paired.evaluate(FOREIGN)
    assert sent == [("GET", f"{small.origin}/housekeeping/board?asked")], "a message of anybody's moves nothing"


def test_an_urgent_bed_rings_and_shakes_once(paired: Page, small: HouseProcess) -> None:
    paired.goto(f"{small.origin}/housekeeping")
    paired.locator("#board").click()
    expect(paired.locator("html[data-sound=running]")).to_be_attached()
    paired.evaluate("window.shaken = []; window.notes = []")
    assert small.ask("POST", "/api/v1/beds/4B-A-02/status", {"status": "cleaning", "clean": "stat"})[0] == 200
    expect(paired.locator("#call b")).to_have_text("A2", timeout=15_000)
    assert paired.evaluate("window.shaken").count([400, 150, 400, 150, 400]) == 1
    assert len(paired.evaluate("window.notes")) == 5
    assert axe(paired) == []
    paired.evaluate("window.shaken = []; htmx.trigger('#board', 'refresh')")
    paired.wait_for_timeout(800)
    assert [400, 150, 400, 150, 400] not in paired.evaluate("window.shaken"), "told once"
    paired.locator("#call button").click()
    expect(paired.locator("#call")).to_be_hidden()


def test_a_locked_phone_rings_too_and_says_no_more_than_the_bed(paired: Page, small: HouseProcess) -> None:
    lock(small, paired)
    assert small.ask("POST", "/api/v1/beds/4B-A-03/status", {"status": "cleaning", "clean": "stat"})[0] == 200
    paired.locator("h1").click()
    expect(paired.locator("#call b")).to_have_text("A3", timeout=25_000)
    assert paired.evaluate("fetch('/housekeeping/board').then((answer) => answer.url)").endswith("/unlock"), "no more than that"
    assert axe(paired) == []


def test_a_wrong_pin_is_told_and_a_replaced_badge_opens_nothing(paired: Page, browser: Browser, small: HouseProcess, badge: Path) -> None:
    paired.goto(f"{small.origin}/housekeeping/unlock/scan")
    paired.set_input_files("#scan-photo", badge)
    paired.locator("#badge-form #pin").fill("1111")
    paired.locator("#badge-form .big").click()
    expect(paired.locator("main .notice.bad")).to_contain_text("Wrong PIN")
    paired.locator("#badge-form #pin").fill("2468")
    paired.locator("#badge-form .big").click()
    expect(paired.locator(".shift b")).to_have_text("Meena")
    lock(small, paired)
    with window(browser) as desk:
        sign_in(desk, small, "sunita", PASSWORD)
        desk.goto(f"{small.origin}/supervisor/cleaners")
        desk.locator("form[action$='/badge'] button").first.evaluate("(button) => button.form.requestSubmit(button)")
        desk.locator(".badge-code").wait_for()
    paired.goto(f"{small.origin}/housekeeping/unlock/scan")
    paired.set_input_files("#scan-photo", badge)
    paired.locator("#badge-form #pin").fill("2468")
    paired.locator("#badge-form .big").click()
    expect(paired.locator("main .notice.bad")).to_contain_text("not known")


def test_a_porters_badge_makes_it_a_porters_phone_that_rings_for_urgent_transports(
    paired: Page, browser: Browser, small: HouseProcess, tmp_path: Path
) -> None:
    """Last: the phone is a porter's from here on."""
    with window(browser) as desk:
        sign_in(desk, small, "sunita", PASSWORD)
        desk.goto(f"{small.origin}/supervisor/cleaners")
        form = desk.locator("form[action='/supervisor/cleaners']")
        form.locator("[name=nick]").fill("Suresh")
        form.locator("[name=trade]").select_option("porter")
        form.locator("button").last.click()
        desk.locator(".badge-code").screenshot(path=tmp_path / "badge.png")
    paired.goto(f"{small.origin}/housekeeping/unlock/scan")
    paired.set_input_files("#scan-photo", tmp_path / "badge.png")
    paired.locator("#badge-form #pin").fill("1357")
    paired.locator("#badge-form .big").click()
    paired.wait_for_url("**/porter")
    expect(paired.locator(".shift b")).to_have_text("Suresh")
    until(lambda: paired.evaluate("window.lamps"), lambda lamps: lamps >= 1)
    paired.locator("#board").click()
    expect(paired.locator("html[data-sound=running]")).to_be_attached()
    paired.evaluate("window.shaken = []; window.notes = []")
    assert small.ask("POST", "/api/v1/visits", {"patient": {"mrn": "M1", "name": "Meera Iyer"}, "bed": "4B-A-05"})[0] == 201
    asked = {"bed": "4B-A-05", "to": "place:CT", "carried": "trolley", "priority": 1}
    assert small.ask("POST", "/api/v1/transports", asked)[0] == 201
    expect(paired.locator("#call b")).to_have_text("4B A5", timeout=15_000)
    assert paired.evaluate("window.shaken").count([400, 150, 400, 150, 400]) == 1
    assert axe(paired) == []
    paired.locator("#card .big").click()
    expect(paired.locator("#card:not([data-guess]) .big")).to_contain_text("Picked up")
    expect(paired.locator("#call")).to_be_hidden()
    (job,) = small.get("/api/v1/transports", "manager")["items"]
    assert job["porter"].startswith("porter-")
    lock(small, paired)
