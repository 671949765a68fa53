"""Again: the journal decided once more, into an empty hospital in memory, and compared with the records that stand (I7).

Letters and commands are taken in the order in which they were decided, each at its own time and by the feed's rules as they
were then. What no journal holds (beds opened by the hospital file, entries older than the journal's window) is taken from the log; what
is older than the log from the snapshot that it goes on from.
Nothing is written; it reads one snapshot, so the hospital may go on meanwhile.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime

import asyncpg

from flow.codec import decode, decode_command, encode
from flow.domain.cause import Cause, Origin
from flow.domain.commands import Command
from flow.domain.decide import decide
from flow.domain.events import Event, Kind, Record
from flow.domain.hospital import Hospital, evolve
from flow.domain.house_rules import BEFORE
from flow.domain.plan import Plan
from flow.errors import Refused, Unreadable
from flow.history import snapshot
from flow.history.cuts import last_cut
from flow.history.inbox import Inbox, Letter
from flow.history.log import entry_of, new_beds
from flow.history.pool import Connection, Database
from flow.history.queries import load
from flow.history.snapshot import Snapshot

_SQL = load("again")
_CHUNK = 500

Read = Callable[[Letter, Hospital], Sequence[Command]]
"""What a letter says, by the feed's rules as the hospital has them. Raises Unreadable."""

Progress = Callable[[int, int], None]
"""Told how many decisions are taken, and of how many."""


@dataclass(frozen=True, slots=True)
class Step:
    """One decision: `source` is letter, command or log, `id` its number there, `seq` the first Seq it caused (or where it came)."""

    source: str
    id: int
    seq: int
    at: datetime
    events: int


@dataclass(frozen=True, slots=True)
class Difference:
    """A record that came out otherwise; `fields` are those that differ, none where it stands on one side alone. No values: they may
    tell who lies where."""

    entity: str
    id: str
    what: str
    fields: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.entity} {self.id} {self.what}{': ' if self.fields else ''}{', '.join(self.fields)}"


@dataclass(slots=True)
class Verdict:
    """What deciding again came to. `surprises` are decisions that led to more or fewer events than they did."""

    letters: int = 0
    commands: int = 0
    given: int = 0
    parked: int = 0
    differences: list[Difference] = field(default_factory=list)
    surprises: list[str] = field(default_factory=list)

    @property
    def equal(self) -> bool:
        """The same hospital."""
        return not self.differences and not self.surprises


async def check(database: Database, plan: Plan, inbox: Inbox, read: Read, progress: Progress) -> Verdict:
    """Decide everything retained again and compare. Raises Unavailable; a body that does not open is a difference, not an error."""
    async with database.read() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        cut = await last_cut(connection, plan.id)
        steps = [Step(**row) for row in await connection.fetch(_SQL["steps"], plan.id, cut.log_at)]
        again = Again(plan, read)
        again.begin(await snapshot.read(connection, inbox.vault, plan.id, cut))
        for first in range(0, len(steps), _CHUNK):
            await _take(connection, again, inbox, steps[first : first + _CHUNK])
            progress(min(first + _CHUNK, len(steps)), len(steps))
        again.verdict.parked = await connection.fetchval(_SQL["parked"], plan.id)
        standing = await connection.fetch(_SQL["records"], plan.id)
    again.verdict.differences = compare(again.records, {(row["entity"], row["entity_id"]): row["body"] for row in standing})
    return again.verdict


async def _take(connection: Connection, again: "Again", inbox: Inbox, steps: Sequence[Step]) -> None:
    """Fetch what a stretch of decisions was about, and take them."""
    hospital = again.hospital.plan.id
    letters = await inbox.these(connection, [step.id for step in steps if step.source == "letter"])
    rows = await connection.fetch(_SQL["commands"], hospital, [step.id for step in steps if step.source == "command"])
    commands = {row["id"]: row for row in rows}
    rows = await connection.fetch(_SQL["entries"], hospital, [step.id for step in steps if step.source == "log"])
    entries = {row["seq"]: row for row in rows}
    for step in steps:
        match step.source:
            case "letter":
                again.hear(step, letters[step.id])
            case "command":
                again.carry_out(step, commands[step.id])
            case _:
                again.lay(step, entries[step.id])


