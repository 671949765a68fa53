"""Discharges by taps and by the feed: an order frees no bed, the steps hold each other, the feed's word agrees or calls off."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import permutations

import pytest

from flow.domain.bed import BedStatus
from flow.domain.cause import Cause, Origin
from flow.domain.clinical import ClinicalNote, NoteKind
from flow.domain.commands import Command, NoteOrder, Undo
from flow.domain.decide import decide
from flow.domain.decide.undo import unmade
from flow.domain.discharge import WAYS, Discharge, Insurer, Milestone, Way
from flow.domain.discharge_commands import AskInsurer, BeginDischarge, CallOffDischarge, MarkMilestone
from flow.domain.events import Event, Kind
from flow.domain.hospital import Hospital
from flow.domain.house_rules import BEFORE
from flow.domain.ids import BedId, PatientId, VisitId
from flow.domain.visit import Order
from flow.errors import Refused
from tests.hearing import T0, House, check

A1, A2 = BedId("4B-A-01"), BedId("4B-A-02")
V1 = VisitId("V1")
M = Milestone


@pytest.fixture
def house() -> Iterator[House]:
    fresh = House()
    fresh.hears("A01", "4B^A^1")
    yield fresh
    check(fresh)


def discharge(house: House) -> Discharge:
    return house.hospital.discharges[V1]


def soon(house: House, command: Command, minutes: float = 10) -> list[Event]:
    """A tap some minutes later; the house's own clock goes by hours."""
    house.now += timedelta(minutes=minutes) - timedelta(hours=1)
    return house.does(command)


def done(house: House, *steps: Milestone) -> None:
    for step in steps:
        soon(house, MarkMilestone(V1, step))


def expected(when: datetime) -> str:
    return f"PV2|||||||||{when:%Y%m%d%H%M%S}+0000"


# --- an order frees no bed ---


@pytest.mark.parametrize("way", Way)
def test_no_step_of_any_way_frees_the_bed(house: House, way: Way) -> None:
    house.does(BeginDischarge(V1, way))
    for step in WAYS[way]:
        if step is not M.EXIT and step not in discharge(house).marks:
            done(house, step)
        assert (house.holder(A1), house.status(A1)) == ("V1", BedStatus.OCCUPIED)
    assert discharge(house).open == (M.EXIT,)
    house.hears("A03", "4B^A^1")
    assert house.status(A1) is BedStatus.CLEANING
    assert M.EXIT in discharge(house).marks and not discharge(house).is_live


def test_the_order_of_the_feed_frees_no_bed(house: House) -> None:
    house.hears("A16", "4B^A^1")
    assert (house.holder(A1), house.status(A1)) == ("V1", BedStatus.OCCUPIED)
    assert discharge(house).is_ordered and discharge(house).assumed


def test_the_exit_is_not_tapped(house: House) -> None:
    house.does(BeginDischarge(V1, Way.CASH))
    with pytest.raises(Refused, match="at the bed"):
        house.does(MarkMilestone(V1, M.EXIT))


# --- taps ---


def test_steps_wait_for_each_other(house: House) -> None:
    house.does(BeginDischarge(V1, Way.CASHLESS))
    assert discharge(house).open == (M.SUMMARY, M.PHARMACY)
    done(house, M.SUMMARY)
    assert discharge(house).open == (M.PHARMACY,)
    done(house, M.PHARMACY)
    assert discharge(house).open == (M.BILLING,)
    with pytest.raises(Refused, match="bill"):
        house.does(MarkMilestone(V1, M.TPA))
    done(house, M.BILLING, M.TPA)
    assert discharge(house).open == (M.TRANSPORT,)


def test_a_step_said_twice_is_one_event_and_keeps_who_said_it_first(house: House) -> None:
    house.does(BeginDischarge(V1, Way.CASH))
    done(house, M.SUMMARY)
    first = discharge(house).marks[M.SUMMARY]
    assert house.does(MarkMilestone(V1, M.SUMMARY)) == []
    assert discharge(house).marks[M.SUMMARY] == first


