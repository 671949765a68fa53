"""Following: a snapshot of the picture in Redis, then its tail, into this process's Live.

While Redis is away, empty or being rebuilt, the picture's `epoch` is None and screens say that they are not live.
"""

import asyncio
from datetime import datetime
from typing import Any

import structlog
from redis.asyncio import Redis

from flow.codec import decode
from flow.domain.events import Record
from flow.domain.ids import FeedId
from flow.errors import Unavailable
from flow.state.client import speaking
from flow.state.keys import ENTITIES, Keys
from flow.state.live import Change, Live

log = structlog.get_logger()
_WAKE_MS = 500
_LOOK = 0.2
"""Seconds between two looks whether the picture is the same still, while changes come; they need no round trip of their own."""
_HEARD = 0.02
"""Seconds without a look at the tail that brought only what this process had committed itself, and so knew."""


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
        live.tell(Change(int(head), live.as_of, snapshot=True))
        return True

    async def _follow(self) -> None:
        """Take changes from the tail until the picture is of another epoch or a gap shows. What this process committed itself and knows is
        not read again; `cursor` is the last that the tail has brought."""
        cursor, epoch, looked = self.live.seq, self.live.epoch, 0.0
        while True:
            known = self.live.seq
            with speaking():
                answer: Any = await self.redis.xread({self.keys.tail: f"{known}-0"}, count=500, block=_WAKE_MS)
            rows = answer[0][1] if answer else []
            if rows and int(rows[0][0].split(b"-")[0]) != known + 1:
                return
            now = asyncio.get_running_loop().time()
            if not rows or now - looked >= _LOOK:
                looked = now
                if not await self._same(epoch, cursor):
                    return
            known = self.live.seq
            cursor = self._take(rows, cursor)
            if rows and cursor <= known:
                await asyncio.sleep(_HEARD)

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

    def _take(self, rows: list[tuple[bytes, dict[bytes, bytes]]], cursor: int) -> int:
        """Those that the picture has heard of already are passed over."""
        changed: list[Record] = []
        for row_id, row in rows:
            cursor = int(row_id.split(b"-")[0])
            if cursor <= self.live.seq:
                continue
            if row[b"b"]:
                record = decode(row[b"e"].decode(), row[b"b"])
                self.live.put(record)
                changed.append(record)
            elif row[b"e"]:
                gone = self.live.drop(row[b"e"].decode(), row[b"i"].decode())
                changed += [gone] if gone else []
        self.live.tell(Change(max(cursor, self.live.seq), self.live.as_of, tuple(changed)))
        return cursor

    def _hear(self, pulse: dict[bytes, bytes]) -> None:
        for name, value in pulse.items():
            if name == b"as_of":
                self.live.as_of = datetime.fromisoformat(value.decode())
            else:
                self.live.feeds[FeedId(name.decode().removeprefix("feed:"))] = datetime.fromisoformat(value.decode())
