"""The cases of the KPIs, kept a row each once they are over: the leader reads what the log has spoken of, and writes its cases anew.

What is under way goes by the clock, and is read from its record by whoever asks (`flow.history.kpis`). A late letter speaks of a visit or
a bed, and so has the cases of that one written anew; a changed file or definition, those of all.
"""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from hashlib import blake2b
from zoneinfo import ZoneInfo

import asyncpg

from flow.codec import decode
from flow.domain.discharge import Discharge, Milestone
from flow.domain.kpis import readings
from flow.domain.kpis.cases import Case
from flow.domain.kpis.readings import Cleaned, Left, Period, Promise
from flow.domain.kpis.table import MEASURES
from flow.domain.opd import Token
from flow.domain.plan import Plan
from flow.domain.request import BedRequest
from flow.history.bed_days import day_of
from flow.history.cuts import frozen_before
from flow.history.kept import CASES, Kept, keeping, log_head, move
from flow.history.pool import Connection, Database
from flow.history.queries import load

_SQL = load("kpis")
AT_ONCE = 10_000
"""Entries of the log in one transaction."""
_READING = 1
"""The version of how records are read."""
_COLUMNS = ("hospital", "of", "id", "kpi", "at", "place", "type", "hour", "weekday", "numerator", "denominator", "ending", "minutes")
_EVER = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
Subject = tuple[str, str]
"""What cases are read from: kind of record and id."""


@dataclass(frozen=True, slots=True)
class Told:
    """A subject's cases; `at` is the moment by which it belongs to a period, `open` that they go by the clock (`until`: no longer)."""

    subject: Subject
    at: datetime
    cases: Sequence[Case]
    open: bool = False
    until: datetime | None = None


def rules_of(plan: Plan) -> str:
    """What cases are read by: the definitions, the places of the beds, the zone."""
    beds = sorted((bed.id, bed.ward, bed.type) for bed in plan.beds.values())
    wards = sorted((ward.id, ward.name, ward.type) for ward in plan.wards)
    versions = sorted((measure.id, measure.version) for measure in MEASURES.values())
    return blake2b(repr((_READING, plan.zone, beds, wards, versions)).encode(), digest_size=16).hexdigest()


async def keep_cases(database: Database, plan: Plan, now: datetime) -> int | None:
    """One step towards the end of the log; returns up to which Seq cases are kept, or None once all are."""
    hospital, rules = database.hospital, rules_of(plan)
    async with keeping(database, CASES) as (connection, kept):
        if kept.rules != rules:
            await _forget(connection, hospital, await frozen_before(connection, hospital, plan.zone) or _EVER[0])
            kept = Kept()
        head = await log_head(connection, hospital)
        seq = min(head, kept.seq + AT_ONCE)
        told = await spoken_of(connection, hospital, kept.seq, seq)
        told |= {(row["of"], row["id"]) for row in await connection.fetch(_SQL["under_way"], hospital, now)}
        if told:
            await _write(connection, plan, told, now)
        await move(connection, hospital, CASES, Kept(seq, None, rules))
    return seq if seq < head else None


async def _forget(connection: Connection, hospital: str, frozen: datetime) -> None:
    for name in ("clear_cases", "clear_open"):
        await connection.execute(_SQL[name], hospital)
    for name in ("clear_days_from", "clear_day_hours_from"):
        await connection.execute(_SQL[name], hospital, frozen)


async def spoken_of(connection: Connection, hospital: str, after: int, up_to: int) -> set[Subject]:
    """What entries of the log speak of."""
    return {(row["of"], row["id"]) for row in await connection.fetch(_SQL["touched"], hospital, after, up_to)}


async def _write(connection: Connection, plan: Plan, subjects: set[Subject], now: datetime) -> None:
    """The cases of some records as they are now, and the days to which they belong or belonged."""
    frozen = await frozen_before(connection, plan.id, plan.zone)
    found = countable(await cases_of(connection, plan, subjects, now), frozen)
    gone = await connection.fetch(_SQL["forget"], plan.id, *map(list, zip(*subjects, strict=True)))
    rows = await asyncio.to_thread(lambda: list(_rows(plan, found)))
    await connection.copy_records_to_table("kpi_case", records=rows, columns=_COLUMNS)
    opened = [(plan.id, *each.subject, each.until) for each in found if each.open]
    await connection.copy_records_to_table("kpi_open", records=opened, columns=("hospital", "of", "id", "until"))
    moments = {each.at for each in found if each.cases and not each.open} | {row["at"] for row in gone}
    await _add_up(connection, plan, {at for at in moments if frozen is None or at >= frozen})


