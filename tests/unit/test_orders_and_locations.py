"""Orders and results kept by visit, and beds proposed by a location master."""

from itertools import permutations

import pytest

from flow.domain.bed import BedStatus
from flow.domain.clinical import ClinicalNote, NoteKind
from flow.domain.commands import SettleProposal
from flow.domain.feed_commands import ChangeFeed
from flow.domain.ids import BedId, FeedId, VisitId
from flow.errors import Refused, Unreadable
from tests.hearing import House

HEAD = "MSH|^~\\&|LAB|H|||2026030108{minute:02d}00+0000||{kind}|{kind}{minute}|P|2.5"


@pytest.fixture
def house() -> House:
    return House()


def says(house: House, kind: str, minute: int, *segments: str, visit: str = "V1", mrn: str = "1") -> None:
    head = HEAD.format(kind=kind, minute=minute)
    pv1 = f"PV1||I|||||||||||||||||{visit}"
    house.reads("\r".join((head, f"PID|1||{mrn}^^^H^MR||Rao^Meera", pv1, *segments)))


def notes(house: House) -> list[tuple[NoteKind, str, str, str | None]]:
    return [(note.kind, note.code, note.state, note.visit) for note in house.hospital.notes.values()]


def test_an_order_and_its_results_are_one_note(house: House) -> None:
    house.hears("A01", "4B^A^1")
    says(house, "ORM^O01", 1, "ORC|NW|77", "OBR|1|77||58410-2^CBC^LN" + "|" * 20 + "HM")
    assert notes(house) == [(NoteKind.LAB, "58410-2", "ordered", "V1")]
    says(house, "ORU^R01", 2, "OBR|1|77|L9|58410-2^CBC^LN" + "|" * 20 + "HM|P", "OBX|1|NM|718-7^Hb||secret 12.1")
    assert notes(house) == [(NoteKind.LAB, "58410-2", "preliminary", "V1")]
    says(house, "ORU^R01", 3, "ORC|RE|77|L9", "OBR|1|77|L9|58410-2^CBC^LN" + "|" * 20 + "HM|F")
    assert notes(house) == [(NoteKind.LAB, "58410-2", "final", "V1")]
    assert "secret" not in repr(house.hospital.notes) and "Rao" not in repr(house.hospital.notes)
    assert house.holder(BedId("4B-A-01")) == "V1"


@pytest.mark.parametrize(
    ("kind", "segments", "expected"),
    [
        ("OMG^O19", ("ORC|NW|1", "OBR|1|1||XR^Chest" + "|" * 20 + "RAD"), (NoteKind.IMAGING, "XR", "ordered")),
        ("OMG^O19", ("ORC|CA|1", "OBR|1|1||PT^Physio"), (NoteKind.OTHER, "PT", "cancelled")),
        ("ORM^O01", ("ORC|SC|1|||CM", "OBR|1|1||PT^Physio"), (NoteKind.OTHER, "PT", "final")),
        ("RDE^O11", ("ORC|NW|1", "RXE|^^^20260301|999^Ampicillin|1"), (NoteKind.MEDICINE, "999", "ordered")),
        ("RDS^O13", ("ORC|NW|1", "RXE||999^Ampicillin", "RXD|1|999^Ampicillin|20260301"), (NoteKind.MEDICINE, "999", "dispensed")),
        ("RDE^O01", ("ORC|NW|1", "RXE|^^^20260301|999^Ampicillin|1"), (NoteKind.MEDICINE, "999", "ordered")),
        ("RDS^O01", ("ORC|NW|1", "RXD|1|999^Ampicillin|20260301"), (NoteKind.MEDICINE, "999", "dispensed")),
        ("ORM", ("ORC|NW|1", "OBR|1|1||XR^Chest" + "|" * 20 + "RAD"), (NoteKind.IMAGING, "XR", "ordered")),
        ("ORU", ("OBR|1||L1|8^X", "OBX|1|NM|1||7||||||F"), (NoteKind.LAB, "8", "final")),
        ("ORU^R01", ("OBR|1||L1|8^X", "OBX|1|NM|1||7||||||C"), (NoteKind.LAB, "8", "corrected")),
    ],
)
def test_each_kind_says_its_state(house: House, kind: str, segments: tuple[str, ...], expected: tuple[object, ...]) -> None:
    says(house, kind, 1, *segments)
    assert [note[:3] for note in notes(house)] == [expected]


