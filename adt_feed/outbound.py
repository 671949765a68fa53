"""Outbound: tells another system when a bed changes here (A20), so that nobody types it twice. Before it the log; after it MLLP.

The log is followed by Seq from a cursor that is saved after each answer, so a letter is sent at least once and always the same
(its control id is the Seq): a receiver knows a repeat. What came from the feed itself is not echoed to it.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

import structlog
from hl7apy.core import Message

from adt_feed.sender import MllpClient
from flow.domain.bed import TABLE_0116, BedState, BedStatus, CleanKind
from flow.domain.cause import Origin
from flow.domain.events import Entry, Kind
from flow.domain.ids import BedId
from flow.domain.plan import Feed, Plan
from flow.errors import Unavailable

log = structlog.get_logger()

VERSION = "2.5.1"
QUIET = 5.0
"""Seconds after which the log is looked at though nobody said that it grew."""

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds between attempts while the receiver is away."""

ACCEPTED = frozenset({"AA", "CA"})

CHANGES = frozenset(
    {
        Kind.BED_OCCUPIED,
        Kind.BED_VACATED,
        Kind.CLEANING_REQUESTED,
        Kind.CLEANING_FINISHED,
        Kind.BED_BLOCKED,
        Kind.BED_UNBLOCKED,
        Kind.UNDONE,
    }
)
"""Events worth telling of a bed not met since the start; for the others its status is compared with the one told before."""

Send = Callable[[bytes], Awaitable[str]]
"""Sends one message; returns the code of its acknowledgment (MSA-1). Raises Unavailable while the receiver is away."""

EntriesAfter = Callable[[int], Awaitable[Sequence[Entry]]]
"""The log's next entries after a Seq, in order; none when it is read to its end."""


class Cursor(Protocol):
    """Where the reading of the log stands, kept across restarts."""

    async def load(self) -> int | None: ...
    async def save(self, seq: int) -> None: ...


