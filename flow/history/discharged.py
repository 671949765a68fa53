"""Who left in a period, as the anonymised table counts them: no number, no name; the day of birth comes from the sealed table of people
and goes no further than its band."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flow.domain.anonymous import Discharged
from flow.domain.ids import BedId, PatientId
from flow.domain.plan import Plan
from flow.history.people import People
from flow.history.pool import Database
from flow.history.queries import load

_SQL = load("discharged")
ELSEWHERE = "other"
"""The ward of beds that the hospital file no longer names, and of temporary places."""


async def discharged(database: Database, people: People, plan: Plan, start: datetime, end: datetime) -> list[Discharged]:
    """The discharges of a period, deaths included."""
    zone = ZoneInfo(plan.zone)
    async with database.read() as connection:
        rows = await connection.fetch(_SQL["discharged"], database.hospital, start, end)
    known = await people.get({PatientId(row["patient"]) for row in rows if row["patient"]})
    found = []
    for row in rows:
        bed, person = plan.beds.get(BedId(row["bed"])), known.get(PatientId(row["patient"] or ""))
        day = row["left_at"].astimezone(zone).date()
        found.append(Discharged(day, bed.ward if bed is not None else ELSEWHERE, person.birth_date if person is not None else None))
    return found
