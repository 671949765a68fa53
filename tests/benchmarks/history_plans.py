"""What PostgreSQL does for the slow questions of the benchmark of a year, shortened to its steps."""

import re
from datetime import datetime, timedelta

from flow.history.bed_days import whole_days
from flow.history.queries import load
from flow.main.house import House
from tests.benchmarks.history_asked import WEEKS, YEAR

SLOW = (
    ("the hours of a year by ward", "bed_days", "hours"),
    ("bed-time of a year by ward and type", "bed_hours", "kept_seconds"),
    ("the beds since the last kept hour", "bed_hours", "raw_changes"),
    ("midnights of 28 days", "bed_hours", "kept_midnights"),
    ("sums of a year's cases by ward", "kpis", "sums"),
    ("cleaning turns of a year", "bed_turns", "minutes"),
    ("leavings of a year told late", "ledger", "learnt_late"),
    ("beds' conditions of 28 days for the ledger", "ledger", "pieces"),
    ("cleans of 28 days for data quality", "data_quality", "cleans"),
    ("what a forecast is made from", "forecasts", "pieces"),
    ("a past minute, as corrected since", "conditions", "known"),
    ("a past minute, as known then", "pictures", "since"),
    ("words about beds on a past day", "conditions", "claims"),
    ("words about stays on a past day", "conditions", "stays"),
)


async def plans(house: House, now: datetime) -> str:
    """Each query that takes the most of its question, with its plan."""
    shown = []
    async with house.database.read() as connection:
        head = await connection.fetchval(load("kept")["head"], house.plan.id)
        then = now - timedelta(days=40)
        seq = await connection.fetchval(load("past")["seq_at"], house.plan.id, then)
        given = _given(house, now, then, seq, head)
        await connection.execute("set plan_cache_mode = force_custom_plan")
        for words, noun, name in SLOW:
            query = f"explain (analyze, buffers, costs off) {load(noun)[name]}"
            lines = [row[0] for row in await connection.fetch(query, house.plan.id, *given[noun, name])]
            shown.append(f"{words} (`{noun}.sql`, `{name}`):\n\n```\n" + "\n".join(_steps(lines)) + "\n```")
        await connection.execute("reset plan_cache_mode")
    return "\n\n".join(shown)


def _given(house: House, now: datetime, then: datetime, seq: int, head: int) -> dict[tuple[str, str], tuple[object, ...]]:
    """What each is asked with; `seq` stood at the moment `then`, `head` stands now."""
    start, weeks, day = now - timedelta(days=YEAR), now - timedelta(days=WEEKS), timedelta(days=1)
    first, last = whole_days(start, now, house.plan.zone)
    nights = [last - n * day for n in range(WEEKS)]
    return {
        ("bed_days", "hours"): (first, last, "ward", None, None),
        ("bed_hours", "kept_seconds"): (start, now, first, last),
        ("bed_hours", "raw_changes"): (now, now, 3600.0, "ward", None, None),
        ("bed_hours", "kept_midnights"): (nights, list(range(WEEKS))),
        ("kpis", "sums"): ([start, last], [first, now], None, None, "ward", [], [], first, last, []),
        ("bed_turns", "minutes"): (start, now, None, None, 1 << 60),
        ("ledger", "learnt_late"): (start, now),
        ("ledger", "pieces"): (weeks, now, None),
        ("data_quality", "cleans"): (weeks, now),
        ("forecasts", "pieces"): (weeks, now),
        ("conditions", "known"): (then, head),
        ("pictures", "since"): (seq - 500, seq),
        ("conditions", "claims"): (then, then + day, None, seq),
        ("conditions", "stays"): (then, then + day, None, seq),
    }


def _steps(lines: list[str]) -> list[str]:
    """Steps with their times and buffers, conditions cut short; without what says nothing."""
    kept = [line for line in lines if re.search(r"->|actual|Buffers: shared|Index Cond|Execution|Sort Method", line)]
    return [re.sub(r"\.000?\b", "", line)[:150].rstrip() for line in kept]
