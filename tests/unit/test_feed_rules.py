"""An engineer maps places and words and settles conflicts, by commands."""

from dataclasses import replace
from datetime import timedelta

import pytest

from flow.domain.bed import BedStatus
from flow.domain.commands import SettleClaim
from flow.domain.feed_commands import ChangeFeed
from flow.domain.ids import BedId, ClinicId, FeedId, VisitId
from flow.domain.plan import Plan
from flow.errors import Refused
from tests.hearing import House, check
from tests.plans import small_plan

A1, A2, A3 = BedId("4B-A-01"), BedId("4B-A-02"), BedId("4B-A-03")
HIS = FeedId("his")


@pytest.fixture
def house() -> House:
    return House()


def test_mapping_a_place_brings_in_whoever_waited_there(house: House) -> None:
    house.hears("A01", "NEW^1^77", visit="V1", mrn="1")
    house.hears("A01", "NEW^1^78", visit="V2", mrn="2")
    assert house.hospital.visits[VisitId("V1")].bed is None
    house.does(ChangeFeed(HIS, places={"NEW^1^77": A1}))
    assert (house.holder(A1), house.hospital.visits[VisitId("V2")].bed) == ("V1", None)
    house.hears("A02", "new^1^77^", visit="V2", mrn="2", at=9)  # the place is known from now on, however it is spelt
    assert house.hospital.visits[VisitId("V2")].course.claim == A1
    check(house)


def test_a_place_told_by_all_its_components_is_known_by_the_three_that_count(house: House) -> None:
    house.does(ChangeFeed(HIS, places={"NEW^1^77": A1}))
    house.hears("A01", "NEW^1^77^Facility^^BED")
    assert house.holder(A1) == "V1"


def test_mapping_twice_is_no_event(house: House) -> None:
    assert house.does(ChangeFeed(HIS, places={"NEW^1^77": A1}))
    assert house.does(ChangeFeed(HIS, places={"NEW^1^77": A1})) == []


def test_a_place_that_is_mapped_anew_is_not_believed_of_the_past(house: House) -> None:
    house.does(ChangeFeed(HIS, places={"NEW^1^77": A1}))
    house.hears("A01", "NEW^1^77", visit="V1")
    house.does(ChangeFeed(HIS, places={"NEW^1^77": A2}))
    assert (house.holder(A2), house.status(A1)) == ("V1", BedStatus.CLEANING)
    check(house)


