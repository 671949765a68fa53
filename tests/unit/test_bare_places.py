"""A PL that names no bed (`4B`, `^^^Facility`, `""`) takes nobody out of the bed that a leave keeps or a cancel gives back."""

import pytest

from flow.domain.bed import BedStatus
from flow.domain.feed_commands import ChangeFeed
from flow.domain.ids import BedId, FeedId, VisitId
from flow.domain.visit import VisitStatus
from tests.hearing import House, check

A1, A2 = BedId("4B-A-01"), BedId("4B-A-02")
BARE = ("4B", "4b^A", "^^^H", "^^^H^^^Main&x")


@pytest.fixture
def house() -> House:
    found = House()
    found.hears("A01", "4B^A^1")
    return found


@pytest.mark.parametrize("place", [*BARE, '""', "LOA"])
def test_a_leave_and_a_return_keep_the_bed(house: House, place: str) -> None:
    house.hears("A21", place)
    assert house.place_of("V1") == (VisitStatus.ON_LEAVE, A1)
    house.hears("A22", place)
    assert house.place_of("V1") == (VisitStatus.IN_PROGRESS, A1)
    check(house)


def test_who_returns_to_a_bed_that_nobody_knows_is_not_in_the_old_one(house: House) -> None:
    house.hears("A21")
    house.hears("A22", "9Z^Q^7")
    assert (house.place_of("V1"), house.status(A1)) == ((VisitStatus.IN_PROGRESS, None), BedStatus.CLEANING)


@pytest.mark.parametrize("place", BARE)
def test_a_cancelled_transfer_gives_the_bed_back(house: House, place: str) -> None:
    house.hears("A02", "ICU^I^1")
    house.hears("A12", place)
    assert house.place_of("V1") == (VisitStatus.IN_PROGRESS, A1)
    check(house)


@pytest.mark.parametrize("place", BARE)
def test_a_cancelled_discharge_gives_the_bed_back(house: House, place: str) -> None:
    house.hears("A03")
    house.hears("A13", place)
    assert house.place_of("V1") == (VisitStatus.IN_PROGRESS, A1)


def test_another_ward_is_news(house: House) -> None:
    house.hears("A03")
    house.hears("A13", "ICU")
    assert house.hospital.visits[VisitId("V1")].course.place == "ICU"
    assert house.status(A1) is BedStatus.CLEANING


@pytest.mark.parametrize("policy", ["transfer", "admit"])
@pytest.mark.parametrize("place", BARE)
def test_an_amendment_that_may_transfer_does_not_by_a_bare_place(house: House, policy: str, place: str) -> None:
    house.does(ChangeFeed(FeedId("his"), a08=policy))
    house.hears("A08", place)
    assert house.place_of("V1") == (VisitStatus.IN_PROGRESS, A1)
    house.hears("A08", "ED")
    assert house.place_of("V1") == (VisitStatus.IN_PROGRESS, None)


@pytest.mark.parametrize("place", ["4B", "^^^H"])
def test_a_transfer_by_a_bare_place_leaves_the_bed(house: House, place: str) -> None:
    house.hears("A02", place)
    assert (house.place_of("V1"), house.status(A1)) == ((VisitStatus.IN_PROGRESS, None), BedStatus.CLEANING)
    assert house.hospital.visits[VisitId("V1")].course.place == place
