"""A fault run: one hospital, one feed, one person who taps, and the checks after every fault. The suites say which faults.

`Run.dead` is called on a hospital that was killed, `Run.caught_up` waits until one that was started again has settled; both
judge by `invariants` and count in `Run.tally`.
"""

import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import asyncpg
import redis

from tests.acceptance.house import HouseProcess
from tests.faults import invariants
from tests.faults.books import Books, Picture, read_books, read_picture
from tests.faults.clicker import Clicker
from tests.faults.feeder import Feeder
from tests.faults.invariants import Click

ARTEFACTS = Path(__file__).parents[2] / "test-artifacts"


@dataclass(slots=True)
class Tally:
    """What was done and what was found."""

    faults: dict[str, int] = field(default_factory=dict)
    checks: int = 0
    caught_up: int = 0
    slowest: float = 0.0
    found: list[str] = field(default_factory=list)

    def fault(self, name: str) -> None:
        """One more of a kind."""
        self.faults[name] = self.faults.get(name, 0) + 1

    def count(self, invariant: str) -> int:
        """Findings of one invariant."""
        return sum(finding.startswith(f"{invariant}:") for finding in self.found)


@dataclass(frozen=True, slots=True)
class Seen:
    """One look at a run; `picture` is None while Redis is away."""

    acked: Mapping[str, bytes]
    clicks: Sequence[Click]
    picture: Picture | None
    books: Books

    @property
    def settled(self) -> bool:
        """Everything kept is handled, and Redis is where Postgres is."""
        return self.picture is not None and self.picture.head == self.books.head and not self.books.waiting


@dataclass
class Run:
    """`dsn` and `redis_url` are asked anew each time: a store that was restarted may stand elsewhere."""

    house: HouseProcess
    letters: Sequence[bytes]
    stores: Callable[[], tuple[str, str]]
    seed: int
    tally: Tally = field(default_factory=Tally)
    again: str = ""

    def __post_init__(self) -> None:
        self.feeder = Feeder(self.house.mllp, self.letters)
        self.clicker = Clicker(self.house.origin, self.house.token("admissions"), self.seed)

    def begin(self) -> "Run":
        """Start the feed and the person."""
        self.feeder.start()
        self.clicker.start()
        return self

    def end(self) -> None:
        """Stop both."""
        self.clicker.end()
        self.feeder.end()

    def read(self) -> "Seen":
        """What was promised, then what Redis shows, then what Postgres holds: in this order each can only be behind the next."""
        acked = dict(self.feeder.acked)
        clicks = [replace(click, answers=list(click.answers)) for click in list(self.clicker.clicks)]
        return Seen(acked, clicks, *self._books())

    def _books(self) -> tuple[Picture | None, Books]:
        dsn, redis_url = self.stores()
        try:
            picture = read_picture(redis_url, "small")
        except (OSError, redis.RedisError):
            picture = None
        return picture, read_books(dsn, "small", Path(self.house.environ["BEDFLOW_DATA_DIR"]))

    def dead(self) -> None:
        """The process was killed: nothing promised is missing (I1, I10), nothing is twice (I1, I2), Redis is not ahead (I3)."""
        self.feeder.hung_up()
        self.clicker.rest()
        self.judge(self.read())

    def dead_process(self) -> None:
        """The process was killed with its stores, or they with it: its last answers are read, the books stay shut."""
        self.feeder.hung_up()

    def postgres_is_back(self, within: float = 30) -> None:
        """Wait until Postgres lets somebody in again after a crash; who gets in before it has ended is cut off with all the others."""
        deadline = time.monotonic() + within
        while True:
            try:
                self._books()
                return
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def judge(self, seen: "Seen") -> None:
        """Note what is wrong at this moment, whatever the moment."""
        tally, books = self.tally, seen.books
        tally.checks += 1
        tally.found += invariants.lost(seen.acked, books.journal)
        tally.found += invariants.doubled(books.journal, books.effects, books.facts)
        tally.found += invariants.two_at_once(books.stays)
        tally.found += invariants.broken_promises(seen.clicks, books.carried)
        if seen.picture is not None:
            tally.found += invariants.ahead(seen.picture.head, books.head)

    def caught_up(self, within: float) -> bool:
        """Wait until every kept letter is handled and Redis equals Postgres; False where the process died first (an armed point)."""
        begun = time.monotonic()
        while time.monotonic() - begun < within:
            seen = self.read()
            if seen.settled:
                self._settled(seen, time.monotonic() - begun)
                return True
            if self.house.process is not None and self.house.process.poll() is not None:
                return False
            time.sleep(0.05)
        self.tally.found.append(f"I3: Redis does not equal Postgres {within:.0f} s after the start")
        return False

    def chained(self) -> None:
        """At the end: the audit chain holds, and reaches as far as its anchor outside says (I8)."""
        verdict = json.loads(self.house.run("audit", "verify", "--json", check=False).stdout)
        self.tally.found += invariants.unchained(verdict)

    def _settled(self, seen: "Seen", seconds: float) -> None:
        assert seen.picture is not None
        self.judge(seen)
        self.tally.found += invariants.unlike(seen.picture.records, seen.books.shown)
        self.tally.caught_up += 1
        self.tally.slowest = max(self.tally.slowest, seconds)


def answering(house: HouseProcess) -> bool:
    """Wait until a process that was just started answers; False where it died first."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert house.process is not None
        if house.process.poll() is not None:
            return False
        if house.answers():
            return True
        time.sleep(0.03)
    raise AssertionError(f"neither answers nor ends:\n{house.log.read_text()[-2000:]}")


def struck(tally: Tally, of: int) -> None:
    """Say how far a long run is."""
    done = sum(tally.faults.values())
    print(f"{done} of {of} faults, {tally.checks} times judged, {len(tally.found)} findings", flush=True)


def lines(headings: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table in Markdown, as the README shows it."""
    printed = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in row) + " |" for row in printed)


def report(name: str, text: str, **figures: object) -> None:
    """Print a report and keep it beside the other artefacts."""
    print(f"\n{text}\n")
    ARTEFACTS.mkdir(exist_ok=True)
    (ARTEFACTS / f"{name}.md").write_text(f"{text}\n")
    (ARTEFACTS / f"{name}.json").write_text(json.dumps({**figures, "load": os.getloadavg()[0]}, indent=1, default=str))
