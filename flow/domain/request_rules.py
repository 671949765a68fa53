"""How the house deals with bed requests: aims by priority, when a request lapses, whether the feed's plans make one."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flow.domain.request import BedRequest

PRIORITIES = 4


@dataclass(frozen=True, slots=True)
class RequestRules:
    """`[requests]` of the hospital file. `aims` are minutes from the start of the waiting clock to the promise, for priority 1 to 4;
    a request that nobody touched for `expire_hours` lapses; `from_plans`: a planned visit without a bed asks for one (A05, A14);
    a temporary place that stands empty for `place_minutes` is taken away."""

    aims: tuple[int, int, int, int] = (30, 120, 240, 480)
    expire_hours: int = 72
    from_plans: bool = True
    place_minutes: int = 60

    def aim(self, request: BedRequest) -> timedelta:
        """How long a request may wait."""
        return timedelta(minutes=self.aims[min(max(request.priority, 1), PRIORITIES) - 1])

    def due_at(self, request: BedRequest) -> datetime:
        """When a bed should have been promised."""
        return request.clock_from + self.aim(request)

    def lapses_at(self, request: BedRequest) -> datetime:
        """When a request that nobody touches lapses: counted from the last touch, or from when the bed is needed."""
        return lapses_at(request, self.expire_hours)


def lapses_at(request: BedRequest, hours: int) -> datetime:
    """When a request that nobody touches for so long lapses."""
    return max(request.touched, request.clock_from) + timedelta(hours=hours)
