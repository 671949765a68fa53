"""The nurse's day at a real browser: swap, isolate, watch, a high score, a bed and a room closed; the lists; axe in both schemes."""

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from playwright.sync_api import APIResponse, Browser, Page, Route, expect

from tests.acceptance.browser import Cookies, until
from tests.acceptance.house import HouseProcess, house
from tests.acceptance.people import ARTEFACTS, axe
from tests.acceptance.test_ward_browser import admit, unfold
from tests.hospital_file import hospital_file

pytestmark = pytest.mark.timeout(180)
A1, A2 = "4B-A-01", "4B-A-02"
TEN_SECONDS = 10_000


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HouseProcess]:
    folder = tmp_path_factory.mktemp("station")
    text = hospital_file({"4B": {"A": 6}, "ICU": {"I": 2}}, clinic=False)
    (folder / "hospital.toml").write_text(text.replace('name = "Bay I"\ntype = "general"', 'name = "Bay I"\ntype = "icu"'))
    with house(folder, folder / "hospital.toml") as started:
        started.add("ravi", "nurse", "4B")
        yield started


@pytest.fixture(scope="module")
def cookies(browser: Browser, found: HouseProcess) -> Cookies:
    return Cookies(browser, found)


@pytest.fixture
def ward(cookies: Cookies) -> Iterator[Page]:
    with cookies.window("ravi", "/wards/4B") as page:
        yield page


