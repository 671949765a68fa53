"""Who comes to the simulated hospital: patients by specialty, hour and day, with their needs and how long they will stay.

Drawn before a run and the same for every policy. Occupancy and length of stay are those of Welsh hospitals by specialty (NHS Wales bed
use: all specialties 82.8 % and 7.8 days, medicine 93.4 % and 8.1, general surgery 81.5 % and 5.2, orthopaedics 83.9 % and 6.9), those of
intensive and private care from a hospital of 730 beds in India (52.8 % and 3.2 days; 64.9 % and 2.7 days).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from allocation.cleaning import AHEAD, Expected
from allocation.engine import Engine
from allocation.rules import INTENSIVE
from flow.domain.care import Rest
from flow.domain.hospital import Hospital, opened
from flow.domain.ids import PatientId, RequestId
from flow.domain.plan import Plan, Room, SexPolicy, Ward
from flow.domain.request import BedRequest

START = datetime(2026, 1, 5, tzinfo=UTC)
"""A Monday at midnight, hospital time."""
DAY = 24 * 60
_SPREAD = 0.7
"""Of the log of a stay's length: most go soon, some stay for weeks."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A specialty: mean share of its beds in use, mean days of a stay, and shares of patients: planned, with telemetry, infectious."""

    occupancy: float = 0.828
    days: float = 7.8
    planned: float = 0.2
    telemetry: float = 0.03
    isolation: float = 0.1


SPECIALTIES = {
    "Medicine": Profile(0.934, 8.1, planned=0.1, telemetry=0.05, isolation=0.15),
    "Cardiology": Profile(0.85, 6.0, telemetry=0.4, isolation=0.05),
    "General surgery": Profile(0.815, 5.2, planned=0.4),
    "Orthopaedics": Profile(0.839, 6.9, planned=0.5, telemetry=0.01),
    "Obstetrics": Profile(0.75, 2.7, planned=0.3, telemetry=0.0, isolation=0.02),
    "Private": Profile(0.649, 2.7, planned=0.6, telemetry=0.1),
    "Infectious diseases": Profile(0.75, 7.8, planned=0.0, telemetry=0.0, isolation=1.0),
}
TYPES = {
    "icu": Profile(0.528, 3.2, planned=0.2, telemetry=0.0, isolation=0.0),
    "hdu": Profile(0.75, 3.2, planned=0.2, telemetry=0.0, isolation=0.0),
    "nicu": Profile(0.528, 3.2, planned=0.0, telemetry=0.0, isolation=0.0),
    "day_care": Profile(0.3, 0.4, planned=1.0, telemetry=0.0, isolation=0.0),
}
"""Beds whose use goes by what they are and not by the specialty."""

_BY_DAY = np.array([3, 2, 2, 2, 2, 2, 3, 4, 6, 8, 9, 9, 9, 8, 8, 8, 8, 8, 7, 7, 6, 5, 5, 4], float)
_PLANNED = np.array([0] * 7 + [5, 8, 6, 4, 3, 2, 2, 1, 1] + [0] * 8, float)
_LEAVING = np.array([0] * 9 + [2, 5, 8, 10, 12, 15, 16, 14, 10, 5, 3] + [0] * 4, float)
UNPLANNED_HOURS, PLANNED_HOURS, LEAVING_HOURS = (hours / hours.sum() for hours in (_BY_DAY, _PLANNED, _LEAVING))


FLAGGED, AGREES, ANSWERS = 0.25, 0.7, (15, 46)
"""Set by hand: the share of patients who are never moved (dementia, end of life); how often a ward that is asked to let one move agrees,
and after how many minutes it answers (30 on the mean)."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A patient to come: the minute since `START`, the request, minutes of stay, at which minute of a day they go home, and how many
    minutes before it the ward knows (0: nobody says). Asked to let the patient move for another's sake, the ward `agrees` or not, after so
    many minutes (`answers`)."""

    minute: int
    request: BedRequest
    stay: int
    leaves: int
    notice: int
    agrees: bool = True
    answers: int = 30

    def gone(self, placed: int) -> int:
        """The minute of leaving for somebody who came into a bed at `placed`: the day the stay ends, at the hour people leave."""
        end = placed + self.stay
        at = end - end % DAY + self.leaves
        return at if at >= placed + min(self.stay, 180) else at + DAY


