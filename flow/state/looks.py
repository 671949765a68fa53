"""Who looks at which bed just now: a soft hold that others see, that refuses nobody, and that ends by itself.

Context: two desks that look at one bed should see each other before they race for it. Decision: a key of Redis a bed, with its time to
live, and no event. Consequences: nothing of the hospital has changed, so the log, the journal and replay know nothing of it; nobody has
to end it; losing Redis loses only that courtesy, and the assignment's own check (`if_seq`, one reservation a bed) decides as before.
Ids only: bed, request, the principal's id, and the seat: two desks signed in under one account see each other.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec
from redis.asyncio import Redis
from redis.exceptions import RedisError

from flow.domain.ids import BedId, RequestId
from flow.state.client import speaking
from flow.state.keys import Keys

LASTS = 45
"""Seconds after which a look is over; a screen that still shows the bed says so again before."""


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody (`who`, a principal's id) considers a bed for a request, until then; `seat` is which of that account's browsers."""

    bed: BedId
    request: RequestId
    who: str
    until: datetime
    seat: str = ""


PAUSE = 1.0
"""Seconds until Redis is asked again after it was away."""
_DECODER = msgspec.json.Decoder(Look)


class Looks:
    """The looks at the beds of one hospital."""

    def __init__(self, redis: Redis, hospital: str) -> None:
        self.redis = redis
        self.keys = Keys(hospital)

    async def take(self, look: Look, seconds: int = LASTS) -> None:
        """Look at a bed; the newest look at a bed is the one seen."""
        with speaking():
            await self.redis.set(self.keys.look(look.bed), msgspec.json.encode(look), ex=seconds)
            await self.redis.publish(self.keys.looks, look.bed)

    async def end(self, bed: BedId, seat: str) -> None:
        """Look away; another's look stays."""
        look = (await self.at([bed])).get(bed)
        if look is not None and look.seat == seat:
            with speaking():
                await self.redis.delete(self.keys.look(bed))
                await self.redis.publish(self.keys.looks, bed)

    async def at(self, beds: Iterable[BedId]) -> Mapping[BedId, Look]:
        """The looks at these beds."""
        asked = list(beds)
        if not asked:
            return {}
        with speaking():
            found = await self.redis.mget([self.keys.look(bed) for bed in asked])
        looks = (_DECODER.decode(body) for body in found if body is not None)
        return {look.bed: look for look in looks}

    async def follow(self, heard: Callable[[], None]) -> None:
        """Say whenever somebody, in whichever process, began or ended a look; until cancelled. What is missed runs out by itself."""
        while True:
            try:
                async with self.redis.pubsub() as channel:
                    await channel.subscribe(self.keys.looks)
                    async for message in channel.listen():
                        if message["type"] == "message":
                            heard()
            except (RedisError, OSError):
                await asyncio.sleep(PAUSE)
