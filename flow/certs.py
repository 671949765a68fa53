"""The keys of ABDM's gateway: those written in the hospital file, and those it publishes, where the file names the address. Before it a
bearer token, after it its claims (`flow.jwt`).

No I/O here: `fetch` is handed in, and is asked once an hour, or where a token names a key that nobody knows, once a minute at most, so
that strangers' tokens cannot make us call.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog

from flow.clock import Clock
from flow.domain.abdm import AbdmRules
from flow.errors import Unavailable
from flow.jwt import Key, Untrusted, published, verified

log = structlog.get_logger()
FRESH, PAUSE = timedelta(hours=1), timedelta(minutes=1)
LIFE = timedelta(days=1)
"""So long a published key is believed while the list cannot be had."""
AFTERLIFE = timedelta(hours=1)
"""So long one that a newer list leaves out is believed: tokens that it signed before are on their way, and live twenty minutes."""
Fetch = Callable[[], Awaitable[bytes]]
"""The key set as it is published (JWK set, RFC 7517). Raises Unavailable."""


class Certs:
    """The keys that one gateway's tokens are believed by; without `fetch` the written ones alone."""

    def __init__(self, rules: AbdmRules, clock: Clock, fetch: Fetch | None = None) -> None:
        self.rules = rules
        self.clock = clock
        self._fetch = fetch
        self._published: dict[str, tuple[Key, datetime]] = {}
        self._asked: datetime | None = None
        self._asking = asyncio.Lock()

    async def verified(self, token: str) -> Mapping[str, Any]:
        """The claims of a token of the gateway. Raises Untrusted."""
        if not self._asking.locked():
            await self._renew(FRESH)
        try:
            return self._verified(token)
        except Untrusted as refusal:
            if refusal.code != "unknown-key":
                raise
        await self._renew(PAUSE)
        return self._verified(token)

    def _verified(self, token: str) -> Mapping[str, Any]:
        now = self.clock.now()
        keys = (*self.rules.keys, *(key for key, until in self._published.values() if now < until))
        return verified(token, keys, now, issuer=self.rules.issuer, audience=self.rules.audience)

    async def _renew(self, unless: timedelta) -> None:
        """Ask for the list, unless it was asked for so short a time ago."""
        if self._fetch is None:
            return
        async with self._asking:
            now = self.clock.now()
            if self._asked is not None and now - self._asked < unless:
                return
            self._asked = now
            try:
                self._take(published(await self._fetch()), now)
            except (Unavailable, ValueError) as error:
                log.warning("share.no_keys", reason=str(error))

    def _take(self, keys: tuple[Key, ...], now: datetime) -> None:
        """The newest list; what it leaves out ends soon."""
        left = {number: (key, min(until, now + AFTERLIFE)) for number, (key, until) in self._published.items() if now < until}
        self._published = left | {key.id: (key, now + LIFE) for key in keys}
        log.info("share.keys", listed=len(keys), known=len(self._published))
