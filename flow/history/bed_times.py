"""The time of the beds told apart by hour of the day or by weekday, of the hospital's clock: of whole hours as kept, else as the intervals
say. `flow.history.bed_hours` keeps the hours."""

from datetime import datetime

from flow.domain.kpis.readings import Counted
from flow.domain.kpis.table import By
from flow.domain.plan import Plan
from flow.history.bed_days import whole_days
from flow.history.bed_hours import HOUR, good_until, hour_of
from flow.history.pool import Connection
from flow.history.queries import load

_SQL = load("bed_times")


async def bed_times(connection: Connection, plan: Plan, start: datetime, end: datetime, by: By) -> list[Counted]:
    """Seconds of a period by ward, type and `by`; one group may come in parts."""
    zone = plan.zone
    first = hour_of(start, zone)
    first = first if first == start else first + HOUR
    last = max(first, min(hour_of(end, zone), await good_until(connection, plan.id, zone)))
    days = whole_days(first, last, zone) if by is By.WEEKDAY else (last, last)
    rows = await connection.fetch(_SQL["kept"], plan.id, first, last, zone, by, *days) if first < last else []
    for edge in ((start, min(first, end)), (last, end)) if first < last else ((start, end),):
        if edge[0] < edge[1]:
            rows += await connection.fetch(_SQL["raw"], plan.id, *edge, zone, by, hour_of(edge[0], zone))
    return [Counted(row["ward"], row["type"], row["occupied"], row["functional"], row["at"]) for row in rows]
