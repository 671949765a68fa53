"""The desk itself: the queue, the rounds, and what others call."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from hashlib import blake2b

import structlog

from flow.clock import Clock
from flow.codec import encode_command
from flow.desk.ask import Actor, Ask, Outcome
from flow.desk.clicks import Clicks
from flow.desk.letters import Interpret, Letters
from flow.desk.takeback import undo_of
from flow.domain.commands import Command
from flow.domain.events import Entry
from flow.domain.hospital import Hospital
from flow.domain.plan import Plan
from flow.errors import Refused, Unavailable
from flow.history import commands as journal
from flow.history.group import Group, yesterday
from flow.history.inbox import LONG, Inbox
from flow.history.log import Log, load_hospital, lock, weigh
from flow.history.mailbag import Incoming
from flow.history.people import People
from flow.history.pool import Database

log = structlog.get_logger()
YIELD, LONGEST_YIELD = 4.0, 0.4
"""In a flood the desk rests so many times as long as a group took (seconds at most): keeping and acknowledging come first, deciding
catches up within the half minute of I6. Clicks end the rest at once, and so does the flood's own end."""
LOOK = 0.005
"""Seconds between two looks whether the flood has gone."""
FEW = 8
"""Letters at most that are kept and handled by one commit."""
SUPPOSE_AGAIN = 1.0
"""Seconds for which letters are kept first, after one was not as supposed: repeats, old visits and other processes do not come alone."""


class Desk:
    """One hospital's writer. `flooded` says whether letters wait to be kept."""

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
        self.flooded: Callable[[], bool] = lambda: False
        self._group = Group(database, plan)
        self._clicks = Clicks(self._group, clock)
        self._letters = Letters(self._group, inbox, people, clock, interpret)
        self._asks: list[Ask] = []
        self._work, self._asked = asyncio.Event(), asyncio.Event()
        self._took = 0.0
        self._turn = asyncio.Lock()
        self._supposes_from = 0.0
        self._committed: list[Callable[[], None]] = []

    @property
    def hospital(self) -> Hospital:
        """The hospital as last decided. For reading; it moves only here."""
        return self._group.hospital

    @property
    def committed(self) -> Sequence[Entry]:
        """What the last group wrote; nothing where it failed, though it may have been committed: the log knows."""
        return self._group.entries

    def on_commit(self, callback: Callable[[], None], *, first: bool = False) -> None:
        """Be told after every commit; `first`, before those that came earlier: who waits for a screen waits for nothing else."""
        self._committed.insert(0 if first else len(self._committed), callback)

    def wake(self) -> None:
        """Letters were kept."""
        self._work.set()

    async def open(self) -> None:
        """Load the hospital and open beds that the file names and the log has not."""
        async with self._group.transaction(self.clock.now()) as group:
            group.open_beds()
        if group.entries:
            async with self.database.write() as connection:
                await weigh(connection)

    async def whole(self) -> tuple[str, Hospital]:
        """The epoch and the hospital as of the head, loaded anew."""
        async with self.database.write() as connection:
            seq, epoch = await lock(connection, self.plan.id)
            return epoch, await load_hospital(connection, self.plan, seq, yesterday(self.clock.now()))

    async def run(self) -> None:
        """Decide for ever. An outage of Postgres fails the clicks that waited; letters wait in the journal."""
        while True:
            try:
                async with self._turn:
                    busy = await self.step()
            except Unavailable as error:
                log.warning("desk.waits", reason=error.reason)
                await asyncio.sleep(0.5)
                continue
            if busy and self.flooded() and not self._asks:
                await self._rest(min(YIELD * self._took, LONGEST_YIELD))
            elif not self._letters.more and not self._asks:
                await _until(self._work, 0.5)

    async def _rest(self, seconds: float) -> None:
        """So many seconds, or until the flood has gone or somebody clicks: a disk that stood still for a moment piles letters up as a flood
        does, and nobody should wait longer than that moment."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while self.flooded() and not self._asked.is_set() and (left := end - loop.time()) > 0:
            await _until(self._asked, min(left, LOOK))

    async def step(self) -> bool:
        """One round: the clicks that wait, then a group of letters. True when there were any."""
        self._work.clear()
        self._asked.clear()
        if self._asks:
            asks, self._asks = self._asks, []
            await self._clicks.carry_out(asks)
            self._tell()
        begun = asyncio.get_running_loop().time()
        letters = await self.take_letters()
        self._took = asyncio.get_running_loop().time() - begun
        return letters > 0

    async def handle(self, letters: Sequence[Incoming]) -> bool:
        """Keep letters and handle them, by one commit: a letter that comes alone is on the screens before it is acknowledged. False where
        they must be kept first, because they are many or long or others wait; then nothing was done. Raises Unavailable."""
        now = asyncio.get_running_loop().time
        if len(letters) > FEW or now() < self._supposes_from or any(len(letter.raw) > LONG for letter in letters):
            return False
        async with self._turn:
            if not self._letters.ready:
                return False
            handled = await self._letters.handle(letters)
            if handled:
                self._tell()
            else:
                self._supposes_from = now() + SUPPOSE_AGAIN
            return handled

    async def take_letters(self) -> int:
        """Handle a group of kept letters; returns how many."""
        taken = await self._letters.take()
        if taken:
            self._tell()
        return taken

    async def act(self, command: Command, actor: Actor, *, key: str | None = None, digest: bytes | None = None) -> Outcome:
        """Carry a command out; returns after COMMIT.

        `key` is the Idempotency-Key and `digest` what it stands for (the body's, else the command's): the same key again
        gives the first outcome, with another digest Refused `key-reused`. Raises Refused with the reason, Unavailable
        when the outcome is unknown or nothing happened.
        """
        ask = Ask(command, actor, key, digest or blake2b(encode_command(command), digest_size=16).digest())
        self._asks.append(ask)
        self._work.set()
        self._asked.set()
        return await asyncio.shield(ask.reply)

    async def undo(self, command: int, actor: Actor) -> Outcome:
        """Put back what a command of the same actor changed within the last seconds. Refused when too late or another's."""
        found = await journal.who_and_when(self.database, command)
        if found is None or found[0] != actor.id:
            raise Refused("Only the one who did it can undo it.", code="not-yours")
        if self.clock.now() - found[1] > self.undo_within:
            raise Refused(f"It was more than {self.undo_within.seconds} seconds ago.", code="too-late")
        return await self.act(await undo_of(self.log, await self.log.of_command(command)), actor)

    def _tell(self) -> None:
        for callback in self._committed:
            callback()


async def _until(event: asyncio.Event, seconds: float) -> None:
    """Wait for the event, so many seconds at most."""
    try:
        async with asyncio.timeout(seconds):  # wait_for can swallow a cancel that comes with the event
            await event.wait()
    except TimeoutError:
        return
