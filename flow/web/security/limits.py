"""How often something may be tried: sign-ins, PINs and pairing codes. Counted in this process, or by a callable handed in
that counts for all of them (Redis). Nobody can lock another out: what is counted of a name alone holds for browsers that have never
signed in with it (`flow.web.security.known`)."""

from collections.abc import Awaitable, Callable

from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter, SlidingWindowCounterRateLimiter
from starlette.requests import Request

from flow.web.problems import Denied

Hit = Callable[[str, int, int], Awaitable[bool]]
"""(key, how many, within seconds): counts one try; False when that is too many."""
FEW = 100
"""Up to so many tries each is remembered with its time; above, two counters a window are exact enough."""


def in_memory() -> Hit:
    """Counts in this process."""
    storage = MemoryStorage()
    exact, coarse = MovingWindowRateLimiter(storage), SlidingWindowCounterRateLimiter(storage)

    async def hit(key: str, amount: int, seconds: int) -> bool:
        return (exact if amount <= FEW else coarse).hit(RateLimitItemPerSecond(amount, seconds), key)

    return hit


class Limiter:
    """Refuses what is tried too often."""

    def __init__(self, hit: Hit) -> None:
        self._hit = hit

    async def check(self, what: str, who: str, amount: int, seconds: int, words: str = "") -> None:
        """Count one try; raises 429 when it was one too many."""
        if not await self.spare(what, who, amount, seconds):
            told = words or "Too many tries. Wait a minute and try again."
            raise Denied(429, "too-many-tries", told, {"retry-after": str(seconds)})

    async def spare(self, what: str, who: str, amount: int, seconds: int) -> bool:
        """Count one try; False when it was one too many."""
        return await self._hit(f"{what}:{who}", amount, seconds)


def address(request: Request) -> str:
    """Where a request comes from, as the server saw it."""
    return request.client.host if request.client else "unknown"
