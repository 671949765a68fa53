"""The wall in a browser: frames a second on a slow processor, main thread under many changes, memory over months of them, and a freeze.

    python -m tests.benchmarks.pixels [--seconds 10] [--updates 90000]

The page and its scripts as they ship, in headless Chromium without a graphics card, so that painting costs the processor; the stream is
played by hand (tests/acceptance/stage.py), with a heartbeat each 50 ms where the hub sends one in five seconds.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page

from realtime.hub import REST
from tests.acceptance.people import chromium, whole_chromium
from tests.acceptance.stage import Stage, staged
from tests.benchmarks.pixels_pages import Wall, changes, wall
from tests.benchmarks.processes import resident_bytes
from tests.benchmarks.results import machine, met, table, write_section

FPS_AIM, MAIN_AIM_MS, GONE_AIM, BANNER_AIM, BACK_AIM = 50.0, 60.0, 15.0, 35.0, 5.0
FLAT = 1.05
"""What memory may grow by over all updates."""
SLOWER = 6
SETTLES = 8
"""Looks at the memory after a collection."""
FRAME = REST
"""Seconds between two frames."""
IS_LIVE = "document.querySelector('.live').dataset.live === 'live'"
COUNT_FRAMES = """seconds => new Promise(done => {
  let frames = 0; const begun = performance.now();
  function one(now) { frames += 1; now - begun < seconds * 1000 ? requestAnimationFrame(one) : done(frames / (now - begun) * 1000); }
  requestAnimationFrame(one); })"""


@dataclass
class Screen:
    """A wall in the browser, its stream, and the browser's own instruments."""

    stage: Stage
    page: Page
    tools: CDPSession
    of: Wall

    def metrics(self) -> dict[str, float]:
        """Performance.getMetrics."""
        return {one["name"]: one["value"] for one in self.tools.send("Performance.getMetrics")["metrics"]}

    def settled(self) -> tuple[int, float, float]:
        """Nodes, script heap MB and the renderer's resident MB after the rubbish is out: the least of some looks, since pages that the
        collector freed go back to the machine later."""
        self.tools.send("HeapProfiler.collectGarbage")
        resident = []
        for _ in range(SETTLES):
            self.page.wait_for_timeout(400)
            resident.append(resident_bytes([self._renderer()]) / 1e6)
        found = self.metrics()
        return int(found["Nodes"]), found["JSHeapUsedSize"] / 1e6, min(resident)

    def _renderer(self) -> int:
        browser = self.page.context.browser
        assert browser is not None
        told = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
        return max((one for one in told if one["type"] == "renderer"), key=lambda one: one["cpuTime"])["id"]  # type: ignore[no-any-return]

    def until(self, condition: str, within: float = 60.0) -> float:
        """Seconds until it is so."""
        begun = time.monotonic()
        while not self.page.evaluate(condition):
            if time.monotonic() - begun > within:
                raise TimeoutError(condition)
            self.page.wait_for_timeout(20)
        return time.monotonic() - begun


@contextmanager
def shown(browser: Browser, beds: int) -> Iterator[Screen]:
    """A wall of so many beds at 1080p, live."""
    with staged() as stage:
        drawn = wall(beds)
        stage.pages, stage.tiles = {"/wall": drawn.page}, drawn.tiles
        context = browser.new_context(viewport={"width": 1920, "height": 1080})
        page = context.new_page()
        tools = context.new_cdp_session(page)
        tools.send("Performance.enable")
        page.goto(f"{stage.address}/wall")
        screen = Screen(stage, page, tools, drawn)
        screen.until(IS_LIVE)
        yield screen
        context.close()


@contextmanager
def changing(screen: Screen, each_second: float) -> Iterator[None]:
    """Send changes by the clock, in frames as the hub makes them."""
    over, feed = Event(), changes(screen.of.tiles)

    def work() -> None:
        begun, sent = time.monotonic(), 0
        while not over.wait(FRAME):
            due = int((time.monotonic() - begun) * each_second) - sent
            if due > 0:
                screen.stage.send(*(next(feed) for _ in range(due)))
                sent += due

    thread = Thread(target=work, daemon=True)
    thread.start()
    yield
    over.set()
    thread.join()


def frames_a_second(browser: Browser, seconds: float) -> float:
    """60 beds, ten changes a second, a processor six times slower."""
    with shown(browser, 60) as screen, changing(screen, 10):
        screen.tools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        screen.page.wait_for_timeout(1000)
        return float(screen.page.evaluate(COUNT_FRAMES, seconds))