def is_fine(page: Page, name: str) -> None:
    """Axe finds nothing in either scheme, at any width."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert axe(page) == [], scheme
    page.emulate_media(color_scheme="light")
    ARTEFACTS.mkdir(exist_ok=True)
    page.screenshot(path=str(ARTEFACTS / f"{name}.png"))
    page.set_viewport_size({"width": 720, "height": 450})
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    page.set_viewport_size({"width": 1440, "height": 900})


def scored(found: HouseProcess, bed: str, score: int) -> None:
    """An early-warning score of the patient in a bed, by the feed (ORU)."""
    now, visit = datetime.now(UTC).strftime("%Y%m%d%H%M%S+0000"), found.get(f"/api/v1/beds/{bed}")["visit"]
    head = f"MSH|^~\\&|EMR|H|BED|H|{now}||ORU^R01|s{score}|P|2.5\rPID|1||S1^^^H^MR||N^N||19700101|F\rPV1|1|I|||||||||||||||||{visit}\r"
    text = f"{head}OBR|1|||OBS\rOBX|1|NM|NEWS2||{score}||||||F|||{now}\r"
    with socket.create_connection(("127.0.0.1", found.mllp), timeout=10) as connection:
        connection.sendall(b"\x0b" + text.encode() + b"\x1c\r")
        assert b"MSA|AA" in connection.recv(4096)


@contextmanager
def late_answer(page: Page, address: str) -> Iterator[None]:
    """What is asked at this address is done, and answered once the block has ended."""
    held: list[tuple[Route, APIResponse]] = []
    page.route(address, lambda route: held.append((route, route.fetch())))
    yield
    for route, answer in held:
        route.fulfill(response=answer)
    page.unroute(address)
    assert held


def test_a_nurse_does_her_day(found: HouseProcess, ward: Page) -> None:
    admit(ward, found, A1, "Meera Iyer")
    admit(ward, found, A2, "Asha Rao")
    unfold(ward, "swap", A1)
    form = ward.locator(f"[id='swap-{A1}'] form")
    form.locator("[name=with]").fill(A2)
    form.locator("button").click()
    expect(ward.locator(f"[id='row-{A1}'] .occupant")).to_contain_text("Asha Rao")
    expect(ward.locator(f"[id='row-{A2}'] .occupant")).to_contain_text("Meera Iyer")

    unfold(ward, "more", A1)
    unfold(ward, "isolation", A1)
    form = ward.locator(f"[id='isolation-{A1}'] form")
    form.locator("[name=isolation]").select_option("contact")
    form.locator("[name=organism]").fill("MRSA")
    form.locator("button").click()
    expect(ward.locator(f"[id='row-{A1}'] .chip.must")).to_contain_text("MRSA")
    expect(ward.locator(f"[id='swap-{A1}'][open], [id='more-{A1}'][open]")).to_have_count(0)  # what was done folds up

    unfold(ward, "watch", A2)
    ward.locator(f"[id='watch-{A2}'] button[value=high]").click()
    expect(ward.locator(f"[id='row-{A2}'] .chip.acuity")).to_contain_text("high")
    expect(ward.locator(f"[id='bed:{A2}'] .meta")).to_have_text("!!")

    scored(found, A1, 8)
    risen = ward.locator(f"[id='risen-{A1}']")
    expect(risen).to_contain_text("score 8 · high", timeout=TEN_SECONDS)
    assert axe(ward) == []
    risen.get_by_role("button", name="I have seen it").click()
    expect(risen).to_have_count(0)
    expect(ward.locator(f"[id='row-{A1}'] .chip.acuity")).to_contain_text("score 8")

    unfold(ward, "more", A2)
    unfold(ward, "close", A2)
    ward.locator(f"[id='close-{A2}'] [name=note]").fill("rail")
    with late_answer(ward, "**/close"):
        ward.locator(f"[id='close-{A2}'] button").click()
        expect(ward.locator(f"[id='row-{A2}'] .notice")).to_contain_text("Out of use as soon as it is empty: rail")
    expect(ward.locator(f"[id='more-{A2}'][open]")).to_have_count(0)  # though the stream had taken the form away before its answer came
    expect(ward.locator(f"[id='bed:{A2}'] .mark.closing")).to_have_attribute("visibility", "visible")
    ward.get_by_role("button", name="Keep in use").click()
    expect(ward.locator(f"[id='bed:{A2}'] .mark.closing")).to_have_attribute("visibility", "hidden")
    buttons = ward.locator(f"[id='row-{A2}'] .actions").first
    assert buttons.evaluate("row => new Set([...row.children].map(each => each.offsetTop)).size") == 1, "More stands on the same line"

    ward.locator("#close-room > summary").click()
    ward.locator("#close-room form button").last.click()
    expect(ward.locator(".shut-room")).to_have_count(1)
    unfold(ward, "more", A1)
    is_fine(ward, "ward-station")


def test_the_lists_of_the_station(found: HouseProcess, ward: Page) -> None:
    ward.goto(f"{found.origin}/step-up-down")
    expect(ward.locator(".step")).to_have_count(2)
    is_fine(ward, "step-lists")
    ward.locator(".step button").first.click()
    expect(ward.locator(".step .notice")).to_contain_text("bed asked for")
    expect(ward.get_by_role("button", name="Undo")).to_be_visible()
    until(lambda: ward.locator(".step button").count(), lambda count: count == 1)


def test_names_that_are_open_for_a_reason_count_down_and_go(found: HouseProcess, cookies: Cookies) -> None:
    """The page's own clock is put ahead: when the time is over it asks the server, which alone says what is shown."""
    found.add("farah", "manager")
    with cookies.window("farah", "/wards/4B") as page:
        expect(page.locator(".names-bar")).to_contain_text("Names are masked")
        page.clock.install()
        page.click(".names-bar a")
        assert axe(page) == []
        page.select_option("select[name=reason]", label="Emergency or evacuation")
        page.fill("textarea[name=words]", "Drill of the fire brigade")
        page.click("button.danger")
        expect(page.locator(".names-bar.open")).to_contain_text("Names of ward 4B are open to you")
        expect(page.locator(".names-left")).to_have_text(re.compile(r"1[45]:\d\d"))
        is_fine(page, "names-open")
        with page.expect_navigation():
            page.clock.fast_forward("15:01")
        page.click("text=End now")
        expect(page.locator(".names-bar")).to_contain_text("Names are masked")
