"""The demo's cleaners: a few people, so that the supervisor's board and the phones have somebody to show. Made at the first start."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flow.domain.plan import Plan
from flow.history.cleaners import Cleaners, Described

_NICKS = ("Meena", "Ravi", "Latha", "Suresh", "Anwar", "Kavitha")
_BY = "demo"


async def demo_cleaners(cleaners: Cleaners, plan: Plan, at: datetime) -> None:
    """Every second one is trained for isolation cleans; zones and shifts go round."""
    if await cleaners.all():
        return
    zones: list[str | None] = [zone.id for zone in plan.cleaning.zones] or [None]
    now = at.astimezone(ZoneInfo(plan.zone)).time()
    shifts: list[str | None] = [shift.id for shift in plan.cleaning.shifts if shift.covers(now)] or [None]
    for place, nick in enumerate(_NICKS):
        said = Described(nick, trained=place % 2 == 0, zone=zones[place % len(zones)], shift=shifts[0])
        cleaner, _ = await cleaners.add(said, _BY, at)
        if place < len(_NICKS) - 2:
            await cleaners.come_on(cleaner.id, None, at)