def test_a_step_tapped_by_mistake_is_taken_back(house: House) -> None:
    house.does(BeginDischarge(V1, Way.CASH))
    done(house, M.SUMMARY)
    house.does(MarkMilestone(V1, M.SUMMARY, done=False))
    assert M.SUMMARY in discharge(house).open


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (MarkMilestone(V1, M.SUMMARY), "no-discharge"),
        (CallOffDischarge(V1), "no-discharge"),
        (BeginDischarge(VisitId("V9"), Way.CASH), "visit-not-open"),
        (BeginDischarge(V1, Way.CASH, at=T0 + timedelta(days=9)), "in-future"),
        (AskInsurer(V1, answered=True), "not-asked"),
    ],
)
def test_what_is_refused_says_why(house: House, command: Command, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        house.does(command)
    assert refusal.value.code == code


def test_a_step_of_another_way_and_a_stale_look_are_refused(house: House) -> None:
    house.does(BeginDischarge(V1, Way.CASH))
    with pytest.raises(Refused, match="no step"):
        house.does(MarkMilestone(V1, M.POLICE))
    with pytest.raises(Refused, match="look again"):
        house.does(CallOffDischarge(V1, if_seq=1))


def test_another_way_keeps_what_was_done(house: House) -> None:
    house.does(BeginDischarge(V1, Way.CASH))
    done(house, M.SUMMARY, M.PHARMACY)
    house.does(BeginDischarge(V1, Way.CASHLESS))
    assert discharge(house).way is Way.CASHLESS and discharge(house).open == (M.BILLING,)


# --- the feed ---


def test_a_letter_after_the_taps_agrees(house: House) -> None:
    house.does(BeginDischarge(V1, Way.CASHLESS))
    done(house, M.SUMMARY)
    house.hears("A16", "4B^A^1")
    found = discharge(house)
    assert (found.way, found.assumed, M.SUMMARY in found.marks) == (Way.CASHLESS, False, True)
    house.hears("A25", "4B^A^1")
    assert discharge(house).called_off and house.hospital.beds[A1].expected_free_at is None


def test_a25_calls_off_and_a_new_a16_begins_again(house: House) -> None:
    house.hears("A16", "4B^A^1")
    done(house, M.SUMMARY)
    house.hears("A25", "4B^A^1")
    assert discharge(house).called_off and not discharge(house).is_live
    house.hears("A16", "4B^A^1")
    assert discharge(house).is_live and M.SUMMARY not in discharge(house).marks


def test_a13_goes_on_where_it_was(house: House) -> None:
    house.hears("A16", "4B^A^1")
    done(house, M.SUMMARY)
    house.hears("A03", "4B^A^1")
    assert not discharge(house).is_live
    house.hears("A13", "4B^A^1")
    found = discharge(house)
    assert found.is_live and M.SUMMARY in found.marks and M.EXIT not in found.marks


def test_who_comes_again_is_not_about_to_leave(house: House) -> None:
    house.hears("A16", "4B^A^1")
    house.hears("A03", "4B^A^1")
    house.hears("A01", "4B^A^1")
    assert not discharge(house).is_live


def test_a_late_a16_begins_nothing_for_who_has_left(house: House) -> None:
    house.hears("A03", "4B^A^1", at=5)
    house.hears("A16", "4B^A^1", at=3)
    assert house.hospital.discharges == {}


def test_called_off_by_hand_is_not_begun_again_by_the_same_letter(house: House) -> None:
    house.hears("A16", "4B^A^1", tail=expected(T0 + timedelta(hours=9)))
    house.does(CallOffDischarge(V1))
    assert house.hospital.beds[A1].expected_free_at is None
    house.hears("A08", "4B^A^1")
    assert discharge(house).called_off and house.hospital.beds[A1].expected_free_at is None


def test_the_order_of_arrival_does_not_matter() -> None:
    told = (("A01", 1), ("A16", 3), ("A25", 4), ("A16", 5), ("A16", 6))
    found = set()
    for way in permutations(told):
        house = House()
        house.now += timedelta(hours=9)
        for trigger, at in way:
            house.hears(trigger, "4B^A^1", at=at)
        found.add((discharge(house).is_live, discharge(house).begun_at))
    assert found == {(True, T0 + timedelta(hours=5))}


def test_a_cancelled_admission_ends_it(house: House) -> None:
    house.does(BeginDischarge(V1, Way.CASH))
    house.hears("A11", "4B^A^1")
    assert discharge(house).called_off


def test_it_moves_with_the_patient(house: House) -> None:
    house.does(BeginDischarge(V1, Way.CASH))
    house.hears("A02", "4B^A^2", pv6="4B^A^1")
    assert house.hospital.beds[A2].expected_free_at == discharge(house).expected
    assert house.hospital.beds[A1].expected_free_at is None


def test_a_merged_visit_hands_it_on(house: House) -> None:
    house.hears("A01", "", visit="V2")
    house.does(BeginDischarge(VisitId("V1"), Way.CASHLESS))
    house.hears("A42", "4B^A^1", visit="V2", tail="MRG|1||||V1")
    survivor = house.hospital.discharges.get(VisitId("V2"))
    assert survivor is not None and survivor.is_live and survivor.way is Way.CASHLESS
    assert not discharge(house).is_live


def test_before_the_rules_told_of_discharges_letters_begin_none() -> None:
    old = House()
    old.hospital.told_rules = BEFORE
    old.hears("A01", "4B^A^1")
    old.hears("A16", "4B^A^1")
    assert old.hospital.discharges == {}


# --- orders and results ---


def note(code: str, kind: NoteKind, state: str, at: datetime, number: str = "1") -> NoteOrder:
    return NoteOrder(ClinicalNote(number, PatientId("1"), V1, kind, code, state, at, Order(at)))


def test_a_final_summary_of_the_feed_is_the_step(house: House) -> None:
    house.hears("A16", "4B^A^1")
    house.does(note("18842-5", NoteKind.OTHER, "preliminary", house.now), Origin.FEED)
    assert M.SUMMARY in discharge(house).open
    house.does(note("18842-5", NoteKind.OTHER, "final", house.now), Origin.FEED)
    assert discharge(house).marks[M.SUMMARY].source == "feed:somebody"
    house.does(note("18842-5", NoteKind.OTHER, "cancelled", house.now), Origin.FEED)
    assert M.SUMMARY in discharge(house).open


def test_the_last_medicine_dispensed_is_the_pharmacy(house: House) -> None:
    house.hears("A16", "4B^A^1")
    for number in ("1", "2"):
        house.does(note("AMOX", NoteKind.MEDICINE, "ordered", house.now, number), Origin.FEED)
    house.does(note("AMOX", NoteKind.MEDICINE, "dispensed", house.now, "1"), Origin.FEED)
    assert M.PHARMACY in discharge(house).left
    house.does(note("AMOX", NoteKind.MEDICINE, "dispensed", house.now, "2"), Origin.FEED)
    assert M.PHARMACY in discharge(house).marks


def test_medicines_of_the_stay_are_not_those_to_take_home(house: House) -> None:
    house.does(note("AMOX", NoteKind.MEDICINE, "ordered", house.now), Origin.FEED)
    house.hears("A16", "4B^A^1")
    house.does(note("AMOX", NoteKind.MEDICINE, "dispensed", house.now), Origin.FEED)
    assert M.PHARMACY in discharge(house).left


# --- the insurer's clocks ---


def test_the_insurers_clocks_stand_on_the_bed(house: House) -> None:
    house.does(AskInsurer(V1))
    assert not discharge(house).is_ordered and house.hospital.beds[A1].expected_free_at is None
    assert house.hospital.beds[A1].insurer_due == house.now + timedelta(hours=1)
    house.does(AskInsurer(V1, answered=True))
    assert house.hospital.beds[A1].insurer_due is None
    house.does(BeginDischarge(V1, Way.CASHLESS))
    done(house, M.SUMMARY, M.PHARMACY, M.BILLING)
    sent = discharge(house).marks[M.BILLING].at
    assert discharge(house).insurer == (Insurer.FINAL, sent)
    assert house.hospital.beds[A1].insurer_due == sent + timedelta(hours=3)
    done(house, M.TPA)
    assert house.hospital.beds[A1].insurer_due is None


def test_the_clock_goes_with_the_patient(house: House) -> None:
    house.does(AskInsurer(V1))
    due = house.hospital.beds[A1].insurer_due
    house.hears("A02", "4B^A^2", pv6="4B^A^1")
    assert (house.hospital.beds[A1].insurer_due, house.hospital.beds[A2].insurer_due) == (None, due)


# --- undo ---


def test_an_undone_begin_is_as_if_never_begun(house: House) -> None:
    events = house.does(BeginDischarge(V1, Way.CASH))
    changed = {f"{e.entity}/{e.entity_id}": house.hospital.seq - len(events) + 1 + n for n, e in enumerate(events)}
    bed = next(e for e in house.log if e.kind is Kind.BED_OCCUPIED).record
    back = unmade(discharge(house))
    assert back is not None
    house.does(Undo((back, bed), changed))
    assert not discharge(house).is_live and discharge(house).called_off
    assert house.hospital.beds[A1].expected_free_at is None


def test_the_same_decided_again_is_the_same(house: House) -> None:
    cause = Cause(Origin.PERSON, "asha", T0 + timedelta(hours=3))
    one, two = decide(house.hospital, BeginDischarge(V1, Way.CASH), cause), decide(house.hospital, BeginDischarge(V1, Way.CASH), cause)
    assert one == two and isinstance(house.hospital, Hospital)
