"""A ward's wall display: the plan, and what its script needs to go on living for months. Drawn by templates/wall/page.html.

flow.web fills it from the live picture; the script takes over from the same tiles (static/js/wall.js).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from flow.views.bed_tile import Audience
from flow.views.kiosk import PLAIN, Kiosk
from flow.views.tile_line import WALL_SAYS
from flow.views.times import clock_time
from flow.views.ward_plan import WardPlan


@dataclass(frozen=True, slots=True)
class WardWall:
    """`stream` is the address of the EventSource; `now` the server's time in epoch seconds, 0 where its clock is made to run fast; `limits`
    how many seconds each feed may be silent (JSON, by feed id), `says` what its script must be able to say."""

    plan: WardPlan
    audience: Audience
    stream: str
    clock: str
    now: int
    limits: str = "{}"
    kiosk: Kiosk = PLAIN
    says: ClassVar[tuple[str, ...]] = WALL_SAYS

    @property
    def zone(self) -> str:
        """The hospital's."""
        return self.plan.zone

    @classmethod
    def of(
        cls,
        plan: WardPlan,
        audience: Audience,
        at: datetime,
        *,
        real_clock: bool = True,
        silences: Mapping[str, timedelta] | None = None,
        kiosk: Kiosk = PLAIN,
    ) -> "WardWall":
        """The wall of one ward at a time; `silences` is how long each feed may say nothing."""
        stream = f"/api/v1/stream?topics=ward:{plan.ward}&audience={audience}"
        limits = limits_of(silences or {})
        now = int(at.timestamp()) if real_clock else 0
        return cls(plan, audience, stream, clock_time(at.timestamp(), plan.zone), now, limits, kiosk)


def limits_of(silences: Mapping[str, timedelta]) -> str:
    """How many seconds each feed may be silent, as the script reads it."""
    return json.dumps({feed: int(longest.total_seconds()) for feed, longest in silences.items()})
