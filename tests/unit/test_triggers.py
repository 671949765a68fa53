"""The table of triggers as a whole: what is claimed of IHE PAM has its rows, and what moves nobody moves nobody."""

from pathlib import Path

import pytest

from adt_feed.mapping.triggers import TRIGGERS
from flow.errors import Unreadable
from tests.unit.test_mapping import NOTES, PID, letter, pv1, reading

OPTION_SETS = {
    "Basic": "A01 A03 A08 A11 A13 A40",
    "Inpatient/Outpatient Encounter": "A02 A04 A05 A06 A07 A12 A38",
    "Pending Event": "A14 A15 A16 A25 A26 A27",
    "Advanced Encounter": "A21 A22 A44 A52 A53 A54 A55",
    "Temporary Transfer Tracking": "A09 A10 A32 A33",
    "Historic Movement": "Z99",
    "Demographics, merge and link": "A28 A31 A40 A47 A24 A37",
}
"""IHE PAM: ITI-31's option sets and ITI-30, as the README claims them."""


@pytest.mark.parametrize("name", OPTION_SETS)
def test_an_option_set_of_ihe_pam_that_is_claimed_has_all_its_rows(name: str) -> None:
    assert set(OPTION_SETS[name].split()) <= set(TRIGGERS)
    assert name in " ".join((Path(__file__).parents[2] / "adt_feed/mapping/README.md").read_text().split())


@pytest.mark.parametrize("trigger", NOTES)
def test_a_persons_details_move_nobody(trigger: str) -> None:
    found = reading(letter(trigger, pv1("4B^A^1")))
    assert found.commands == () and [person.name for person in found.people] == ["Meera Rao"]


def test_both_persons_of_a_link_are_noted() -> None:
    found = reading(letter("A24", "", PID.replace("12345", "777")))
    assert found.commands == () and [person.mrn for person in found.people] == ["12345", "777"]


def test_a_deleted_person_is_held_for_review() -> None:
    with pytest.raises(Unreadable) as problem:
        reading(letter("A29"))
    assert problem.value.code == "review"
