"""The managers' slow questions on a year of 500 beds: from kept figures, and the same from the raw tables in the same run.

    python -m tests.benchmarks.history [--data FOLDER] [--rounds 9] [--no-raw]

FOLDER is a data directory in which `bedflow history make --days 365` made a year; where there is none, it is made first, which takes a
quarter of an hour. Each question is asked as the page or the API asks it, objects and all. "Raw" asks once with nothing kept. Others may be
at work on the machine, hence the processor's time beside the clock's: of Python, and of PostgreSQL with its helpers.
"""

import argparse
import os
import sys
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter, process_time

import numpy as np
import uvloop

from flow import main as house_of
from flow.cli.history import lay
from flow.history.kept import forget
from flow.main.keeping import Keeping
from flow.settings import Settings
from tests.benchmarks.history_asked import YEAR, Question, questions
from tests.benchmarks.history_plans import plans
from tests.benchmarks.results import machine, met, table, write_section

HEAD = ("question", "rows of the answer", "p50 ms", "p95 ms", "Python CPU ms", "PostgreSQL CPU ms", "raw ms", "raw / kept", "aim ms")
LONG = 3000.0
"""Milliseconds; what takes longer is asked once."""
SIZES = """
    select (select count(*) from bed_interval) as stretches, (select count(*) from bed_hour) as hours,
           (select count(*) from bed_day) as days, (select count(*) from kpi_case) as cases,
           (select count(*) from kpi_day) + (select count(*) from kpi_day_hour) as case_days, (select count(*) from bed_turn) as turns"""


@dataclass(frozen=True, slots=True)
class Taken:
    """What the rounds of a question took, in milliseconds: each by the clock, the middle one of Python's and of PostgreSQL's processor
    time."""

    rows: int
    clock: list[float]
    python: float
    postgres: float


class Postmaster:
    """The processor time of PostgreSQL: of every backend, and of the helpers that have ended."""

    def __init__(self, backend: int) -> None:
        self.pid = int(_stat(backend)[1])

    def seconds(self) -> float:
        """All of it so far."""
        children = [stat for stat in map(_stat, _processes()) if stat and int(stat[1]) == self.pid]
        ended = sum(map(int, _stat(self.pid)[13:15]))
        return (ended + sum(int(part) for stat in children for part in stat[11:13])) / os.sysconf("SC_CLK_TCK")


def _processes() -> list[int]:
    return [int(each.name) for each in Path("/proc").iterdir() if each.name.isdigit()]


