"""A visit's facts in every order of arrival: the same course (HL7.md rules 3 and 4)."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.domain.course import chart
from flow.domain.visit import Act, Course, Edit, Fact, Order, VisitStatus
from tests.plans import small_plan

PLAN = small_plan()
A1, A2, A3, ED = "4B^A^1", "4B^A^2", "4B^A^3", "ED"
T0 = datetime(2026, 3, 1, 8, tzinfo=UTC)


def at(hour: float) -> datetime:
    return T0 + timedelta(hours=hour)


def fact(act: Act, hour: float, place: str | None = None, *, number: int = 0, **more: object) -> Fact:
    return Fact(act, at(hour), Order(at(hour), number=number, control=str(number)), place, **more)  # type: ignore[arg-type]


def course(*facts: Fact) -> Course:
    return chart(facts, PLAN.bed_at)


def movements(found: Course) -> list[tuple[str | None, float, float | None]]:
    hours = [(m.bed or m.place, m.start - T0, m.end - T0 if m.end else None) for m in found.movements]
    return [(where, start / timedelta(hours=1), end / timedelta(hours=1) if end else None) for where, start, end in hours]


STAYS: dict[str, Sequence[Fact]] = {
    "a stay": [fact(Act.ADMIT, 0, A1), fact(Act.TRANSFER, 2, A2), fact(Act.PEND_DISCHARGE, 3, expected=at(5)), fact(Act.DISCHARGE, 5)],
    "a transfer taken back": [
        fact(Act.ADMIT, 0, A1),
        fact(Act.TRANSFER, 2, A2),
        fact(Act.CANCEL_TRANSFER, 3, A1, undoes_at=at(2)),
        fact(Act.TRANSFER, 4, A3),
    ],
    "a discharge taken back": [fact(Act.ADMIT, 0, A1), fact(Act.DISCHARGE, 2), fact(Act.CANCEL_DISCHARGE, 3, A2), fact(Act.AMEND, 4, A3)],
    "an admission taken back": [fact(Act.REGISTER, 0, ED), fact(Act.ADMIT, 1, A1), fact(Act.CANCEL_ADMIT, 2), fact(Act.AMEND, 3, A1)],
    "planned": [fact(Act.PLAN, 0, A1), fact(Act.ADMIT, 2, A2), fact(Act.LEAVE_FOR, 3), fact(Act.ARRIVE_BACK, 4), fact(Act.DISCHARGE, 5)],
    "ties": [
        fact(Act.ADMIT, 0, A1, number=1),
        fact(Act.TRANSFER, 0, A2, number=2),
        fact(Act.TRANSFER, 0, A3, number=3),
        fact(Act.CANCEL_TRANSFER, 0, A2, number=4, undoes_at=at(0)),
    ],
    "one control id for two": [fact(Act.ADMIT, 0, A1), fact(Act.TRANSFER, 1, A2), fact(Act.TRANSFER, 1, A3), fact(Act.AMEND, 2, A1)],
}


@pytest.mark.parametrize("stay", STAYS.values(), ids=list(STAYS))
def test_every_order_of_arrival_and_every_repeat_ends_alike(stay: Sequence[Fact]) -> None:
    expected = course(*stay)
    for arrival in permutations(stay):
        assert course(*arrival, *arrival) == expected


ACTS = st.sampled_from(Act)
PLACES = st.sampled_from([None, "", A1, A2, A3, ED, "9Z^Q^7"])
FACTS = st.builds(
    lambda act, hour, place, number, undoes, edited: fact(
        act, hour, place, number=number, undoes_at=at(undoes), movement=edited[0], edit=edited[1]
    ),
    ACTS,
    st.integers(0, 4),
    PLACES,
    st.integers(0, 3),
    st.integers(0, 4),
    st.one_of(st.just((None, None)), st.tuples(st.sampled_from(["1", "2"]), st.sampled_from(Edit))),
)


@given(st.lists(FACTS, max_size=9), st.randoms())
def test_any_facts_in_any_order_give_one_course(facts: list[Fact], dice: object) -> None:
    shuffled = list(facts) + list(facts)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis's own Random
    first = course(*dict.fromkeys(facts))
    assert course(*dict.fromkeys(shuffled)) == first
    assert all(m.end is None or m.end >= m.start for m in first.movements)
    assert all(m.end is not None for m in first.movements[:-1])


def test_the_history_of_a_stay() -> None:
    found = course(*STAYS["a stay"])
    assert movements(found) == [("4B-A-01", 0, 2), ("4B-A-02", 2, 5)]
    assert (found.status, found.claim, found.expected_free_at) == (VisitStatus.FINISHED, None, None)


def test_a_cancelled_transfer_never_happened() -> None:
    found = course(*STAYS["a transfer taken back"])
    assert movements(found) == [("4B-A-01", 0, 4), ("4B-A-03", 4, None)]


def test_a_cancel_undoes_what_was_told_twice_under_two_ids() -> None:
    twice = (fact(Act.TRANSFER, 2, A2, number=1), fact(Act.TRANSFER, 2, A2, number=2))
    found = course(fact(Act.ADMIT, 0, A1), *twice, fact(Act.CANCEL_TRANSFER, 3, undoes_at=at(2), number=3))
    assert movements(found) == [("4B-A-01", 0, None)]


def test_a_cancel_without_a_place_undoes_the_last_move() -> None:
    moves = (fact(Act.ADMIT, 0, A1), fact(Act.TRANSFER, 1, A2), fact(Act.TRANSFER, 2, A3))
    assert course(*moves, fact(Act.CANCEL_TRANSFER, 3)).claim == "4B-A-02"
    assert course(*moves, fact(Act.CANCEL_TRANSFER, 3, undoes_at=at(1))).claim == "4B-A-03"


def test_a_late_transfer_becomes_history_only() -> None:
    found = course(fact(Act.ADMIT, 0, A1), fact(Act.TRANSFER, 3, A3), fact(Act.TRANSFER, 1, A2))
    assert movements(found) == [("4B-A-01", 0, 1), ("4B-A-02", 1, 3), ("4B-A-03", 3, None)]


def test_a_discharge_may_reopen_in_another_bed() -> None:
    found = course(*STAYS["a discharge taken back"])
    assert (found.status, found.claim) == (VisitStatus.IN_PROGRESS, "4B-A-02")


def test_an_amendment_fills_a_gap_and_does_no_more() -> None:
    assert course(fact(Act.ADMIT, 0), fact(Act.AMEND, 1, A1)).claim == "4B-A-01"
    assert course(fact(Act.ADMIT, 0, ED), fact(Act.AMEND, 1, A1)).claim == "4B-A-01"
    assert course(fact(Act.ADMIT, 0, A2), fact(Act.AMEND, 1, A1)).claim == "4B-A-02"
    assert course(fact(Act.ADMIT, 0, A2), fact(Act.DISCHARGE, 1), fact(Act.AMEND, 2, A1)).status is VisitStatus.FINISHED
    assert course(fact(Act.AMEND, 0, A1)).status is VisitStatus.PLANNED


def test_a_feed_may_transfer_or_admit_by_a08_but_never_reopen() -> None:
    assert course(fact(Act.ADMIT, 0, A2), fact(Act.AMEND_TRANSFER, 1, A1)).claim == "4B-A-01"
    assert course(fact(Act.AMEND_TRANSFER, 1, A1)).claim is None
    assert course(fact(Act.AMEND_ADMIT, 0, A1)).claim == "4B-A-01"
    for act in (Act.AMEND_TRANSFER, Act.AMEND_ADMIT):
        assert course(fact(Act.ADMIT, 0, A2), fact(Act.DISCHARGE, 1), fact(act, 2, A1)).status is VisitStatus.FINISHED
        assert course(fact(Act.ADMIT, 0, A2), fact(Act.CANCEL_ADMIT, 1), fact(act, 2, A1)).status is VisitStatus.CANCELLED


def test_away_patients_keep_their_bed() -> None:
    found = course(fact(Act.ADMIT, 0, A1), fact(Act.LEAVE_FOR, 1))
    assert (found.claim, found.away) == ("4B-A-01", True)
    assert course(fact(Act.ADMIT, 0, A1), fact(Act.LEAVE_FOR, 1), fact(Act.ARRIVE_BACK, 2)).away is False


def test_a_deleted_place_leaves_the_patient_in_the_house_and_in_no_bed() -> None:
    found = course(fact(Act.ADMIT, 0, A1), fact(Act.TRANSFER, 1, ""))
    assert (found.status, found.claim) == (VisitStatus.IN_PROGRESS, None)


def test_a_purge_gives_back_only_an_open_visits_bed() -> None:
    assert course(fact(Act.ADMIT, 0, A1), fact(Act.PURGE, 1)).status is VisitStatus.CANCELLED
    assert course(fact(Act.ADMIT, 0, A1), fact(Act.DISCHARGE, 1), fact(Act.PURGE, 2)).status is VisitStatus.FINISHED


def test_pending_discharge_and_transfer_are_told_and_taken_back() -> None:
    asked = (fact(Act.ADMIT, 0, A1), fact(Act.PEND_TRANSFER, 1, A2), fact(Act.PEND_DISCHARGE, 2, expected=at(9)))
    assert (course(*asked).reserved, course(*asked).expected_free_at) == ("4B-A-02", at(9))
    taken = course(*asked, fact(Act.CANCEL_PEND_TRANSFER, 3), fact(Act.CANCEL_PEND_DISCHARGE, 4))
    assert (taken.reserved, taken.expected_free_at) == (None, None)
