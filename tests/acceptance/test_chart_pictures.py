"""The managers' charts, drawn by the server from fixed figures, are those that are kept: letter by letter as SVG, and in a browser as a
picture, light and dark, compared coarsely so that another Chromium's letters do not matter. `--pictures` renews both.
"""

import base64
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from playwright.sync_api import Browser

from flow.domain.forecast import ForecastState, Level, Outlook, Outlooks
from flow.domain.kpis.table import By
from flow.templating import CHECKOUT, Templates
from flow.views.forecast_page import Told
from tests.acceptance.people import window
from tests.unit import test_bed_page as beds
from tests.unit import test_forecast_view as forecasts
from tests.unit import test_kpi_view as kpis
from tests.unit import test_ledger_view as ledgers
from tests.unit import test_level_view as levels
from tests.unit import test_manager_view as occupancy
from tests.unit import test_replay_view as replays

CHARTS = Path(__file__).parent / "charts"
SHEETS = ("tokens", "base", "manager", "plan", "kpis", "ledger", "forecast", "level", "replay")
NAMES = (
    "occupancy_and_stack",
    "heat_map",
    "turn_ranges",
    "kpi_bars",
    "ledger_bars",
    "ledger_days",
    "forecast_fan",
    "forecast_bands",
    "level",
    "bed_days",
    "replay_ward",
)
SCHEMES = ("light", "dark")
ALIKE = 24
"""Of 255: how far a patch of the picture may be from the kept one on its mean. Letters of a serif face are 19 away at most, a missing bar
33 and 52 (of turns, of a KPI)."""


def outlooks() -> Outlooks:
    """The house, a specialty and three wards, made up without a model."""
    made = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
    chances = (0.05, 0.1, 0.2, 0.3, 0.2, 0.1, 0.05)
    rows = [
        Outlook(level, name, hours, now, staffed, now - 3 + place, chances, 0.4, ForecastState.FORECAST, (place, place + 1))
        for place, hours in enumerate((4, 8, 24))
        for level, name, now, staffed in (
            (Level.HOUSE, "", 31, 42),
            (Level.WARD, "W", 14, 18),
            (Level.WARD, "X", 9, 12),
            (Level.WARD, "Y", 8, 12),
        )
    ]
    return Outlooks(made, 60.0, tuple(rows))


def forecast() -> str:
    shown = outlooks()
    past = [(shown.at - timedelta(hours=24 - hour), 28 + hour % 5) for hour in range(25)]
    return Templates().render("manager/forecast.html", forecasts.page(None, Told(shown, shown, (), None, past, None)))


@cache
def charts() -> dict[str, str]:
    """The charts by name, each as canonical XML."""
    kpi = kpis.page(By.WARD)
    one = replace(kpi, cards=tuple(card for card in kpi.cards if card.id == "evs_turn"))
    pages = (
        Templates().render("manager/page.html", occupancy.page("24h")),
        Templates().render("manager/kpis.html", one),
        Templates().render("manager/ledger.html", ledgers.page()),
        forecast(),
        levels.drawn(),
        beds.bed_drawn(),
        replays.drawn(replays.page()),
    )
    drawn = [chart for page in pages for chart in re.findall(r'<svg class="(?:chart|plan)\b.*?</svg>', page, re.DOTALL)]
    return dict(zip(NAMES, map(canonical, drawn), strict=True))


def canonical(svg: str) -> str:
    """Attributes in order, an element a line."""
    text = ET.canonicalize(svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1), strip_text=True)
    return text.replace("><", ">\n<") + "\n"


@pytest.mark.parametrize("name", NAMES)
def test_a_chart_is_drawn_as_it_was(request: pytest.FixtureRequest, name: str) -> None:
    kept = CHARTS / f"{name}.svg"
    if request.config.getoption("--pictures"):
        CHARTS.mkdir(exist_ok=True)
        kept.write_text(charts()[name], "utf-8")
    assert charts()[name] == kept.read_text("utf-8"), "if it is to look like this, run this file with --pictures"


def document(svg: str) -> str:
    icons = (CHECKOUT / "templates" / "_icons.svg").read_text("utf-8")
    sheets = "".join((CHECKOUT / "static" / "css" / f"{name}.css").read_text("utf-8") for name in SHEETS)
    return f'<!doctype html><html lang="en"><style>{sheets}</style><body class="desk manager">{icons}<div>{svg}</div></body></html>'


COMPARE = """
async ([one, other]) => {
  const patches = async (data) => {
    const image = new Image();
    image.src = "data:image/*;base64," + data;
    await image.decode();
    const canvas = new OffscreenCanvas(36, Math.round(36 * image.height / image.width));
    const pen = canvas.getContext("2d");
    pen.imageSmoothingQuality = "high";
    pen.drawImage(image, 0, 0, canvas.width, canvas.height);
    return [canvas.width, canvas.height, pen.getImageData(0, 0, canvas.width, canvas.height).data];
  };
  const [w, h, a] = await patches(one), [v, g, b] = await patches(other);
  if (w !== v || h !== g) return 255;
  let most = 0;
  for (let i = 0; i < a.length; i += 4) {
    const apart = [0, 1, 2].map((place) => Math.abs(a[i + place] - b[i + place]));
    most = Math.max(most, (apart[0] + apart[1] + apart[2]) / 3);
  }
  return most;
}
"""


@pytest.mark.browser
def test_the_charts_look_as_they_did(request: pytest.FixtureRequest, browser: Browser) -> None:
    with window(browser, 760, 400) as page:
        apart, kept_as = {}, {}
        for name, scheme in ((name, scheme) for name in NAMES for scheme in SCHEMES):
            light = scheme == "light"
            kept = CHARTS / (f"{name}.png" if light else f"{name}-dark.jpg")
            page.emulate_media(color_scheme=scheme)
            page.set_content(document(charts()[name]))
            picture = page.locator("div > svg").screenshot(type="png" if light else "jpeg", quality=None if light else 50)
            if request.config.getoption("--pictures"):
                kept.write_bytes(picture)
            kept_as[name, scheme] = kept.read_bytes()
            asked = [base64.b64encode(each).decode() for each in (picture, kept_as[name, scheme])]
            apart[name, scheme] = page.evaluate(COMPARE, asked)
        assert {name: most for name, most in apart.items() if most > ALIKE} == {}
        for name in NAMES:
            both = [base64.b64encode(kept_as[name, scheme]).decode() for scheme in SCHEMES]
            assert page.evaluate(COMPARE, both) > ALIKE, f"{name} is drawn for dark, too"
        page.emulate_media(color_scheme="light")
        page.set_content(document(charts()["kpi_bars"].replace('class="middle"', 'class="gone" visibility="hidden"')))
        without = [
            base64.b64encode(each).decode() for each in (page.locator("svg.chart").screenshot(), (CHARTS / "kpi_bars.png").read_bytes())
        ]
        assert page.evaluate(COMPARE, without) > ALIKE, "a bar that is missing is seen"
