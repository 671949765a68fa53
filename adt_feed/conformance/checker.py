"""Checker: the parent of the process that judges. Before it a message is to be looked at; after it there is a report, in any case.

A child that is over its time is killed and a new one is started for the next message; it gets the message on stdin, no shell and
nothing of our environment.
"""

import asyncio
import sys
from pathlib import Path
from typing import Self

import msgspec

from adt_feed.conformance.report import Report

TIME_LIMIT = 10.0
"""Seconds for one message, the start of the child included."""

LONGEST_REPORT = 1 << 26
ROOT = Path(__file__).parents[2]


class Checker:
    """A child process kept over several messages. Use as an async context manager; one message at a time."""

    def __init__(self, time_limit: float = TIME_LIMIT) -> None:
        self._limit = time_limit
        self._child: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stop()

    async def check(self, raw: bytes) -> Report:
        """The report on one message; its `problem` says when it was not judged."""
        try:
            async with asyncio.timeout(self._limit):
                line = await self._ask(raw)
        except TimeoutError:
            await self._stop(patience=0)
            return Report(problem="time-limit")
        if not line.endswith(b"\n"):
            await self._stop()
            return Report(problem="gave-up")
        return msgspec.json.decode(line, type=Report)

    async def _ask(self, raw: bytes) -> bytes:
        child = self._child or await self._start()
        assert child.stdin is not None and child.stdout is not None  # noqa: PT018  # both are pipes
        try:
            child.stdin.write(b"%d\n" % len(raw) + raw)
            await child.stdin.drain()
            return await child.stdout.readline()
        except (OSError, ValueError):  # it died, or says more than anybody reads
            return b""

    async def _start(self) -> asyncio.subprocess.Process:
        pipe, nothing = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
        command = (sys.executable, "-m", "adt_feed.conformance")
        self._child = await asyncio.create_subprocess_exec(
            *command, stdin=pipe, stdout=pipe, stderr=nothing, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, limit=LONGEST_REPORT
        )
        return self._child

    async def _stop(self, patience: float = 1.0) -> None:
        """It ends when its stdin does; one that does not is killed."""
        child, self._child = self._child, None
        if child is None:
            return
        assert child.stdin is not None
        child.stdin.close()
        try:
            async with asyncio.timeout(patience):
                await child.wait()
        except TimeoutError:
            child.kill()
            await child.wait()


async def check(raw: bytes, time_limit: float = TIME_LIMIT) -> Report:
    """The report on one message, by a child of its own."""
    async with Checker(time_limit) as checker:
        return await checker.check(raw)