@dataclass(frozen=True, slots=True)
class Sort:
    """Patients of one kind: how many a day, and the share of men among them."""

    specialty: str
    type: str
    ages: tuple[int, int]
    profile: Profile
    a_day: float
    men: float

    def hours(self) -> NDArray[np.float64]:
        """When they come: the share of each hour of a day."""
        found: NDArray[np.float64] = self.profile.planned * PLANNED_HOURS + (1 - self.profile.planned) * UNPLANNED_HOURS
        return found


def sorts(plan: Plan, load: float = 1.0) -> tuple[Sort, ...]:
    """The demand that fills the plan's beds as their specialties are filled; emergency beds are where patients wait."""
    found: dict[tuple[str, str], list[tuple[Ward, Room]]] = {}
    for bed in plan.beds.values():
        if bed.type != "emergency":
            found.setdefault((plan.ward[bed.ward].specialty, bed.type), []).append((plan.ward[bed.ward], plan.rooms[bed.room]))
    return tuple(_sort(specialty, kind, beds, load) for (specialty, kind), beds in sorted(found.items()))


def _sort(specialty: str, kind: str, beds: Sequence[tuple[Ward, Room]], load: float) -> Sort:
    profile = TYPES.get(kind) or SPECIALTIES.get(specialty, Profile())
    share = {SexPolicy.MALE: 1.0, SexPolicy.FEMALE: 0.0}
    men = sum(share.get(room.sex, 0.5) for _, room in beds) / len(beds)
    ages = max(ward.age_min for ward, _ in beds), min(95, *(ward.age_max for ward, _ in beds))
    return Sort(specialty, kind, _ages(specialty, *ages), profile, load * len(beds) * profile.occupancy / profile.days, men)


def _ages(specialty: str, low: int, high: int) -> tuple[int, int]:
    if specialty == "Obstetrics":
        return max(low, 17), min(high, 45)
    return (max(low, 18), high) if high > 18 else (low, high)


def arrivals(plan: Plan, demand: Sequence[Sort], days: int, dice: Generator) -> tuple[Arrival, ...]:
    """Everybody of a run, by time: those who lie in the hospital when it begins come at minute 0."""
    found = [arrival for sort in demand for arrival in (*_already_there(sort, dice), *_coming(sort, days, dice))]
    found.sort(key=lambda arrival: arrival.minute)
    empty, engine, apart = opened_empty(plan), Engine(plan), dice.spawn(1)[0]
    named = (replace(one, request=_named(one, number, empty, engine)) for number, one in enumerate(found, start=1))
    return tuple(_asked(one, apart) for one in named)


def _asked(arrival: Arrival, dice: Generator) -> Arrival:
    """What comes of it when the ward is asked to move them: drawn apart, so that the patients are those they were without."""
    flagged, agrees, answers = dice.random() < FLAGGED, bool(dice.random() < AGREES), int(dice.integers(*ANSWERS))
    rest = frozenset({Rest.DEMENTIA}) if flagged else frozenset[Rest]()
    return replace(arrival, request=replace(arrival.request, rest=rest), agrees=agrees, answers=answers)


def _already_there(sort: Sort, dice: Generator) -> Iterator[Arrival]:
    """As many as Little's law says, so that every run begins as full as the statistics are; the rest of a stay seen in the middle is a
    uniform share of a length-biased draw."""
    for _ in range(int(sort.a_day * sort.profile.days + dice.random())):
        drawn = _draw(sort, 0, False, dice)
        yield replace(drawn, stay=int(_stay(sort, dice, biased=True) * dice.random()))


