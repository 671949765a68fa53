"""A wall behind a real bad road (bad_road.py): it heals by itself, and cries wolf no more often than it may. Days in made-up time are in
test_roaming.py; here bytes, connections and the browser's own EventSource are the real ones."""

import os
import random
import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.acceptance.bad_road import BadRoad, bad_road
from tests.acceptance.browser import Cookies, peopled, until
from tests.acceptance.people import window
from tests.acceptance.stage import staged
from tests.acceptance.test_displays import IS_LIVE, wall
from tests.acceptance.test_displays import until as shown

pytestmark = pytest.mark.browser
SEED = int(os.environ.get("ROAD_SEED", random.SystemRandom().randrange(100_000)))
MINUTES = float(os.environ.get("ROAD_MINUTES", "10"))
COUNT = """() => { window.counted = { banners: 0, blind: 0 };
  const banner = document.querySelector(".not-live"), live = document.querySelector(".live");
  new MutationObserver(() => { if (!banner.hidden) counted.banners += 1; }).observe(banner, { attributeFilter: ["hidden"] });
  setInterval(() => { if (live.dataset.live !== "live") counted.blind += 1; }, 1000); }"""


def test_a_wall_outlives_its_connections(browser: Browser) -> None:
    """At 5 % loss: all of them reset at once, and it asks anew; nothing of that is told to the ward."""
    with staged() as stage, bad_road(BadRoad(stage.port, SEED, every=3600)) as road, window(browser, 1920, 1080) as page:
        stage.pages = {"/wall": wall(24)}
        page.goto(f"http://127.0.0.1:{road.port}/wall")
        shown(page, IS_LIVE)
        page.evaluate(COUNT)
        opened, begun = stage.opened, time.monotonic()
        road.cut()
        until(lambda: stage.opened, lambda now: now > opened)
        shown(page, IS_LIVE)
        assert time.monotonic() - begun < 8, "back by itself"
        assert road.dead > 0
        assert page.evaluate("counted.banners") == 0, SEED


def _watched(page: Page, road: BadRoad, seconds: float) -> dict[str, int]:
    page.evaluate(COUNT)
    page.wait_for_timeout(seconds * 1000)
    found: dict[str, int] = page.evaluate("counted")
    print(f"seed {SEED}, {seconds:.0f} s: {found}, {road.gaps} gaps, {road.carried} connections, {road.dead} dead")
    return found


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_minutes_of_roaming_over_a_real_road(browser: Browser, tmp_path: Path) -> None:
    """A hospital as it ships, 10 s away each half minute: as many gaps in ten minutes as a wall that roams each quarter of an hour has in
    five hours. Then the control: three quarters of a minute without a network are told, each time."""
    with peopled(tmp_path, ("nina", "nurse", "4B")) as house, bad_road(BadRoad(house.http, SEED)) as road:
        people = Cookies(browser, house)
        with people.window("nina", "/displays/ward/ward/4B", 1920, 1080) as page:
            page.goto(f"http://127.0.0.1:{road.port}/displays/ward/ward/4B")
            shown(page, IS_LIVE)
            found = _watched(page, road, MINUTES * 60)
            assert road.gaps >= MINUTES, "the road was bad"
            assert road.dead > 0
            assert found["banners"] <= 1, SEED
            road.every, road.gap = 120, 45
            assert _watched(page, road, 240)["banners"] >= 1, "an outage is told"
