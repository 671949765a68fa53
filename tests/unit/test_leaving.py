"""A discharge told ahead of its time (PV1-45 later than EVN-2): what is dated in between belongs into the stay."""

from datetime import UTC, datetime
from itertools import permutations

from flow.domain.course import chart
from flow.domain.ids import BedId
from flow.domain.visit import Act, Fact, Movement, Order, VisitStatus


def at(hour: int) -> datetime:
    return datetime(2026, 3, 1, hour, tzinfo=UTC)


def bed_at(place: str | None) -> BedId | None:
    return BedId(place) if place else None


ADMITTED = Fact(Act.ADMIT, at(9), Order(at(9), number=1), place="A1")
MOVED = Fact(Act.TRANSFER, at(12), Order(at(10), number=2), place="B1")
LEFT = Fact(Act.DISCHARGE, at(11), Order(at(11), number=3), ended_at=at(13))


def test_a_move_dated_before_the_end_of_the_stay_reopens_nothing() -> None:
    for facts in permutations([ADMITTED, MOVED, LEFT]):
        course = chart(facts, bed_at)
        assert course.status is VisitStatus.FINISHED
        assert course.claim is None
        assert course.movements == (Movement("A1", BedId("A1"), at(9), at(12)), Movement("B1", BedId("B1"), at(12), at(13)))


def test_a_move_after_the_end_is_news() -> None:
    back = Fact(Act.TRANSFER, at(14), Order(at(14), number=4), place="C1")
    course = chart([ADMITTED, LEFT, back], bed_at)
    assert (course.status, course.claim) == (VisitStatus.IN_PROGRESS, "C1")


def test_a_cancelled_discharge_opens_the_stay_as_it_was() -> None:
    undone = Fact(Act.CANCEL_DISCHARGE, at(11), Order(at(11), number=9), place="B1")
    course = chart([ADMITTED, MOVED, LEFT, undone], bed_at)
    assert (course.status, course.claim) == (VisitStatus.IN_PROGRESS, "B1")


def test_a_cancelled_transfer_brings_nobody_back_who_has_left() -> None:
    wrongly = Fact(Act.CANCEL_TRANSFER, at(15), Order(at(15), number=9), place="A1")
    assert chart([ADMITTED, MOVED, LEFT, wrongly], bed_at).status is VisitStatus.FINISHED