def main_thread(browser: Browser, seconds: float) -> float:
    """Milliseconds of the main thread a second: 500 beds, 50 changes a second."""
    with shown(browser, 500) as screen, changing(screen, 50):
        screen.page.wait_for_timeout(1000)
        before, begun = screen.metrics()["TaskDuration"], time.monotonic()
        screen.page.wait_for_timeout(seconds * 1000)
        return 1000 * (screen.metrics()["TaskDuration"] - before) / (time.monotonic() - begun)


def months(browser: Browser, updates: int) -> list[tuple[int, int, float, float]]:
    """Updates, nodes, heap MB and resident MB, five times over all the changes of 60 beds."""
    with shown(browser, 60) as screen:
        feed, rows = changes(screen.of.tiles), []
        for part in range(6):
            if part:
                for _ in range(updates // 5 // 60):
                    screen.stage.send(*(next(feed) for _ in range(60)))
                last = next(feed)
                screen.stage.send(last)
                screen.until(f"document.getElementById('{last.key}').dataset.seq === '{last.seq}'")
            rows.append((part * (updates // 5), *screen.settled()))
        return rows


def freeze(browser: Browser) -> tuple[float, float, float]:
    """Seconds from a server's last word to LIVE gone, to the banner; and from its return to live again."""
    with shown(browser, 60) as screen:
        screen.stage.mode = "frozen"
        begun = time.monotonic()
        screen.until(f"!({IS_LIVE})")
        gone = time.monotonic() - begun
        screen.until("!document.querySelector('.not-live').hidden")
        banner = time.monotonic() - begun
        screen.stage.mode = "live"
        back = screen.until(f"{IS_LIVE} && document.querySelector('.not-live').hidden")
        return gone, banner, back


def main() -> None:
    """Measure and write the section."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--updates", type=int, default=90_000)
    given = parser.parse_args()
    where = machine()
    with chromium(whole_chromium) as browser:
        version = browser.version
        fps, busy = frames_a_second(browser, given.seconds), main_thread(browser, given.seconds)
        memory = months(browser, given.updates)
        gone, banner, back = freeze(browser)
    write_section("pixels", "The wall in a browser", words(f"Chromium {version}. {where}.", fps, busy, memory, (gone, banner, back)))


def words(where: str, fps: float, busy: float, memory: list[tuple[int, int, float, float]], frozen: tuple[float, float, float]) -> str:
    """The section: what was measured and whether it met its aim."""
    first, last = memory[2], memory[-1]  # by then the allocators have taken what they keep
    nodes, resident = last[1] <= first[1] * FLAT, last[3] <= first[3] * FLAT
    gone, banner, back = frozen
    held = f"{last[3]:.0f} MB ({first[3]:.0f} after {first[0]:,}, {memory[0][3]:.0f} at first)"
    at_least: Callable[[float, float], str] = lambda found, aim: met(found >= aim)  # noqa: E731
    rows: list[list[Any]] = [
        ["60 beds, 10 changes/s, processor x 6 slower", f"{fps:.0f} frames/s", f"{FPS_AIM:.0f}", at_least(fps, FPS_AIM)],
        ["500 beds, 50 changes/s", f"{busy:.0f} ms of the main thread a second", f"{MAIN_AIM_MS:.0f}", met(busy <= MAIN_AIM_MS)],
        [f"nodes after {last[0]:,} changes", f"{last[1]:,} ({first[1]:,} after {first[0]:,})", "flat", met(nodes)],
        [f"resident after {last[0]:,} changes", held, "flat", met(resident)],
        ["script heap", f"{last[2]:.1f} MB ({first[2]:.1f})", "", ""],
        ["a freeze: LIVE is gone", f"{gone:.1f} s", f"{GONE_AIM:.0f}", met(gone <= GONE_AIM)],
        ["a freeze: the banner", f"{banner:.1f} s", f"{BANNER_AIM:.0f}", met(banner <= BANNER_AIM)],
        ["its end: live again", f"{back:.1f} s", f"{BACK_AIM:.0f}", met(back <= BACK_AIM)],
    ]
    return f"`python -m tests.benchmarks.pixels`. {where}\n\n{table(['what', 'measured', 'aim', ''], rows)}"


if __name__ == "__main__":
    main()
