"""The demo's cleaners: a few people, so that the supervisor's board and the phones have somebody to show, made at the first start; and
whose hand each clean of the simulator is by, in the weeks laid before and while it plays."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from flow.domain.bed import BedStatus, Stage
from flow.domain.commands import Command, SetBedStatus
from flow.domain.ids import BedId
from flow.domain.plan import Plan
from flow.history.cleaners import Cleaners, Described

NICKS = ("Meena", "Ravi", "Latha", "Suresh", "Anwar", "Kavitha", "Babu", "Fatima", "Gopal", "Selvi", "Mohan", "Rani")
"""As many as the simulator's crew has hands in a house of 500 beds, and two at home: nobody cleans three beds at once."""
AT_HOME = 2
_BY = "demo"
CREW = "demo-housekeeping"
"""By whose hand the simulator cleans: everybody's."""


async def demo_cleaners(cleaners: Cleaners, plan: Plan, at: datetime) -> None:
    """Every second one is trained for isolation cleans; zones and shifts go round."""
    if await cleaners.all():
        return
    zones: list[str | None] = [zone.id for zone in plan.cleaning.zones] or [None]
    now = at.astimezone(ZoneInfo(plan.zone)).time()
    shifts: list[str | None] = [shift.id for shift in plan.cleaning.shifts if shift.covers(now)] or [None]
    for place, nick in enumerate(NICKS):
        said = Described(nick, trained=place % 2 == 0, zone=zones[place % len(zones)], shift=shifts[0])
        cleaner, _ = await cleaners.add(said, _BY, at)
        if place < len(NICKS) - AT_HOME:
            await cleaners.come_on(cleaner.id, None, at)


async def without_a_phone(cleaners: Cleaners, *, trained: bool) -> list[str]:
    """Who may clean for the simulator now: whoever is on shift and taps on no phone of their own; `trained`: those alone who are."""
    found = [one for one in await cleaners.all() if one.on_shift and one.device is None and (one.trained or not trained)]
    return [one.id for one in found]


@dataclass(slots=True)
class Hands:
    """Gives each clean of the crew to one of its people, in turn and to the idle first; who begins a bed also ends it."""

    crew: Sequence[str] = ()
    _begun: dict[BedId, str] = field(default_factory=dict)
    _turn: int = 0

    def of(self, actor: str, command: Command | bytes) -> str:
        """Whose hand it is by; another's stay theirs, and the crew's its own where nobody is there."""
        if actor != CREW or not isinstance(command, SetBedStatus):
            return actor
        if command.stage is Stage.IN_PROGRESS and self.crew:
            self._begun[command.bed] = self._next()
        hand = self._begun.get(command.bed, actor)
        if command.status is not BedStatus.CLEANING:
            self._begun.pop(command.bed, None)
        return hand

    def _next(self) -> str:
        busy = set(self._begun.values())
        free = [one for one in self.crew if one not in busy] or self.crew
        self._turn += 1
        return free[self._turn % len(free)]
