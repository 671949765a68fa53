"""Withholding: when a letter or the desk says that a name is to be withheld, or no longer, the screens that may show it are drawn anew.

After the commit that wrote it down: what is drawn then is what stands. Which screens show whom nobody keeps a list of, so all are asked.
"""

import asyncio

from flow.history.people import People
from flow.state.redraws import Redraws
from realtime.hub import Hub

KINDS = ("ward", "desk", "discharges", "opd", "transports")
"""Topics of the pages that name patients."""


class Withholding:
    """Tells the other processes and this one's screens."""

    def __init__(self, people: People, redraws: Redraws) -> None:
        self._people, self._redraws = people, redraws
        self._asked = asyncio.Event()

    def committed(self) -> None:
        """Something was committed; where a guard changed with it, have it told."""
        if self._people.guards_changed:
            self._people.guards_changed = False
            self._asked.set()

    async def run(self) -> None:
        """Tell, until cancelled."""
        while True:
            await self._asked.wait()
            self._asked.clear()
            await self._redraws.ask()


def draw_anew(hub: Hub) -> None:
    """Each page that names patients fetches what it shows."""
    for kind in KINDS:
        hub.announce(kind, "bed-changed")
