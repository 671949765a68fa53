"""The managers' page on a demo's history: figures equal to the API's, the export equal to the table, filters in the address."""

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from flow.web.routes import PAGES
from tests.acceptance.browser import until
from tests.acceptance.house import HouseProcess, house
from tests.acceptance.people import ARTEFACTS, axe_in_both, sign_in, window
from tests.acceptance.tabbed import faults_by_tab

pytestmark = pytest.mark.timeout(180)
COLUMNS = ("occupancy_percent", "occupied", "staffed", "free", "promised", "cleaning", "out_of_use")
"""The export's, in the order of the table on the page."""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HouseProcess]:
    with house(tmp_path_factory.mktemp("manager"), command="demo", BEDFLOW_HISTORY_DAYS="2", BEDFLOW_SIM_SPEED="0.01") as found:
        yield found


@pytest.fixture(scope="module")
def signed_in(browser: Browser, demo: HouseProcess) -> Iterator[Page]:
    kept = demo.folder / "data" / "demo-sign-ins.json"
    until(kept.exists, bool, within=30)
    passwords = json.loads(kept.read_text())
    with window(browser) as page:
        sign_in(page, demo, "manager", passwords["manager"])
        yield page


def export(page: Page) -> list[dict[str, str]]:
    """What the CSV link of the page in front gives."""
    answer = page.request.get(page.locator(".files-list li a").first.evaluate("link => link.href"))
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.text())))


def table(page: Page) -> list[list[str]]:
    """The rows under the chart, as text."""
    rows: list[list[str]] = page.eval_on_selector_all(
        "#samples tbody tr", "rows => rows.map(row => [...row.querySelectorAll('td')].map(cell => cell.textContent.trim()))"
    )
    return rows


@pytest.mark.parametrize("query", ["range=24h", "range=7d&ward=4B"])
def test_the_export_is_the_table_on_the_screen(demo: HouseProcess, signed_in: Page, query: str) -> None:
    signed_in.goto(f"{demo.origin}/manager?{query}")
    rows = export(signed_in)
    assert len(rows) > 20
    shown = table(signed_in)
    assert [[row[column] or "–" for column in COLUMNS] for row in rows][:-1] == shown[:-1], "but for the moment that is still running"


