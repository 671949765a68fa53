"""What every page of the integration engineer's screen needs: its tabs with what lies in each, and the alarms that stand."""

from datetime import datetime

from starlette.requests import Request

from flow.domain.roles import May
from flow.domain.walk_in import unseated
from flow.views.conflicts import conflicts_of
from flow.views.integration.frame import TABS, Frame, alarm_words, tabs
from flow.views.times import clock_time
from flow.web.pages.page import chrome
from flow.web.parts import House, house_of
from flow.web.security.principal import principal_of


async def frame_of(request: Request, here: str, refused: str = "") -> Frame:
    """The frame of the page at `here`, one of TABS; `refused` as in Frame."""
    house, principal = house_of(request), principal_of(request)
    now, counts = house.clock.now(), {"/integration/conflicts": len(conflicts_of(house.desk.hospital))}
    shown = ["/integration/conflicts"] if principal.may(May.CONFLICTS) else []
    if principal.may(May.LETTERS):
        shown = [href for href in TABS if href not in ("/integration/conflicts", *shown)] + shown
        counts["/integration/tray"] = await house.letters.parked_count() + sum(1 for _ in unseated(house.desk.hospital, now))
    return Frame(
        chrome=chrome(request, "Integration"),
        tabs=tabs(here, shown, counts),
        now=f"{clock_time(now.timestamp(), house.plan.zone)}:{now.second:02d}",
        alarms=await alarms_of(house, now),
        writes=principal.may(May.REPLAY),
        beds=tuple(house.plan.beds),
        refused=refused,
    )


async def alarms_of(house: House, now: datetime) -> tuple[str, ...]:
    """The alarms that stand, as sentences."""
    return tuple(alarm_words(alarm, house.plan, now) for alarm in await house.feeds.alarms(now, house.live.feeds))
