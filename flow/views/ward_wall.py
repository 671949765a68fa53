"""A ward's wall display: the plan, and what its script needs to go on living for months. Drawn by templates/wall/page.html.

flow.web fills it from the live picture; the script takes over from the same tiles (static/js/wall.js).
"""

from dataclasses import dataclass
from datetime import datetime

from flow.views.bed_tile import Audience
from flow.views.times import clock_time
from flow.views.ward_plan import WardPlan


@dataclass(frozen=True, slots=True)
class WardWall:
    """`stream` is the address of the EventSource; `now` the server's time in epoch seconds, 0 where its clock is made to run fast."""

    plan: WardPlan
    audience: Audience
    stream: str
    clock: str
    now: int

    @classmethod
    def of(cls, plan: WardPlan, audience: Audience, at: datetime, *, real_clock: bool = True) -> "WardWall":
        """The wall of one ward at a time."""
        stream = f"/api/v1/stream?topics=ward:{plan.ward}&audience={audience}"
        return cls(plan, audience, stream, clock_time(at.timestamp(), plan.zone), int(at.timestamp()) if real_clock else 0)
