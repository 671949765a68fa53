"""The middle and the ninth of ten of every span KPI, worked out by hand: from records to the figures that the page shows.

Each example has eleven cases, ten over (the 1st to 10th by length) and one under way, which has lasted longer than the 3rd and shorter
than the 4th. By Kaplan and Meier, the share that still waits after each:

    1st  10/11        2nd  9/11        3rd  8/11 = 0.727, of 11 who waited; then the one under way leaves the count, and 7 are left
    4th  8/11 x 6/7 = 0.623            5th  8/11 x 5/7 = 0.519            6th  8/11 x 4/7 = 0.416: half are by the 6th
    7th  8/11 x 3/7 = 0.312            8th  8/11 x 2/7 = 0.208            9th  8/11 x 1/7 = 0.104: more than a tenth waits on
    10th 0: nine of ten are by the 10th

Without the one under way ten cases are left: 5 of 10 are over by the 5th, 9 of 10 by the 9th. Of the eleven that would be said wrongly by
leaving the one under way out, and by taking it for over: the 6th of 11 lengths is then the 5th here, the 10th of 11 the 9th.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

import pytest

from flow.domain.bed import BedStatus
from flow.domain.discharge import Discharge, Mark, Milestone, Way
from flow.domain.ids import BedId, ClinicId, PatientId, RequestId, TokenId, VisitId
from flow.domain.kpis import readings
from flow.domain.kpis.cases import Asked, Case, Figure, counted
from flow.domain.kpis.readings import Cleaned, Period, Promise
from flow.domain.kpis.table import MEASURES, Sort
from flow.domain.opd import Token
from flow.domain.request import BedRequest, RequestStatus
from tests.plans import small_plan

PLAN, BED = small_plan(), BedId("4B-A-01")
START = datetime(2026, 11, 20, 18, 30, tzinfo=UTC)
NOW = START + timedelta(days=1)
PERIOD = Period(START, NOW, NOW)

Make = Callable[[datetime, datetime | None], Iterator[Case]]
"""The cases of one record whose clock began at the first moment and ended at the second; None: it is under way."""


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def response(begun: datetime, end: datetime | None) -> Iterator[Case]:
    """Asked for until started; every work takes 20 minutes."""
    done = end + minutes(20) if end else None
    return readings.cleans([Cleaned(BED, begun, end, done, done, "done" if done else None, 0.0)], PLAN, NOW)


def clean(begun: datetime, end: datetime | None) -> Iterator[Case]:
    """Started until clean, without a pause of 3 minutes; asked for 7 minutes before, looked over 5 after."""
    done = end + minutes(5) if end else None
    return readings.cleans([Cleaned(BED, begun - minutes(7), begun, end, done, "done" if done else None, 3.0)], PLAN, NOW)


def turn(begun: datetime, end: datetime | None) -> Iterator[Case]:
    """Asked for until ready; started after 4 minutes."""
    return readings.cleans([Cleaned(BED, begun, begun + minutes(4), end, end, "done" if end else None, 0.0)], PLAN, NOW)


def request(**told: object) -> BedRequest:
    return BedRequest(**({"id": RequestId("R"), "patient": PatientId("p"), "type": "general"} | told))  # type: ignore[arg-type]


def assigned(begun: datetime, end: datetime | None) -> Iterator[Case]:
    """Asked for until promised."""
    promised = {"status": RequestStatus.ASSIGNED, "bed": BED, "assigned_at": end} if end else {}
    return readings.asked([Promise(request(created_at=begun, **promised), None, None, BedStatus.OCCUPIED)], PLAN, PERIOD)


def occupied(begun: datetime, end: datetime | None) -> Iterator[Case]:
    """Promised until the patient lay in it; asked for 30 minutes before, clean for 12."""
    status = RequestStatus.ARRIVED if end else RequestStatus.ASSIGNED
    own = request(created_at=begun - minutes(30), status=status, bed=BED, assigned_at=begun)
    return readings.asked([Promise(own, end, begun - minutes(12), BedStatus.AVAILABLE)], PLAN, PERIOD)


def boarding(begun: datetime, end: datetime | None) -> Iterator[Case]:
    """Asked for from the emergency department until the patient lay in the bed, which was promised 10 minutes before."""
    came = {"status": RequestStatus.ARRIVED, "bed": BED, "assigned_at": end - minutes(10)} if end else {}
    return readings.asked([Promise(request(created_at=begun, origin="ED", **came), end, None, None)], PLAN, PERIOD)


def leaving(begun: datetime, end: datetime | None) -> Iterator[Case]:
    """Ordered until out."""
    own = Discharge(VisitId("V"), Way.CASH, begun, {Milestone.ORDER: Mark(begun, "nurse")}, ended_at=end)
    return readings.leavings([(own, BED)], PLAN, PERIOD)


def waiting(begun: datetime, end: datetime | None) -> Iterator[Case]:
    """Come until called."""
    own = Token(TokenId("E"), ClinicId("ENT"), date(2026, 11, 22), "E-1", 1, begun, arrived_at=begun, called_at=end)
    return readings.clinics([own], PLAN.zone, PERIOD)


EXAMPLES: dict[str, tuple[Make, float, Sequence[float], float, tuple[float, float], tuple[float, float]]] = {
    # how a record is made, its pauses; the ten over, the one under way; p50 and p90 of the eleven (6th, 10th) and of the ten (5th, 9th)
    "evs_response": (response, 0, (4, 6, 9, 12, 15, 19, 22, 28, 33, 47), 10, (19, 47), (15, 33)),
    "evs_clean": (clean, 3, (11, 14, 16, 18, 21, 24, 26, 29, 35, 52), 17, (24, 52), (21, 35)),
    "evs_turn": (turn, 0, (20, 25, 31, 36, 42, 45, 51, 58, 66, 90), 33, (45, 90), (42, 66)),
    "request_to_assign": (assigned, 0, (1, 3, 8, 14, 22, 37, 50, 75, 110, 190), 9, (37, 190), (22, 110)),
    "assign_to_occupy": (occupied, 0, (10, 17, 23, 29, 34, 41, 55, 63, 88, 120), 25, (41, 120), (34, 88)),
    "order_to_exit": (leaving, 0, (60, 95, 130, 160, 185, 210, 260, 300, 380, 600), 150, (210, 600), (185, 380)),
    "boarding": (boarding, 0, (30, 55, 80, 105, 140, 180, 230, 270, 330, 480), 100, (180, 480), (140, 330)),
    "opd_wait": (waiting, 0, (2, 5, 7, 13, 18, 26, 30, 39, 48, 71), 11, (26, 71), (18, 48)),
}


def told(kpi: str, over: Sequence[float], under_way: Sequence[float]) -> Figure:
    """The KPI's figure of all together; the longest comes first, as no order is promised."""
    make, paused, *_ = EXAMPLES[kpi]
    cases = [case for m in reversed(over) for case in make(START + minutes(60), START + minutes(60 + m + paused))]
    cases += [case for m in under_way for case in make(NOW - minutes(m + paused), None)]
    found = {measure.id: figures for measure, figures in counted(cases, Asked(), PLAN.zone)}
    return found[kpi][0]


