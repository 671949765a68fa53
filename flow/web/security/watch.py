"""Open streams, and who listens to them: every two seconds those whose session, token or device has ended are cut.

One sweep asks Postgres about all of them at once, so that thousands of displays cost one query a table.
"""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import datetime, timedelta
from hmac import compare_digest

from flow.clock import Clock
from flow.errors import Unavailable
from flow.history.accounts import Tokens
from flow.history.devices import Devices
from flow.history.openings import Openings
from flow.history.pool import NotStored
from flow.history.sessions import Sessions
from flow.web.security.links import Links
from flow.web.security.principal import Principal, Way

SWEEP_SECONDS = 2.0
_SEEN_EVERY = timedelta(seconds=20)
Forget = Callable[[Principal], None]
"""Lets go of what is remembered of somebody (`Doorkeeper.forget`)."""


class Watch:
    """The streams that are open in this process."""

    def __init__(
        self, sessions: Sessions, tokens: Tokens, devices: Devices, openings: Openings, links: Links, clock: Clock, forget: Forget
    ) -> None:
        self._sessions = sessions
        self._tokens = tokens
        self._devices = devices
        self._openings = openings
        self._links = links
        self._clock = clock
        self._forget = forget
        self._open: dict[asyncio.Future[None], Principal] = {}
        self._seen: dict[bytes, datetime] = {}
        self._sweeper: asyncio.Task[None] | None = None

    def add(self, principal: Principal) -> "asyncio.Future[None]":
        """A future that ends when this principal is no longer welcome; cancel it when the stream ends by itself."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._open[future] = principal
        future.add_done_callback(lambda done: self._open.pop(done, None))
        if self._sweeper is None or self._sweeper.done():
            self._sweeper = asyncio.create_task(self._sweep(), name="watch")
        return future

    def listens(self, future: "asyncio.Future[None]", topics: str, audience: str) -> None:
        """What a stream is of, once that is known: a display's is written down, from its beginning to its end."""
        principal = self._open.get(future)
        if principal is None or principal.way is not Way.DEVICE or principal.audience is None:
            return
        link = self._links.opened(principal.id, topics, audience, self._clock.now())
        future.add_done_callback(lambda done: self._links.closed(link, "left" if done.cancelled() else "shut-out", self._clock.now()))

    def cut(self, digest: bytes) -> None:
        """End the streams of one cookie or token now; whoever had them is looked up again, so that the next try is refused as well."""
        for future, principal in list(self._open.items()):
            if compare_digest(principal.digest, digest) and not future.done():
                self._forget(principal)
                future.set_result(None)

    async def _sweep(self) -> None:
        while self._open or self._links.unwritten:
            await asyncio.sleep(SWEEP_SECONDS)
            with contextlib.suppress(Unavailable):
                await self._cut_the_unwelcome()
            with contextlib.suppress(Unavailable, NotStored):
                await self._links.write(self._clock.now())
        self._seen.clear()

    async def _cut_the_unwelcome(self) -> None:
        listening = {principal.digest: principal for principal in self._open.values()}
        welcome = await self._welcome(list(listening.values()))
        for digest in listening.keys() - welcome:
            self.cut(digest)
        await self._cut_what_was_open()

    async def _cut_what_was_open(self) -> None:
        """Streams that began while names were open for a reason, which they are no more: the browser asks again, and is shown less."""
        opened = {future: principal for future, principal in self._open.items() if principal.opened is not None}
        standing = await self._openings.live({p.opened.id for p in opened.values() if p.opened}, self._clock.now()) if opened else set()
        for future, principal in opened.items():
            if principal.opened is not None and principal.opened.id not in standing and not future.done():
                self._forget(principal)
                future.set_result(None)

    async def _welcome(self, principals: list[Principal]) -> set[bytes]:
        now = self._clock.now()
        digests = {way: [p.digest for p in principals if p.way is way] for way in Way}
        welcome: set[bytes] = set()
        if digests[Way.SESSION]:
            welcome |= await self._sessions.live(digests[Way.SESSION], now)
        if digests[Way.TOKEN]:
            welcome |= await self._tokens.live(digests[Way.TOKEN], now)
        if digests[Way.DEVICE]:
            devices = await self._devices.live(digests[Way.DEVICE])
            await self._note_seen(devices, now)
            welcome |= devices
        return welcome

    async def _note_seen(self, digests: set[bytes], now: datetime) -> None:
        """A display that listens is seen, though nobody touches it."""
        due = {digest for digest in digests if now - self._seen.get(digest, now - _SEEN_EVERY) >= _SEEN_EVERY}
        if due:
            await self._devices.listen(due, now)
            self._seen |= dict.fromkeys(due, now)
