"""Letters of the feeds: taken from the journal in the order of arrival, understood, decided and settled in one group.

What cannot be understood or placed is parked with its reason and the rest go on.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import ParamSpec, Protocol, TypeVar

import structlog

from flow import crash
from flow.clock import Clock
from flow.domain.cause import Cause, Origin
from flow.domain.commands import Command
from flow.domain.hospital import Hospital
from flow.domain.person import PersonDetails
from flow.errors import Refused, Unreadable
from flow.history.group import Group
from flow.history.inbox import LONG, Inbox, Letter, Settled
from flow.history.people import People
from flow.history.pool import NotStored

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


class Letters:
    """Handles kept letters."""

    def __init__(self, group: Group, inbox: Inbox, people: People, clock: Clock, interpret: Interpret) -> None:
        self.group = group
        self.inbox = inbox
        self.people = people
        self.clock = clock
        self.interpret = interpret

    async def take(self, limit: int = MOST) -> int:
        """Handle the next letters; returns how many. A group that Postgres refuses is tried again letter by letter, so that a
        poisonous one is parked alone."""
        try:
            return await self._group_of(limit)
        except NotStored as error:
            if limit == 1:
                return await self._park_next(error.reason)
        taken = 0
        while taken < limit and await self.take(1):
            taken += 1
        return taken

    async def _group_of(self, limit: int) -> int:
        async with self.group.transaction(self.clock.now()) as group:
            letters = await self.inbox.waiting(group.connection, limit)
            if not letters:
                return 0
            crash.here("letters-taken")
            reused = await self.inbox.reused_control_ids(group.connection, letters)
            readings = [await self._understood(n, letter) for n, letter in enumerate(letters)]
            good = [reading for reading in readings if not isinstance(reading, Unreadable)]
            await self.people.put((p for reading in good for p in reading.people), group.at, group.connection)
            await group.fetch_for([command for reading in good for command in reading.commands])
            pairs = enumerate(zip(letters, readings, strict=True))
            settled = [await _breathing(n, _handle, group, x, r, x.id in reused) for n, (x, r) in pairs]
            crash.here("letters-decided")
            await self.inbox.settle(group.connection, settled, group.at)
            crash.here("letters-settled")
        return len(letters)

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

    async def _park_next(self, reason: str) -> int:
        async with self.group.transaction(self.clock.now()) as group:
            letters = await self.inbox.waiting(group.connection, 1)
            if letters:
                log.error("letter.poison", letter=letters[0].id, reason=reason)
                await self.inbox.settle(group.connection, [Settled(letters[0].id, "parked", reason, "poison")], group.at)
        return len(letters)


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
    """Do one of many pieces of work; every few of them the event loop goes round first."""
    if number % BREATH == 0:
        await asyncio.sleep(0)
    return work(*arguments, **named)
