"""F4: fifteen seconds without a line to Postgres, to Redis or to both, ten times, under load; nobody is told that it is cut.

With Redis away the feed is acknowledged and clicks are answered as ever. With Postgres away nothing is, and nothing that was is lost.
"""

import os
import random
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from flow.embedded import Stores
from tests.acceptance.house import HouseProcess, free_port
from tests.faults.line import Line
from tests.faults.run import Run, lines, report
from tests.faults.stays import HOSPITAL, Ward
from tests.faults.test_points import database, kept_up

__all__ = ["kept_up"]
pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]
SEED = int(os.environ.get("F4_SEED", random.SystemRandom().randrange(100_000)))
SECONDS = float(os.environ.get("F4_SECONDS", "15"))
CUTS = ("postgres", "redis", "both") * 3 + ("postgres",)
EACH_SECOND = 60
BOUND = 20.0


class Cut:
    """A hospital whose stores lie behind two lines, and a feed that goes on through it all."""

    def __init__(self, stores: Stores, folder: Path) -> None:
        name = f"f4_{os.getpid()}"
        self.dsn, self.redis_url = database(stores, name), f"{stores.redis_url.partition('?')[0]}?db=14"
        sockets = Path(unquote(parse_qs(urlsplit(stores.dsn).query)["host"][0]))
        self.postgres = Line(free_port(), sockets / ".s.PGSQL.5432").begin()
        self.redis = Line(free_port(), sockets / "valkey.sock").begin()
        known, _, _ = urlsplit(stores.redis_url).netloc.rpartition("@")
        file = folder / "hospital.toml"
        file.write_text(HOSPITAL)
        behind = {
            "DATABASE_URL": f"postgresql://bedflow@127.0.0.1:{self.postgres.port}/{name}",
            "REDIS_URL": f"redis://{known}@127.0.0.1:{self.redis.port}/14",
        }
        self.house = HouseProcess(folder, file, {**behind, "BEDFLOW_LOG_LEVEL": "warning"})
        self.house.start()
        self.ward = Ward(SEED)
        self.run = Run(self.house, self.ward.told, lambda: (self.dsn, self.redis_url), SEED).begin()

    def cut(self, what: str) -> list[object]:
        """Once: what was acknowledged while it was cut, and how long until all stood again."""
        lines_ = [line for line, name in ((self.postgres, "postgres"), (self.redis, "redis")) if what in (name, "both")]
        self.feed(1.0)
        for line in lines_:
            line.cut()
        time.sleep(0.5)  # what was on its way has arrived
        before, taps = self.run.feeder.answered, self._done()
        self.feed(SECONDS)
        during = (self.run.feeder.answered - before, self._done() - taps)
        for line in lines_:
            line.mend()
        begun = time.monotonic()
        self.run.tally.fault(what)
        self._all_answered()
        self.run.clicker.rest()
        assert self.run.caught_up(BOUND)
        return [what, *during, f"{time.monotonic() - begun:.1f}"]

    def feed(self, seconds: float) -> None:
        """Letters and taps for so long."""
        self.run.clicker.may.set()
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.run.feeder.done:
                self.ward.tell(EACH_SECOND // 10)
                self.run.feeder.allowed = len(self.ward.told)
            time.sleep(0.1)

    def _done(self) -> int:
        return sum(click.promised for click in list(self.run.clicker.clicks))

    def _all_answered(self) -> None:
        deadline = time.monotonic() + 60
        while not self.run.feeder.done:
            assert time.monotonic() < deadline, self.house.log.read_text()[-2000:]
            time.sleep(0.02)

    def end(self) -> None:
        self.run.end()
        self.house.stop()
        self.postgres.end()
        self.redis.end()


@pytest.fixture
def cut(kept_up: Stores, tmp_path: Path) -> Iterator[Cut]:
    found = Cut(kept_up, tmp_path)
    yield found
    found.end()


def test_ten_times_fifteen_seconds_without_a_line(cut: Cut) -> None:
    print(f"seed {SEED}")
    rows = [cut.cut(what) for what in random.Random(SEED).sample(CUTS, len(CUTS))]
    headings = ("cut", "letters acknowledged meanwhile", "taps told done meanwhile", "equal after, s")
    report("faults-f4", f"F4, seed {SEED}: {len(rows)} cuts of {SECONDS:.0f} s.\n\n{lines(headings, rows)}", seed=SEED, rows=rows)
    books = cut.run.read().books
    assert cut.run.tally.found == []
    assert books.lies_in == cut.ward.lies_in
    assert all(letters == taps == 0 for what, letters, taps, _ in rows if what != "redis"), "nobody may be told done without Postgres"
    assert all(letters > 50 and taps for what, letters, taps, _ in rows if what == "redis"), "the hospital goes on without Redis"
