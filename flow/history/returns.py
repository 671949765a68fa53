"""Who came back: to intensive care within two days, to the emergency department within three. Counts alone, without anybody's id.

`flow.domain.nabh` says what they mean, `flow.web.pages.nabh` shows them.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from flow.domain.kpis.cases import Figure
from flow.domain.nabh import RETURNS, Return
from flow.domain.plan import Plan
from flow.history.pool import Database
from flow.history.queries import load

_SQL = load("returns")


async def returns(database: Database, plan: Plan, start: datetime, end: datetime, now: datetime) -> dict[str, Figure]:
    """Each by its id. Who left too lately to be back counts in neither number."""
    return {each.id: await _counted(database, each, _beds(plan, each.types), start, min(end, now - each.within)) for each in RETURNS}


def _beds(plan: Plan, types: Collection[str]) -> list[str]:
    return [bed.id for bed in plan.beds.values() if bed.type in types]


async def _counted(database: Database, asked: Return, beds: list[str], start: datetime, end: datetime) -> Figure:
    hours = int(asked.within / timedelta(hours=1))
    async with database.read() as connection:
        row = await connection.fetchrow(_SQL["returns"], database.hospital, beds, start, max(start, end), hours, asked.home)
    assert row is not None, "a count has a row"
    return Figure("", float(row["again"]), float(row["gone"]))