def test_words_and_switches_are_turned(house: House) -> None:
    house.does(ChangeFeed(HIS, classes={"STATIONÄR": "I"}, statuses={"X": "C"}, clinics={"Nose": ClinicId("ENT")}, a08="transfer"))
    feed = house.hospital.feed(HIS)
    assert (feed.classes, feed.statuses, feed.clinics, feed.a08) == ({"STATIONÄR": "I"}, {"X": "C"}, {"Nose": "ENT"}, "transfer")
    house.hears("A01", "4B^A^1", at=0)
    house.hears("A08", "4B^A^2", at=1)
    assert house.holder(A2) == "V1"
    house.does(ChangeFeed(HIS, zone="UTC", charset="8859/1", visit_key=("account",)))
    assert (house.hospital.feed(HIS).zone, house.hospital.feed(HIS).a08) == ("UTC", "transfer")


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (ChangeFeed(FeedId("nobody"), a08="fill"), "unknown-feed"),
        (ChangeFeed(HIS, places={"X^1": BedId("nowhere")}), "unknown-bed"),
        (ChangeFeed(HIS, places={" ^ ": A1}), "place-missing"),
        (ChangeFeed(HIS, statuses={"X": "Q"}), "unknown-code"),
        (ChangeFeed(HIS, classes={"X": "Q"}), "unknown-code"),
        (ChangeFeed(HIS, clinics={"X": ClinicId("none")}), "unknown-clinic"),
        (ChangeFeed(HIS, a08="evict"), "unknown-code"),
        (ChangeFeed(HIS, visit_key=("name",)), "unknown-code"),
        (ChangeFeed(HIS, zone="Mars/Base"), "unknown-zone"),
    ],
)
def test_a_change_that_cannot_be_is_refused(house: House, command: ChangeFeed, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        house.does(command)
    assert refusal.value.code == code
    assert house.hospital.feeds == {}


# --- one spelling, two feeds ---


def of_two_feeds() -> Plan:
    """The small hospital with two systems that call different beds by the same name."""
    plan = small_plan()
    other = replace(plan.feeds[0], id=FeedId("pas"), places={"X^1^1": A2})
    return replace(plan, feeds=(replace(plan.feeds[0], places={"X^1^1": A1}), other))


def letter(trigger: str, place: str, visit: str) -> str:
    head = f"MSH|^~\\&|PAS|H|||20260301080000+0000||ADT^{trigger}|{visit}{trigger}|P|2.5"
    if trigger == "A20":
        return f"{head}\rNPU|{place}|C"
    return f"{head}\rPID|1||{visit}^^^H^MR\rPV1|1|I|{place}||||||||||||||||{visit}"


def test_each_feed_has_its_own_names_for_beds() -> None:
    house = House(of_two_feeds())
    house.reads(letter("A01", "X^1^1", "V1"), "his")
    house.reads(letter("A01", "X^1^1", "V2"), "pas")
    assert (house.holder(A1), house.holder(A2)) == ("V1", "V2")
    house.does(ChangeFeed(FeedId("pas"), places={"X^1^1": A3}))
    assert (house.holder(A1), house.holder(A3), house.status(A2)) == ("V1", "V2", BedStatus.CLEANING)
    house.reads(letter("A20", "X^1^1", ""), "his")
    assert house.hospital.beds[A1].discrepancy == "another system says maintenance"
    assert house.hospital.beds[A3].discrepancy is None
    check(house)


def test_a_place_that_one_feed_has_is_known_to_the_others() -> None:
    house = House(of_two_feeds())
    house.does(ChangeFeed(HIS, places={"Y^1^1": A3}))
    house.reads(letter("A01", "Y^1^1", "V2"), "pas")
    assert house.holder(A3) == "V2"


# --- conflicts ---


def claimed(house: House) -> None:
    house.hears("A01", "4B^A^1", visit="V1", mrn="1", at=0)
    house.hears("A01", "4B^A^1", visit="V2", mrn="2", at=1)
    house.hears("A01", "4B^A^1", visit="V3", mrn="3", at=2)
    assert house.holder(A1) == "V1"


def test_the_claimant_lies_there(house: House) -> None:
    claimed(house)
    house.does(SettleClaim(VisitId("V3"), holds=True))
    assert house.holder(A1) == "V3"
    incumbent = house.hospital.visits[VisitId("V1")]
    assert (incumbent.is_open, incumbent.bed, incumbent.course.claim) == (True, None, None)
    assert house.hospital.visits[VisitId("V2")].in_conflict
    assert not [event for event in house.log if event.kind == "bed-vacated"]
    check(house)


def test_the_incumbent_lies_there(house: House) -> None:
    claimed(house)
    house.does(SettleClaim(VisitId("V2"), holds=False))
    claimant = house.hospital.visits[VisitId("V2")]
    assert (house.holder(A1), claimant.is_open, claimant.in_conflict) == ("V1", True, False)
    house.hears("A03", visit="V1", mrn="1")
    assert house.holder(A1) == "V3"
    check(house)


def test_a_later_letter_still_moves_whoever_was_settled(house: House) -> None:
    claimed(house)
    house.does(SettleClaim(VisitId("V2"), holds=False))
    house.hears("A02", "4B^A^2", visit="V2", mrn="2", at=(house.now - house.log[0].at) / timedelta(hours=1) + 2)
    assert house.holder(A2) == "V2"


def test_a_conflict_is_settled_once(house: House) -> None:
    claimed(house)
    house.does(SettleClaim(VisitId("V2"), holds=False))
    with pytest.raises(Refused) as refusal:
        house.does(SettleClaim(VisitId("V2"), holds=False))
    assert refusal.value.code == "no-conflict"


def without(bed: BedId) -> Plan:
    """The small hospital with a bed less."""
    plan = small_plan()
    wards = tuple(replace(ward, beds=tuple(each for each in ward.beds if each.id != bed)) for ward in plan.wards)
    return replace(plan, wards=wards)


def test_a_bed_taken_out_of_the_hospital_file_holds_nobody_back(house: House) -> None:
    house.does(ChangeFeed(HIS, places={"NEW^1^77": A1}))
    house.hears("A01", "NEW^1^77", visit="V1", at=0)
    rebuilt = House(without(A1))
    for record in (*house.hospital.visits.values(), *house.hospital.feeds.values()):
        rebuilt.hospital.put(record)
    rebuilt.hears("A02", "4B^A^2", visit="V1", at=1)
    assert rebuilt.holder(A2) == "V1"
    rebuilt.hears("A01", "NEW^1^77", visit="V2", mrn="2", at=1)
    assert rebuilt.hospital.visits[VisitId("V2")].course.claim is None
    check(rebuilt)
