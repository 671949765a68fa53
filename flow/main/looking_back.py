"""Days planned with hindsight, as one process has them: made in a thread, one at a time, and kept for a while.

`flow.main.running` hands it to the web room; the managers' page shows one day.
"""

import asyncio
import time

from allocation.hindsight import Hindsight, hindsight
from flow.domain.hindsight import Day
from flow.domain.plan import Plan

_KEPT_SECONDS = 600.0
_MOST = 40


class LookingBack:
    """`seconds` is how long the search may take: a day of the sample hospital is as good as it gets after one."""

    def __init__(self, plan: Plan, seconds: float = 1.0) -> None:
        self.plan = plan
        self.seconds = seconds
        self._found: dict[Day, tuple[float, Hindsight]] = {}
        self._one = asyncio.Lock()

    async def __call__(self, day: Day) -> Hindsight:
        """The day planned anew; the same day with the same stays is planned once."""
        async with self._one:
            kept = self._found.get(day)
            if kept is None or time.monotonic() - kept[0] > _KEPT_SECONDS:
                found = await asyncio.to_thread(hindsight, self.plan, day, seconds=self.seconds, clock=time.monotonic)
                if len(self._found) > _MOST:
                    self._found.clear()
                kept = self._found[day] = (time.monotonic(), found)
            return kept[1]
