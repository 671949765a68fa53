"""What is written to another system: a visit goes by the number that system gave it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from adt_feed.message import Message
from adt_feed.outbound.promised import promise
from adt_feed.outbound.room_charges import statement
from flow.domain.cause import Cause, Origin
from flow.domain.charges import Line
from flow.domain.events import Entry, Event, Kind
from flow.domain.ids import BedId, PatientId, RequestId, VisitId
from flow.domain.person import PersonDetails
from flow.domain.request import BedRequest, RequestStatus
from flow.domain.visit import Course, Visit, VisitStatus
from tests.plans import small_plan

PLAN = small_plan()
FEED = PLAN.feeds[0]
T0 = datetime(2026, 3, 1, 8, tzinfo=UTC)
A1, P1 = BedId("4B-A-01"), PatientId("p1")
PERSON = PersonDetails(P1, "Meera Rao", "12345")
INSIDE, PLANNED = Course(VisitStatus.IN_PROGRESS, place="ICU^I^1"), Course(VisitStatus.PLANNED)


def charged(visit: Visit) -> Message:
    (posted,) = statement(FEED, PLAN, visit, [Line(T0, A1, "general")], PERSON, "small-1", T0)
    return Message.parse(posted.body)


def promised(visit: Visit | None, asked: str | None = None) -> Message:
    request = BedRequest(RequestId("R1"), P1, T0, "general", visit=VisitId(asked) if asked else None)
    request = replace(request, status=RequestStatus.ASSIGNED, bed=A1)
    entry = Entry(7, Event(Kind.BED_ASSIGNED, request, T0), Cause(Origin.PERSON, "asha", T0))
    return Message.parse(promise(FEED, PLAN, entry, request, PERSON, visit, timedelta(0)).body)


def number(message: Message) -> str:
    pv1 = message.first("PV1")
    assert pv1 is not None
    return pv1.raw(19)


@pytest.mark.parametrize(
    ("visit", "sent"),
    [
        (Visit(VisitId("V1"), P1, INSIDE), "V1"),
        (Visit(VisitId("CLINIC:V^1"), P1, INSIDE), "V\\S\\1^^^CLINIC"),
        (Visit(VisitId("planned-p1-20260301"), P1, INSIDE, keyless=True), ""),
    ],
)
def test_a_visit_goes_by_the_number_it_was_given(visit: Visit, sent: str) -> None:
    assert number(charged(visit)) == sent
    assert number(promised(visit)) == sent


def test_who_is_inside_is_to_be_moved_and_who_is_expected_to_be_admitted() -> None:
    inside, expected = Visit(VisitId("V1"), P1, INSIDE), Visit(VisitId("X:V2"), P1, PLANNED)
    told = [promised(inside), promised(expected), promised(None, "V3"), promised(None)]
    assert [message.trigger for message in told] == ["A15", "A14", "A14", "A14"]
    assert [number(message) for message in told] == ["V1", "V2^^^X", "V3", ""]
