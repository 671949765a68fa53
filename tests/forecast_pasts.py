"""Made-up pasts for forecasts: a hospital whose patients come and leave by known rates, at whatever moment the rates change."""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count

from flow.domain.forecast import Past, Piece
from flow.domain.ids import BedId, HospitalId, RoomId, WardId
from flow.domain.plan import Bed, Box, Plan, Room, SexPolicy, Ward

END = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
BY_HOUR = (0.3,) * 7 + (1.0,) * 3 + (1.9,) * 8 + (0.9,) * 6
LEAVING_BY_HOUR = (0.0,) * 8 + (1.0,) * 4 + (3.0,) * 6 + (0.5,) * 4 + (0.0,) * 2


def ward(name: str, beds: int, specialty: str = "Medicine") -> Ward:
    room = Room(RoomId(f"{name}-A"), WardId(name), "A", SexPolicy.ANY, "bay", Box(0, 0, 9, 9))
    some = tuple(
        Bed(BedId(f"{name}-{n:02d}"), WardId(name), room.id, str(n), "general", frozenset(), 5, Box(0, 0, 1, 1)) for n in range(beds)
    )
    return Ward(WardId(name), name, specialty, "1", "general", rooms=(room,), beds=some)


def plan_of(*wards: Ward) -> Plan:
    return Plan(HospitalId("test"), "Test", "UTC", wards, (), ())


def lived(
    plan: Plan, days: int, seed: int, *, daily: float = 6.0, stay: float = 3.0, pressed: Callable[[datetime], float] = lambda at: 1.0
) -> Past:
    """Days up to END: in each ward `daily` patients come a day as a Poisson process by hour, and lie `stay` days on the mean, leaving by
    day; `pressed` multiplies the comings of a moment. Who finds no bed goes elsewhere."""
    dice, number = random.Random(seed), count(1)
    first = END - timedelta(days=days)
    pieces = [piece for one in plan.wards for piece in _ward(one, first, dice, number, daily, stay, pressed)]
    return Past(first, tuple(pieces))


def _ward(
    ward: Ward, first: datetime, dice: random.Random, number: Iterator[int], daily: float, stay: float, pressed: Callable[[datetime], float]
) -> Iterator[Piece]:
    free, lying = [bed.id for bed in ward.beds], dict[BedId, tuple[str, datetime]]()
    at = first
    while at < END:
        hazard = LEAVING_BY_HOUR[at.hour] / sum(LEAVING_BY_HOUR) / stay
        for bed in list(lying):
            if dice.random() < hazard:
                visit, came = lying.pop(bed)
                free.append(bed)
                yield Piece(bed, ward.id, visit, came, at + dice.random() * HOUR, came)
        mean = daily * BY_HOUR[at.hour] / sum(BY_HOUR) * pressed(at)
        for _ in range(_poisson(mean, dice)):
            if free:
                lying[free.pop(0)] = (f"V{next(number)}", at + dice.random() * HOUR)
        at += HOUR
    for bed, (visit, came) in lying.items():
        yield Piece(bed, ward.id, visit, came, None, came)


def _poisson(mean: float, dice: random.Random) -> int:
    total, drawn = dice.expovariate(1.0), 0
    while total < mean:
        total += dice.expovariate(1.0)
        drawn += 1
    return drawn
