"""The managers' slow questions on a year of 500 beds: from kept figures, and the same from the raw tables in the same run.

    python -m tests.benchmarks.history [--data FOLDER] [--rounds 9]

FOLDER is a data directory in which `bedflow history make --days 365` made a year; where there is none, it is made first, which takes a
quarter of an hour. Each question is asked as the page or the API asks it, objects and all. "Raw" asks with nothing kept.
"""

import argparse
import os
import re
import sys
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

import numpy as np
import uvloop

from flow import main as house_of
from flow.cli.history import lay
from flow.domain.kpis.cases import Asked, counted
from flow.domain.kpis.table import By
from flow.history import past
from flow.history.bed_days import whole_days
from flow.history.bed_hours import EVERYTHING, HOUR, Scope, hour_of
from flow.history.kept import forget, log_head, one_moment
from flow.history.kpi_cases import cases_of, spoken_of
from flow.history.kpis import kpi_figures
from flow.history.queries import load
from flow.history.reports import census, occupancy_report, occupancy_samples
from flow.main.keeping import Keeping
from flow.settings import Settings
from flow.state.client import connect
from flow.state.picture import Picture
from flow.views.midnights_page import midnights_of
from tests.benchmarks.results import machine, met, table, write_section

YEAR = 365
FOUR_WEEKS = timedelta(days=28)
HEAD = ("question", "rows of the answer", "least ms", "p50 ms", "p95 ms", "raw, p50 ms", "raw / kept", "aim ms")
RAW_ROUNDS = 2


@dataclass(frozen=True, slots=True)
class Question:
    """Something a page or the API asks; `ask` returns how many rows the answer has. `raw` asks the same while nothing is kept."""

    words: str
    ask: Callable[[], Awaitable[int]]
    aim: float | None = None
    raw: Callable[[], Awaitable[int]] | None = None


async def samples(house: house_of.House, start: datetime, end: datetime, scope: Scope) -> int:
    found = await occupancy_samples(house.database, house.plan.zone, start, end, HOUR, scope)
    return sum(map(len, found.values()))


async def report(house: house_of.House, end: datetime, days: int, every: timedelta) -> int:
    found = await occupancy_report(house.database, house.plan, end - timedelta(days=days), end, every)
    return len(found.samples) + len(found.hours) + len(found.wards)


async def figures(house: house_of.House, end: datetime, days: int, by: By) -> int:
    found = await kpi_figures(house.database, house.plan, end - timedelta(days=days), end, end, Asked(by=by))
    return sum(len(each) for _, each in found)


async def cases_read(house: house_of.House, end: datetime, days: int, by: By) -> int:
    """The same KPIs, every case read from its record: of all that the log spoke of in these days."""
    start = end - timedelta(days=days)
    async with one_moment(house.database) as connection:
        after = await connection.fetchval(load("past")["seq_at"], house.plan.id, start)
        told = await spoken_of(connection, house.plan.id, after, await log_head(connection, house.plan.id))
        found = await cases_of(connection, house.plan, told, end)
    cases = [case for each in found if start <= each.at < end for case in each.cases]
    return sum(len(each) for _, each in counted(cases, Asked(by=by), house.plan.zone))


async def nights(house: house_of.House, now: datetime) -> int:
    return len(await census(house.database, house.plan.zone, midnights_of(YEAR, now, house.plan.zone)))


def questions(house: house_of.House, now: datetime) -> list[Question]:
    """The slow ones; `now` is when the made-up year ends."""
    end, chance = hour_of(now, house.plan.zone), np.random.default_rng(1)
    start = end - timedelta(days=YEAR)
    two = tuple(ward.id for ward in house.plan.wards[:2])

    async def minute() -> int:
        return len((await past.beds_at(house.database, start + timedelta(minutes=int(chance.integers(1440, YEAR * 1440)))))[1])

    async def redis() -> int:
        epoch, hospital = await house.desk.whole()
        client = connect(house.redis_url)
        await Picture(client, house.plan.id).rebuild(epoch, hospital.seq, hospital.live_records())
        await client.aclose()
        return len(hospital.beds)

    plain = [
        Question("occupancy page, a year", lambda: report(house, end, YEAR, timedelta(days=1)), 300),
        Question("occupancy page, 28 days", lambda: report(house, end, 28, timedelta(hours=4)), 300),
        Question("house by hour, a year", lambda: samples(house, start, end, EVERYTHING), 300),
        Question("by hour and ward, a year: two wards, a page of the API", lambda: samples(house, start, end, Scope(two, by="ward")), 300),
        Question("by hour and ward, 28 days", lambda: samples(house, end - FOUR_WEEKS, end, Scope(by="ward")), 300),
        Question("midnight census by ward and type, a year", lambda: nights(house, now)),
    ]
    return [
        *(replace(question, raw=question.ask) for question in plain),
        Question("KPIs by ward, 28 days", lambda: figures(house, now, 28, By.WARD), 300, lambda: cases_read(house, now, 28, By.WARD)),
        Question("KPIs by hour, 28 days", lambda: figures(house, now, 28, By.HOUR), 300),
        Question("KPIs by ward, a year", lambda: figures(house, now, YEAR, By.WARD)),
        Question("any past minute, as known then", minute, 50),
        Question("Redis written anew", redis, 2000),
    ]


