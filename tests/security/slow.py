"""slowhttptest: clients that drip a head or a body, ask for a thousand ranges, or read nothing; against the house itself and behind nginx.

Meanwhile somebody else asks every quarter of a second for a page, on a connection of their own; one who is not answered in time is a
finding, and so is the tool's own word that the service was away.
"""

import csv
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.security import programs
from tests.security.instance import asked, behind, instance
from tests.security.verdict import Finding, Outcome

CONNECTIONS, EACH_SECOND, SECONDS = 400, 100, 25
IN_TIME = 3.0
EVERY = 0.25
ATTACKS = {
    "slowloris": ("-H", "-i", "5", "-x", "24", "-t", "GET"),
    "slow body": ("-B", "-i", "5", "-s", "8192", "-x", "10", "-t", "POST"),
    "apache range": ("-R", "-a", "10", "-b", "3000", "-t", "HEAD"),
    "slow read": ("-X", "-w", "10", "-y", "20", "-n", "3", "-z", "32", "-k", "3"),
}
PAGE = "/login"


class Asked(NamedTuple):
    """How often somebody else asked, how often in vain, and the longest answer."""

    times: int
    failed: int
    slowest: float


class Somebody:
    """Asks for a page again and again, from a thread of their own."""

    def __init__(self, origin: str) -> None:
        self._origin, self._over, self._took = origin, threading.Event(), list[float]()
        self._thread = threading.Thread(target=self._ask, daemon=True)
        self._failed = 0

    def _ask(self) -> None:
        while not self._over.wait(EVERY):
            begun = time.monotonic()
            status, _, _ = asked(self._origin, "GET", PAGE, patience=IN_TIME)
            self._took.append(time.monotonic() - begun)
            self._failed += status != 200

    @contextmanager
    def asking(self) -> Iterator["Somebody"]:
        """While the block runs."""
        self._thread.start()
        try:
            yield self
        finally:
            self._over.set()
            self._thread.join(2 * IN_TIME)

    @property
    def found(self) -> Asked:
        """So far."""
        return Asked(len(self._took), self._failed, max(self._took, default=0.0))


def straight() -> list[Outcome]:
    """Every attack on a house that serves TLS itself."""
    with instance() as found:
        return [_attacked(name, found.origin, "itself") for name in ATTACKS]


def through_nginx() -> list[Outcome]:
    """Every attack on the proxy before a house. Missing without nginx."""
    with behind() as origin:
        return [_attacked(name, origin, "behind nginx") for name in ATTACKS]


def _attacked(name: str, origin: str, where: str) -> Outcome:
    program = programs.debians("slowhttptest")
    stem = programs.WORDS / f"slowhttptest-{name.replace(' ', '-')}-{where.replace(' ', '-')}"
    stem.parent.mkdir(parents=True, exist_ok=True)
    bounds = ("-c", CONNECTIONS, "-r", EACH_SECOND, "-l", SECONDS, "-p", int(IN_TIME))
    begun = time.monotonic()
    with Somebody(origin).asking() as somebody:
        said = programs.run(
            [program, *ATTACKS[name], *bounds, "-g", "-o", stem, "-u", f"{origin}{PAGE}", "-v", "1"], SECONDS + 60, stem.name
        )
    other = somebody.found
    findings = [] if not other.failed else [Finding("not answered", where, f"{other.failed} of {other.times} requests of somebody else")]
    away = unavailable(stem.with_suffix(".csv"))
    if away is None:
        why = f"it left no figures: {(said.err or said.out).strip()[-160:]}"
        return Outcome("slowhttptest", "-", f"{name}, {where}", tuple(findings), why)
    findings += [Finding("service away", where, f"for {away} s by the tool's own probe")] if away else []
    looked = f"{name}, {where}: {CONNECTIONS} connections, {SECONDS} s; somebody else {other.times} times, slowest {other.slowest:.2f} s"
    return Outcome("slowhttptest", programs.version(program, "-h"), looked, tuple(findings), seconds=time.monotonic() - begun)


def unavailable(figures: Path) -> int | None:
    """Seconds in which the tool could not reach the service; None where it says nothing."""
    if not figures.exists():
        return None
    rows = list(csv.DictReader(figures.read_text().splitlines()))
    told = [next((value for key, value in row.items() if key and "available" in key.lower()), None) for row in rows]
    return None if not told else sum(value is None or float(value or 0) == 0 for value in told[:-1])


SLOW = {"slowhttptest": straight, "slowhttptest behind nginx": through_nginx}
