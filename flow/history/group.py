"""A group: decisions that are taken and written together, in one transaction that holds the append lock while it writes: from its beginning
(`transaction`), or from its one statement on, which sees that nobody came in between (`turn`) and, where nothing was asked, that things are
as supposed (`at_once`).

In memory the hospital is evolved as the group goes; when the transaction fails, that hospital is thrown away and loaded anew;
of a wrong supposition what was decided is taken back.
"""

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, date, datetime, timedelta

from flow import crash
from flow.domain.back_entry import EnterTokenBack
from flow.domain.cause import Cause, Origin
from flow.domain.clinical import ClinicalNote
from flow.domain.commands import Book, Chart, Command, MergePatients, MergeVisits, MoveVisit, NoteOrder, ProposeBed, RequestBed, Undo
from flow.domain.decide import decide
from flow.domain.decide.bookings import token_of
from flow.domain.discharge import Discharge, Milestone
from flow.domain.discharge_commands import AskInsurer, BeginDischarge, CallOffDischarge, MarkMilestone
from flow.domain.events import ENTITY, Entry, Event, Record
from flow.domain.hospital import Hospital, evolve
from flow.domain.ids import ClinicId, PatientId, VisitId
from flow.domain.opd import Token
from flow.domain.plan import Plan
from flow.domain.proposal import BedProposal
from flow.domain.visit import Act, Visit
from flow.domain.walk_in import day_of
from flow.history import commands as journal
from flow.history import log as history
from flow.history.bundle import Part, Row, ask, carry_out
from flow.history.occupancy import Stood
from flow.history.pool import Connection, Database, NotStored, Overtaken

_SWEEP, _KEPT = timedelta(hours=1), timedelta(hours=30)
"""How often what is over is let go of, and how long it is kept in mind."""
_OPENING = frozenset({Act.ADMIT, Act.REGISTER, Act.PLAN})
_OF_VISITS = frozenset({ENTITY[Visit], ENTITY[Discharge]})
Named = tuple[str, str]
"""A record's entity and id."""


