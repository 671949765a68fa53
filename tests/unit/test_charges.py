"""Room charges: by started hour or midnight, and what was sent always comes to the charges of the history as it stands."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from flow.domain.charges import HOUR, MIDNIGHT, Ledger, charges, difference
from flow.domain.course import chart
from flow.domain.ids import BedId
from flow.domain.visit import Act, Course, Fact, Order
from tests.plans import small_plan

PLAN = small_plan()
T0 = datetime(2026, 3, 1, 8, tzinfo=UTC)  # 13:30 in Kolkata
A1, S1, I1 = "4B^A^1", "4B^S^1", "ICU^I^1"


def at(hour: float) -> datetime:
    return T0 + timedelta(hours=hour)


def fact(act: Act, hour: float, place: str | None = None) -> Fact:
    return Fact(act, at(hour), Order(at(hour)), place)


def stay(*facts: Fact) -> Course:
    return chart(facts, PLAN.bed_at)


def due(course: Course, mode: str, until: float) -> list[tuple[float, str]]:
    found = charges(course, PLAN.beds, mode, "Asia/Kolkata", at(until))
    return [((start - T0) / timedelta(hours=1), kind) for start, (_, kind) in sorted(found.items())]


def test_each_started_hour_is_charged_at_the_class_it_began_in() -> None:
    course = stay(fact(Act.ADMIT, 0, A1), fact(Act.TRANSFER, 1.5, I1), fact(Act.DISCHARGE, 2.25))
    assert due(course, HOUR, 9) == [(0, "general"), (1, "general"), (2, "icu")]


def test_an_open_stay_is_charged_for_the_hours_begun() -> None:
    course = stay(fact(Act.ADMIT, 0, A1))
    assert due(course, HOUR, 0) == []
    assert due(course, HOUR, 0.01) == [(0, "general")]
    assert due(course, HOUR, 2) == [(0, "general"), (1, "general")]


def test_each_midnight_of_the_hospital_is_charged() -> None:
    course = stay(fact(Act.ADMIT, 0, A1), fact(Act.TRANSFER, 20, S1), fact(Act.DISCHARGE, 60))
    midnight = 10.5  # 00:00 in Kolkata is 18:30 UTC
    assert due(course, MIDNIGHT, 99) == [(midnight, "general"), (midnight + 24, "private"), (midnight + 48, "private")]


def test_a_day_of_a_clock_change_has_one_midnight() -> None:
    start = datetime(2026, 3, 28, 12, tzinfo=UTC)
    course = stay(Fact(Act.ADMIT, start, Order(start), A1))
    found = charges(course, PLAN.beds, MIDNIGHT, "Europe/London", start + timedelta(days=3))
    assert [f"{one:%d %H}" for one in found] == ["29 00", "29 23", "30 23"]


def test_no_bed_costs_nothing_and_a_leave_does() -> None:
    course = stay(fact(Act.REGISTER, 0, "ED"), fact(Act.TRANSFER, 2, A1), fact(Act.LEAVE_OF_ABSENCE, 3), fact(Act.DISCHARGE, 5))
    assert due(course, HOUR, 9) == [(2, "general"), (3, "general"), (4, "general")]
    assert due(stay(fact(Act.DISCHARGE, 1)), HOUR, 9) == []


def test_a_stay_dated_a_century_back_is_not_charged_for_ever() -> None:
    start = datetime(1926, 1, 1, tzinfo=UTC)
    found = charges(stay(Fact(Act.ADMIT, start, Order(start), A1)), PLAN.beds, HOUR, "UTC", T0)
    assert len(found) == 24 * 366 * 2


def test_a_correction_credits_what_no_longer_holds() -> None:
    before = charges(stay(fact(Act.ADMIT, 0, A1)), PLAN.beds, HOUR, "UTC", at(3))
    after = charges(stay(fact(Act.ADMIT, 0, A1), fact(Act.TRANSFER, 1, I1)), PLAN.beds, HOUR, "UTC", at(3))
    lines = [(line.credit, line.type, (line.start - T0) / timedelta(hours=1)) for line in difference(before, after)]
    assert lines == [(True, "general", 1), (True, "general", 2), (False, "icu", 1), (False, "icu", 2)]
    assert difference(after, after) == []


facts = st.builds(
    fact,
    st.sampled_from([Act.ADMIT, Act.TRANSFER, Act.DISCHARGE, Act.CANCEL_TRANSFER, Act.CANCEL_DISCHARGE, Act.CANCEL_ADMIT]),
    st.integers(0, 30),
    st.sampled_from([None, A1, S1, I1, "ED"]),
)


@given(st.lists(facts, min_size=1, max_size=8), st.sampled_from([HOUR, MIDNIGHT]), st.randoms())
def test_what_was_sent_comes_to_what_is_due_whatever_the_order(told: Sequence[Fact], mode: str, dice: object) -> None:
    account: dict[tuple[datetime, BedId, str], int] = {}
    charged: Ledger = {}
    arrival = list(told)
    dice.shuffle(arrival)  # type: ignore[attr-defined]  # hypothesis's own Random
    for heard in range(1, len(arrival) + 1):
        now = charges(stay(*arrival[:heard]), PLAN.beds, mode, "Asia/Kolkata", at(48))
        for line in difference(charged, now):
            key = (line.start, line.bed, line.type)
            account[key] = account.get(key, 0) + (-1 if line.credit else 1)
            assert account[key] in (0, 1), "credited before it was charged, or charged twice"
        charged = now
    final = charges(stay(*told), PLAN.beds, mode, "Asia/Kolkata", at(48))
    assert {key for key, count in account.items() if count} == {(start, *held) for start, held in final.items()}
