"""The live picture as every web process has it: a snapshot from Redis, then the tail, each change told to subscribers.

It never decides anything. While Redis is away, empty or being rebuilt, `epoch` is None and screens say that they are not live.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import structlog
from redis.asyncio import Redis

from flow.codec import decode
from flow.domain.bed import BedState
from flow.domain.check import Check
from flow.domain.discharge import Discharge
from flow.domain.events import ENTITY, Record
from flow.domain.ids import BedId, CheckId, FeedId, RequestId, TokenId, TransportId, VisitId
from flow.domain.level_history import Pressed
from flow.domain.opd import RoomState, Token
from flow.domain.request import BedRequest
from flow.domain.transport import Transport
from flow.errors import Unavailable
from flow.state.client import speaking
from flow.state.keys import ENTITIES, Keys

log = structlog.get_logger()
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_WAKE_MS = 500
_LOOK = 0.2
"""Seconds between two looks whether the picture is the same still, while changes come; they need no round trip of their own."""


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
    _moved: asyncio.Condition = field(default_factory=asyncio.Condition)

    def subscribe(self, callback: Callable[[Change], None]) -> Callable[[], None]:
        """Be told of every change; call what is returned to stop."""
        self._callbacks.append(callback)
        return lambda: self._callbacks.remove(callback)

    async def reached(self, seq: int, within: float = 2.0) -> bool:
        """Wait until the picture has a Seq (read your own writes); False when it does not `within` so many seconds."""
        try:
            async with asyncio.timeout(within), self._moved:
                await self._moved.wait_for(lambda: self.epoch is not None and self.seq >= seq)
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

    def forget(self) -> None:
        """Drop every record."""
        for home in self.homes.values():
            home.clear()

    async def tell(self, change: Change) -> None:
        """Move on to a change and tell everybody."""
        self.seq, self.as_of = change.seq, change.as_of
        for callback in list(self._callbacks):
            callback(change)
        async with self._moved:
            self._moved.notify_all()


class Follower:
    """Keeps a Live up to date from Redis; `run` for as long as the process serves."""

    def __init__(self, redis: Redis, hospital: str, live: Live) -> None:
        self.redis = redis
        self.keys = Keys(hospital)
        self.live = live

    async def run(self) -> None:
        """Follow for ever; an outage makes the picture stale, its end brings a snapshot."""
        while True:
            try:
                if await self._snapshot():
                    await self._follow()
            except Unavailable as error:
                log.warning("picture.away", reason=error.reason)
            self.live.epoch = None
            await asyncio.sleep(0.2)

    async def _snapshot(self) -> bool:
        """Take the whole picture; False when there is none yet."""
        with speaking():
            async with self.redis.pipeline(transaction=True) as pipe:
                pipe.mget(self.keys.epoch, self.keys.head)
                pipe.hgetall(self.keys.pulse)
                for entity in ENTITIES:
                    pipe.hgetall(self.keys.entity(entity))
                (epoch, head), pulse, *homes = await pipe.execute()
        if epoch is None or head is None:
            return False
        live = self.live
        live.forget()
        for entity, home in zip(ENTITIES, homes, strict=True):
            for body in home.values():
                live.put(decode(entity, body))
        live.epoch = epoch.decode()
        self._hear(pulse)
        await live.tell(Change(int(head), live.as_of, snapshot=True))
        return True

    async def _follow(self) -> None:
        """Take changes from the tail until the picture is of another epoch or a gap shows."""
        cursor, epoch, looked = self.live.seq, self.live.epoch, 0.0
        while True:
            with speaking():
                answer: Any = await self.redis.xread({self.keys.tail: f"{cursor}-0"}, count=500, block=_WAKE_MS)
            rows = answer[0][1] if answer else []
            if rows and int(rows[0][0].split(b"-")[0]) != cursor + 1:
                return
            now = asyncio.get_running_loop().time()
            if not rows or now - looked >= _LOOK:
                looked = now
                if not await self._same(epoch, cursor):
                    return
            cursor = await self._take(rows, cursor)

    async def _same(self, epoch: str | None, cursor: int) -> bool:
        """Whether it is the same picture still; hears until when it is true."""
        with speaking():
            async with self.redis.pipeline(transaction=True) as pipe:
                pipe.mget(self.keys.epoch, self.keys.head)
                pipe.hgetall(self.keys.pulse)
                (now_epoch, head), pulse = await pipe.execute()
        if now_epoch is None or now_epoch.decode() != epoch or int(head) < cursor:
            return False
        self._hear(pulse)
        return True

    async def _take(self, rows: list[tuple[bytes, dict[bytes, bytes]]], cursor: int) -> int:
        changed: list[Record] = []
        for row_id, row in rows:
            cursor = int(row_id.split(b"-")[0])
            if row[b"b"]:
                record = decode(row[b"e"].decode(), row[b"b"])
                self.live.put(record)
                changed.append(record)
            elif row[b"e"]:
                gone = self.live.drop(row[b"e"].decode(), row[b"i"].decode())
                changed += [gone] if gone else []
        await self.live.tell(Change(cursor, self.live.as_of, tuple(changed)))
        return cursor

    def _hear(self, pulse: dict[bytes, bytes]) -> None:
        for name, value in pulse.items():
            if name == b"as_of":
                self.live.as_of = datetime.fromisoformat(value.decode())
            else:
                self.live.feeds[FeedId(name.decode().removeprefix("feed:"))] = datetime.fromisoformat(value.decode())