class Again:
    """The hospital that grows again; `records` are the last of each by entity and id."""

    def __init__(self, plan: Plan, read: Read) -> None:
        self.hospital = Hospital(plan, told_rules=BEFORE)
        self.read = read
        self.records: dict[tuple[str, str], Record] = {}
        self.verdict = Verdict()

    def begin(self, stood: Snapshot) -> None:
        """What the log goes on from."""
        for entry in stood.entries():
            self.hospital.put(entry.event.record)
            self.records[(entry.event.entity, entry.event.entity_id)] = entry.event.record
        self.hospital.seq = stood.seq

    def hear(self, step: Step, letter: Letter) -> None:
        """A letter."""
        self.verdict.letters += 1
        cause = Cause(Origin.FEED, letter.feed, step.at, letter=letter.id)
        self._decide(step, cause, lambda: self.read(letter, self.hospital))

    def carry_out(self, step: Step, row: asyncpg.Record) -> None:
        """A command of a person, or of the clock."""
        self.verdict.commands += 1
        cause = Cause(Origin(row["origin"]), row["actor"], step.at, command=step.id)
        self._decide(step, cause, lambda: [decode_command(row["name"], row["body"])])

    def lay(self, step: Step, row: asyncpg.Record) -> None:
        """An entry without a journal: a bed that the file opens is opened anew, the rest is taken as it stands in the log."""
        self.verdict.given += 1
        event = entry_of(row).event
        if event.kind is Kind.BED_OPENED:
            event = next((new for new in new_beds(self.hospital, step.at) if new.record.id == event.record.id), event)
        self.hospital.seq = step.seq - 1
        self._keep([(event, evolve(self.hospital, step.seq, event))])

    def _decide(self, step: Step, cause: Cause, commands: Callable[[], Sequence[Command]]) -> None:
        """All commands of the step or none, numbered from the step's own Seq on: one that comes out otherwise shifts no other."""
        self.hospital.seq = step.seq - 1
        try:
            events = self._all_of(commands(), cause)
        except (Refused, Unreadable) as problem:
            self.verdict.surprises.append(f"{step.source} {step.id} led to {step.events} events and is refused now ({problem.code})")
        except Exception as error:  # noqa: BLE001  # whatever today's code does on it, the rest is decided and the finding told
            self.verdict.surprises.append(f"{step.source} {step.id} led to {step.events} events and fails now ({type(error).__name__})")
        else:
            if events != step.events:
                self.verdict.surprises.append(f"{step.source} {step.id} led to {step.events} events and now to {events}")

    def _all_of(self, commands: Iterable[Command], cause: Cause) -> int:
        """As `Group.add_all`: when one command is refused, what the earlier ones did is taken back."""
        first = self.hospital.seq
        trail: list[tuple[Event, Record | None]] = []
        left: list[tuple[Event, Record]] = []
        try:
            for command in commands:
                events = decide(self.hospital, command, cause)
                trail += [(event, self.hospital.find(event.record)) for event in events]
                left += [(event, evolve(self.hospital, self.hospital.seq + 1, event)) for event in events]
        except Exception:
            self.hospital.take_back(trail, first)
            raise
        self._keep(left)
        return len(left)

    def _keep(self, left: Iterable[tuple[Event, Record]]) -> None:
        for event, record in left:
            self.records[(event.entity, event.entity_id)] = record


def compare(again: Mapping[tuple[str, str], Record], standing: Mapping[tuple[str, str], str]) -> list[Difference]:
    """The records decided again beside those that stand (as JSON), by entity and id."""
    found = [Difference(*key, "stands, and the journal does not give it") for key in standing.keys() - again.keys()]
    found += [Difference(*key, "is given by the journal and does not stand") for key in again.keys() - standing.keys()]
    for key in standing.keys() & again.keys():
        entity = key[0]
        was, now = decode(entity, standing[key]), decode(entity, encode(again[key]))
        names = tuple(each.name for each in fields(was) if getattr(was, each.name) != getattr(now, each.name))
        if names:
            found.append(Difference(*key, "differs", names))
    return sorted(found, key=lambda difference: (difference.entity, difference.id))
