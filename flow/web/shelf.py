"""Answers that take a moment to work out, each worked out once and shared by everybody who asks for the same within some seconds."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Hashable
from typing import Any, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
_MOST = 20


class Shelf(Generic[K, V]):
    """By question; an answer is `seconds` old at most, and a question that failed is asked again."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._kept: dict[K, tuple[float, asyncio.Task[V]]] = {}

    async def get(self, key: K, work: Callable[[], Coroutine[Any, Any, V]]) -> V:
        """The answer that is kept, else what `work` comes to."""
        now = time.monotonic()
        kept = self._kept.get(key)
        if kept is None or now - kept[0] > self._seconds or _failed(kept[1]):
            self._kept = {each: own for each, own in list(self._kept.items())[-_MOST:] if now - own[0] <= self._seconds}
            kept = self._kept[key] = (now, asyncio.ensure_future(work()))
        return await asyncio.shield(kept[1])


def _failed(task: "asyncio.Task[Any]") -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)