def test_several_orders_of_a_message_are_several_notes(house: House) -> None:
    says(house, "ORU^R01", 1, "OBR|1|1||A^X", "OBR|2|2||B^X", "ORC|RE|3", "OBR|3|3||C^X")
    assert [note.code for note in house.hospital.notes.values()] == ["A", "B", "C"]


def test_without_a_number_it_is_the_patients_only_open_visit_or_none(house: House) -> None:
    house.hears("A01", "4B^A^1")
    says(house, "ORM^O01", 1, "ORC|NW|1", "OBR|1|1||A^X", visit="")
    says(house, "ORM^O01", 1, "ORC|NW|2", "OBR|1|2||B^X", visit="", mrn="9")
    assert [note[3] for note in notes(house)] == ["V1", None]
    assert VisitId("V1") in house.hospital.visits and len(house.hospital.visits) == 1


def test_two_patients_with_one_number_are_two_orders(house: House) -> None:
    says(house, "ORM^O01", 1, "ORC|NW|1", "OBR|1|1||A^X")
    says(house, "ORM^O01", 2, "ORC|NW|1", "OBR|1|1||B^X", visit="V2", mrn="2")
    assert len(house.hospital.notes) == 2


def test_the_newest_word_counts_in_any_order() -> None:
    states = ("P", "F", "C")
    ends: set[tuple[ClinicalNote, ...]] = set()
    for arrival in permutations(enumerate(states)):
        house = House()
        for minute, state in arrival * 2:
            says(house, "ORU^R01", minute, "OBR|1|7||A^X" + "|" * 21 + state)
        assert notes(house) == [(NoteKind.LAB, "A", "corrected", "V1")]
        ends.add(tuple(note.state for note in house.hospital.notes.values()))  # type: ignore[arg-type]
    assert len(ends) == 1


def test_an_order_without_a_number_is_kept(house: House) -> None:
    with pytest.raises(Unreadable) as problem:
        says(house, "ORU^R01", 1, "OBR|1", "OBX|1|TX|X||words")
    assert problem.value.code == "no-order"


# --- locations ---


def master(house: House, minute: int, *pairs: str) -> None:
    house.reads("\r".join((HEAD.format(kind="MFN^M05", minute=minute), "MFI|LOC||UPD|||AL", *pairs)))


def proposals(house: House) -> list[tuple[str, str, str, bool]]:
    return [(each.place, each.name, each.action, each.settled) for each in house.hospital.proposals.values()]


def test_a_place_nobody_knows_is_proposed_and_settled_by_an_engineer(house: House) -> None:
    master(house, 1, "MFE|MAD|1||ICU^01^9", "LOC|ICU^01^9|ICU bed 9|B", "MFE|MAD|1||ICU", "LOC|ICU|Intensive care|N")
    assert proposals(house) == [("ICU^01^9", "ICU bed 9", "add", False)]
    house.does(ChangeFeed(FeedId("his"), places={"ICU^01^9": BedId("ICU-I-01")}))
    house.does(SettleProposal("icu^01^9"))
    assert [each[3] for each in proposals(house)] == [True]
    with pytest.raises(Refused):
        house.does(SettleProposal("icu^01^9"))
    assert house.status(BedId("ICU-I-01")) is BedStatus.AVAILABLE


def test_a_place_that_is_a_bed_asks_nothing_unless_it_goes(house: House) -> None:
    master(house, 1, "MFE|MUP|1||x", "LOC|4B^A^1|Bed A1|B")
    assert proposals(house) == [("4B^A^1", "Bed A1", "update", True)]
    master(house, 2, "MFE|MDL|1||x", "LOC|4B^A^1|Bed A1|B")
    assert proposals(house) == [("4B^A^1", "Bed A1", "remove", False)]
    master(house, 3, "MFE|MDL|1||x", "LOC|9Z^9^9|Gone|B")
    assert proposals(house)[1] == ("9Z^9^9", "Gone", "remove", True)


def test_the_newest_word_on_a_place_counts(house: House) -> None:
    master(house, 5, "MFE|MDL|1||4B^A^1")
    master(house, 4, "MFE|MAD|1||4B^A^1")
    assert proposals(house) == [("4B^A^1", "", "remove", False)]


def test_a_master_that_names_no_place_is_kept(house: House) -> None:
    with pytest.raises(Unreadable) as problem:
        master(house, 1, "MFE|MAD|1||")
    assert problem.value.code == "no-place"
