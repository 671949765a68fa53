"""Patience with a database that hangs: whoever asks waits a moment, and one question of a kind at a time is left behind with it.

A Postgres that is gone refuses at once; one that is frozen, or behind a dead link, says nothing for minutes, and does not heed a cancel.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from flow.errors import Unavailable

T = TypeVar("T")
SECONDS = 1.5


class Patience:
    """Questions under way, by what they are about."""

    def __init__(self) -> None:
        self._asked: dict[bytes, asyncio.Task[Any]] = {}

    async def ask(self, about: bytes, question: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """The answer. Raises Unavailable when there is none in time; who asks the same again waits for the question that is under way."""
        asked: asyncio.Task[T] | None = self._asked.get(about)
        if asked is None:
            asked = self._asked[about] = asyncio.create_task(question())
            asked.add_done_callback(lambda over: self._over(about, over))
        await asyncio.wait({asked}, timeout=SECONDS)
        if not asked.done():
            raise Unavailable("PostgreSQL does not answer in time.")
        return asked.result()

    def _over(self, about: bytes, over: "asyncio.Task[Any]") -> None:
        """An outage that ends when nobody waits any more is no error in the log."""
        self._asked.pop(about, None)
        if not over.cancelled():
            over.exception()