def _coming(sort: Sort, days: int, dice: Generator) -> Iterator[Arrival]:
    for day in range(days):
        planned = sort.a_day * sort.profile.planned * (7 / 5 if day % 7 < 5 else 0)
        for mean, hours, known in ((planned, PLANNED_HOURS, True), (sort.a_day * (1 - sort.profile.planned), UNPLANNED_HOURS, False)):
            for hour in dice.choice(24, dice.poisson(mean), p=hours):
                yield _draw(sort, day * DAY + int(hour) * 60 + int(dice.integers(60)), known, dice)


def _draw(sort: Sort, minute: int, planned: bool, dice: Generator) -> Arrival:
    isolation = bool(dice.random() < sort.profile.isolation)
    request = BedRequest(
        RequestId(""),
        PatientId(""),
        START + timedelta(minutes=minute),
        sort.type,
        needs=_needs(sort, isolation, dice),
        sex="M" if dice.random() < sort.men else "F",
        age=int(dice.integers(sort.ages[0], sort.ages[1] + 1)),
        specialty=sort.specialty,
        priority=1 if sort.type in INTENSIVE else 4 if planned else int(dice.integers(2, 4)),
        isolation=isolation,
    )
    leaves = int(dice.choice(24, p=LEAVING_HOURS)) * 60 + int(dice.integers(60))
    notice = int(dice.integers(60, 360)) if dice.random() < 0.7 else 0
    return Arrival(minute, request, _stay(sort, dice), leaves, notice)


def _needs(sort: Sort, isolation: bool, dice: Generator) -> frozenset[str]:
    chances = {"oxygen": 0.35, "telemetry": 0.0 if isolation else sort.profile.telemetry}
    chances["negative_pressure"] = 0.3 if sort.type == "isolation" else 0.0
    return frozenset(name for name, chance in chances.items() if dice.random() < chance)


def _stay(sort: Sort, dice: Generator, biased: bool = False) -> int:
    """Minutes: log-normal about the mean; length-biased, a log-normal moved by its variance."""
    centre = np.log(sort.profile.days * DAY) - _SPREAD**2 / 2 + (_SPREAD**2 if biased else 0)
    return max(60, int(dice.lognormal(centre, _SPREAD)))


def opened_empty(plan: Plan) -> Hospital:
    """The hospital with nobody in it."""
    hospital = Hospital(plan)
    for bed in opened(plan, START):
        hospital.put(bed)
    return hospital


def _named(arrival: Arrival, number: int, empty: Hospital, engine: Engine) -> BedRequest:
    """The request with its number, and without needs that no bed of this hospital could ever meet."""
    request = replace(arrival.request, id=RequestId(f"R{number:06d}"), patient=PatientId(f"p{number:06d}"))
    if engine.legal(request, empty, START):
        return request
    return replace(request, needs=frozenset(), isolation=False)


def expected(demand: Sequence[Sort], at: datetime) -> tuple[Expected, ...]:
    """Who is to come in the next hours by the rates alone, men and women apart."""
    hours = [(at.hour + ahead) % 24 for ahead in range(AHEAD // timedelta(hours=1))]
    counted = ((sort, sort.a_day * float(sort.hours()[hours].sum())) for sort in demand)
    return tuple(
        Expected(like(sort, sex, at), share * count)
        for sort, count in counted
        for sex, share in (("M", sort.men), ("F", 1 - sort.men))
        if share > 0
    )


def like(sort: Sort, sex: str, at: datetime) -> BedRequest:
    """A plain patient of the sort."""
    middle = sum(sort.ages) // 2
    isolation = sort.type == "isolation"
    return BedRequest(RequestId(""), PatientId(""), at, sort.type, sex=sex, age=middle, specialty=sort.specialty, isolation=isolation)
