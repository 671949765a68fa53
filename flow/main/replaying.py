"""Past days under other policies, as one process has them: worked out in a process of its own at the lowest priority, one at a time, each
policy as it comes, and kept for a while. Pages ask what is there and never wait.
"""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

import structlog

from allocation.simulation.again import SERVE, really, replayed
from flow.domain.plan import Plan
from flow.domain.replayed import Compared, Stretch
from flow.domain.weights import Weights

log = structlog.get_logger()
_KEPT_SECONDS = 1800.0
_MOST = 12
_NICE = 15
Read = Callable[[], Awaitable[Stretch]]
"""Reads the stretch, once it is its turn."""
Key = tuple[str, int, Weights]
"""The day it begins with, how many days, and the chosen weights."""


class Replaying:
    """`seconds` is how long one policy may take; then it is told as far as it came."""

    def __init__(self, plan: Plan, seconds: float = 60.0) -> None:
        self.plan = plan
        self.seconds = seconds
        self._found: dict[Key, tuple[float, Compared]] = {}
        self._running: dict[Key, asyncio.Task[None]] = {}
        self._one = asyncio.Lock()

    def __call__(self, key: Key, read: Read) -> Compared:
        """What is known by now; begins where nothing is."""
        kept = self._found.get(key)
        if kept is not None and (kept[1].running or time.monotonic() - kept[0] < _KEPT_SECONDS):
            return kept[1]
        for old in sorted(self._found, key=lambda one: self._found[one][0])[: max(0, len(self._found) - _MOST + 1)]:
            if not self._found[old][1].running:
                del self._found[old]
        begun = Compared(weights=key[2])
        self._found[key] = (time.monotonic(), begun)
        self._running[key] = asyncio.create_task(self._work(key, read))
        return begun

    async def close(self) -> None:
        """Stop what runs."""
        for task in list(self._running.values()):
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def _work(self, key: Key, read: Read) -> None:
        try:
            async with self._one:
                await self._compare(key, await read())
        except (EOFError, OSError) as error:
            log.warning("replay.failed", reason=type(error).__name__)
            self._tell(key, replace(self._found[key][1], running=False, failed=True))
        except BaseException:
            self._tell(key, replace(self._found[key][1], running=False, failed=True))
            raise
        finally:
            self._running.pop(key, None)

    async def _compare(self, key: Key, stretch: Stretch) -> None:
        context, told = get_context("spawn"), self._found[key][1]
        ours, theirs = context.Pipe(duplex=False)
        work = (theirs, self.plan, key[2], stretch, self.seconds)
        process = context.Process(target=_work, args=work, daemon=True)
        await asyncio.to_thread(process.start)
        theirs.close()
        try:
            while (one := await asyncio.to_thread(ours.recv)) is not None:
                told = replace(told, really=one) if told.really is None else replace(told, policies=(*told.policies, one))
                self._tell(key, told)
            self._tell(key, replace(told, running=False))
        finally:
            process.kill()

    def _tell(self, key: Key, told: Compared) -> None:
        self._found[key] = (time.monotonic(), told)


def _work(pipe: "Connection[Any, Any]", plan: Plan, weights: Weights, stretch: Stretch, seconds: float) -> None:
    """In the process, behind whoever serves screens: what happened, then each policy, then None."""
    os.nice(_NICE)
    pipe.send(really(plan, stretch))
    for name in SERVE:
        if name != "chosen" or weights != plan.weights:
            until = time.monotonic() + seconds
            pipe.send(replayed(replace(plan, weights=weights) if name == "chosen" else plan, stretch, name, _over(until)))
    pipe.send(None)


def _over(until: float) -> Callable[[], bool]:
    return lambda: time.monotonic() > until
