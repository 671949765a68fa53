"""The log: appends a group of entries with everything that follows from them in one transaction, and reads them back.

Only the desk appends, holding the hospital's advisory lock; that is what lets anybody follow `seq > cursor` and lose nothing.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import NamedTuple

import asyncpg

from flow.codec import decode, encode
from flow.domain.bed import BedState
from flow.domain.cause import Cause, Origin
from flow.domain.check import Check
from flow.domain.clinical import ClinicalNote
from flow.domain.discharge import Discharge
from flow.domain.events import Entry, Event, Kind, Record
from flow.domain.hospital import Hospital, opened, stamped
from flow.domain.house_rules import rules_of
from flow.domain.ids import ClinicId, PatientId, VisitId
from flow.domain.opd import Token
from flow.domain.plan import Plan
from flow.domain.proposal import BedProposal
from flow.domain.request import BedRequest
from flow.domain.transport import Transport
from flow.domain.visit import Visit, VisitStatus
from flow.history.bundle import Part, Row, ask
from flow.history.clean_jobs import projected_jobs
from flow.history.occupancy import Stood, projected
from flow.history.pool import Connection, Database
from flow.history.queries import load, quoted

_SQL = load("log")


async def lock(connection: Connection, hospital: str) -> tuple[int, str]:
    """Take the append lock for this transaction; returns the last Seq and the epoch, opening the hospital when new."""
    await connection.execute(_SQL["lock"], hospital)
    row = await connection.fetchrow(_SQL["head"], hospital)
    if row is None:
        await connection.execute(_SQL["open_head"], hospital, secrets.token_hex(8))
        row = await connection.fetchrow(_SQL["head"], hospital)
    assert row is not None
    return row["seq"], row["epoch"]


def locking(hospital: str) -> str:
    """What begins a transaction under the append lock, as one script. It asks nothing else: what is read must be read once it is held."""
    return "begin; " + _SQL["lock"].replace("$1", quoted(hospital))


async def weigh(connection: Connection) -> None:
    """Let PostgreSQL see what beds lie there: the desk's plans are made once, and of an empty table any index looks as good."""
    await connection.execute(_SQL["weigh"])


def asked_head(hospital: str) -> Part:
    """The last Seq, the epoch and the turn; nothing before the hospital is opened."""
    return _SQL["head"], (hospital,)


@dataclass(slots=True)
class Supposed:
    """What is supposed of letters that are handled before anything is asked: that no letter waits, that these are the next, with their
    numbers, that neither they nor their control ids came before, and that no record stands by entity and id."""

    numbers: list[int]
    fingerprints: list[bytes]
    controls: list[str]
    absent: list[tuple[str, str]] = field(default_factory=list)


class Left(NamedTuple):
    """What a group leaves to the next one: the turn, and the number of the letter that comes next."""

    turn: int
    next: int


def moved(hospital: str, seq: int, turn: int | None = None, supposed: Supposed | None = None) -> Part:
    """What ends a group, to be done first of all: the head goes on; its row is what is `Left`. `turn` is what was read without the append
    lock; it fails when another group came in between, or where things are not as supposed."""
    if turn is None:
        return _SQL["move_head"], (hospital, seq)
    if supposed is None:
        return _SQL["take_turn"], (hospital, seq, turn)
    absent = ([entity for entity, _ in supposed.absent], [one for _, one in supposed.absent])
    given = (supposed.numbers, supposed.fingerprints, supposed.controls, *absent)
    return _SQL["take_turn_as_supposed"], (hospital, seq, turn, *given)


def appended(plan: Plan, entries: Sequence[Entry], stood: Stood) -> list[Part]:
    """What writes the entries (already numbered, lock held), the records they leave, the stays and the beds' intervals; `stood` is what did
    before them."""
    if not entries:
        return []
    bodies = [encode(stamped(entry.event.record, entry.seq)).decode() for entry in entries]
    log = (_SQL["append"], (plan.id, *_columns(entries, bodies)))
    return [log, *models(plan, entries, bodies, stood)]


def models(plan: Plan, entries: Sequence[Entry], bodies: list[str], stood: Stood) -> list[Part]:
    """What writes the records the entries leave, the stays and the beds' intervals: what can be made again from the log."""
    return [_records(plan.id, entries, bodies), *projected_jobs(plan, entries), *projected(plan, entries, stood)]


def put_records(hospital: str, entries: Sequence[Entry]) -> Part:
    """What writes the records that entries leave, and nothing else of them."""
    return _records(hospital, entries, [encode(stamped(entry.event.record, entry.seq)).decode() for entry in entries])


def _columns(entries: Sequence[Entry], bodies: list[str]) -> tuple[list[object], ...]:
    rows = [
        (
            entry.seq,
            entry.event.kind,
            entry.event.entity,
            entry.event.entity_id,
            entry.event.at,
            entry.cause.recorded_at,
            entry.cause.origin,
            entry.cause.actor,
            entry.cause.letter,
            entry.cause.command,
            body,
        )
        for entry, body in zip(entries, bodies, strict=True)
    ]
    return tuple(list(column) for column in zip(*rows, strict=True))


def _records(hospital: str, entries: Sequence[Entry], bodies: list[str]) -> Part:
    last = {(e.event.entity, e.event.entity_id): (e, body) for e, body in zip(entries, bodies, strict=True)}
    rows = [
        (entity, entity_id, e.seq, is_live(e.event.record), patient_of(e.event.record), body)
        for (entity, entity_id), (e, body) in last.items()
    ]
    return _SQL["put_records"], (hospital, *(list(column) for column in zip(*rows, strict=True)))


