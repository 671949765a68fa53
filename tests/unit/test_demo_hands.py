"""Whose hand the simulator's cleans are by: somebody's of the crew, in turn, from the beginning of a bed to its end."""

from adt_feed.simulator.housekeeping import BEDS_A_CLEANER
from flow.dev.cleaners import AT_HOME, CREW, NICKS, Hands
from flow.domain.bed import BedStatus, Stage
from flow.domain.commands import SetBedStatus
from flow.domain.ids import BedId

A1, A2, A3 = BedId("4B-A-01"), BedId("4B-A-02"), BedId("4B-A-03")


def begin(bed: BedId) -> SetBedStatus:
    return SetBedStatus(bed, BedStatus.CLEANING, stage=Stage.IN_PROGRESS)


def test_a_clean_is_one_persons_from_its_beginning_to_its_end_and_the_idle_come_first() -> None:
    hands = Hands(["meena", "ravi"])
    first, second = hands.of(CREW, begin(A1)), hands.of(CREW, begin(A2))
    assert {first, second} == {"meena", "ravi"}
    assert hands.of(CREW, SetBedStatus(A1, BedStatus.CLEANING, stage=Stage.INSPECTION)) == first
    assert hands.of(CREW, SetBedStatus(A1, BedStatus.AVAILABLE)) == first
    assert hands.of(CREW, begin(A3)) == first, "the other one is busy"


def test_anothers_hand_stays_theirs_and_without_a_crew_the_crews_its_own() -> None:
    assert Hands(["meena"]).of("demo-nurse", begin(A1)) == "demo-nurse"
    assert Hands(["meena"]).of("his", b"MSH|") == "his"
    assert Hands().of(CREW, begin(A1)) == CREW


def test_the_demos_house_has_as_many_people_on_shift_as_the_simulator_has_hands() -> None:
    assert len(NICKS) - AT_HOME >= 500 / BEDS_A_CLEANER
