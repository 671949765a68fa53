"""A name is withheld now, or no longer: every web process is told, so that the screens that show it are drawn anew. Whose it is is not
said, and nothing is kept: a screen that missed it asks again by itself within a minute."""

import asyncio
from collections.abc import Callable

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from flow.errors import Unavailable
from flow.state.client import speaking
from flow.state.keys import Keys

log = structlog.get_logger()
PAUSE = 1.0
"""Seconds until Redis is asked again after it was away."""


class Redraws:
    """The word of one hospital's processes to each other."""

    def __init__(self, redis: Redis, hospital: str) -> None:
        self._redis = redis
        self._channel = Keys(hospital).withheld

    async def ask(self) -> None:
        """Have the screens drawn anew."""
        try:
            with speaking():
                await self._redis.publish(self._channel, b"")
        except Unavailable as error:
            log.warning("redraw.not_told", reason=error.reason)

    async def follow(self, heard: Callable[[], None]) -> None:
        """Say whenever some process asks, until cancelled."""
        while True:
            try:
                async with self._redis.pubsub() as channel:
                    await channel.subscribe(self._channel)
                    async for message in channel.listen():
                        if message["type"] == "message":
                            heard()
            except (RedisError, OSError):
                await asyncio.sleep(PAUSE)
