"""F7: a hundred screens, twenty of them frozen, while Redis is flushed and the server killed and stopped: I3, I4, I5 of TRUST.md.

The short run is part of `make test`; the long one, with every blow again and again, of `make faults`.
"""

import asyncio
import os
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.acceptance.house import house
from tests.faults.blows import FAULT, stores_of
from tests.faults.heads import Heads, Look, Past, log_of
from tests.faults.on_screen import CRASHED, LOST_REDIS, Lags, ahead_of_itself, lags, late, live_and_old, short_of
from tests.faults.run import Run, answering, lines, report, struck
from tests.faults.screens import Sample, Screen, Screens
from tests.faults.stays import HOSPITAL, Ward

SEED = int(os.environ.get("F7_SEED", random.SystemRandom().randrange(100_000)))
EACH_SECOND = 60
"""Letters."""
SHOWN = 40
"""Findings that the report spells out."""
SHORT = ("flush", "stop", "kill", "kill-redis")
LONG = ("flush", "flush-dead", "stop", "stop-redis", "kill", "kill-redis", "kill-postgres") * 5


@dataclass
class Watched:
    """A run with its screens."""

    run: Run
    screens: Screens
    heads: Heads
    dice: random.Random
    blows: list[float] = field(default_factory=list)

    def feed(self, seconds: float) -> None:
        """Let the feed go on for a while, at its pace."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.run.feeder.allowed = min(len(self.run.letters), self.run.feeder.allowed + EACH_SECOND // 10)
            time.sleep(0.1)

    def strike(self, name: str) -> None:
        """A blow, noted from before it falls until the house answers again."""
        self.blows.append(time.time())
        FAULT[name](self.run, self.dice)
        self.run.tally.fault(name)
        assert answering(self.run.house), f"{name} ended the process:\n{self.run.house.log.read_text()[-2000:]}"
        self.blows.append(time.time())

    def settled(self, within: float = 20) -> bool:
        """Everything sent is decided and in Redis, and every screen, those that were frozen as well, shows the last of each bed."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            seen = self.run.read()
            if self.run.feeder.done and seen.settled:
                last = {f"bed:{key}": body["seq"] for key, body in seen.books.records["bed"].items()}
                if all(not short_of(screen.tiles, last) for screen in self.screens.all):
                    return True
            time.sleep(0.1)
        return False


def watch(folder: Path, blows: Sequence[str], between: tuple[float, float]) -> Watched:
    """A hospital, its feed, its screens, and the blows; ended and settled, ready to be judged."""
    file = folder / "hospital.toml"
    file.write_text(HOSPITAL)
    dice = random.Random(SEED)
    with house(folder, file, BEDFLOW_LOG_LEVEL="warning", loaded=False) as found:
        letters = Ward(SEED).tell(int(EACH_SECOND * (between[1] + 2) * (len(blows) + 2))).told
        run = Run(found, letters, lambda: stores_of(found), SEED)
        watched = Watched(run, Screens(found.http, found.token("admissions"), SEED), Heads(lambda: stores_of(found)), dice)
        threads = (run.feeder, watched.screens, watched.heads)
        for thread in threads:
            thread.start()
        try:
            _all_see(watched)
            for name in blows:
                watched.feed(dice.uniform(*between))
                watched.strike(name)
                struck(run.tally, len(blows))
            watched.feed(between[1])
            watched.screens.thaw()
            if not watched.settled():
                run.tally.found.append("I4: not every screen shows how the hospital stands")
        finally:
            for thread in threads:
                thread.end()
        _judge(watched, Past(watched.heads.looks, asyncio.run(log_of(stores_of(found)[0]))))
    return watched


def _all_see(watched: Watched, within: float = 20) -> None:
    deadline = time.monotonic() + within
    while not all(screen.tiles for screen in watched.screens.all):
        assert time.monotonic() < deadline, "not every screen was given a picture"
        time.sleep(0.05)


