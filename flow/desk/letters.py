"""Letters of the feeds: taken from the journal in the order of arrival, understood, decided and settled in one group.

What cannot be understood or placed is parked with its reason and the rest go on.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import ParamSpec, Protocol, TypeVar

import structlog

from flow import crash
from flow.clock import Clock
from flow.domain.cause import Cause, Origin
from flow.domain.commands import Command
from flow.domain.hospital import Hospital
from flow.domain.person import PersonDetails
from flow.errors import Refused, Unreadable
from flow.history.bundle import Part
from flow.history.group import Group
from flow.history.inbox import LONG, Batch, Inbox, Letter, Settled
from flow.history.mailbag import Incoming
from flow.history.people import People
from flow.history.pool import NotStored, Overtaken

log = structlog.get_logger()
P = ParamSpec("P")
T = TypeVar("T")
MOST = 100
"""Letters a group takes at most, so that a click never waits long behind a flood."""
BREATH = 5
"""Letters decided before the event loop is let go round: an acknowledgment on its way must not wait for a whole group."""


class Reading(Protocol):
    """What a letter was understood to say."""

    @property
    def commands(self) -> Sequence[Command]: ...
    @property
    def people(self) -> Sequence[PersonDetails]: ...
    @property
    def warnings(self) -> Sequence[str]: ...


Interpret = Callable[[Letter, Hospital], Reading]
"""From a letter's bytes to commands, by the feed's rules as the hospital has them; raises Unreadable."""

Understand = Callable[[int, Letter], Awaitable[Reading | Unreadable]]


class Letters:
    """Handles kept letters."""

    def __init__(self, group: Group, inbox: Inbox, people: People, clock: Clock, interpret: Interpret) -> None:
        self.group = group
        self.inbox = inbox
        self.people = people
        self.clock = clock
        self.interpret = interpret
        self.more = False
        """After a group: whether further letters may lie ready."""

    async def take(self, limit: int = MOST) -> int:
        """Handle the next letters; returns how many, repeats left out. A group that Postgres refuses is tried again letter by letter, so
        that a poisonous one is parked alone."""
        try:
            return await self._group_of(limit, self._understood)
        except NotStored as error:
            if limit == 1:
                log.error("letter.poison", reason=error.reason)
                return await self._group_of(1, _refused(error.reason))
        taken = await self.take(1)
        while taken < limit and self.more:
            taken += await self.take(1)
        return taken

    @property
    def ready(self) -> bool:
        """Whether no letter is known to wait."""
        return self.group.next_letter is not None and not self.more and not self.inbox.holds

    async def handle(self, letters: Sequence[Incoming]) -> bool:
        """Keep letters and handle them in one statement, as `ready` says that it may be tried. False, and nothing is done, where things are
        not as supposed."""
        assert self.group.next_letter is not None
        batch, supposed = self.inbox.unkept(self.group.next_letter, letters)
        crash.here("before-journal-insert")
        try:
            async with self.group.at_once(self.clock.now(), supposed) as group:
                await self._settled(group, batch, self._understood, ())
        except (Overtaken, NotStored):
            return False
        crash.here("after-journal-commit")
        return True

    async def _group_of(self, limit: int, understand: Understand) -> int:
        """In its turn, and where another process was first, under the lock. What this process kept just now is at hand, and is taken up
        only where it is not the next."""
        at_hand, now, taking = self.inbox.at_hand(limit), self.clock.now(), self.inbox.taking(limit)
        try:
            if at_hand is not None and not self.more:
                async with self.group.turn(now, headless=True) as group:
                    if await self._settled(group, at_hand, understand, (*self.inbox.asking(at_hand), self.inbox.first(at_hand))):
                        self.more = at_hand.more
                        return len(at_hand.letters)
            async with self.group.turn(now, *taking) as group:
                return await self._taken(group, limit, understand)
        except Overtaken:
            async with self.group.transaction(now, *taking) as group:
                return await self._taken(group, limit, understand)

    async def _taken(self, group: Group, limit: int, understand: Understand) -> int:
        batch = self.inbox.taken(limit, *group.answers)
        self.more = batch.more
        if batch.letters or batch.new:
            await self._settled(group, batch, understand, self.inbox.asking(batch))
        return len(batch.letters)

    async def _settled(self, group: Group, batch: Batch, understand: Understand, asking: Sequence[Part]) -> bool:
        """Read, ask what must be known, decide; have it written down what became of the letters and who was spoken of. `asking` are what
        `Inbox.asking` asks, or nothing, and whether these letters are the `first`: False, and nothing is done, where they are not."""
        crash.here("letters-taken")
        readings = {letter.id: await understand(n, letter) for n, letter in enumerate(batch.letters)}
        spoken = [command for reading in readings.values() if not isinstance(reading, Unreadable) for command in reading.commands]
        answers = await group.fetch_for(spoken, *asking)
        known, reused, *first = answers or ((), ())
        if first and not first[0][0][0]:
            return False
        batch.tell(known, reused)
        people = [p for x in batch.letters if not isinstance(reading := readings[x.id], Unreadable) for p in reading.people]
        parts = await self.people.putting(people, group.at, group.connection)
        letters = enumerate(batch.letters)
        settled = [await _breathing(n, _handle, group, x, readings[x.id], x.id in batch.reused) for n, x in letters]
        crash.here("letters-decided")
        group.also(parts + await self.inbox.settling(batch, settled, group.at))
        crash.here("letters-settled")
        return True

    async def _understood(self, number: int, letter: Letter) -> Reading | Unreadable:
        """A long letter is read in a thread: nobody changes the hospital meanwhile, and acknowledgments need the loop."""
        return await asyncio.to_thread(self._read, letter) if len(letter.raw) > LONG else await _breathing(number, self._read, letter)

    def _read(self, letter: Letter) -> Reading | Unreadable:
        try:
            return self.interpret(letter, self.group.hospital)
        except Unreadable as problem:
            return problem
        except Exception as error:  # noqa: BLE001  # whatever a stranger's bytes do to us, the letter is parked and the rest go on
            log.error("letter.poison", letter=letter.id, kind=type(error).__name__)
            return Unreadable(f"Bedflow failed on it ({type(error).__name__}); replay it after an update.", code="poison")


def _refused(reason: str) -> Understand:
    """Nobody reads a letter that PostgreSQL would not have; it is parked."""

    async def understand(_number: int, _letter: Letter) -> Unreadable:
        return Unreadable(reason, code="poison")

    return understand


def _handle(group: Group, letter: Letter, reading: Reading | Unreadable, reused: bool) -> Settled:
    """Decide what one letter says; all of it or nothing."""
    if isinstance(reading, Unreadable):
        return Settled(letter.id, "parked", reading.reason, reading.code)
    cause = Cause(Origin.FEED, letter.feed, group.at, letter=letter.id)
    warnings = (*reading.warnings, *(("control-id-reused",) if reused else ()))
    try:
        entries = group.add_all(reading.commands, cause)
    except (Unreadable, Refused) as problem:
        return Settled(letter.id, "parked", problem.reason, problem.code, warnings)
    except Exception as error:  # noqa: BLE001  # a fault of ours in one letter parks that letter alone
        log.error("letter.poison", letter=letter.id, kind=type(error).__name__)
        return Settled(letter.id, "parked", f"Bedflow failed on it ({type(error).__name__}).", "poison", warnings)
    visit = next((e.event.entity_id for e in entries if e.event.entity == "visit"), None)
    return Settled(letter.id, "handled", warnings=warnings, visit=visit, events=len(entries))


async def _breathing(number: int, work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
    """Do one of many pieces of work; every few of them the event loop goes round first. A lone letter waits for nobody."""
    if number and number % BREATH == 0:
        await asyncio.sleep(0)
    return work(*arguments, **named)
