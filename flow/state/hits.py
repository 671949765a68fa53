"""Counting tries for all processes together, in Redis, by the `limits` library. Keys are digests: a try may bear somebody's name.

While Redis is away or slow each process counts for itself: a limit that fails shut would lock a hospital out, one that fails open none.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from hashlib import sha256

import structlog
from limits import RateLimitItemPerSecond
from limits.aio.storage import RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter, SlidingWindowCounterRateLimiter
from redis.asyncio import Redis
from redis.exceptions import RedisError

from flow.state.keys import Keys

log = structlog.get_logger()
Hit = Callable[[str, int, int], Awaitable[bool]]
PATIENCE = 0.25
PAUSE = 5.0
"""Seconds in which Redis is not asked again after it did not answer."""
FEW = 100
"""Up to so many tries each is remembered with its time; above, two counters a window are exact enough."""


class Hits:
    """`hit` as the web room wants it; `instead` counts while Redis does not answer."""

    def __init__(self, redis: "Redis", hospital: str, instead: Hit) -> None:
        storage = RedisStorage(
            "async+redis://",
            implementation="redispy",
            key_prefix=Keys(hospital).hits,
            connection_pool=redis.connection_pool,  # type: ignore[arg-type]  # what it hands on to the client
        )
        self._exact, self._coarse = MovingWindowRateLimiter(storage), SlidingWindowCounterRateLimiter(storage)
        self._instead = instead
        self._away_until = 0.0

    async def hit(self, key: str, amount: int, seconds: int) -> bool:
        """Count one try; False when that is too many."""
        if time.monotonic() < self._away_until:
            return await self._instead(key, amount, seconds)
        window = self._exact if amount <= FEW else self._coarse
        try:
            async with asyncio.timeout(PATIENCE):
                return await window.hit(RateLimitItemPerSecond(amount, seconds), sha256(key.encode()).hexdigest()[:32])
        except (RedisError, OSError) as error:
            log.warning("limits.counted_apart", reason=type(error).__name__)
            self._away_until = time.monotonic() + PAUSE
            return await self._instead(key, amount, seconds)
