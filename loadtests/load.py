"""A load: desks, cleaners, displays and feeds at once, for some minutes, on a hospital of its own; fails where an aim is missed.

    make load                      (fifty users, three minutes)
    python -m loadtests.load --minutes 3 --users 50

The table goes to README.md beside this file. The aims stood before the first run, and are changed by no run.
"""

import argparse
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from loadtests.population import ALL, Met, met, started
from tests.benchmarks.results import machine, table, write_section
from tests.benchmarks.serving import serve

NAME = "load"
README = Path(__file__).with_name("README.md")


@dataclass(frozen=True, slots=True)
class Aim:
    """Milliseconds for the requests of a name; None where that figure has no aim."""

    what: str
    name: str
    p50: float | None = None
    p95: float | None = None
    p99: float | None = None


AIMS = (
    Aim("a desk: how many beds are free", "GET /api/v1/beds/availability", p95=50),
    Aim("a desk: the best beds, with reasons", "GET /bed-requests/[id]/suggestions", p95=50),
    Aim("a desk: promise a bed", "POST /bed-requests/[id]/assignment", p95=100),
    Aim("a cleaner: the order of cleaning", "GET /cleaning-jobs", p95=50),
    Aim("a cleaner: begin", "POST /cleaning-jobs/[bed]/start", p95=100),
    Aim("a cleaner: finish", "POST /cleaning-jobs/[bed]/finish", p95=100),
    Aim("a feed: letter to acknowledgment", "MLLP letter to AA", p50=3, p95=50),
    Aim("a wall: age of the picture", "SSE age of the picture", p50=1000, p99=2000),
)


@dataclass(frozen=True, slots=True)
class Kept:
    """An aim beside what was measured."""

    aim: Aim
    figure: Met | None

    @property
    def holds(self) -> bool:
        """Every figure that has an aim is within it; what was never asked has not been kept."""
        found = self.figure
        if found is None or not found.requests:
            return False
        return all(aim is None or measured <= aim for aim, measured in self._pairs(found))

    def row(self) -> list[str]:
        """Its line of the table."""
        found = self.figure
        if found is None or not found.requests:
            return [self.aim.what, "0", "", "", "", "never asked"]
        figures = [f"{measured:,.0f}" + (f" (aim {aim:,.0f})" if aim is not None else "") for aim, measured in self._pairs(found)]
        return [self.aim.what, f"{found.requests:,}", *figures, "kept" if self.holds else "missed"]

    def _pairs(self, found: Met) -> tuple[tuple[float | None, float], ...]:
        return (self.aim.p50, found.p50), (self.aim.p95, found.p95), (self.aim.p99, found.p99)


def judged(figures: Mapping[str, Met]) -> list[Kept]:
    """Every aim beside what was measured for it."""
    return [Kept(aim, figures.get(aim.name)) for aim in AIMS]


def words(minutes: float, users: int, figures: Mapping[str, Met], where: str) -> str:
    """The section of the README."""
    shown = table(["what", "asked", "p50 ms", "p95 ms", "p99 ms", ""], [kept.row() for kept in judged(figures)])
    whole = figures[ALL]
    return f"{minutes:g} minutes, {users} users, {whole.requests:,} requests, {whole.failures:,} failures (aim 0). {where}.\n\n{shown}"


def main() -> None:
    """Load, judge, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--users", type=int, default=50)
    given = parser.parse_args()
    where = machine()
    with tempfile.TemporaryDirectory(prefix="bedflow-load-") as folder, serve(folder) as served:
        started(served, given.users, 60 * given.minutes, NAME).wait()
        where += f", {os.getloadavg()[0]:.1f} at its end"  # what others took of the cores meanwhile shows in it
    figures = met(NAME)
    write_section(NAME, "Aims and results", words(given.minutes, given.users, figures, where), README)
    if figures[ALL].failures or not all(kept.holds for kept in judged(figures)):
        raise SystemExit("An aim was missed: see the table.")


if __name__ == "__main__":
    main()
