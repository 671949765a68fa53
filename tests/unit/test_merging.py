"""Merges, moves and changed identifiers, told by letters: beds follow visits, old ids stay as aliases, nobody is evicted."""

from itertools import permutations

import pytest

from flow.domain.bed import BedStatus
from flow.domain.cause import Origin
from flow.domain.commands import MergeVisits, Person
from flow.domain.feed_commands import ChangeFeed
from flow.domain.ids import BedId, FeedId, PatientId, VisitId
from flow.domain.visit import Order, VisitStatus
from flow.errors import Unreadable
from tests.hearing import T0, House, check

A1, A2, A3 = BedId("4B-A-01"), BedId("4B-A-02"), BedId("4B-A-03")


@pytest.fixture
def house() -> House:
    return House()


def merges(
    house: House, trigger: str, mrg: str, *, visit: str = "", mrn: str = "1", account: str = "", alternate: str = "", at: float = 9
) -> None:
    """A letter with PID, MRG and PV1: `mrg` from its first field on."""
    when = f"202603{1 + int(8 + at) // 24:02d}{int(8 + at) % 24:02d}0000+0000"
    pid = f"PID|1||{mrn}^^^H^MR||N^N||19800101|F" + "|" * 10 + account
    pv1 = "PV1|" + "|".join({2: "I", 19: visit, 50: alternate}.get(n, "") for n in range(1, 51))
    head = f"MSH|^~\\&|HIS|H|||{when}||ADT^{trigger}|M{at}|P|2.5\rEVN|{trigger}|{when}"
    house.reads(f"{head}\r{pid}\rMRG|{mrg}\r{pv1}")


@pytest.mark.parametrize("trigger", ["A18", "A30", "A34", "A36", "A39", "A40", "A43", "A47"])
def test_a_person_goes_on_under_another_number(house: House, trigger: str) -> None:
    house.hears("A01", "4B^A^1", visit="V1", mrn="7")
    merges(house, trigger, "7^^^H^MR")
    assert house.hospital.visits[VisitId("V1")].patient == "1"
    assert house.hospital.survivor(PatientId("7")) == "1"
    assert house.holder(A1) == "V1"
    house.hears("A02", "4B^A^2", visit="V1", mrn="7")  # still told of under the old number
    assert house.hospital.visits[VisitId("V1")].patient == "1"
    check(house)


RENUMBERED = {
    "A42": {"mrg": "1^^^H^MR||||V1", "visit": "V2"},
    "A50": {"mrg": "1^^^H^MR||||V1", "visit": "V2"},
    "A18": {"mrg": "1^^^H^MR||||V1", "visit": "V2"},
    "A35": {"mrg": "1^^^H^MR||V1", "account": "V2"},
    "A36": {"mrg": "1^^^H^MR||V1", "account": "V2"},
    "A41": {"mrg": "1^^^H^MR||V1", "account": "V2"},
    "A49": {"mrg": "1^^^H^MR||V1", "account": "V2"},
    "A51": {"mrg": "1^^^H^MR|||||V1", "alternate": "V2"},
    "A45": {"mrg": "1^^^H^MR||||V1", "visit": "V2"},
    "A44": {"mrg": "1^^^H^MR||V1", "account": "V2"},
}


@pytest.mark.parametrize("trigger", RENUMBERED)
def test_a_visit_goes_on_under_another_number_in_its_bed(house: House, trigger: str) -> None:
    house.hears("A01", "4B^A^1", visit="V1")
    merges(house, trigger, **RENUMBERED[trigger])
    assert house.holder(A1) == "V2"
    assert house.place_of("V1") == (VisitStatus.CANCELLED, None)
    house.hears("A02", "4B^A^2", visit="V1")
    assert (house.holder(A2), house.status(A1)) == ("V2", BedStatus.CLEANING)
    house.hears("A03", visit="V2")
    assert house.place_of("V2") == (VisitStatus.FINISHED, None)
    check(house)


