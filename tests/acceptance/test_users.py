"""The four kinds of user at a real browser, on a real hospital: desk, ward, housekeeping, outpatients, and the displays they let in."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.acceptance.browser import until
from tests.acceptance.house import HouseProcess, house
from tests.acceptance.people import ARTEFACTS, axe, axe_in_both, sign_in, window
from tests.acceptance.test_road import HOSPITAL, adt, send

PASSWORD = "correct-horse-battery-7"
PEOPLE = (("asha", "admissions", ""), ("ravi", "nurse", "4B"), ("meena", "housekeeping", ""), ("priya", "opd", ""), ("root", "admin", ""))

PAUSE = 800
"""Milliseconds after an answer in which the desk takes no Enter: a double stroke must not place the next patient."""

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HouseProcess]:
    folder = tmp_path_factory.mktemp("users")
    file = folder / "hospital.toml"
    file.write_text(HOSPITAL)
    with house(folder, file) as found:
        for name, role, ward in PEOPLE:
            words = ["user", "add", name, "--own", "--role", role, *(["--ward", ward] if ward else [])]
            found.run(*words, text=f"{PASSWORD}\n")
        yield found


@pytest.fixture
def desk(browser: Browser, small: HouseProcess) -> Iterator[Page]:
    with window(browser) as page:
        sign_in(page, small, "asha", PASSWORD)
        yield page


def bed(found: HouseProcess, number: str) -> dict[str, object]:
    state: dict[str, object] = found.get(f"/api/v1/beds/4B-A-0{number}")
    return state


def until_bed(found: HouseProcess, number: str, status: str) -> None:
    deadline = time.monotonic() + 10
    while bed(found, number)["status"] != status:
        assert time.monotonic() < deadline, bed(found, number)
        time.sleep(0.05)


def until_reserved(found: HouseProcess, count: int) -> list[dict[str, object]]:
    deadline = time.monotonic() + 10
    while len(reserved := [b for b in found.every("/api/v1/beds") if b["reserved_for"]]) != count:
        assert time.monotonic() < deadline, reserved
        time.sleep(0.05)
    return reserved


def ask_for_bed(page: Page, found: HouseProcess, name: str, mrn: str) -> None:
    page.goto(f"{found.origin}/admissions")
    page.keyboard.press("n")
    form = page.locator("form[action='/admissions/requests']")
    form.locator("[name=name]").fill(name)
    form.locator("[name=mrn]").fill(mrn)
    form.locator("[name=age]").fill("67")
    form.locator("[name=sex]").select_option("F")
    form.locator("button:not([type=button])").last.click()
    expect(page.locator("main")).to_contain_text(name)


def test_the_desk_places_a_patient_by_one_keystroke_and_takes_it_back(desk: Page, small: HouseProcess) -> None:
    ask_for_bed(desk, small, "Radha Kumari", "MRN-7001")
    best = desk.locator("[data-assign='1']")
    expect(best).to_be_visible()
    expect(desk.locator("main")).to_contain_text("from the nurse station")
    expect(desk.locator("dialog[open]")).to_have_count(0)
    desk.wait_for_timeout(PAUSE)
    desk.keyboard.press("Enter")
    [reserved] = until_reserved(small, 1)
    assert reserved["status"] == "available"
    expect(desk.locator(".undo")).to_contain_text(f"{reserved['ward']} {reserved['label']} promised")
    desk.keyboard.press("u")
    expect(desk.locator("main")).to_contain_text("Radha Kumari")
    expect(desk.locator("[data-assign='1']")).to_be_visible()
    until_reserved(small, 0)


def test_who_has_no_bed_is_on_the_desk_until_somebody_places_them(desk: Page, small: HouseProcess) -> None:
    """Two visits claim one bed, a third names a place nobody knows: both are shown with the reason, and placed by hand."""
    send(small, adt("A01", "c1", "4B^A^4B-A-04", "VC1", name="First^Person"))
    send(small, adt("A01", "c2", "4B^A^4B-A-04", "VC2", name="Second^Person"))
    send(small, adt("A01", "c3", "ATTIC^1^Hammock", "VC3", name="Third^Person"))
    until_bed(small, "4", "occupied")
    small.settled()
    desk.goto(f"{small.origin}/admissions")
    rows = desk.locator(".homeless li")
    expect(rows).to_have_count(2)
    expect(rows.filter(has_text="Person Second")).to_contain_text("another patient is in this bed")
    expect(rows.filter(has_text="Person Third")).to_contain_text("ATTIC 1 Hammock: no bed is known by this name")
    assert axe(desk) == []
    second = rows.filter(has_text="Person Second")
    second.locator("input[name=bed]").fill("4B-A-05")
    second.locator("button").click()
    until_bed(small, "5", "occupied")
    expect(rows).to_have_count(1)
    assert small.get("/api/v1/visits/VC2")["bed"] == "4B-A-05"


def test_a_letter_is_seen_on_an_open_ward_page_and_the_nurse_acts(browser: Browser, small: HouseProcess) -> None:
    """Bytes in, pixels out, and the day of a bed: occupied, left, out of use for a reason, undone."""
    with window(browser) as page:
        sign_in(page, small, "ravi", PASSWORD)
        page.goto(f"{small.origin}/wards/4B")
        assert send(small, adt("A01", "u1", "4B^A^4B-A-02", "VU1", name="Iyer^Latha")) == "AA"
        expect(page.locator("main")).to_contain_text("Latha Iyer", timeout=10_000)
        page.locator("form[action='/wards/4B/beds/4B-A-02/discharge'] button").last.click()
        until_bed(small, "2", "cleaning")
        expect(page.locator(".undo")).to_be_visible()
        page.locator(".undo button").click()
        until_bed(small, "2", "occupied")


def test_housekeeping_by_a_paired_phone_sees_no_name_and_cleans(browser: Browser, small: HouseProcess) -> None:
    """Six digits on the phone, typed in by the administrator; a PIN; start and done by one big button each."""
    send(small, adt("A01", "p1", "4B^A^4B-A-03", "VP1", name="SECRETNAME^X"))
    send(small, adt("A03", "p2", "", "VP1", at="20260301120000", name="SECRETNAME^X"))
    until_bed(small, "3", "cleaning")
    with window(browser, 360, 740) as phone, window(browser) as admin:
        phone.goto(f"{small.origin}/pair?kind=phone")
        code = re.sub(r"\D", "", phone.locator(".code").inner_text())
        assert len(code) == 6
        sign_in(admin, small, "root", PASSWORD)
        admin.goto(f"{small.origin}/admin/devices/new")
        admin.fill("[name=code]", code)
        admin.fill("[name=name]", "Phone 1")
        if admin.locator("[name=pin]").is_visible():
            admin.fill("[name=pin]", "4711")
        admin.locator("form[action='/admin/devices/new'] button").last.click()
        phone.wait_for_url("**/housekeeping**", timeout=20_000)
        if phone.locator("#pin").count():
            phone.fill("#pin", "4711")
            phone.keyboard.press("Enter")
        clean(phone, small)


def clean(phone: Page, small: HouseProcess) -> None:
    start = phone.locator("button.big.start")
    expect(start).to_be_visible(timeout=10_000)
    box = start.bounding_box()
    assert box is not None
    assert box["height"] >= 76, "20 mm"
    assert "SECRETNAME" not in phone.content()
    start.click()
    done = phone.locator("button.big.done")
    expect(done).to_be_visible(timeout=10_000)
    done.click()
    until_bed(small, "3", "available")
    expect(phone.locator(".undo")).to_be_visible()
    for language in ("hi", "ta"):
        switch = phone.locator(f"[lang={language}], [value={language}], [data-lang={language}], a[href*='lang={language}']").first
        switch.click()
        expect(phone.locator("html")).to_have_attribute("lang", language)


def test_an_outpatient_token_goes_from_the_desk_to_the_screen(browser: Browser, small: HouseProcess) -> None:
    with window(browser) as page, window(browser, 1920, 1080) as screen:
        sign_in(page, small, "priya", PASSWORD)
        page.goto(f"{small.origin}/opd/ENT")
        page.locator("form[action='/opd/ENT/tokens'] button").click()
        expect(page.locator("main")).to_contain_text("E-001")
        sign_in(screen, small, "priya", PASSWORD)
        screen.goto(f"{small.origin}/opd/ENT")
        screen.get_by_role("link", name="As the waiting hall sees it").click()
        page.locator("form[action='/opd/ENT/rooms/1/call-next'] button").click()
        expect(screen.locator("body")).to_contain_text("Go in now", timeout=10_000)
        expect(screen.locator("body")).to_contain_text("E-001")


def test_the_list_for_a_dark_day_lies_on_disk(small: HouseProcess) -> None:
    """From the first minutes on, without anybody asking for it."""
    kept, until = small.folder / "data" / "census" / "census.sealed", time.monotonic() + 20
    while not kept.exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert kept.stat().st_mode & 0o777 == 0o600


def test_a_television_is_paired_shows_one_ward_and_goes_dark_when_revoked(browser: Browser, small: HouseProcess) -> None:
    with window(browser, 1920, 1080) as wall, window(browser) as admin:
        wall.goto(f"{small.origin}/pair?kind=display")
        code = re.sub(r"\D", "", wall.locator(".code").inner_text())
        sign_in(admin, small, "root", PASSWORD)
        admin.goto(f"{small.origin}/admin/devices/new")
        admin.fill("[name=code]", code)
        admin.fill("[name=name]", "Screen by the lifts")
        admin.locator("[name=ward]").select_option("4B")
        admin.locator("form[action='/admin/devices/new'] button").last.click()
        wall.wait_for_url("**/displays/public/ward/4B", timeout=20_000)
        expect(wall.locator("body")).to_contain_text("Live", timeout=10_000)
        send(small, adt("A01", "w1", "4B^A^4B-A-06", "VW1"))
        expect(wall.get_by_role("img", name="Bed A6, occupied")).to_be_visible(timeout=10_000)
        status, address = wall.evaluate("async () => { const r = await fetch('/admissions'); return [r.status, r.url]; }")
        assert status in (401, 403) or "/login" in address
        admin.goto(f"{small.origin}/admin")
        row = admin.locator("tr", has_text="Screen by the lifts")
        until(lambda: (admin.reload(), row.inner_text())[1], lambda words: "Seq" in words, within=15)
        assert ", live" in row.inner_text()
        states = "[...document.querySelectorAll('.bed')].map((bed) => bed.id + ' ' + bed.dataset.state)"
        hangs = wall.evaluate(states)
        row.get_by_role("link").click()
        expect(admin.locator("main")).to_contain_text("ward:4B, public · live")
        assert axe_in_both(admin) == []
        admin.get_by_role("button", name="Show the picture").click()
        expect(admin.locator(".past")).to_contain_text("Screen by the lifts")
        expect(admin.locator(".live")).to_have_text(re.compile("Live"))
        assert axe_in_both(admin) == []
        assert admin.evaluate(states) == hangs
        admin.screenshot(path=ARTEFACTS / "display-past.png")
        admin.goto(f"{small.origin}/admin")
        row.locator("form[action*='/revoke'] button").click()
        wall.wait_for_url("**/pair?kind=display", timeout=5_000)


def test_nobody_gets_in_without_a_password_and_a_foreign_origin_posts_nothing(browser: Browser, small: HouseProcess) -> None:
    with window(browser) as page:
        for path in ("/admissions", "/wards/4B", "/housekeeping", "/manager", "/admin"):
            page.goto(f"{small.origin}{path}")
            assert "/login" in page.url
    status, body = small.ask("POST", "/login", {}, authorization="", origin="http://evil.example")
    assert (status, "another" in str(body) or "origin" in str(body).lower()) == (403, True)


def test_the_files_of_a_data_directory_are_for_their_owner_alone(small: HouseProcess) -> None:
    data = Path(small.environ["BEDFLOW_DATA_DIR"])
    assert (data / "vault.key").stat().st_mode & 0o077 == 0