class Outbound:
    """Follows the log for one feed. `rejected` counts the letters that the receiver answered with an error."""

    def __init__(
        self, feed: Feed, plan: Plan, send: Send, cursor: Cursor, *, pause: Callable[[float], Awaitable[object]] = asyncio.sleep
    ) -> None:
        self.feed = feed
        self.plan = plan
        self.sent = 0
        self.rejected = 0
        self._send = send
        self._cursor = cursor
        self._pause = pause
        self._grown = asyncio.Event()
        self._known: dict[BedId, BedStatus] = {}

    def wake(self) -> None:
        """The log has grown."""
        self._grown.set()

    async def follow(self, entries_after: EntriesAfter, head: int) -> None:
        """Tell of every change until cancelled. `head` is where the log ends now: a new feed is not told of the past."""
        seq = await self._cursor.load()
        if seq is None:
            seq = head
            await self._cursor.save(seq)
        while True:
            self._grown.clear()
            try:
                entries = await entries_after(seq)
                seq = await self.tell(entries) if entries else seq
            except Unavailable as outage:
                log.warning("outbound.waits", feed=self.feed.id, seq=seq, seconds=FIRST_PAUSE, reason=outage.reason)
                await self._pause(FIRST_PAUSE)
                continue
            if not entries:
                await self._rest()

    async def tell(self, entries: Sequence[Entry]) -> int:
        """Send what these entries are worth, the newest word on each bed; returns the Seq told up to.

        Raises Unavailable when the cursor cannot be saved: the same entries are then told again.
        """
        news, known = self._worth_telling(entries)
        for entry in news:
            await self._deliver(entry)
            await self._cursor.save(entry.seq)
        last = entries[-1].seq
        await self._cursor.save(last)
        self._known = known
        return last

    def _worth_telling(self, entries: Sequence[Entry]) -> tuple[list[Entry], dict[BedId, BedStatus]]:
        """Changes of a public status by another hand than the feed's, of several of one bed the last; and what is known then."""
        news: dict[BedId, Entry] = {}
        known = dict(self._known)
        for entry in entries:
            bed = entry.event.record
            if not isinstance(bed, BedState) or bed.id not in self.plan.beds or known.get(bed.id) is bed.status:
                continue
            news.pop(bed.id, None)
            if not self._is_echo(entry) and (bed.id in known or entry.event.kind in CHANGES):
                news[bed.id] = entry
            known[bed.id] = bed.status
        return sorted(news.values(), key=lambda entry: entry.seq), known

    def _is_echo(self, entry: Entry) -> bool:
        return entry.cause.origin is Origin.FEED and entry.cause.actor == self.feed.id

    async def _deliver(self, entry: Entry) -> None:
        """Send until it is answered, whatever the answer."""
        code = await self._answer(bed_report(self.feed, self.plan, entry), entry.seq)
        self.sent += 1
        if code not in ACCEPTED:
            self.rejected += 1
            log.error("outbound.rejected", feed=self.feed.id, seq=entry.seq, code=code)

    async def _answer(self, letter: bytes, seq: int) -> str:
        pause = FIRST_PAUSE
        while True:
            try:
                return await self._send(letter)
            except Unavailable as outage:
                log.warning("outbound.waits", feed=self.feed.id, seq=seq, seconds=pause, reason=outage.reason)
            await self._pause(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _rest(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._grown.wait(), QUIET)


def bed_report(feed: Feed, plan: Plan, entry: Entry) -> bytes:
    """The A20 (HL7 v2.5.1, 3.3.20) that tells of a bed's status, in the feed's own spelling and codes.

    Raises TypeError when the entry is about no bed.
    """
    bed = entry.event.record
    if not isinstance(bed, BedState):
        raise TypeError("an A20 tells of a bed")
    zone = ZoneInfo(feed.zone)
    message = Message("ADT_A20", version=VERSION)
    message.msh.msh_3, message.msh.msh_4 = "BEDFLOW", plan.id
    message.msh.msh_5 = feed.id
    message.msh.msh_7 = _time(entry.cause.recorded_at, zone)
    message.msh.msh_9 = "ADT^A20^ADT_A20"
    message.msh.msh_10 = f"{plan.id}-{entry.seq}"
    message.msh.msh_11 = "P"
    message.msh.msh_12 = VERSION
    message.msh.msh_18 = "UNICODE UTF-8"
    message.evn.evn_2 = _time(entry.cause.recorded_at, zone)
    message.evn.evn_6 = _time(entry.event.at, zone)
    message.npu.npu_1 = place_of(feed, plan, bed.id)
    message.npu.npu_2 = code_of(feed, bed)
    text: str = message.to_er7()
    return text.encode()


def place_of(feed: Feed, plan: Plan, bed: BedId) -> str:
    """The PL by which the feed knows the bed: its own spelling, else the bed's first alias, else ward, room and bed."""
    found = plan.beds[bed]
    own = next((spelling for spelling, meant in feed.places.items() if meant == bed), None)
    return own or next(iter(found.aliases), f"{found.ward}^{found.room}^{bed}")


def code_of(feed: Feed, bed: BedState) -> str:
    """HL7 table 0116, or what the feed's own map translates to it. A bed to be cleaned after isolation is contaminated (K)."""
    code = "K" if bed.status is BedStatus.CLEANING and bed.now.clean is CleanKind.ISOLATION else TABLE_0116[bed.status]
    own: Mapping[str, str] = {meant: said for said, meant in feed.statuses.items()}
    return own.get(code, code)


def _time(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y%m%d%H%M%S%z}"


@asynccontextmanager
async def mllp(address: str, *, patience: float = 30.0) -> AsyncIterator[Send]:
    """A `Send` to `host:port` over one MLLP connection, made when needed and kept until the end of the block."""
    host, _, port = address.rpartition(":")
    client = MllpClient(host, int(port), window=1, patience=patience, attempts=1)

    async def send(message: bytes) -> str:
        codes: list[str] = []
        await client.send([message], lambda _, code: codes.append(code))
        return codes[0]

    try:
        yield send
    finally:
        await client.close()