def test_the_bed_goes_over_without_a_cleaning(house: House) -> None:
    house.hears("A01", "4B^A^1", visit="V1")
    merges(house, "A42", "1^^^H^MR||||V1", visit="V2")
    assert not [event for event in house.log if event.kind == "bed-vacated"]
    assert house.hospital.beds[A1].discrepancy is None


def test_two_visits_in_two_beds_are_left_for_a_person(house: House) -> None:
    house.hears("A01", "4B^A^1", visit="V1")
    house.hears("A01", "4B^A^2", visit="V2")
    merges(house, "A42", "1^^^H^MR||||V1", visit="V2")
    assert (house.holder(A1), house.holder(A2)) == ("V1", "V2")
    assert house.hospital.visits[VisitId("V1")].merged_into == "V2"
    check(house)
    person = Person(PatientId("1"))
    house.does(MergeVisits(VisitId("V1"), VisitId("V2"), person, house.now, Order(house.now), settled=True))
    assert (house.status(A1), house.holder(A2)) == (BedStatus.CLEANING, "V2")
    check(house)


def test_a_discharge_told_again_does_not_discharge_the_one_left_apart(house: House) -> None:
    house.hears("A01", "4B^A^1", visit="V1")
    house.hears("A01", "4B^A^2", visit="V2")
    merges(house, "A42", "1^^^H^MR||||V1", visit="V2")
    for _ in range(2):
        house.hears("A03", visit="V1", at=20)
    assert house.place_of("V1") == (VisitStatus.FINISHED, None)
    assert house.holder(A2) == "V2"


def test_a_merge_heard_of_after_the_discharge_of_one_does_not_discharge_the_other(house: House) -> None:
    house.hears("A01", "4B^A^1", visit="V1", at=1)
    house.hears("A01", "4B^A^2", visit="V2", at=2)
    house.hears("A03", visit="V1", at=4)
    merges(house, "A42", "1^^^H^MR||||V1", visit="V2", at=3)
    assert (house.place_of("V1"), house.place_of("V2")) == ((VisitStatus.FINISHED, None), (VisitStatus.IN_PROGRESS, A2))
    check(house)


def test_every_order_of_a_renumbered_stay_ends_alike() -> None:
    letters = (
        lambda house: house.hears("A01", "4B^A^1", visit="V1", at=1),
        lambda house: merges(house, "A42", "1^^^H^MR||||V1", visit="V2", at=2),
        lambda house: house.hears("A02", "4B^A^2", visit="V2", at=3),
        lambda house: house.hears("A02", "4B^A^3", visit="V1", at=4),
    )
    for arrival in permutations(letters):
        house = House()
        for letter in arrival + arrival:
            letter(house)
        assert house.place_of("V2") == (VisitStatus.IN_PROGRESS, A3)
        assert [move.bed for move in house.hospital.visits[VisitId("V2")].course.movements] == [A1, A2, A3]
        assert house.place_of("V1") == (VisitStatus.CANCELLED, None)
        check(house)


def test_another_patients_visit_is_not_swallowed(house: House) -> None:
    house.hears("A01", "4B^A^1", visit="V1", mrn="7")
    with pytest.raises(Unreadable) as problem:
        merges(house, "A42", "1^^^H^MR||||V1", visit="V2")
    assert problem.value.code == "other-patient"
    assert house.holder(A1) == "V1"


@pytest.mark.parametrize(("trigger", "field"), [("A44", 3), ("A45", 5)])
def test_a_visit_is_moved_to_its_true_patient_and_keeps_its_bed(house: House, trigger: str, field: int) -> None:
    house.hears("A01", "4B^A^1", visit="V1", mrn="7", at=1)
    merges(house, trigger, "7^^^H^MR" + "|" * (field - 1) + "V1", mrn="1", at=2)
    assert (house.hospital.visits[VisitId("V1")].patient, house.holder(A1)) == ("1", "V1")
    house.hears("A08", visit="V1", mrn="7", at=1.5)  # an older letter, late, does not give it back
    assert house.hospital.visits[VisitId("V1")].patient == "1"
    house.hears("A08", visit="V1", mrn="1", at=3)
    assert house.hospital.visits[VisitId("V1")].patient == "1"


