"""A past stretch of time read back as it is known now, for another policy to meet it (`flow.domain.replayed`)."""

from dataclasses import replace
from datetime import datetime, timedelta

import asyncpg

from flow.codec import decode
from flow.domain.bed import BedStatus
from flow.domain.hindsight import Lying
from flow.domain.ids import BedId, PatientId, RequestId
from flow.domain.plan import Plan
from flow.domain.replayed import Came, Stretch
from flow.domain.request import BedRequest, RequestStatus
from flow.history.clean_jobs import times_by_ward
from flow.history.past import known_at
from flow.history.pool import Database
from flow.history.queries import load

_SQL = load("hindsight")
USUAL_TURN = 60
"""Minutes, where no clean ended in the stretch."""
_LONGEST_WAY = timedelta(hours=12)


async def stretch_of(database: Database, plan: Plan, start: datetime, end: datetime, now: datetime) -> Stretch:
    """What is known now of the time from `start` to `end`, in beds that the hospital's file still names."""
    async with database.read() as connection:
        came = await connection.fetch(_SQL["came"], database.hospital, start, end)
        lay = [row for row in await connection.fetch(_SQL["lay"], database.hospital, start, end) if row["bed"] in plan.beds]
        out = await connection.fetch(_SQL["out"], database.hospital, start, end)
    _, then = await known_at(database, start, now)
    turns = (await times_by_ward(database, start, end)).get(None)
    asked = {(row["visit"], row["bed"], row["from_at"]): row["request"] for row in came}
    fresh = [row for row in lay if row["from_at"] > start and row["from_at"] != row["to_at"]]
    ended = {(row["visit"], row["to_at"]) for row in lay if row["to_at"] is not None}
    return Stretch(
        start=start,
        end=end,
        lying=tuple(_lying(row, end) for row in lay if row["from_at"] <= start),
        came=tuple(_came(n, row, asked.get((row["visit"], row["bed"], row["from_at"])), plan, end) for n, row in enumerate(fresh, 1)),
        dirty=tuple(bed for bed, state in then.items() if state.status is BedStatus.CLEANING and bed in plan.beds),
        out=tuple(_lying(row, end) for row in out if row["bed"] in plan.beds),
        turn=round(turns.turn.p50) if turns is not None and turns.turn.p50 is not None else USUAL_TURN,
        moves=sum((row["visit"], row["from_at"]) in ended for row in fresh),
    )


def _lying(row: asyncpg.Record, end: datetime) -> Lying:
    known = dict(row)
    isolated = known.get("isolation") is not None
    return Lying(BedId(row["bed"]), row["from_at"], row["to_at"] or end, known.get("sex"), isolated, known.get("organism"))


def _came(number: int, row: asyncpg.Record, body: str | None, plan: Plan, end: datetime) -> Came:
    """With the request that led to the stay; else as if they had asked for what they got."""
    bed, start = plan.beds[BedId(row["bed"])], row["from_at"]
    request = decode("request", body) if body is not None else None
    given = (RequestId(f"A{number:05}"), PatientId(f"p{number:05}"))
    if not isinstance(request, BedRequest):
        isolated = row["isolation"] is not None
        plain = BedRequest(*given, start, bed.type, sex=row["sex"], specialty=plan.ward[bed.ward].specialty, isolation=isolated)
        return Came(plain, bed.id, start, start, row["to_at"] or end, told=False)
    asked = min(request.ready_at or request.created_at, start)
    way = start - request.assigned_at if request.assigned_at is not None and request.assigned_at <= start else timedelta()
    anew = replace(
        request,
        id=given[0],
        patient=given[1],
        created_at=asked,
        status=RequestStatus.WAITING,
        visit=None,
        bed=None,
        assigned_at=None,
        closed_at=None,
        move=None,
        held_until=None,
        mother_of=None,
        baby_of=None,
    )
    return Came(anew, bed.id, asked, start, row["to_at"] or end, min(way, start - asked, _LONGEST_WAY))
