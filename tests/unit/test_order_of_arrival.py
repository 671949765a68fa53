"""The letters of one visit, in any order and each sent twice, end in the same movements, bed and status (HL7.md rule 4)."""

from collections.abc import Sequence
from contextlib import suppress
from itertools import permutations
from typing import NamedTuple

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from adt_feed.mapping.triggers import TRIGGERS
from flow.domain.ids import VisitId
from flow.domain.visit import Course
from flow.errors import Unreadable
from tests.hearing import House, check

PLACES = ("", "4B^A^1", "4B^A^2", "4B^A^3", "ED", "9Z^Q^7", '""')
OF_ONE_VISIT = sorted(trigger for trigger, row in TRIGGERS.items() if trigger == "Z99" or (row.act and trigger != "A17"))
EDITS = ("INSERT", "UPDATE", "CANCEL")


class Told(NamedTuple):
    """One letter: `hour` of the event, of what EVN-6 names, its control id (which also says what else it tells), and the movement it
    edits, if any."""

    trigger: str
    place: str
    hour: int
    control: int
    undoes: int | None = None
    movement: tuple[str, int, str, str] | None = None


letters = st.builds(
    Told,
    st.sampled_from(OF_ONE_VISIT),
    st.sampled_from(PLACES),
    st.integers(0, 4),
    st.integers(1, 9),
    st.one_of(st.none(), st.integers(0, 4)),
    st.one_of(
        st.none(),
        st.tuples(st.sampled_from("12"), st.integers(0, 4), st.sampled_from(EDITS), st.sampled_from(["A01", "A02", "A03"])),
    ),
)


def stay(told: Sequence[Told]) -> list[Told]:
    """No two letters under one control id: such a pair is two letters, and rule 8 warns of it."""
    return list({letter.control: letter for letter in told}.values())


def hour(at: int) -> str:
    return f"2026030{1 + (8 + at) // 24}{(8 + at) % 24:02d}0000+0000"


def written(told: Told) -> str:
    head = f"MSH|^~\\&|HIS|H|||{hour(told.hour)}||ADT^{told.trigger}|{told.control}|P|2.5"
    event = f"EVN|{told.trigger}|{hour(told.hour)}||||{hour(told.undoes) if told.undoes is not None else ''}"
    later = hour(told.hour + told.control) if told.control % 2 else ""
    prior = ("", told.place, PLACES[told.control % 4])[told.control % 3]
    fields = {2: "I", 3: told.place, 6: prior, 11: "CT" if told.control % 4 else "", 19: "V1"}
    fields |= {42: told.place, 45: later}
    pv1 = "PV1|" + "|".join(fields.get(n, "") for n in range(1, 46))
    pv2 = "PV2|" + "|".join({1: told.place, 9: later, 47: later}.get(n, "") for n in range(1, 48))
    lines = [head, event, "PID|1||1^^^H^MR||N^N||19800101|F", pv1, pv2]
    if told.movement:
        number, start, edit, original = told.movement
        lines.append(f"ZBE|{number}|{hour(start)}||{edit}|N|{original}")
    return "\r".join(lines)


def ends(arrival: Sequence[Told]) -> tuple[Course | None, str | None]:
    house = House()
    for told in arrival:
        with suppress(Unreadable):
            house.reads(written(told))
    check(house)
    found = house.hospital.visits.get(VisitId("V1"))
    return (found.course, found.bed) if found else (None, None)


@settings(max_examples=400, deadline=None)
@given(st.lists(letters, min_size=2, max_size=8).map(stay), st.randoms(use_true_random=False))
@example([Told("A01", "4B^A^1", 0, 1), Told("A02", "4B^A^2", 0, 2), Told("A12", "4B^A^1", 0, 3, 0)], None)
def test_any_order_of_any_letters_each_sent_twice_ends_alike(told: list[Told], dice: object) -> None:
    shuffled = told + told
    if dice is not None:
        dice.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis's own Random
    assert ends(shuffled) == ends(told)


@settings(max_examples=200, deadline=None)
@given(st.lists(letters, min_size=2, max_size=6), st.randoms(use_true_random=False))
def test_letters_under_one_control_id_end_alike_as_well(told: list[Told], dice: object) -> None:
    shuffled = told + told
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    assert ends(shuffled) == ends(told)


WHOLE = (
    Told("A05", "4B^A^1", 0, 1),
    Told("A01", "4B^A^1", 1, 2),
    Told("A21", "", 2, 3),
    Told("A22", "4B^A^1", 2, 4),
    Told("A02", "4B^A^2", 2, 5),
    Told("A12", "4B^A^1", 3, 6, 2),
)
LEFT = (
    Told("A04", "ED", 0, 1),
    Told("A06", "4B^A^1", 0, 2),
    Told("A15", "4B^A^3", 1, 3),
    Told("A02", "4B^A^3", 2, 4),
    Told("A03", "", 3, 5),
    Told("A13", "4B^A^3", 3, 6, 3),
)


PENDING = (
    Told("A14", "4B^A^2", 0, 1, 9),
    Told("A01", "4B^A^1", 1, 2),
    Told("A15", "4B^A^3", 2, 3, 8),
    Told("A01", "4B^A^1", 2, 4),
    Told("A26", "", 3, 5, 8),
    Told("A27", "", 3, 6, 9),
)


@pytest.mark.parametrize(
    "told", [WHOLE, LEFT, PENDING], ids=["planned, on leave, moved back", "from casualty, left, reopened", "pending, and its times to come"]
)
def test_every_permutation_of_a_stay_each_sent_twice(told: Sequence[Told]) -> None:
    expected = ends(told)
    assert expected[1] is not None
    for arrival in permutations(told):
        assert ends([letter for letter in arrival for _ in range(2)]) == expected