class Group:
    """The open transaction of a desk. Reused: `transaction` opens the next one."""

    connection: Connection
    at: datetime
    answers: list[list[Row]]

    def __init__(self, database: Database, plan: Plan) -> None:
        self.database = database
        self.plan = plan
        self.hospital = Hospital(plan)
        self._loaded = False
        self._swept = datetime.min.replace(tzinfo=UTC)
        self._entries: list[Entry] = []
        self._carried: list[journal.Carried] = []
        self._also: list[Part] = []
        self._trail: list[tuple[Event, Record | None]] = []
        self._left: history.Left | None = None
        self._supposed: history.Supposed | None = None
        self._headless = False
        self._turn: int | None = None

    @asynccontextmanager
    async def transaction(self, at: datetime, *asked: Part) -> AsyncIterator["Group"]:
        """Lock, catch up, let the caller decide, write, commit. What is asked with the head is answered in `answers`."""
        with self._begun(at):
            async with self.database.begun(history.locking(self.plan.id)) as connection:
                self.connection = connection
                head, *self.answers = await ask(connection, history.asked_head(self.plan.id), *asked)
                await self._catch_up(head)
                crash.here("group-begun")
                yield self
                await self._write()
                crash.here("log-appended")
                crash.here("before-desk-commit")
            crash.here("after-desk-commit")

    @asynccontextmanager
    async def turn(self, at: datetime, *asked: Part, headless: bool = False) -> AsyncIterator["Group"]:
        """The same in two round trips: read, let the caller decide, then lock, write and commit in one statement. Overtaken, with nothing
        written, when another group came in between or the hospital in memory is not as of the head; `transaction` waits and catches up.
        `headless`: nothing is asked here, `fetch_for` asks for the head, and the caller decides after that."""
        if not self._loaded:
            raise Overtaken("The hospital is to be loaded.")
        async with self._held(at):
            self._headless = True
            self.answers = [] if headless else await self._ask(*asked)
            yield self
            assert not self._headless, "who has not asked must not write"

    @property
    def next_letter(self) -> int | None:
        """The number of the next letter, as this process's last group left it; None where it wrote none since the hospital was loaded."""
        return self._left.next if self._left is not None else None

    @asynccontextmanager
    async def at_once(self, at: datetime, supposed: history.Supposed) -> AsyncIterator["Group"]:
        """The same in one round trip, after this process's last group: what `turn` asks is supposed. Overtaken or NotStored, with nothing
        written, where that was wrong; what was decided is taken back. There must be a `next_letter`."""
        assert self._left is not None
        turn, self._left, seq = self._left.turn, None, self.hospital.seq
        try:
            async with self._held(at):
                self._turn, self._supposed = turn, supposed
                yield self
        except (Overtaken, NotStored):
            self.hospital.take_back(self._trail, seq)
            self._loaded = True
            raise

    @asynccontextmanager
    async def _held(self, at: datetime) -> AsyncIterator[None]:
        """A group that is written in turn, by one statement, after the caller has decided."""
        with self._begun(at):
            self._sweep()
            async with self.database.held() as connection:
                self.connection = connection
                crash.here("group-begun")
                yield
                crash.here("before-desk-commit")
                await self._write(self._turn)
                crash.here("log-appended")
            crash.here("after-desk-commit")

    @contextmanager
    def _begun(self, at: datetime) -> Iterator[None]:
        self._entries, self._trail, self._carried, self._also, self.at = [], [], [], [], at
        self._headless, self._turn, self._supposed = False, None, None
        try:
            yield
        except BaseException:
            self._loaded, self._entries, self._left = False, [], None  # what was decided and not written is nobody's to show
            raise

    async def _ask(self, *asked: Part) -> list[list[Row]]:
        """With the head, the first time in a turn."""
        if not self._headless:
            return await ask(self.connection, *asked)
        head, *answers = await ask(self.connection, history.asked_head(self.plan.id), *asked)
        if not head or head[0][0] != self.hospital.seq:
            raise Overtaken("Another process wrote.")
        self._turn, self._headless = head[0][2], False
        return answers

    async def _write(self, turn: int | None = None) -> None:
        written = history.appended(self.plan, self._entries, Stood.before(self._trail))
        parts = [*self._also, *journal.kept(self.plan.id, self._carried, self.at), *written]
        if parts:
            row = await carry_out(self.connection, parts, first=history.moved(self.plan.id, self.hospital.seq, turn, self._supposed))
            self._left = history.Left(*row) if row is not None else None

    async def _catch_up(self, head: Sequence[Row]) -> None:
        """Have the hospital as of the head; another process may have written since."""
        seq = head[0][0] if head else (await history.lock(self.connection, self.plan.id))[0]
        if not self._loaded or seq != self.hospital.seq:
            self.hospital = await history.load_hospital(self.connection, self.plan, seq, yesterday(self.at))
            self._loaded, self._swept = True, self.at
        else:
            self._sweep()

    def _sweep(self) -> None:
        if self.at - self._swept > _SWEEP:
            self.hospital.forget(self.at - _KEPT)
            self._swept = self.at

    @property
    def entries(self) -> Sequence[Entry]:
        """What is written with this transaction; nothing once it has failed."""
        return self._entries

    def open_beds(self) -> None:
        """Open the beds that the file names and the log has never heard of, and tell the log by which rules is decided from now on."""
        cause = Cause(Origin.SYSTEM, "opening", self.at)
        self.add(history.new_beds(self.hospital, self.at), cause)
        self.add(history.new_rules(self.hospital, self.at), cause)

    async def fetch_for(self, commands: Sequence[Command], *asked: Part) -> list[list[Row]]:
        """Have the closed visits and discharges, the bookings of other days and the orders that these commands speak of, the clinics' days
        that are entered from paper, and the medicines to take home of those who are to leave. Returns the answers to what is asked
        besides."""
        visits, patients = spoken_of(commands)
        wanted = [(ENTITY[kind], one) for kind, one in records_of(commands, visits) if one not in self.hospital.homes[kind]]
        if self._supposed is not None:
            wanted, absent = self._doubtful(wanted, opening(commands))
            self._supposed.absent += absent
        days = history.asked_days(self.plan.id, days_of(commands, self.plan.zone, self.at))
        answers = await self._ask(*asked, *history.asked_records(self.plan.id, wanted, patients), *days)
        for rows in answers[len(asked) :]:
            await history.put_missing(self.connection, self.hospital, rows)
        if ordered := orders_leaving(commands) & self.hospital.visits.keys():
            await history.fetch_medicines(self.connection, self.hospital, ordered)
        return answers[: len(asked)]

    def _doubtful(self, wanted: Sequence[Named], new: set[VisitId]) -> tuple[list[Named], list[Named]]:
        """Of records that the hospital does not hold, those that may well stand, and those that hardly do: all but visits that were told of
        before, with their discharges."""
        known = self.hospital.visits
        doubtful = [(entity, one) for entity, one in wanted if entity in _OF_VISITS and one not in known and one not in new]
        return doubtful, [each for each in wanted if each not in doubtful]

    def add(self, events: Iterable[Event], cause: Cause) -> list[Entry]:
        """Number the events, evolve the hospital, remember them for the commit."""
        entries = []
        for event in events:
            seq = self.hospital.seq + 1
            self._trail.append((event, self.hospital.find(event.record)))
            entries.append(Entry(seq, Event(event.kind, evolve(self.hospital, seq, event), event.at), cause))
        self._entries += entries
        return entries

    def add_all(self, commands: Iterable[Command], cause: Cause) -> list[Entry]:
        """All commands of one letter or none: when one raises, what the earlier ones did is taken back."""
        mark, before, seq = len(self._entries), len(self._trail), self.hospital.seq
        try:
            for command in commands:
                self.add(decide(self.hospital, command, cause), cause)
        except Exception:
            self.hospital.take_back(self._trail[before:], seq)
            del self._entries[mark:], self._trail[before:]
            raise
        return self._entries[mark:]

    def also(self, parts: Iterable[Part]) -> None:
        """Write this too, with what was decided."""
        self._also += parts

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


def opening(commands: Iterable[Command]) -> set[VisitId]:
    """The visits that commands may be the first to tell of."""
    charts = (command for command in commands if isinstance(command, Chart))
    return {told.visit for chart in charts for told in chart.told if told.visit is not None and told.fact.act in _OPENING}


def records_of(commands: Iterable[Command], visits: Iterable[VisitId]) -> Iterator[tuple[type, str]]:
    """The records that commands speak of, the visits with their discharges."""
    for visit in visits:
        yield from ((Visit, visit), (Discharge, visit))
    for command in commands:
        match command:
            case NoteOrder():
                yield ClinicalNote, command.note.id
            case Book():
                yield Token, token_of(command.feed, command.appointment)
            case ProposeBed():
                yield BedProposal, command.proposal.id
            case _:
                pass


def days_of(commands: Iterable[Command], zone: str, now: datetime) -> set[tuple[ClinicId, date]]:
    """The clinics' days before today of which numbers are entered from paper: a desk no longer has all of them."""
    said = {(each.clinic, day_of(each.at, zone)) for each in commands if isinstance(each, EnterTokenBack)}
    return {(clinic, day) for clinic, day in said if day < day_of(now, zone)}


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
