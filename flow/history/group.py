"""A group: one transaction under the append lock in which decisions are taken and written together.

In memory the hospital is evolved as the group goes; when the transaction fails, that hospital is thrown away and loaded anew.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta

from flow import crash
from flow.domain.cause import Cause, Origin
from flow.domain.commands import Book, Chart, Command, MergePatients, MergeVisits, MoveVisit, NoteOrder, ProposeBed, RequestBed, Undo
from flow.domain.decide import decide
from flow.domain.decide.bookings import token_of
from flow.domain.discharge import Milestone
from flow.domain.discharge_commands import AskInsurer, BeginDischarge, CallOffDischarge, MarkMilestone
from flow.domain.events import Entry, Event, Record
from flow.domain.hospital import Hospital, evolve
from flow.domain.ids import PatientId, VisitId
from flow.domain.plan import Plan
from flow.domain.visit import Act, Visit
from flow.history import commands as journal
from flow.history import log as history
from flow.history.pool import Connection, Database

_SWEEP, _KEPT = timedelta(hours=1), timedelta(hours=30)
"""How often what is over is let go of, and how long it is kept in mind."""


class Group:
    """The open transaction of a desk. Reused: `transaction` opens the next one."""

    connection: Connection
    at: datetime

    def __init__(self, database: Database, plan: Plan) -> None:
        self.database = database
        self.plan = plan
        self.hospital = Hospital(plan)
        self._loaded = False
        self._swept = datetime.min.replace(tzinfo=UTC)
        self._asked_for: set[VisitId] = set()
        """Visits whose discharges were looked for since the hospital was loaded: what was not there then, only this group can have made."""
        self._entries: list[Entry] = []
        self._carried: list[journal.Carried] = []

    @asynccontextmanager
    async def transaction(self, at: datetime) -> AsyncIterator["Group"]:
        """Lock, catch up, let the caller decide, write, commit."""
        self._entries, self._carried, self.at = [], [], at
        try:
            async with self.database.write() as connection:
                self.connection = connection
                await self._catch_up()
                crash.here("desk-locked")
                yield self
                await history.append(connection, self.plan, self._entries)
                crash.here("log-appended")
                await journal.keep(connection, self.plan.id, self._carried, at)
                crash.here("before-desk-commit")
            crash.here("after-desk-commit")
        except BaseException:
            self._loaded = False
            raise

    async def _catch_up(self) -> None:
        """Have the hospital as of the head; another process may have written since."""
        seq, _ = await history.lock(self.connection, self.plan.id)
        if not self._loaded or seq != self.hospital.seq:
            self.hospital = await history.load_hospital(self.connection, self.plan, seq, yesterday(self.at))
            self._loaded, self._swept = True, self.at
            self._asked_for.clear()
        elif self.at - self._swept > _SWEEP:
            self.hospital.forget(self.at - _KEPT)
            self._swept = self.at
            self._asked_for.clear()

    def open_beds(self) -> None:
        """Open the beds that the file names and the log has never heard of, and tell the log by which rules is decided from now on."""
        cause = Cause(Origin.SYSTEM, "opening", self.at)
        self.add(history.new_beds(self.hospital, self.at), cause)
        self.add(history.new_rules(self.hospital, self.at), cause)

    async def fetch_for(self, commands: Sequence[Command]) -> None:
        """Have the closed visits and discharges, the bookings of other days and the orders that these commands speak of, and the medicines
        to take home of those who are to leave."""
        visits, patients = spoken_of(commands)
        unknown = [visit for visit in visits if visit not in self.hospital.visits]
        if unknown or patients:
            await history.fetch_visits(self.connection, self.hospital, unknown, patients)
        notes = [c.note.id for c in commands if isinstance(c, NoteOrder)]
        bookings = [token_of(c.feed, c.appointment) for c in commands if isinstance(c, Book)]
        proposals = [c.proposal.id for c in commands if isinstance(c, ProposeBed)]
        leaving = self._discharges_of(visits, patients)
        spoken = (
            ("note", notes, self.hospital.notes),
            ("token", bookings, self.hospital.tokens),
            ("discharge", leaving, self.hospital.discharges),
        )
        for entity, ids, home in (*spoken, ("proposal", proposals, self.hospital.proposals)):
            if missing := [each for each in ids if each not in home]:
                await history.fetch_records(self.connection, self.hospital, entity, missing)
        if ordered := orders_leaving(commands) & self.hospital.visits.keys():
            await history.fetch_medicines(self.connection, self.hospital, ordered)

    def _discharges_of(self, visits: set[VisitId], patients: set[PatientId]) -> list[VisitId]:
        """The visits whose discharges are still to be looked for, once each: most have none, and a visit that is new never has."""
        spoken = visits | {visit for patient in patients for visit in self.hospital.of_patient.get(patient, ())}
        fresh = sorted(visit for visit in spoken - self._asked_for if visit in self.hospital.visits)
        self._asked_for.update(fresh)
        return fresh

    def add(self, events: Iterable[Event], cause: Cause) -> list[Entry]:
        """Number the events, evolve the hospital, remember them for the commit."""
        entries = []
        for event in events:
            entry = Entry(self.hospital.seq + 1, event, cause)
            evolve(self.hospital, entry.seq, event)
            entries.append(entry)
        self._entries += entries
        return entries

    def add_all(self, commands: Iterable[Command], cause: Cause) -> list[Entry]:
        """All commands of one letter or none: when one raises, what the earlier ones did is taken back."""
        trail: list[tuple[Event, Record | None]] = []
        mark, seq = len(self._entries), self.hospital.seq
        try:
            for command in commands:
                events = decide(self.hospital, command, cause)
                trail += [(event, self.hospital.find(event.record)) for event in events]
                self.add(events, cause)
        except Exception:
            del self._entries[mark:]
            self.hospital.take_back(trail, seq)
            raise
        return self._entries[mark:]

    def carry(self, carried: journal.Carried) -> None:
        """Remember a command for the journal."""
        self._carried.append(carried)


def spoken_of(commands: Iterable[Command]) -> tuple[set[VisitId], set[PatientId]]:
    """The visits by number, and the people whose visits matter, that commands speak of."""
    visits: set[VisitId] = set()
    patients: set[PatientId] = set()
    for command in commands:
        match command:
            case Chart():
                visits |= {told.visit for told in command.told if told.visit is not None}
                patients |= {told.person.patient for told in command.told if told.visit is None}
            case MergePatients():
                patients |= {command.prior, command.survivor}
            case MergeVisits():
                visits |= {command.prior, command.survivor}
            case MoveVisit():
                visits.add(command.visit)
            case NoteOrder():
                visits |= {command.note.visit} if command.note.visit else set()
                patients |= {command.note.patient} if command.note.visit is None else set()
            case RequestBed():
                patients.add(command.request.patient)
            case BeginDischarge() | MarkMilestone() | AskInsurer() | CallOffDischarge():
                visits.add(command.visit)
            case Undo():
                visits |= {record.id for record in command.before if isinstance(record, Visit)}
            case _:
                pass
    return visits, patients


def orders_leaving(commands: Iterable[Command]) -> set[VisitId]:
    """The visits that commands may order to leave."""
    visits: set[VisitId] = set()
    for command in commands:
        match command:
            case Chart():
                visits |= {told.visit for told in command.told if told.visit is not None and told.fact.act is Act.PEND_DISCHARGE}
            case BeginDischarge() | MarkMilestone(step=Milestone.ORDER):
                visits.add(command.visit)
            case _:
                pass
    return visits


def yesterday(now: datetime) -> date:
    """The first day whose tokens are still of interest, whatever the hospital's time zone."""
    return (now - timedelta(days=1)).date()