async def timed(ask: Callable[[], Awaitable[int]], rounds: int) -> tuple[int, list[float]]:
    """Rows, and milliseconds of each round; the first, which reads the disk, is asked and not counted."""
    rows, taken = await ask(), []
    for _ in range(rounds):
        begun = perf_counter()
        await ask()
        taken.append(1000 * (perf_counter() - begun))
    return rows, taken


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


SLOW = (
    ("occupancy by hour of the house, a year", "bed_hours", "kept_moments"),
    ("bed-time of a year by ward and type", "bed_hours", "kept_seconds"),
    ("sums of a year's cases by ward", "kpis", "sums"),
    ("cleaning turns of a year", "bed_turns", "minutes"),
)


async def plans(house: house_of.House, now: datetime) -> str:
    """What PostgreSQL does for the slow questions, shortened to its steps."""
    start, shown = now - timedelta(days=YEAR), []
    first, last = whole_days(start, now, house.plan.zone)
    given = {
        "kept_moments": (start, now, "", None, None),
        "kept_seconds": (start, now, first, last),
        "sums": ([start, last], [first, now], None, None, "ward", [], [], first, last, []),
        "minutes": (start, now, None, None, 1 << 60),
    }
    async with house.database.read() as connection:
        for words, noun, name in SLOW:
            query = f"explain (analyze, buffers, costs off) {load(noun)[name]}"
            lines = [row[0] for row in await connection.fetch(query, house.plan.id, *given[name])]
            shown.append(f"{words} (`{noun}.sql`, `{name}`):\n\n```\n" + "\n".join(_steps(lines)) + "\n```")
    return "\n\n".join(shown)


def _steps(lines: list[str]) -> list[str]:
    """Steps with their times and buffers, conditions cut short; without what says nothing."""
    kept = [line for line in lines if re.search(r"->|actual|Buffers: shared|Index Cond|Execution|Sort Method", line)]
    return [re.sub(r"\.000?\b", "", line)[:150].rstrip() for line in kept]


async def measure(folder: str, rounds: int) -> int:
    """Ask everything; make the year first where there is none."""
    where = machine()
    environ = {**os.environ, "BEDFLOW_DATA_DIR": folder, "BEDFLOW_LOG_LEVEL": "error"}
    async with house_of.open_house(Settings.from_environ(environ)) as house:
        if (await house.log.head())[0] == 0:
            await lay(house, YEAR)
        now = await house.log.last_recorded() or datetime.now(UTC)
        still = replace(house, clock=_Stopped(now))
        await Keeping(house.plan, house.database, still.clock).catch_up()
        await house.database.pool.execute("analyze", timeout=600)
        rows, missed = [], 0
        for question in questions(house, now):
            count, taken = await timed(question.ask, rounds)
            raw: list[float] = []
            if question.raw is not None:
                async with nothing_kept(house):
                    raw = (await timed(question.raw, RAW_ROUNDS))[1]
            p50, p95 = (float(np.percentile(taken, share)) for share in (50, 95))
            missed += question.aim is not None and p50 > question.aim
            aim = f"{question.aim:g}: {met(p50 <= question.aim)}" if question.aim is not None else "–"
            beside = [f"{np.median(raw):,.0f}", f"{np.median(raw) / p50:.0f} x"] if raw else ["–", "–"]
            rows.append([question.words, f"{count:,}", f"{min(taken):.0f}", f"{p50:.0f}", f"{p95:.0f}", *beside, aim])
            print(*rows[-1], flush=True)
        head, _ = await house.log.head()
        sizes = await house.database.pool.fetchrow(
            "select (select count(*) from bed_interval) as stretches, (select count(*) from bed_hour) as hours,"
            " (select count(*) from kpi_case) as cases, (select count(*) from bed_turn) as turns"
        )
        assert sizes is not None
        shown = await plans(house, now)
    intro = (
        f"City General (500 beds), a year made up by `bedflow history make --days {YEAR}`: {head:,} entries of the log, "
        f"{sizes['stretches']:,} stretches of beds; kept of them {sizes['hours']:,} rows of hours, {sizes['turns']:,} turns, "
        f"{sizes['cases']:,} cases. {rounds} rounds, warm, asked and answered in Python; raw: nothing kept, {RAW_ROUNDS} rounds. "
        f"{where}."
    )
    write_section("history", "A year of history", f"{intro}\n\n{table(HEAD, rows)}\n\n### Plans of the slow questions\n\n{shown}")
    return 1 if missed else 0


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
    given = parser.parse_args()
    return uvloop.run(measure(given.data, given.rounds))


if __name__ == "__main__":
    sys.exit(main())