def countable(found: Iterable[Told], frozen: datetime | None) -> list[Told]:
    """Without what belongs to days that stand as they are: the log that they were counted from is gone."""
    return [each for each in found if each.open or frozen is None or each.at >= frozen]


async def _add_up(connection: Connection, plan: Plan, moments: Iterable[datetime]) -> None:
    """The days of some moments anew, of their cases."""
    days = sorted({day_of(at, plan.zone) for at in moments})
    ends = [day_of(day, plan.zone, 1) for day in days]
    for clear, keep in (("clear_days", "keep_days"), ("clear_day_hours", "keep_day_hours")):
        await connection.execute(_SQL[clear], plan.id, days)
        await connection.execute(_SQL[keep], plan.id, days, ends)


def _rows(plan: Plan, found: Iterable[Told]) -> Iterator[tuple[object, ...]]:
    zone = ZoneInfo(plan.zone)
    for each in found:
        for case in () if each.open else each.cases:
            local = (case.at or each.at).astimezone(zone)
            clock = (local.hour, local.isoweekday())
            figures = (case.numerator, case.denominator, case.ending, case.minutes)
            yield (plan.id, *each.subject, case.kpi, each.at, case.place, case.type, *clock, *figures)


async def cases_of(connection: Connection, plan: Plan, subjects: Iterable[Subject], now: datetime) -> list[Told]:
    """The cases of some records; none of what has none."""
    ids: dict[str, list[str]] = {}
    for of, one in subjects:
        ids.setdefault(of, []).append(one)
    rows = {of: await _read(connection, plan.id, of, own, now) for of, own in ids.items()}
    return await asyncio.to_thread(lambda: [told for of, own in rows.items() for told in _told(of, own, plan, now)])


_QUERY = {"visit": "exits", "job": "cleans", "request": "requests", "discharge": "discharges", "token": "tokens"}


async def _read(connection: Connection, hospital: str, of: str, ids: list[str], now: datetime) -> list[asyncpg.Record]:
    given = (ids, now) if of == "job" else (ids,)
    return await connection.fetch(_SQL[_QUERY[of]], hospital, *given)


def _told(of: str, rows: Iterable[asyncpg.Record], plan: Plan, now: datetime) -> Iterator[Told]:
    """Beside the event loop: a step may be some thousand records."""
    make = {"visit": _exit, "job": _clean, "request": _request, "discharge": _discharge, "token": _token}[of]
    for row in rows:
        told = make(row, plan, now)
        if told is not None:
            yield told


def _exit(row: asyncpg.Record, plan: Plan, now: datetime) -> Told:
    left = Left(row["bed"], row["came_at"], row["left_at"])
    return Told(("visit", row["id"]), left.left_at, list(readings.exits([left], plan)))


def _clean(row: asyncpg.Record, plan: Plan, now: datetime) -> Told:
    one, *rest = row.values()
    job = Cleaned(*rest)
    return Told(("job", one), job.asked_at, list(readings.cleans([job], plan, now)), job.ended_at is None)


def _request(row: asyncpg.Record, plan: Plan, now: datetime) -> Told:
    request = decode("request", row["body"])
    assert isinstance(request, BedRequest)
    promise = Promise(request, row["occupied_at"], row["clean_at"], row["status"])
    cases = list(readings.asked([promise], plan, Period(*_EVER, now)))
    return Told(("request", row["id"]), request.clock_from, cases, row["live"])


def _discharge(row: asyncpg.Record, plan: Plan, now: datetime) -> Told | None:
    found = decode("discharge", row["body"])
    assert isinstance(found, Discharge)
    ordered = found.marks.get(Milestone.ORDER)
    cases = list(readings.leavings([(found, row["bed"])], plan, Period(*_EVER, now)))
    is_open = row["live"] or (bool(cases) and found.ended_at is None)
    return Told(("discharge", row["id"]), ordered.at, cases, is_open) if ordered is not None else None


def _token(row: asyncpg.Record, plan: Plan, now: datetime) -> Told:
    found = decode("token", row["body"])
    assert isinstance(found, Token)
    at = found.arrived_at or found.due_at or found.issued_at
    until = datetime.combine(found.day + timedelta(days=1), time(), ZoneInfo(plan.zone))
    cases = list(readings.clinics([found], plan.zone, Period(*_EVER, now)))
    return Told(("token", row["id"]), at, cases, now < until, until)
