"""Weeks of made-up history, laid into the log by the same road as life: letters through the journal and the mapping, commands
through `decide`, in groups, with the times at which each would have been heard."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from itertools import islice
from typing import Protocol

from flow.codec import encode_command
from flow.desk import Interpret, Reading
from flow.domain.cause import Cause, Origin
from flow.domain.commands import Command
from flow.domain.decide import decide
from flow.domain.plan import Plan
from flow.errors import Refused, Unreadable
from flow.history import commands as journal
from flow.history.bundle import carry_out
from flow.history.group import Group
from flow.history.inbox import Inbox, Letter, Settled
from flow.history.letters import handled_at_once
from flow.history.people import People
from flow.history.pool import Database
from flow.sweep import seldom_swept

GROUP = 1000


class Action(Protocol):
    """A letter of a feed (bytes) or a person's command, at a moment."""

    @property
    def at(self) -> datetime: ...
    @property
    def actor(self) -> str: ...
    @property
    def what(self) -> Command | bytes: ...


@dataclass(frozen=True, slots=True)
class _Raw:
    """A letter as the journal takes it."""

    feed: str
    raw: bytes
    control_id: str
    trigger: str
    received_at: datetime
    sender: str = "DEMO|DEMO"
    problem: str = ""


class Backfill:
    """Writes made-up history into an empty hospital."""

    def __init__(self, database: Database, plan: Plan, inbox: Inbox, people: People, interpret: Interpret) -> None:
        self.plan = plan
        self.inbox = inbox
        self.people = people
        self.interpret = interpret
        self.group = Group(database, plan)

    async def lay(self, start: datetime, actions: Iterable[Action], progress: Callable[[datetime], None]) -> int:
        """Open the beds at `start`, then lay the actions, which come in order of time; tells how far it is. Returns how many."""
        async with self.group.transaction(start) as group:
            group.open_beds()
        count = 0
        with seldom_swept():
            for batch in _batches(actions):
                await self._lay_batch(batch)
                count += len(batch)
                progress(batch[-1].at)
        return count

    async def _lay_batch(self, batch: Sequence[Action]) -> None:
        async with self.group.transaction(batch[-1].at) as group:
            letters = await self._lay_letters([action for action in batch if isinstance(action.what, bytes)])
            readings = {letter.id: self._read(letter) for letter in letters}
            good = [reading for reading in readings.values() if reading is not None]
            await self.people.put((p for reading in good for p in reading.people), group.at, group.connection)
            spoken = [command for reading in good for command in reading.commands]
            await group.fetch_for([*spoken, *(a.what for a in batch if not isinstance(a.what, bytes))])
            ids = iter(await journal.new_ids(group.connection, len(batch) - len(letters)))
            queue = iter(letters)
            settled = []
            for action in batch:
                if isinstance(action.what, bytes):
                    settled.append(_hear(group, letter := next(queue), readings[letter.id]))
                else:
                    _carry_out(group, action.what, action, next(ids))
            if settled:
                await carry_out(group.connection, self.inbox.settled(settled, group.at))
                await handled_at_once(group.connection, self.plan.id, [one.id for one in settled])

    async def _lay_letters(self, actions: Sequence[Action]) -> list[Letter]:
        """Into the journal; what an equal letter stands for already is heard once."""
        raws = [_raw(action) for action in actions]
        kept = await self.inbox.lay(self.group.connection, raws) if raws else []
        return [Letter(k.id, r.feed, r.control_id, r.trigger, r.received_at, r.raw) for k, r in zip(kept, raws, strict=True)]

    def _read(self, letter: Letter) -> Reading | None:
        try:
            return self.interpret(letter, self.group.hospital)
        except Unreadable:
            return None


def _batches(actions: Iterable[Action]) -> Iterator[list[Action]]:
    source = iter(actions)
    while batch := list(islice(source, GROUP)):
        yield batch


def _raw(action: Action) -> _Raw:
    assert isinstance(action.what, bytes)
    header = action.what.split(b"\r", 1)[0].decode().split("|")
    return _Raw(action.actor, action.what, header[9], header[8].split("^")[1], action.at)


def _hear(group: Group, letter: Letter, reading: Reading | None) -> Settled:
    if reading is None:
        return Settled(letter.id, "parked", "It could not be understood.", "unreadable")
    cause = Cause(Origin.FEED, letter.feed, letter.received_at, letter=letter.id)
    try:
        entries = group.add_all(reading.commands, cause)
    except (Unreadable, Refused) as problem:
        return Settled(letter.id, "parked", problem.reason, problem.code)
    visit = next((e.event.entity_id for e in entries if e.event.entity == "visit"), None)
    return Settled(letter.id, "handled", visit=visit, events=len(entries))


def _carry_out(group: Group, command: Command, action: Action, number: int) -> None:
    cause = Cause(Origin.PERSON, action.actor, action.at, command=number)
    first = group.hospital.seq + 1
    try:
        group.add(decide(group.hospital, command, cause), cause)
    except Refused:
        return
    digest = blake2b(encode_command(command), digest_size=16).digest()
    group.carry(journal.Carried(number, action.actor, Origin.PERSON, command, None, digest, first, group.hospital.seq))
