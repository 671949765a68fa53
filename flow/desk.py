"""The desk: the one writer. Letters and clicks queue here, are decided in order against the hospital as it stands, and are
committed in groups; a click's answer goes back after COMMIT.

Before it: the inbox (letters) and the web (commands). After it: the relay, woken at each commit. Whichever process holds the
transaction's advisory lock writes; it first catches up with what another process may have written.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import blake2b
from typing import Protocol

import structlog

from flow.clock import Clock
from flow.codec import encode_command
from flow.domain.cause import Cause, Origin
from flow.domain.commands import Command, Undo
from flow.domain.decide.undo import unmade
from flow.domain.events import Entry, Record
from flow.domain.hospital import Hospital
from flow.domain.person import PersonDetails
from flow.domain.plan import Plan
from flow.errors import Refused, Unavailable, Unreadable
from flow.history import commands as journal
from flow.history.group import Group, yesterday
from flow.history.inbox import Inbox, Letter, Settled
from flow.history.log import Log, load_hospital, lock
from flow.history.people import People
from flow.history.pool import Database, NotStored

log = structlog.get_logger()
LETTERS = 250
"""Letters a group takes at most, so that a click never waits long behind a flood."""


class Reading(Protocol):
    """What a letter was understood to say."""

    @property
    def commands(self) -> Sequence[Command]: ...
    @property
    def people(self) -> Sequence[PersonDetails]: ...
    @property
    def warnings(self) -> Sequence[str]: ...


Interpret = Callable[[Letter], Reading]
"""From a letter's bytes to commands; raises Unreadable."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks."""

    id: str
    origin: Origin = Origin.PERSON


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command led to; `seq` is the hospital's after it, `command` the handle to undo it by."""

    entries: tuple[Entry, ...]
    seq: int
    command: int


Answer = Outcome | Refused | Unavailable


