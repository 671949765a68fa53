"""The live picture as every web process has it, each change told to subscribers. It never decides anything.

`flow.state.follower` fills it from Redis; what this process's own desk has committed it hears at once.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from flow.domain.bed import BedState
from flow.domain.check import Check
from flow.domain.discharge import Discharge
from flow.domain.events import ENTITY, Entry, Record, shown
from flow.domain.hospital import stamped
from flow.domain.ids import BedId, CheckId, FeedId, RequestId, TokenId, TransportId, VisitId
from flow.domain.level_history import Pressed
from flow.domain.opd import RoomState, Token
from flow.domain.request import BedRequest
from flow.domain.transport import Transport

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Change:
    """What changed: these records (whole), or everything (`snapshot`), or only the time (`records` empty)."""

    seq: int
    as_of: datetime
    records: tuple[Record, ...] = ()
    snapshot: bool = False


@dataclass(slots=True)
class Live:
    """The picture of one hospital. Callbacks run in the event loop and must not block."""

    seq: int = 0
    epoch: str | None = None
    as_of: datetime = _LONG_AGO
    beds: dict[BedId, BedState] = field(default_factory=dict)
    requests: dict[RequestId, BedRequest] = field(default_factory=dict)
    tokens: dict[TokenId, Token] = field(default_factory=dict)
    rooms: dict[str, RoomState] = field(default_factory=dict)
    discharges: dict[VisitId, Discharge] = field(default_factory=dict)
    transports: dict[TransportId, Transport] = field(default_factory=dict)
    checks: dict[CheckId, Check] = field(default_factory=dict)
    feeds: dict[FeedId, datetime] = field(default_factory=dict)
    pressed: Pressed | None = None
    _callbacks: list[Callable[[Change], None]] = field(default_factory=list)
    _moved: asyncio.Event = field(default_factory=asyncio.Event)

    def subscribe(self, callback: Callable[[Change], None]) -> Callable[[], None]:
        """Be told of every change; call what is returned to stop."""
        self._callbacks.append(callback)
        return lambda: self._callbacks.remove(callback)

    async def reached(self, seq: int, within: float = 2.0) -> bool:
        """Wait until the picture has a Seq (read your own writes); False when it does not `within` so many seconds."""
        try:
            async with asyncio.timeout(within):
                while self.epoch is None or self.seq < seq:
                    await self._moved.wait()
        except TimeoutError:
            return False
        return True

    @property
    def homes(self) -> Mapping[str, dict[Any, Any]]:
        """Where the records of each of the picture's entities lie, by id."""
        return {
            "bed": self.beds,
            "request": self.requests,
            "token": self.tokens,
            "room": self.rooms,
            "discharge": self.discharges,
            "transport": self.transports,
            "check": self.checks,
        }

    def put(self, record: Record) -> None:
        """Lay one record in its place."""
        self.homes[ENTITY[type(record)]][record.id] = record

    def drop(self, entity: str, record_id: str) -> Record | None:
        """Take out one that is over; returns it as it stood."""
        gone: Record | None = self.homes[entity].pop(record_id, None)
        return gone

    def hear(self, entries: Sequence[Entry]) -> None:
        """What this process's desk has committed, a round through Redis before the tail brings it. Where it does not follow on what stands
        here, it is left to the tail."""
        if entries and self.epoch is not None and entries[0].seq == self.seq + 1:
            self.tell(Change(entries[-1].seq, self.as_of, tuple(self._laid(entries))))

    def _laid(self, entries: Iterable[Entry]) -> Iterable[Record]:
        homes = self.homes
        for entry in entries:
            record = stamped(entry.event.record, entry.seq)
            home = homes.get(entry.event.entity, {})
            if entry.event.entity in homes and shown(record):
                home[record.id] = record
                yield record
            elif gone := home.pop(record.id, None):
                yield gone

    def forget(self) -> None:
        """Drop every record."""
        for home in self.homes.values():
            home.clear()

    def tell(self, change: Change) -> None:
        """Move on to a change and tell everybody."""
        self.seq, self.as_of = change.seq, change.as_of
        moved, self._moved = self._moved, asyncio.Event()
        for callback in list(self._callbacks):
            callback(change)
        moved.set()
