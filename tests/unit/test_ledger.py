"""The minute ledger: every minute of an idle bed has one owner, whatever order it is told in, and the shares make 100 %."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.domain.bed import BedStatus, Stage
from flow.domain.discharge import WAYS, Discharge, Mark, Milestone, Way
from flow.domain.ghosts import Ghost, ghost_time, ghosts
from flow.domain.ids import BedId, VisitId, WardId
from flow.domain.ledger import Claim, Idle, Owner, Piece, Stretch, idle, owned
from flow.domain.ledger_sums import by_owner, ledger, shares

DAY = datetime(2026, 11, 20, tzinfo=UTC)
BED, WARD, VISIT = BedId("4B-A-01"), WardId("4B"), VisitId("V1")
AVAILABLE, OCCUPIED, CLEANING, OUT = BedStatus.AVAILABLE, BedStatus.OCCUPIED, BedStatus.CLEANING, BedStatus.MAINTENANCE
M = Milestone


def at(clock: str, day: int = 0) -> datetime:
    hours, minutes = clock.split(":")
    return DAY + timedelta(days=day, hours=int(hours), minutes=int(minutes))


def piece(start: str, end: str, status: BedStatus, stage: Stage | None = None, *, reserved: bool = False, visit: str = "V1") -> Piece:
    lies = VisitId(visit) if status is OCCUPIED else None
    return Piece(BED, WARD, at(start), at(end), status, stage, reserved, lies)


def discharge(way: Way, begun: str, marks: Mapping[Milestone, str], ended: str | None = None, *, off: bool = False) -> Discharge:
    done = {step: Mark(at(clock), "nurse:x") for step, clock in marks.items()}
    return Discharge(VISIT, way, at(begun), done, ended_at=at(ended) if ended else None, called_off=off)


def told(found: Idle) -> list[tuple[Owner, str, str]]:
    return [(share.owner, f"{share.start:%H:%M}", f"{share.end:%H:%M}") for share in found.shares]


def stretches(pieces: list[Piece], one: Discharge | None = None, now: str = "23:59") -> dict[Stretch, Idle]:
    found = list(idle(pieces, {one.id: one} if one else {}, at(now)))
    assert len({each.stretch for each in found}) == len(found)
    return {each.stretch: each for each in found}


def test_a_cashless_discharge_from_the_order_to_the_next_patient() -> None:
    marks = {M.ORDER: "09:00", M.SUMMARY: "09:40", M.PHARMACY: "10:30", M.BILLING: "11:00", M.TPA: "13:10", M.TRANSPORT: "13:30"}
    one = discharge(Way.CASHLESS, "08:30", marks, "13:45")
    found = stretches(
        [
            piece("00:00", "13:45", OCCUPIED),
            piece("13:45", "14:20", CLEANING, Stage.WAITING),
            piece("14:20", "14:30", CLEANING, Stage.IN_PROGRESS),
            piece("14:30", "14:40", CLEANING, Stage.SUSPENDED),
            piece("14:40", "15:00", CLEANING, Stage.IN_PROGRESS, reserved=True),
            piece("15:00", "15:05", CLEANING, Stage.INSPECTION, reserved=True),
            piece("15:05", "15:20", AVAILABLE, reserved=True),
            piece("15:20", "15:50", AVAILABLE),
            piece("15:50", "16:00", AVAILABLE, reserved=True),
            piece("16:00", "23:59", OCCUPIED, visit="V2"),
        ],
        one,
    )
    assert told(found[Stretch.LEAVING]) == [
        (Owner.DOCTOR, "09:00", "09:40"),
        (Owner.PHARMACY, "09:40", "10:30"),
        (Owner.BILLING, "10:30", "11:00"),
        (Owner.TPA, "11:00", "13:10"),
        (Owner.TRANSPORT, "13:10", "13:45"),
    ]
    assert told(found[Stretch.TURNOVER]) == [
        (Owner.WAITING_FOR_CLEANING, "13:45", "14:20"),
        (Owner.CLEANING, "14:20", "14:30"),
        (Owner.WAITING_FOR_CLEANING, "14:30", "14:40"),
        (Owner.CLEANING, "14:40", "15:00"),
        (Owner.INSPECTION, "15:00", "15:05"),
    ]
    assert told(found[Stretch.WAITING]) == [
        (Owner.NOT_ARRIVED, "15:05", "15:20"),
        (Owner.UNASSIGNED, "15:20", "15:50"),
        (Owner.NOT_ARRIVED, "15:50", "16:00"),
    ]


def test_of_two_steps_that_run_beside_each_other_the_earlier_of_the_way_owns_the_minute() -> None:
    """Billing was done an hour before the pharmacy: it waited for nobody, and the pharmacy owns the time until it was done."""
    one = discharge(Way.CASH, "09:00", {M.ORDER: "09:00", M.SUMMARY: "09:10", M.BILLING: "10:00", M.PHARMACY: "11:00"}, "11:20")
    assert told(stretches([piece("00:00", "11:20", OCCUPIED)], one)[Stretch.LEAVING]) == [
        (Owner.DOCTOR, "09:00", "09:10"),
        (Owner.PHARMACY, "09:10", "11:00"),
        (Owner.TRANSPORT, "11:00", "11:20"),
    ]


def test_a_step_nobody_marked_owns_nothing_once_the_patient_left_and_a_later_one_was_marked() -> None:
    marks = {M.ORDER: "09:00", M.SUMMARY: "09:30", M.BILLING: "11:00"}
    pieces = [piece("00:00", "12:00", OCCUPIED)]
    left = stretches(pieces, discharge(Way.CASH, "09:00", marks, "12:00"))[Stretch.LEAVING]
    assert told(left)[1:] == [(Owner.BILLING, "09:30", "11:00"), (Owner.TRANSPORT, "11:00", "12:00")]
    still = stretches(pieces, discharge(Way.CASH, "09:00", marks), now="12:00")[Stretch.LEAVING]
    assert told(still)[1:] == [(Owner.PHARMACY, "09:30", "12:00")]
    assert still.open


def test_a_discharge_called_off_or_not_yet_ordered_makes_no_bed_idle() -> None:
    pieces = [piece("00:00", "12:00", OCCUPIED)]
    assert stretches(pieces, discharge(Way.CASH, "09:00", {M.ORDER: "09:00"}, "10:00", off=True)) == {}
    assert stretches(pieces, discharge(Way.CASH, "09:00", {M.PHARMACY: "09:30"})) == {}
    assert stretches(pieces) == {}


def test_the_dead_wait_for_the_doctor_the_police_and_the_mortuary() -> None:
    marks = {M.CERTIFICATE: "02:00", M.POLICE: "05:00", M.BILLING: "04:00", M.MORTUARY: "06:00"}
    one = discharge(Way.MEDICO_LEGAL, "01:00", marks, "06:30")
    assert told(stretches([piece("00:00", "06:30", OCCUPIED)], one)[Stretch.LEAVING]) == [
        (Owner.DOCTOR, "01:00", "02:00"),
        (Owner.POLICE_MORTUARY, "02:00", "06:30"),
    ]


def test_found_dirty_and_out_of_use_stay_in_the_stretch_and_go_to_their_own_causes() -> None:
    found = stretches(
        [
            piece("08:00", "09:00", OUT, reserved=True),
            piece("09:00", "10:00", CLEANING, Stage.WAITING),
            piece("10:00", "11:00", AVAILABLE),
            piece("11:00", "12:00", CLEANING, Stage.WAITING),
            piece("12:00", "13:00", OUT),
            piece("13:00", "14:00", AVAILABLE),
        ],
        now="14:00",
    )
    assert told(found[Stretch.TURNOVER]) == [(Owner.MAINTENANCE, "08:00", "09:00"), (Owner.WAITING_FOR_CLEANING, "09:00", "10:00")]
    assert told(found[Stretch.WAITING]) == [
        (Owner.UNASSIGNED, "10:00", "11:00"),
        (Owner.WAITING_FOR_CLEANING, "11:00", "12:00"),
        (Owner.MAINTENANCE, "12:00", "13:00"),
        (Owner.UNASSIGNED, "13:00", "14:00"),
    ]
    assert not found[Stretch.TURNOVER].open
    assert found[Stretch.WAITING].open


def test_a_bed_taken_before_it_was_clean_has_no_waiting() -> None:
    found = stretches([piece("08:00", "09:00", CLEANING, Stage.IN_PROGRESS), piece("09:00", "10:00", OCCUPIED)])
    assert list(found) == [Stretch.TURNOVER]


def test_who_moved_on_before_leaving_makes_each_bed_idle_for_its_own_time() -> None:
    one = discharge(Way.CASH, "09:00", {M.ORDER: "09:00"}, "12:00")
    lounge = Piece(BedId("LO-1"), WardId("LO"), at("10:00"), at("12:00"), OCCUPIED, visit=VISIT)
    found = list(idle([lounge, piece("00:00", "10:00", OCCUPIED)], {VISIT: one}, at("12:00")))
    assert [(each.bed, told(each)) for each in found] == [
        (BED, [(Owner.DOCTOR, "09:00", "10:00")]),
        (lounge.bed, [(Owner.DOCTOR, "10:00", "12:00")]),
    ]


MOMENTS = st.integers(0, 3000).map(lambda minutes: DAY + timedelta(minutes=minutes, microseconds=minutes % 7))
CLAIMS = st.lists(st.builds(Claim, st.integers(0, 4), st.sampled_from(Owner), MOMENTS, MOMENTS), max_size=12)


@given(MOMENTS, MOMENTS, CLAIMS, st.randoms(use_true_random=False))
def test_claims_of_any_kind_share_a_stretch_out_exactly(one: datetime, other: datetime, claims: list[Claim], dice: object) -> None:
    start, end = min(one, other), max(one, other)
    found = owned(start, end, claims, Owner.UNASSIGNED)
    shuffled = [*claims, *claims[:2]]
    dice.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis' own random
    assert owned(start, end, shuffled, Owner.UNASSIGNED) == found
    assert sum((share.end - share.start for share in found), timedelta()) == end - start
    assert all(share.start < share.end for share in found)
    assert [share.end for share in found[:-1]] == [share.start for share in found[1:]]
    assert all(left.owner is not right.owner for left, right in pairwise(found))
    for share in found:
        covering = [c for c in claims if c.start <= share.start and c.end > share.start]
        assert share.owner is (min(covering, key=lambda c: (c.rank, c.owner)).owner if covering else Owner.UNASSIGNED)


@st.composite
def lives(draw: st.DrawFn) -> tuple[list[Piece], dict[VisitId, Discharge]]:
    """The life of some beds: conditions one after the other, and discharges with any marks at any times."""
    pieces: list[Piece] = []
    discharges: dict[VisitId, Discharge] = {}
    for bed in range(draw(st.integers(1, 3))):
        moment = DAY + timedelta(minutes=draw(st.integers(0, 100)))
        for place in range(draw(st.integers(1, 12))):
            end = moment + timedelta(minutes=draw(st.integers(1, 400)))
            status = draw(st.sampled_from(BedStatus))
            stage = draw(st.sampled_from(Stage)) if status is CLEANING else None
            visit = VisitId(f"V{bed}-{place // 2}") if status is OCCUPIED else None
            pieces.append(Piece(BedId(f"B{bed}"), WardId(f"W{bed}"), moment, end, status, stage, draw(st.booleans()), visit))
            if visit and draw(st.booleans()):
                way = draw(st.sampled_from(Way))
                marks = draw(st.dictionaries(st.sampled_from(WAYS[way]), MOMENTS.map(lambda when: Mark(when, "x"))))
                ended = draw(st.sampled_from([None, end]))
                discharges[visit] = Discharge(visit, way, draw(MOMENTS), marks, ended_at=ended, called_off=draw(st.booleans()))
            moment = end
    return pieces, discharges


@given(lives(), st.randoms(use_true_random=False), st.integers(0, 3000), st.integers(1, 3000), st.sampled_from(["Asia/Kolkata", "UTC"]))
def test_every_idle_minute_of_any_life_has_one_owner(
    life: tuple[list[Piece], dict[VisitId, Discharge]], dice: object, start: int, length: int, zone: str
) -> None:
    pieces, discharges = life
    now = max(each.end for each in pieces)
    found = list(idle(pieces, discharges, now))
    shuffled = list(pieces)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis' own random
    assert list(idle(shuffled, dict(reversed(discharges.items())), now)) == found
    empty = sum((each.end - each.start for each in pieces if each.status is not OCCUPIED), timedelta())
    assert sum((e.end - e.start for e in found if e.stretch is not Stretch.LEAVING), timedelta()) == empty
    for each in found:
        assert each.start < each.end
        assert sum((share.end - share.start for share in each.shares), timedelta()) == each.end - each.start
    begin = DAY + timedelta(minutes=start)
    end = begin + timedelta(minutes=length)
    sums = ledger(found, begin, end, zone)
    within = sum((max(timedelta(), min(e.end, end) - max(e.start, begin)) for e in found), timedelta())
    assert sums.total == within
    assert all(each.time > timedelta() for each in sums.sums)
    assert sum(by_owner(sums.sums).values(), timedelta()) == within


@given(st.dictionaries(st.sampled_from(Owner), st.integers(0, 10**9), min_size=1), st.integers(0, 3))
def test_the_shares_make_exactly_a_hundred(amounts: dict[Owner, int], digits: int) -> None:
    times = {owner: timedelta(microseconds=amount) for owner, amount in amounts.items()}
    found = shares(times, digits)
    assert sum(found.values()) == (100 if any(amounts.values()) else 0)
    assert shares(dict(reversed(times.items())), digits) == found
    whole = sum(amounts.values())
    for owner, amount in amounts.items():
        assert found[owner] >= 0
        assert not whole or abs(found[owner] - Decimal(100 * amount) / whole) < Decimal(10) ** -digits


def test_days_are_those_of_the_hospital() -> None:
    """20:00 to 22:00 UTC is 01:30 to 03:30 of the next day in India; 18:00 to 20:00 lies on both sides of midnight."""
    found = ledger(idle([piece("18:00", "22:00", AVAILABLE)], {}, at("22:00")), at("17:00"), at("23:00"), "Asia/Kolkata")
    assert [(each.day, each.time) for each in found.sums] == [
        (date(2026, 11, 20), timedelta(minutes=30)),
        (date(2026, 11, 21), timedelta(hours=3, minutes=30)),
    ]


def test_only_what_ended_in_the_period_has_a_median() -> None:
    pieces = [piece("08:00", "09:00", CLEANING), piece("09:00", "09:30", AVAILABLE), piece("09:30", "12:00", OCCUPIED)]
    found = ledger(idle(pieces, {}, at("12:00")), at("08:30"), at("12:00"), "UTC")
    assert (found.ended[Stretch.TURNOVER].count, found.ended[Stretch.TURNOVER].median) == (1, 60.0)
    assert (found.ended[Stretch.LEAVING].count, found.ended[Stretch.LEAVING].median) == (0, None)
    still = ledger(idle(pieces[:2], {}, at("09:30")), at("08:30"), at("09:30"), "UTC")
    assert still.ended[Stretch.WAITING].count == 0


def test_a_ghost_is_counted_once_and_only_in_the_period() -> None:
    late = Ghost(BED, WARD, at("09:00"), at("11:00"))
    seen = Ghost(BED, WARD, at("10:30"), at("11:30"))
    other = Ghost(BedId("4B-A-02"), WARD, at("10:00"), at("10:00") + timedelta(seconds=30))
    assert ghost_time(ghosts([seen, other, late], at("00:00"), at("23:00"))) == timedelta(hours=2, minutes=30)
    assert ghost_time(ghosts([late, seen], at("10:00"), at("11:00"))) == timedelta(hours=1)


def test_what_is_told_within_a_minute_is_no_ghost_and_joins_none() -> None:
    short, long = timedelta(seconds=59), timedelta(minutes=1)
    told = [Ghost(BED, WARD, at("10:00"), at("10:00") + short), Ghost(BED, WARD, at("10:00") + short, at("10:00") + 2 * short)]
    assert ghosts(told, at("00:00"), at("23:00")) == []
    late = Ghost(BED, WARD, at("10:00") + short, at("10:00") + short + long)
    assert ghosts([told[0], late], at("00:00"), at("23:00")) == [late]


@pytest.mark.parametrize("way", Way)
def test_each_step_of_each_way_has_an_owner(way: Way) -> None:
    one = discharge(way, "01:00", {WAYS[way][0]: "01:00"})
    assert (
        sum((s.end - s.start for s in stretches([piece("00:00", "05:00", OCCUPIED)], one)[Stretch.LEAVING].shares), timedelta())
        > timedelta()
    )