def is_live(record: Record) -> bool:
    """Whether a desk must hold the record to decide; the rest is fetched when somebody speaks of it."""
    match record:
        case Visit():
            return record.is_open or record.course.status is VisitStatus.PLANNED
        case BedRequest() | Discharge() | Transport() | Check():
            return record.is_live
        case BedProposal():
            return not record.settled
        case ClinicalNote():
            return False
        case _:
            return True


def patient_of(record: Record) -> PatientId | None:
    """Whose it is, where it is somebody's."""
    return record.patient if isinstance(record, Visit | BedRequest | Token | ClinicalNote) else None


def entry_of(row: asyncpg.Record) -> Entry:
    """A row of the log as an entry."""
    event = Event(Kind(row["kind"]), decode(row["entity"], row["body"]), row["at"])
    cause = Cause(Origin(row["origin"]), row["actor"], row["recorded_at"], row["letter"], row["command"])
    return Entry(row["seq"], event, cause)


class Log:
    """Reading the log."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.hospital = database.hospital

    async def head(self) -> tuple[int, str]:
        """The last Seq and the epoch; (0, "") before the hospital is opened."""
        async with self.database.read() as connection:
            row = await connection.fetchrow(_SQL["head"], self.hospital)
        return (row["seq"], row["epoch"]) if row else (0, "")

    async def after(self, seq: int, limit: int = 1000) -> list[Entry]:
        """Entries above a Seq, in order."""
        async with self.database.read() as connection:
            return [entry_of(row) for row in await connection.fetch(_SQL["entries_after"], self.hospital, seq, limit)]

    async def of_command(self, command: int) -> list[Entry]:
        """What one command led to."""
        async with self.database.read() as connection:
            return [entry_of(row) for row in await connection.fetch(_SQL["entries_of_command"], self.hospital, command)]

    async def before(self, entity: str, entity_id: str, seq: int) -> Record | None:
        """A record as it stood just before a Seq; None when it did not exist."""
        async with self.database.read() as connection:
            row = await connection.fetchrow(_SQL["record_before"], self.hospital, entity, entity_id, seq)
        return decode(row["entity"], row["body"]) if row else None

    async def last_recorded(self) -> datetime | None:
        """When anything last happened."""
        async with self.database.read() as connection:
            found: datetime | None = await connection.fetchval(_SQL["last_recorded"], self.hospital)
        return found


async def load_hospital(connection: Connection, plan: Plan, seq: int, first_day: date) -> Hospital:
    """The hospital as of the head, from the records."""
    hospital = Hospital(plan)
    for row in await connection.fetch(_SQL["live_records"], plan.id, first_day.isoformat()):
        record = decode(row["entity"], row["body"])
        if not isinstance(record, BedState) or record.id in plan.beds or record.temporary is not None:
            hospital.put(record)
    hospital.seq = seq
    return hospital


def asked_records(hospital: str, records: Sequence[tuple[str, str]], patients: Iterable[str]) -> list[Part]:
    """What asks for records by entity and id, and for people's visits with their discharges."""
    entities, ids, people = [entity for entity, _ in records], [one for _, one in records], list(patients)
    return [(_SQL["spoken_of"], (hospital, entities, ids, people))] if ids or people else []


def asked_days(hospital: str, days: Iterable[tuple[ClinicId, date]]) -> list[Part]:
    """What asks for all tokens of clinics' days."""
    found = sorted(days)
    clinics, dates = [clinic for clinic, _ in found], [day.isoformat() for _, day in found]
    return [(_SQL["tokens_of_days"], (hospital, clinics, dates))] if found else []


async def put_missing(connection: Connection, hospital: Hospital, rows: Iterable[Row]) -> None:
    """Lay what the hospital does not hold beside what it does, and the visits that those were merged into."""
    merged = set()
    for entity, body in rows:
        record = decode(entity, body)
        if hospital.find(record) is None:
            hospital.put(record)
            merged |= {record.merged_into} - {None} if isinstance(record, Visit) else set()
    if survivors := sorted(("visit", visit) for visit in merged - hospital.visits.keys() if visit):
        for rows in await ask(connection, *asked_records(hospital.plan.id, survivors, ())):
            await put_missing(connection, hospital, rows)


async def fetch_medicines(connection: Connection, hospital: Hospital, visits: Iterable[VisitId]) -> None:
    """Lay the orders of medicines to take home beside those that the hospital holds; the visits are held."""
    numbers = sorted(visits)
    people = sorted({hospital.visits[number].patient for number in numbers})
    for row in await connection.fetch(_SQL["medicines_to_take_home"], hospital.plan.id, numbers, people):
        note = decode(row["entity"], row["body"])
        if isinstance(note, ClinicalNote) and note.id not in hospital.notes:
            hospital.put(note)


def new_rules(hospital: Hospital, at: datetime) -> list[Event]:
    """The event that tells of the house's rules, where the log has others or none."""
    stand, told = rules_of(hospital.plan), hospital.told_rules
    return [] if told is not None and replace(told, seq=stand.seq) == stand else [Event(Kind.RULES_CHANGED, stand, at)]


def new_beds(hospital: Hospital, at: datetime) -> list[Event]:
    """The events that open beds which the file names and the log has never heard of."""
    return [Event(Kind.BED_OPENED, state, at) for state in opened(hospital.plan, at) if state.id not in hospital.beds]