@dataclass(slots=True)
class _Ask:
    command: Command
    actor: Actor
    key: str | None
    digest: bytes
    answer: "asyncio.Future[Outcome]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Desk:
    """One hospital's writer. `hospital` is for reading; it moves only here."""

    def __init__(
        self, database: Database, plan: Plan, inbox: Inbox, people: People, clock: Clock, interpret: Interpret, *, undo_seconds: int = 10
    ) -> None:
        self.database = database
        self.plan = plan
        self.inbox = inbox
        self.people = people
        self.clock = clock
        self.interpret = interpret
        self.undo_within = timedelta(seconds=undo_seconds)
        self.log = Log(database)
        self.hospital = Hospital(plan)
        self._group = Group(database, plan)
        self._asks: list[_Ask] = []
        self._work = asyncio.Event()
        self._committed: list[Callable[[], None]] = []

    def on_commit(self, callback: Callable[[], None]) -> None:
        """Be told after every commit."""
        self._committed.append(callback)

    def wake(self) -> None:
        """Letters were kept."""
        self._work.set()

    async def open(self) -> None:
        """Load the hospital and open beds that the file names and the log has not."""
        async with self._group.transaction(self.clock.now()) as group:
            self.hospital = group.hospital
            group.open_beds()

    async def whole(self) -> tuple[str, Hospital]:
        """The epoch and the hospital as of the head, loaded anew."""
        async with self.database.write() as connection:
            seq, epoch = await lock(connection, self.plan.id)
            return epoch, await load_hospital(connection, self.plan, seq, yesterday(self.clock.now()))

    async def run(self) -> None:
        """Decide for ever. An outage of Postgres fails the clicks that waited; letters wait in the journal."""
        while True:
            try:
                busy = await self.step()
            except Unavailable as error:
                log.warning("desk.waits", reason=error.reason)
                await asyncio.sleep(0.5)
                continue
            if not busy:
                await self._rest()

    async def _rest(self) -> None:
        try:
            await asyncio.wait_for(self._work.wait(), 0.5)
        except TimeoutError:
            return

    async def step(self) -> bool:
        """One round: the clicks that wait, then a group of letters. True when letters may be left."""
        self._work.clear()
        if self._asks:
            await self._answer()
        return await self.take_letters() > 0 or bool(self._asks)

    async def act(self, command: Command, actor: Actor, *, key: str | None = None, digest: bytes | None = None) -> Outcome:
        """Carry a command out; returns after COMMIT.

        `key` is the Idempotency-Key and `digest` what it stands for (the body's, else the command's): the same key again
        gives the first outcome, with another digest Refused `key-reused`. Raises Refused with the reason, Unavailable
        when the outcome is unknown or nothing happened.
        """
        ask = _Ask(command, actor, key, digest or blake2b(encode_command(command), digest_size=16).digest())
        self._asks.append(ask)
        self._work.set()
        return await asyncio.shield(ask.answer)

    async def undo(self, command: int, actor: Actor) -> Outcome:
        """Put back what a command of the same actor changed within the last seconds. Refused when too late or another's."""
        found = await journal.who_and_when(self.database, command)
        if found is None or found[0] != actor.id:
            raise Refused("Only the one who did it can undo it.", code="not-yours")
        if self.clock.now() - found[1] > self.undo_within:
            raise Refused(f"It was more than {self.undo_within.seconds} seconds ago.", code="too-late")
        entries = await self.log.of_command(command)
        if any(entry.event.kind == "undone" for entry in entries):
            raise Refused("An undo is not undone; do it again instead.", code="undone")
        return await self.act(Undo(*await self._before(entries)), actor)

    async def _before(self, entries: Iterable[Entry]) -> tuple[tuple[Record, ...], dict[str, int]]:
        """The records as they stood before these entries, and the versions these left."""
        firsts: dict[str, Entry] = {}
        changed: dict[str, int] = {}
        for entry in entries:
            key = f"{entry.event.entity}/{entry.event.entity_id}"
            firsts.setdefault(key, entry)
            changed[key] = entry.seq
        before = []
        for entry in firsts.values():
            event = entry.event
            record = await self.log.before(event.entity, event.entity_id, entry.seq) or unmade(event.record)
            if record is None:
                raise Refused("This cannot be undone.", code="not-undoable")
            before.append(record)
        return tuple(before), changed

    async def _answer(self) -> None:
        """Decide every waiting click in one group; each gets its own outcome or refusal, all after the commit."""
        asks, self._asks = self._asks, []
        try:
            outcomes = await self._commit_asks(asks)
        except (Unavailable, NotStored) as error:
            await self._fail(asks, error)
            return
        self._tell()
        for ask, outcome in zip(asks, outcomes, strict=True):
            _answer(ask, outcome)

    async def _fail(self, asks: list[_Ask], error: Exception) -> None:
        """The group failed: alone a click is told; among others each is tried by itself, so that one cannot fail the rest."""
        if len(asks) == 1 or isinstance(error, Unavailable):
            log.error("desk.group_failed", kind=type(error).__name__, asks=len(asks))
            for ask in asks:
                _answer(ask, Unavailable("The change could not be stored; nothing happened. Try again."))
            return
        for ask in asks:
            self._asks = [ask]
            await self._answer()

    async def _commit_asks(self, asks: list[_Ask]) -> list[Answer]:
        async with self._group.transaction(self.clock.now()) as group:
            self.hospital = group.hospital
            earlier = await journal.by_key(group.connection, self.plan.id, [(a.actor.id, a.key) for a in asks if a.key])
            ids = await journal.new_ids(group.connection, len(asks))
            await group.fetch_for([ask.command for ask in asks])
            return [self._decide(group, ask, number, earlier) for ask, number in zip(asks, ids, strict=True)]

    def _decide(self, group: Group, ask: _Ask, number: int, earlier: dict[tuple[str, str], journal.Earlier]) -> Answer:
        used = earlier.get((ask.actor.id, ask.key)) if ask.key else None
        if used is not None:
            if used.digest != ask.digest:
                return Refused("This Idempotency-Key was used for another request.", code="key-reused")
            return Outcome((), used.seq_to, used.id)
        cause = Cause(ask.actor.origin, ask.actor.id, group.at, command=number)
        first = group.hospital.seq + 1
        try:
            entries = group.add_all([ask.command], cause)
        except Refused as refusal:
            return refusal
        except Exception as error:  # noqa: BLE001  # a fault of ours in one command must not stop the hospital
            log.error("command.fault", command=type(ask.command).__name__, kind=type(error).__name__, text=str(error))
            return Unavailable("Bedflow failed on this; nothing was changed. It has been noted in the log.")
        last = group.hospital.seq
        group.carry(journal.Carried(number, ask.actor.id, ask.actor.origin, ask.command, ask.key, ask.digest, first, last))
        if ask.key:
            earlier[(ask.actor.id, ask.key)] = journal.Earlier(number, ask.digest, last)
        return Outcome(tuple(entries), last, number)

    async def take_letters(self, limit: int = LETTERS) -> int:
        """Handle the next kept letters in one group; returns how many were taken.

        A letter that cannot be understood or placed is parked with its reason and the rest go on. A group that Postgres
        refuses is tried again letter by letter, so that a poisonous one is parked alone.
        """
        try:
            return await self._letters(limit)
        except NotStored as error:
            if limit == 1:
                return await self._park_first(error.reason)
        taken = 0
        for _ in range(limit):
            taken += (one := await self.take_letters(1))
            if not one:
                break
        return taken

    async def _letters(self, limit: int) -> int:
        async with self._group.transaction(self.clock.now()) as group:
            self.hospital = group.hospital
            letters = await self.inbox.waiting(group.connection, limit)
            if not letters:
                return 0
            reused = await self.inbox.reused_control_ids(group.connection, letters)
            readings = [self._read(letter) for letter in letters]
            good = [reading for reading in readings if not isinstance(reading, Unreadable)]
            await self.people.put((p for reading in good for p in reading.people), group.at, group.connection)
            await group.fetch_for([command for reading in good for command in reading.commands])
            settled = [self._handle(group, x, r, x.id in reused) for x, r in zip(letters, readings, strict=True)]
            await self.inbox.settle(group.connection, settled, group.at)
        self._tell()
        return len(letters)

    def _read(self, letter: Letter) -> Reading | Unreadable:
        try:
            return self.interpret(letter)
        except Unreadable as problem:
            return problem
        except Exception as error:  # noqa: BLE001  # whatever a stranger's bytes do to us, the letter is parked and the rest go on
            log.error("letter.poison", letter=letter.id, kind=type(error).__name__)
            return Unreadable(f"Bedflow failed on it ({type(error).__name__}); replay it after an update.", code="poison")

    def _handle(self, group: Group, letter: Letter, reading: Reading | Unreadable, reused: bool) -> Settled:
        if isinstance(reading, Unreadable):
            return Settled(letter.id, "parked", reading.reason, reading.code)
        cause = Cause(Origin.FEED, letter.feed, group.at, letter=letter.id)
        warnings = (*reading.warnings, *(("control-id-reused",) if reused else ()))
        try:
            entries = group.add_all(reading.commands, cause)
        except (Unreadable, Refused, ValueError) as problem:
            reason, code = (problem.reason, problem.code) if isinstance(problem, Unreadable | Refused) else (str(problem), "poison")
            return Settled(letter.id, "parked", reason, code, warnings)
        visit = next((e.event.entity_id for e in entries if e.event.entity == "visit"), None)
        return Settled(letter.id, "handled", warnings=warnings, visit=visit, events=len(entries))

    async def _park_first(self, reason: str) -> int:
        async with self._group.transaction(self.clock.now()) as group:
            letters = await self.inbox.waiting(group.connection, 1)
            if letters:
                log.error("letter.poison", letter=letters[0].id, reason=reason)
                await self.inbox.settle(group.connection, [Settled(letters[0].id, "parked", reason, "poison")], group.at)
        return len(letters)

    def _tell(self) -> None:
        for callback in self._committed:
            callback()


def _answer(ask: _Ask, outcome: Answer) -> None:
    if ask.answer.done():
        return
    if isinstance(outcome, Outcome):
        ask.answer.set_result(outcome)
    else:
        ask.answer.set_exception(outcome)
