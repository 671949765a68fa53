"""Lanes: short letters do not queue behind long ones. Before it are the connections, after it a group commit for each lane.

A megabyte takes some twenty milliseconds to be sealed, written and flushed. Whoever sends one waits for that; nobody else does.
The order of a connection holds: see `Connection`, which hands nothing to one lane while the other still has something of its own.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime

from adt_feed.group_commit import GroupCommit, Pending
from adt_feed.letter import Keep
from adt_feed.limits import Counters


class Lanes:
    """Two group commits over the same `keep`, which may run twice at once."""

    def __init__(self, keep: Keep, now: Callable[[], datetime], counters: Counters) -> None:
        self._short = GroupCommit(keep, now, counters)
        self._long = GroupCommit(keep, now, counters)

    def put(self, pending: Pending) -> None:
        """Hand over a letter; its peer hears of it after the commit."""
        (self._long if pending.long else self._short).put(pending)

    @property
    def waiting(self) -> int:
        """Letters handed over and not yet answered."""
        return self._short.waiting + self._long.waiting

    async def drained(self) -> None:
        """Returns when nothing waits in either lane; answering one may bring letters to the other."""
        while self.waiting:
            await self._short.drained()
            await self._long.drained()

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as lanes:
            lanes.create_task(self._short.run())
            lanes.create_task(self._long.run())
