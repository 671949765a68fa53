"""Writing the live picture: publish committed entries, rebuild it whole, tell the time until which it is true."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from secrets import token_hex
from typing import Any

from redis.asyncio import Redis

from flow.codec import encode
from flow.domain.events import ENTITY, Entry, Record, shown
from flow.domain.hospital import stamped
from flow.state.client import speaking
from flow.state.keys import ENTITIES, Keys

_PUBLISH = (Path(__file__).parent / "lua" / "publish.lua").read_text(encoding="utf-8")
TAIL = 20_000
"""How many changes the tail keeps; a reader further behind takes a snapshot."""


class Picture:
    """The writer's hand on Redis; only the relay holds one."""

    def __init__(self, redis: Redis, hospital: str) -> None:
        self.redis = redis
        self.keys = Keys(hospital)
        self._publish = redis.register_script(_PUBLISH)

    async def publish(self, epoch: str, entries: Sequence[Entry]) -> int:
        """Put the entries there; returns the picture's head afterwards, -1 when it must be rebuilt."""
        arguments: list[str | int | bytes] = [epoch, entries[0].seq, TAIL, json.dumps(ENTITIES)]
        for entry in entries:
            record = stamped(entry.event.record, entry.seq)
            arguments += [entry.seq, ENTITY[type(record)], str(record.id), _body(record)]
        keys = [self.keys.epoch, self.keys.head, *map(self.keys.entity, ENTITIES), self.keys.tail]
        with speaking():
            return int(await self._publish(keys=keys, args=arguments))

    async def rebuild(self, epoch: str, head: int, records: Iterable[Record]) -> None:
        """Write the whole picture in one transaction. It is another one than before, which every reader takes anew."""
        homes: dict[str, dict[str, bytes]] = {entity: {} for entity in ENTITIES}
        for record in records:
            body = _body(record)
            if body and ENTITY[type(record)] in homes:
                homes[ENTITY[type(record)]][str(record.id)] = body
        with speaking():
            async with self.redis.pipeline(transaction=True) as pipe:
                pipe.delete(self.keys.epoch, self.keys.head, self.keys.tail, *map(self.keys.entity, ENTITIES))
                for entity, body_by_id in homes.items():
                    if body_by_id:
                        pipe.hset(self.keys.entity(entity), items=_pairs(body_by_id))
                if head > 0:
                    pipe.xadd(self.keys.tail, {"e": "", "i": "", "b": ""}, id=f"{head}-0")
                pipe.set(self.keys.head, head)
                pipe.set(self.keys.epoch, f"{epoch}:{token_hex(4)}")
                await pipe.execute()

    async def head(self, epoch: str) -> int:
        """The picture's Seq; -1 when it is gone or of another epoch."""
        with speaking():
            answer: list[Any] = await self.redis.mget(self.keys.epoch, self.keys.head)
        made, head = answer
        return int(head) if made is not None and head is not None and made.partition(b":")[0] == epoch.encode() else -1

    async def pulse(self, as_of: datetime, feeds: Mapping[str, datetime]) -> None:
        """Say that the picture is whole up to now, and when each feed was last heard."""
        values = {"as_of": as_of.isoformat()} | {f"feed:{feed}": at.isoformat() for feed, at in feeds.items()}
        with speaking():
            await self.redis.hset(self.keys.pulse, items=_pairs(values))


def _pairs(values: Mapping[str, str | bytes]) -> list[str | bytes]:
    """A mapping as HSET takes it: name, value, name, value."""
    return [part for pair in values.items() for part in pair]


def _body(record: Record) -> bytes:
    """A record as the picture keeps it; nothing for one that is over."""
    return encode(record) if shown(record) else b""