def test_the_figures_are_those_of_the_api(demo: HouseProcess, signed_in: Page) -> None:
    signed_in.goto(f"{demo.origin}/manager?range=24h&ward=4B")
    rows = export(signed_in)
    past = [row for row in rows[:-1] if row["occupancy_percent"]]
    assert past
    for row in (past[0], past[len(past) // 2], past[-1]):
        asked = demo.get(f"/api/v1/history/occupancy?from={quoted(row['time'])}&to={quoted(row['time'], minutes=1)}&ward=4B", "manager")
        [figure] = asked["items"][:1]
        assert (figure["occupied"], figure["free"], figure["staffed"]) == (int(row["occupied"]), int(row["free"]), int(row["staffed"]))


def quoted(moment: str, minutes: int = 0) -> str:
    """A moment of the export for an address, some minutes later."""
    return quote((datetime.fromisoformat(moment) + timedelta(minutes=minutes)).isoformat())


def test_what_is_occupied_now_is_what_the_counts_say(demo: HouseProcess, signed_in: Page) -> None:
    """The demo goes on while it is looked at: page and API agree at the first moment at which both are asked in one state."""

    def agree() -> bool:
        before = demo.get("/api/v1/beds/availability", "manager")
        signed_in.goto(f"{demo.origin}/manager?range=24h")
        shown = signed_in.locator(".kpi").first.inner_text()
        after = demo.get("/api/v1/beds/availability", "manager")
        occupied = len(demo.every("/api/v1/beds?status=occupied", "manager"))
        return bool(before["seq"] == after["seq"] and f"{occupied} of " in shown)

    assert until(agree, bool, 60)


def test_the_filters_live_in_the_address_and_survive_a_reload(demo: HouseProcess, signed_in: Page) -> None:
    signed_in.goto(f"{demo.origin}/manager")
    signed_in.locator("nav.segments a", has_text="24 h").click()
    signed_in.wait_for_url("**range=24h**")
    signed_in.locator("select[name=ward]").select_option("4B")
    signed_in.locator("form.pick button").click()
    signed_in.wait_for_url("**ward=4B**")
    signed_in.reload()
    assert "range=24h" in signed_in.url
    expect(signed_in.locator("select[name=ward]")).to_have_value("4B")
    expect(signed_in.locator(".scope")).to_contain_text("4B")
    expect(signed_in.locator("nav.segments a[aria-current]")).to_have_text("24 h")


def test_a_long_series_is_zoomed_with_keys_and_by_buttons_and_not_loaded_before(demo: HouseProcess, signed_in: Page) -> None:
    asked: list[str] = []
    signed_in.on("request", lambda request: asked.append(request.url))
    signed_in.goto(f"{demo.origin}/manager?range=28d")
    assert signed_in.locator("[data-zoom]").count() == 0, "a month fits the chart that the server draws"
    signed_in.route("**/manager/occupancy.csv*", with_days_before)
    signed_in.goto(f"{demo.origin}/manager?range=90d")
    chart, said = signed_in.locator(".zoom-chart"), signed_in.locator(".zoom [role=status]")
    assert not any("uplot" in url for url in asked)
    signed_in.locator("[data-zoom-open]").press("Enter")
    expect(chart.locator("canvas")).to_be_visible()
    expect(chart).to_be_focused()
    expect(said).to_have_text(re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d – "))
    whole = said.inner_text()
    assert whole.endswith(", every 6 h") and not any("bucket=hour" in url for url in asked)
    signed_in.keyboard.press("+")
    expect(said).not_to_have_text(whole)
    closer = said.inner_text()
    signed_in.keyboard.press("ArrowLeft")
    expect(said).not_to_have_text(closer)
    signed_in.keyboard.press("+")
    expect(said).to_have_text(re.compile(", every hour$"))
    assert len(hours_under_the_pointer(signed_in)) > 4, "hours, where the chart above has every sixth"
    signed_in.get_by_role("button", name="All", exact=True).click()
    expect(said).to_have_text(whole)
    assert any("uplot" in url for url in asked)
    assert signed_in.locator("svg.chart").count() >= 2, "the server's charts stay"
    signed_in.screenshot(path=str(ARTEFACTS / "manager-zoom.png"), full_page=True)
    assert axe_in_both(signed_in) == []


def with_days_before(route: Route) -> None:
    """The file that the chart is drawn from, as a hospital's of ninety days is: this one is a day old."""
    answer = route.fetch()
    head, *rows = answer.text().strip().split("\r\n")
    first = datetime.fromisoformat(rows[0].split(",")[head.split(",").index("time")])
    filled = {"time": "", "occupancy_percent": "50"}
    earlier = []
    for step in range(360, 0, -1):
        filled["time"] = (first - step * timedelta(hours=6)).isoformat()
        earlier.append(",".join(filled.get(name, "") for name in head.split(",")))
    route.fulfill(response=answer, body="\r\n".join([head, *earlier, *rows]))


def hours_under_the_pointer(page: Page) -> set[int]:
    """Which hours of the day the chart has beside one another: as its legend names them under the pointer, in the middle of it."""
    for _ in range(4):
        page.locator(".zoom-chart").press("+")
    over, legend = page.locator(".zoom-chart .u-over"), page.locator(".zoom-chart .u-legend .u-value").first
    found = set()
    for place in range(300, 700, 16):
        over.hover(position={"x": place, "y": 100})
        expect(legend).to_have_text(re.compile(r"\d\d:\d\d$"))
        found.add(int(legend.inner_text()[11:13]))
    return found


QUERIES = {"/manager/replay": "?ward=HDU", "/manager/ledger-behind": "?range=24h&owner=cleaning&ward=HDU"}
"""What keeps a page of a test short: a control a row says no more in the hundredth."""


def test_every_managers_page_goes_by_keyboard_alone(demo: HouseProcess, signed_in: Page) -> None:
    """Tab comes to every control of every page of the route table, is seen wherever it is, and goes on from there."""
    signed_in.set_viewport_size({"width": 1280, "height": 800})
    visit = demo.get("/api/v1/visits?status=in_progress&limit=1", "manager")["items"][0]["number"]
    faults = {}
    for path in managers_pages():
        address = f"{path.format(bed='HDU-A-01', visit=visit)}{QUERIES.get(path, '')}"
        answer = signed_in.goto(f"{demo.origin}{address}", wait_until="load")
        assert answer is not None and answer.status == 200, address
        faults[path] = faults_by_tab(signed_in)
    assert len(faults) > 15
    assert {path: told for path, told in faults.items() if told} == {}


def test_what_the_keyboard_misses_is_told(browser: Browser) -> None:
    buttons = [f'<button id="b{n}">{n}</button>' for n in range(8)]
    buttons[2] = '<button id="bare" style="outline: none">2</button>'
    trap = "event.target.id === 'b5' && event.key === 'Tab' && event.preventDefault()"
    with window(browser) as page:
        page.set_content(f"<body>{''.join(buttons)}</body>")
        assert faults_by_tab(page) == [f"unmarked: {buttons[2]}"]
        page.evaluate(f"document.addEventListener('keydown', (event) => {{ {trap}; }})")
        assert f"never reached: {buttons[6]}" in faults_by_tab(page)


def managers_pages() -> list[str]:
    """Every page for managers in the route table."""
    paths = [door.path for door in PAGES if door.method == "GET" and door.path.startswith("/manager")]
    return [path for path in paths if "." not in path and not path.endswith("/board")]


def test_every_managers_page_fits_its_paper(demo: HouseProcess, signed_in: Page) -> None:
    """On A4 across nothing is cut at the right, whatever the screen's colours; buttons stay at home."""
    apart, buttons = {}, {}
    signed_in.set_viewport_size({"width": 1046, "height": 740})
    for path in (path for path in managers_pages() if "{" not in path):
        signed_in.goto(f"{demo.origin}{path}", wait_until="load")
        signed_in.emulate_media(media="print", color_scheme="dark")
        apart[path] = signed_in.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        buttons[path] = signed_in.locator(".manager-bar .btn:visible").count()
        signed_in.emulate_media(media="screen", color_scheme="light")
    assert {path: beyond for path, beyond in apart.items() if beyond > 0} == {}
    assert {path: count for path, count in buttons.items() if count} == {}
