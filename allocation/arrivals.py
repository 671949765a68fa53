"""Who is expected in the next hours, by kind: what came to the beds in the same hours of recent days, less those known already.

Before it `flow.history.arrivals` counted the log; after it `cleaning` cleans beds for them. Pure.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

from allocation.cleaning import AHEAD, Expected
from flow.domain.hospital import Hospital
from flow.domain.ids import BedId, PatientId, RequestId
from flow.domain.plan import Plan
from flow.domain.request import BedRequest

FEWEST = 0.2
"""Fewer than one in five days is no expectation."""
Sort = tuple[str, str | None, str | None]
"""Bed type, specialty, sex."""


def usual(plan: Plan, comings: Mapping[tuple[BedId, str | None], int], days: float) -> Mapping[Sort, float]:
    """How many of each kind came to a bed of the file on the mean of the days; `comings` by bed and sex."""
    counted: Counter[Sort] = Counter()
    for (bed, sex), count in comings.items():
        if bed in plan.beds:
            there = plan.beds[bed]
            counted[there.type, plan.ward[there.ward].specialty or None, sex if sex in ("F", "M") else None] += count
    return {sort: count / max(days, 1.0) for sort, count in counted.items() if count / max(days, 1.0) >= FEWEST}


def expected(hospital: Hospital, at: datetime, means: Mapping[Sort, float], ahead: timedelta = AHEAD) -> tuple[Expected, ...]:
    """The kinds with their means; who is planned for these hours is on the list of those who wait, and not expected twice."""
    planned = Counter(
        (r.type, r.specialty, r.sex) for r in hospital.requests.values() if r.is_unplaced and r.ready_at and at < r.ready_at <= at + ahead
    )
    left = {sort: mean - planned[sort] for sort, mean in means.items()}
    return tuple(Expected(_like(sort, at), mean) for sort, mean in sorted(left.items(), key=str) if mean > 0)


def _like(sort: Sort, at: datetime) -> BedRequest:
    kind, specialty, sex = sort
    return BedRequest(RequestId("expected"), PatientId("expected"), at, kind, specialty=specialty, sex=sex)