@pytest.mark.parametrize(("trigger", "mrg"), [("A44", "7^^^H^MR||V1"), ("A41", "1^^^H^MR||V1"), ("A49", "1^^^H^MR||V1")])
def test_an_account_says_nothing_of_a_visit_where_none_goes_by_it(house: House, trigger: str, mrg: str) -> None:
    house.does(ChangeFeed(FeedId("his"), visit_key=("visit",)))
    mrn = "7" if trigger == "A44" else "1"
    house.hears("A01", "4B^A^1", visit="V1", mrn=mrn, at=1)
    merges(house, trigger, mrg, account="V2", mrn="1", at=2)
    assert (house.holder(A1), house.hospital.visits[VisitId("V1")].patient) == ("V1", mrn)
    assert list(house.hospital.visits) == ["V1"]


def test_a_move_told_before_the_admission_counts_all_the_same(house: House) -> None:
    merges(house, "A45", "7^^^H^MR||||V1", mrn="1", at=2)
    house.hears("A01", "4B^A^1", visit="V1", mrn="7", at=1)
    assert (house.hospital.visits[VisitId("V1")].patient, house.holder(A1)) == ("1", "V1")


def test_a_visit_moved_and_renumbered_before_its_admission_is_heard_of() -> None:
    letters = (
        lambda house: house.hears("A01", "4B^A^1", visit="OLD", mrn="7", at=1),
        lambda house: merges(house, "A45", "7^^^H^MR||||OLD", visit="NEW", mrn="1", at=2),
        lambda house: house.hears("A02", "4B^A^2", visit="NEW", mrn="1", at=3),
    )
    for arrival in permutations(letters):
        house = House()
        for letter in arrival + arrival:
            letter(house)
        assert (house.hospital.visits[VisitId("NEW")].patient, house.holder(A2)) == ("1", "NEW")
        check(house)


@pytest.mark.parametrize("trigger", ["A40", "A42", "A35", "A45", "A44", "A51"])
def test_a_merge_without_a_prior_is_kept(house: House, trigger: str) -> None:
    with pytest.raises(Unreadable) as problem:
        merges(house, trigger, "")
    assert problem.value.code == "no-prior"


def test_merges_in_a_ring_come_to_an_end(house: House) -> None:
    house.hears("A01", "4B^A^1", visit="V1")
    merges(house, "A42", "1^^^H^MR||||V1", visit="V2", at=1)
    merges(house, "A42", "1^^^H^MR||||V2", visit="V1", at=2)
    assert house.holder(A1) == "V2"
    house.does(MergeVisits(VisitId("V3"), VisitId("V3"), Person(PatientId("1")), T0, Order(T0)), Origin.FEED)
    check(house)


def test_every_visit_that_one_message_moves_is_moved(house: House) -> None:
    for number in (1, 2):
        house.hears("A01", f"4B^A^{number}", visit=f"V{number}", mrn="7")
    pv1 = "PV1||I|||||||||||||||||V"
    house.reads(
        "MSH|^~\\&|HIS|H|||20260302080000+0000||ADT^A45|M|P|2.5\rEVN|A45|20260302080000+0000\rPID|1||1^^^H^MR\r"
        f"MRG|7^^^H^MR||||V1\r{pv1}1\rMRG|7^^^H^MR||||V2\r{pv1}2"
    )
    assert [house.hospital.visits[VisitId(number)].patient for number in ("V1", "V2")] == ["1", "1"]
    check(house)


def test_every_prior_of_one_survivor_is_merged(house: House) -> None:
    house.reads("MSH|^~\\&|HIS|H|||20260302080000+0000||ADT^A40|M|P|2.5\rPID|1||1^^^H^MR\rMRG|7^^^H^MR\rMRG|8^^^H^MR")
    assert [house.hospital.survivor(PatientId(prior)) for prior in ("7", "8")] == ["1", "1"]