def _stat(pid: int) -> list[str]:
    """What Linux says of a process after its name: state, parent, ...; nothing of one that has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


async def timed(ask: Callable[[], Awaitable[int]], rounds: int, postmaster: Postmaster) -> Taken:
    """The first round, which reads the disk, is not counted, but of what takes so long that it is the only one."""
    rows, first, *spent = await _round(ask, postmaster)
    if first > LONG:
        return Taken(rows, [first], *spent)
    others = [await _round(ask, postmaster) for _ in range(rounds)]
    python, postgres = (float(np.median(parts)) for parts in list(zip(*others, strict=True))[2:])
    return Taken(rows, [clock for _, clock, *_ in others], python, postgres)


async def _round(ask: Callable[[], Awaitable[int]], postmaster: Postmaster) -> tuple[int, float, float, float]:
    """Rows, and milliseconds by the clock, of Python's and of PostgreSQL's processor time."""
    begun, python, postgres = perf_counter(), process_time(), postmaster.seconds()
    rows = await ask()
    return rows, 1000 * (perf_counter() - begun), 1000 * (process_time() - python), 1000 * (postmaster.seconds() - postgres)


@asynccontextmanager
async def nothing_kept(house: house_of.House):  # type: ignore[no-untyped-def]  # a context of this file
    """For as long as the block lasts nobody knows of kept figures; afterwards they stand as before."""
    async with house.database.write() as connection:
        rows = await connection.fetch("select hospital, figures, seq, until, rules from kept")
        await forget(connection, house.plan.id)
    try:
        yield
    finally:
        async with house.database.write() as connection:
            await connection.executemany("insert into kept values ($1, $2, $3, $4, $5)", [tuple(row) for row in rows])


async def row_of(house: house_of.House, question: Question, rounds: int, raw: bool, postmaster: Postmaster) -> tuple[list[str], bool]:
    """A line of the table, and whether its aim was missed."""
    taken = await timed(question.ask, rounds, postmaster)
    beside = ["–", "–"]
    p50, p95 = (float(np.percentile(taken.clock, share)) for share in (50, 95))
    if question.raw is not None and raw:
        async with nothing_kept(house):
            begun = perf_counter()
            await question.raw()
            took = 1000 * (perf_counter() - begun)
        beside = [f"{took:,.0f}", f"{took / p50:.0f} x"]
    missed = question.aim is not None and p50 > question.aim
    aim = f"{question.aim:g}: {met(not missed)}" if question.aim is not None else "–"
    figures = [f"{each:,.0f}" for each in (p50, p95, taken.python, taken.postgres)]
    return [question.words, f"{taken.rows:,}", *figures, *beside, aim], missed


async def measure(folder: str, rounds: int, raw: bool) -> int:
    """Ask everything; make the year first where there is none."""
    where = machine()
    environ = {**os.environ, "BEDFLOW_DATA_DIR": folder, "BEDFLOW_LOG_LEVEL": "error"}
    async with house_of.open_house(Settings.from_environ(environ)) as house:
        if (await house.log.head())[0] == 0:
            await lay(house, YEAR)
        now = await house.log.last_recorded() or datetime.now(UTC)
        still = replace(house, clock=_Stopped(now))
        await Keeping(house.plan, house.database, still.clock).catch_up()
        await house.database.pool.execute("vacuum analyze", timeout=600)
        postmaster = Postmaster(await house.database.pool.fetchval("select pg_backend_pid()"))
        rows, misses = list[list[str]](), 0
        for question in questions(house, now):
            row, missed = await row_of(house, question, rounds, raw, postmaster)
            rows, misses = [*rows, row], misses + missed
            print(*row, sep=" | ", flush=True)
        head, _ = await house.log.head()
        sizes = await house.database.pool.fetchrow(SIZES)
        assert sizes is not None
        shown = await plans(house, now)
    intro = (
        f"City General (500 beds), a year made up by `bedflow history make --days {YEAR}`: {head:,} entries of the log, "
        f"{sizes['stretches']:,} stretches of beds; kept of them {sizes['hours']:,} rows of hours and {sizes['days']:,} of days, "
        f"{sizes['turns']:,} turns, {sizes['cases']:,} cases and {sizes['case_days']:,} rows of what a day's add up to. "
        f"{rounds} rounds, warm (one of what takes over {LONG / 1000:g} s), asked and answered in Python, objects and all; "
        f"raw: nothing kept, once. {where}, "
        f"after it {os.getloadavg()[0]:.1f}: with others at work the processor's time says more than the clock's."
    )
    write_section("history", "A year of history", f"{intro}\n\n{table(HEAD, rows)}\n\n### Plans of the slow questions\n\n{shown}")
    return 1 if misses else 0


@dataclass(frozen=True, slots=True)
class _Stopped:
    """A clock that stands at the end of the made-up year."""

    at: datetime

    def now(self) -> datetime:
        return self.at


def main() -> int:
    """Measure and write the section."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", default=os.environ.get("BENCH_HISTORY", str(Path(".benchmarks") / "year")))
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--no-raw", dest="raw", action="store_false", help="leave out the same questions with nothing kept")
    given = parser.parse_args()
    return uvloop.run(measure(given.data, given.rounds, given.raw))


if __name__ == "__main__":
    sys.exit(main())