def _judge(watched: Watched, past: Past) -> None:
    screens, found = watched.screens, watched.run.tally.found
    frozen = {screen.number for screen in screens.all[: len(screens.all) // 5]}
    found += [finding for screen in screens.all for finding in screen.found]
    found += live_and_old(screens.samples, past)
    found += ahead_of_itself(screens.samples, past)
    found += late([sample for sample in screens.samples if sample.screen not in frozen], past)
    bound = CRASHED if "kill-postgres" in watched.run.tally.faults else LOST_REDIS
    behind = lags(past.looks, watched.blows, bound)
    found += behind.found
    _report(watched, behind)


def _report(watched: Watched, behind: Lags) -> None:
    tally, screens = watched.run.tally, watched.screens
    rows = [
        ["screens, frozen, streams opened", f"{len(screens.all)}, {len(screens.all) // 5}, {sum(screen.opened for screen in screens.all)}"],
        ["blows", ", ".join(f"{count} {name}" for name, count in sorted(tally.faults.items()))],
        ["letters acknowledged", watched.run.feeder.answered],
        ["looks at a screen", len(screens.samples)],
        ["Redis behind Postgres, p99 of calm moments, s", f"{behind.share(0.99):.2f}"],
        *([name, tally.count(name)] for name in ("I3", "I4", "I5")),
    ]
    found = "".join(f"\n- {finding}" for finding in tally.found[:SHOWN])
    text = f"F7, seed {SEED}.\n\n{lines(('what', 'count'), rows)}\n{found}"
    report("faults-f7", text, seed=SEED, rows=rows)


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_a_hundred_screens_are_never_wrong_and_live(tmp_path: Path) -> None:
    watched = watch(tmp_path, SHORT, (0.8, 1.2))
    assert watched.run.tally.found == []
    assert sum(screen.opened for screen in watched.screens.all) > 100 + 80, "those that read came back after the kill"


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_a_hundred_screens_through_every_blow(tmp_path: Path) -> None:
    watched = watch(tmp_path, LONG, (1.0, 14.0))
    assert watched.run.tally.found == []
    assert sum(watched.run.tally.faults.values()) == len(LONG)


# -- what the judges must find ----------------------------------------------------------------------------------------

LOG = [(1, "bed:1"), (2, "bed:2"), (3, "bed:1")]
LOOKS = [Look(at, at + 0.01, seq, seq) for at, seq in ((100.0, 2), (101.0, 3), (150.0, 3))]
RIGHT = Sample(1, 140.0, 90.0, 139.0, {"bed:1": 3, "bed:2": 2})


def test_a_screen_that_is_right_is_let_be() -> None:
    past = Past(LOOKS, LOG)
    for judge in (live_and_old, ahead_of_itself, late):
        assert judge([RIGHT], past) == []
    assert lags(LOOKS, []).found == []


def test_a_wrong_screen_is_found() -> None:
    past, old = Past(LOOKS, LOG), {"bed:1": 1, "bed:2": 2}
    assert live_and_old([RIGHT._replace(tiles=old)], past), "live, with a tile of half a minute ago"
    assert live_and_old([RIGHT._replace(tiles=old, as_of=127.0)], past) == [], "it says that it is not live"
    assert ahead_of_itself([RIGHT._replace(tiles=old, as_of=127.0)], past), "but not how old it is"
    assert late([RIGHT._replace(tiles=old)], past)
    assert late([RIGHT._replace(tiles=old, connected=138.0)], past) == [], "it came a moment ago"
    assert late([RIGHT._replace(tiles={})], past), "it shows nothing"


def test_a_tile_that_goes_back_is_found() -> None:
    screen = Screen(7, resumes=True, freezes=False)
    for seq in (5, 4):
        screen.data_received(b'5\r\nid: 5\nevent: tiles\ndata: {"seq":5,"tiles":[{"key":"bed:1","seq":%d}]}\n\n\r\n' % seq)
    assert screen.found == ["I4: bed:1 went back from 5 to 4 on screen 7"]
    assert screen.last_id == "5"


def test_redis_that_lags_or_runs_ahead_is_found() -> None:
    ahead = [Look(100.0, 100.01, 4, 3)]
    never = [Look(100.0, 100.01, 2, 3), Look(130.0, 130.01, 2, 3)]
    slow = [Look(100.0, 100.01, 2, 3), Look(104.0, 104.01, 3, 3)]
    assert lags(ahead, []).found
    assert lags(never, [99.0]).found
    assert lags(slow, []).found, "nothing had happened"
    assert lags(slow, [99.0]).found == [], "Redis had been lost"