def test_every_span_has_an_example() -> None:
    assert set(EXAMPLES) == {kpi for kpi, measure in MEASURES.items() if measure.sort is Sort.SPAN}


@pytest.mark.parametrize("kpi", EXAMPLES)
def test_the_middle_and_the_ninth_of_ten_by_hand(kpi: str) -> None:
    _, _, over, under_way, eleven, ten = EXAMPLES[kpi]
    one = told(kpi, over, [under_way])
    assert (one.cases, one.under_way, one.otherwise, one.invalid) == (11, 1, 0, 0)
    assert (one.p50, one.p90) == pytest.approx(eleven)
    nobody = told(kpi, over, [])
    assert (nobody.cases, nobody.under_way) == (10, 0)
    assert (nobody.p50, nobody.p90) == pytest.approx(ten)


@pytest.mark.parametrize("kpi", EXAMPLES)
def test_the_ninth_of_ten_is_not_told_while_the_longest_waits(kpi: str) -> None:
    """Five over and one under way for longer than any: 5/6, 4/6, 3/6 by the 3rd; after the 5th still 1/6. Of four cases nothing is told."""
    over = EXAMPLES[kpi][2]
    longest = told(kpi, over[:5], [over[5]])
    assert longest.p50 == pytest.approx(over[2])
    assert longest.p90 is None
    few = told(kpi, over[:3], [over[5]])
    assert (few.cases, few.p50, few.p90) == (4, None, None)
