"""A wall on bad wireless: 5 % of packets lost and 10 s without any network, again and again. Page and scripts are the real ones; time and
network are made up (network.js), so that a day takes seconds. At most one false banner a day, and a true one each time."""

import json
import os
import random
import time
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.acceptance.browser import until
from tests.acceptance.stage import staged
from tests.acceptance.test_displays import wall

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
NETWORK = Path(__file__).with_name("network.js")
SEED = int(os.environ.get("ROAMING_SEED", random.SystemRandom().randrange(100_000)))
HOUR = 3_600_000
BAD = {"loss": 0.05, "gap": 10, "broken": 0.5}
"""Of two gaps one leaves a connection that is dead and says nothing."""


def watched(browser: Browser, seed: int, hours: int, every: int, **network: float) -> dict[str, Any]:
    """What a wall showed in so many hours with a gap each `every` seconds: `banners` (when they rose), `blind` (seconds without LIVE),
    `opened` (streams)."""
    with staged() as stage, browser.new_context(viewport={"width": 1920, "height": 1080}) as context:
        stage.pages = {"/wall": wall(24)}
        page = context.new_page()
        page.clock.install()
        page.add_init_script(f"window.simulated = {json.dumps({'seed': seed, 'every': every} | network)};\n{NETWORK.read_text()}")
        page.goto(f"{stage.address}/wall")
        for _ in range(hours):
            page.clock.run_for(HOUR)
        found: dict[str, Any] = page.evaluate("counted")
        print(f"seed {seed}, {hours} h, a gap each {every} s: {found}")
        return found


def test_a_day_of_gaps_raises_no_false_banner(browser: Browser) -> None:
    """In two hours as many gaps as a wall that roams each quarter of an hour has in a day."""
    found = watched(browser, SEED, 2, 75, **BAD)
    assert len(found["banners"]) <= 1, SEED
    assert found["opened"] > 30, "the network was bad"
    assert found["blind"] > 60, "LIVE went where the picture was old"


def test_a_minute_without_network_raises_it_each_time(browser: Browser) -> None:
    """The same wall and the same lots, and an outage that is none to be passed over."""
    found = watched(browser, SEED, 1, 600, **BAD | {"gap": 60})
    assert len(found["banners"]) == 5, (SEED, found)


def test_another_network_is_not_waited_for(browser: Browser) -> None:
    """The old connection says nothing and breaks nowhere; a screen that hears that there is a network again asks at once."""
    with staged() as stage, browser.new_context() as context:
        stage.pages, stage.mode = {"/wall": wall(24)}, "frozen"
        page = context.new_page()
        page.goto(f"{stage.address}/wall")
        until(lambda: stage.opened, bool)
        opened, begun = stage.opened, time.monotonic()
        context.set_offline(True)
        context.set_offline(False)
        until(lambda: stage.opened, lambda now: now > opened)
        assert time.monotonic() - begun < 2, "no sooner than after an error"


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_ten_days_of_roaming(browser: Browser) -> None:
    """A gap each ten minutes."""
    days = [watched(browser, SEED + number, 24, 600, **BAD) for number in range(10)]
    assert all(len(found["banners"]) <= 1 for found in days), days
