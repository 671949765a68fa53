"""A past stretch under other policies: worked out by hand for a few patients, and the rules that hold for any."""

from datetime import UTC, datetime, timedelta

import pytest

from allocation.simulation.again import SERVE, Again, really, replayed
from flow.domain.hindsight import Lying
from flow.domain.ids import BedId, PatientId, RequestId
from flow.domain.replayed import Came, Stretch
from flow.domain.request import BedRequest
from tests.plans import small_plan

START = datetime(2026, 11, 20, 18, 30, tzinfo=UTC)
PLAN = small_plan()


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def came(number: int, bed: str, asked: float, lay: float, left: float, sex: str = "F", kind: str = "general", way: float = 0) -> Came:
    request = BedRequest(RequestId(f"A{number}"), PatientId(f"p{number}"), at(asked), kind, sex=sex, age=40, specialty="Medicine")
    return Came(request, BedId(bed), at(asked), at(lay), at(left), timedelta(minutes=way))


def stretch(*told: Came, lying: tuple[Lying, ...] = (), out: tuple[Lying, ...] = (), dirty: tuple[BedId, ...] = ()) -> Stretch:
    return Stretch(START, at(1440), lying, told, dirty, out, turn=30, moves=0)


def never() -> bool:
    return False


def test_a_day_worked_out_by_hand() -> None:
    """A1 and A2 of the women's bay are taken and A3 is out of use; A2 is left at 60 and ready at 90. She asked at 30, was given A1 when it
    was free at 240, and took 10 minutes. A rule that takes the first free bed gives her A2 at 90: 70 minutes instead of 220."""
    lying = (Lying(BedId("4B-A-01"), at(-100), at(210), "F"), Lying(BedId("4B-A-02"), at(-50), at(60), "F"))
    men = tuple(Lying(BedId(f"4B-B-0{n}"), at(-100), at(1440), "M") for n in (1, 2, 3))
    shut = tuple(Lying(BedId(bed), at(-100), at(1440)) for bed in ("4B-A-03", "4B-S-01", "ICU-I-01", "ICU-I-02"))
    told = stretch(came(1, "4B-A-01", 30, 250, 900, way=10), lying=(*lying, *men), out=shut)
    found = {key: replayed(PLAN, told, key, never) for key in ("real", "first_free", "ours")}
    assert really(PLAN, told).wait_p50 == 220
    assert {key: one.wait_p50 for key, one in found.items()} == {"real": 220, "first_free": 70, "ours": 70}
    assert all(one.unplaced == 0 and one.off_ward == 0 for one in found.values())


def test_who_finds_no_bed_has_waited_to_the_end() -> None:
    shut = tuple(Lying(bed, at(-1), at(1440)) for bed in PLAN.beds)
    told = stretch(came(1, "4B-A-01", 1200, 1300, 1400), out=shut)
    for key in SERVE:
        figures = replayed(PLAN, told, key, never)
        assert (figures.unplaced, figures.wait_p50) == (1, 240)


def test_a_bed_out_of_use_is_given_when_it_is_opened() -> None:
    shut = tuple(Lying(bed, at(-1), at(100 if bed == "4B-A-02" else 1440)) for bed in PLAN.beds)
    told = stretch(came(1, "4B-A-02", 10, 110, 400), out=shut)
    assert [replayed(PLAN, told, key, never).wait_p50 for key in ("first_free", "ward_first", "ours")] == [90, 90, 90]


def test_it_is_cut_when_it_is_enough_and_says_so() -> None:
    told = stretch(came(1, "4B-A-01", 10, 20, 50), came(2, "4B-A-02", 30, 40, 60))
    figures = replayed(PLAN, told, "first_free", lambda: True)
    assert (figures.cut, figures.patients) == (True, 1)


@pytest.mark.parametrize("key", list(SERVE))
def test_nobody_shares_a_bed_and_everybody_is_counted_once(key: str) -> None:
    beds = list(PLAN.beds)
    kinds = [PLAN.beds[bed].type for bed in beds]
    told = stretch(*(came(n, beds[n % 9], 37 * n, 37 * n + 5, 38 * n + 200, "MF"[n % 2], kinds[n % 9]) for n in range(36)))
    run = Again(PLAN, told, key)
    fates, cut = run.run(never)
    assert not cut and sorted(fate.came.request.id for fate in fates) == sorted(one.request.id for one in told.came)
    lay = [(fate.bed, fate.start, max(fate.came.end, fate.start + timedelta(minutes=30))) for fate in fates if fate.bed and fate.start]
    for place, (bed, start, end) in enumerate(lay):
        for other, begun, ended in lay[place + 1 :]:
            assert bed != other or end <= begun or ended <= start
    assert Again(PLAN, told, key).run(never) == (fates, False), "the same again"
