"""Which streams paired displays hold open, written down in one statement for all of them: at once when one begins or ends, every twenty
seconds that they are still there. What Postgres cannot take waits for the next time; `watch` asks for it."""

import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from flow.domain.showing import Link
from flow.history.displays import Displays

_HEARD_EVERY = timedelta(seconds=20)
_MOST = 10_000
"""Streams that wait to be written down; of more than that the first are forgotten."""


class Links:
    """The displays' streams of this process."""

    def __init__(self, displays: Displays) -> None:
        self._displays = displays
        self._open: dict[str, tuple[str, Link]] = {}
        self._unwritten: dict[str, tuple[str, Link]] = {}
        self._heard: datetime | None = None

    @property
    def unwritten(self) -> bool:
        """Something began or ended that is not written down yet."""
        return bool(self._unwritten)

    def opened(self, device: str, topics: str, audience: str, at: datetime) -> str:
        """A display listens; returns the stream's id."""
        link = Link(secrets.token_hex(8), topics, audience, at, at)
        self._open[link.id] = (device, link)
        self._note(device, link)
        return link.id

    def closed(self, number: str, why: str, at: datetime) -> None:
        """It does no more: it left, or was shut-out."""
        device, link = self._open.pop(number)
        self._note(device, replace(link, heard_at=at, closed_at=at, why=why))

    def _note(self, device: str, link: Link) -> None:
        while len(self._unwritten) >= _MOST:
            self._unwritten.pop(next(iter(self._unwritten)))
        self._unwritten[link.id] = (device, link)

    async def write(self, now: datetime) -> None:
        """Write down what changed. Raises Unavailable, and keeps it then."""
        if self._heard is None or now - self._heard >= _HEARD_EVERY:
            self._heard = now
            self._unwritten = {key: (device, replace(link, heard_at=now)) for key, (device, link) in self._open.items()} | {
                key: told for key, told in self._unwritten.items() if key not in self._open
            }
        writing = dict(self._unwritten)
        if writing:
            await self._displays.linked(list(writing.values()))
        self._unwritten = {key: told for key, told in self._unwritten.items() if writing.get(key) is not told}
