"""What a ward asked for, as its page shows it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from flow.domain.bed import BedState, BedStatus, Condition, Stage
from flow.domain.hospital import opened
from flow.domain.ids import BedId, PatientId, RequestId, VisitId, WardId
from flow.domain.person import PersonDetails
from flow.domain.request import BedRequest, RequestStatus
from flow.templating import Templates
from flow.views.page import Chrome
from flow.views.ward_page import ward_page
from flow.views.ward_requests import WardRequests, ward_requests
from tests.plans import small_plan

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
PLAN = small_plan()
WARD = PLAN.ward[WardId("4B")]
STATES = {state.id: state for state in opened(PLAN, NOW - timedelta(days=1))}
LIES = BedState(BedId("4B-A-01"), Condition(BedStatus.OCCUPIED, NOW, "t"), visit=VisitId("V-1"), sex="F", age=71)
OTHER = BedState(BedId("4B-A-02"), Condition(BedStatus.OCCUPIED, NOW, "t"), visit=VisitId("V-2"), sex="F", age=60)
BEDS, LYING = {VisitId("V-1"): LIES, VisitId("V-2"): OTHER}, {VisitId("V-1"): PatientId("p1"), VisitId("V-2"): PatientId("p2")}
KNOWN = {PatientId("p1"): PersonDetails(PatientId("p1"), "Meera Iyer", "MRN-4021", None, "F")}
ICU = BedRequest(RequestId("R-1"), PatientId("p1"), NOW - timedelta(minutes=65), "icu", visit=VisitId("V-1"), priority=1, sex="F", age=71)


def of(*requests: BedRequest, admits: bool = True, **states: BedState) -> WardRequests:
    return ward_requests(PLAN, WARD, requests, BEDS, LYING, KNOWN, {**STATES, **{s.id: s for s in states.values()}}, NOW, admits=admits)


@pytest.mark.parametrize(
    ("request_", "shown"),
    [
        (ICU, True),
        (replace(ICU, visit=None), True),
        (replace(ICU, visit=None, patient=PatientId("q")), False),
        (replace(ICU, visit=None, patient=PatientId("q"), asked_by=WardId("4B")), True),
        (replace(ICU, visit=None, patient=PatientId("q"), asked_by=WardId("ICU")), False),
        (replace(ICU, status=RequestStatus.CANCELLED), False),
    ],
    ids=["of a visit here", "of a patient here", "of somebody else", "asked for here", "asked for elsewhere", "closed"],
)
def test_a_ward_sees_what_is_its_own(request_: BedRequest, *, shown: bool) -> None:
    assert bool(of(request_).rows) is shown


def test_a_nurse_reads_how_a_request_stands() -> None:
    row = of(ICU).rows[0]
    assert (row.person, row.what, row.state, row.waiting, row.late) == ("Meera Iyer · 71 F · …4021", "ICU bed", "waiting", "1 h 05", True)
    assert not of(replace(ICU, priority=3)).rows[0].late
    assert of(replace(ICU, status=RequestStatus.READY)).rows[0].state == "ready to move"
    assigned = replace(ICU, status=RequestStatus.ASSIGNED, bed=BedId("ICU-I-01"))
    dirty = BedState(BedId("ICU-I-01"), Condition(BedStatus.CLEANING, NOW, "t", Stage.IN_PROGRESS))
    assert [of(assigned).rows[0].state, of(assigned, bed=dirty).rows[0].state] == ["ICU I1 promised · ready", "ICU I1 promised · cleaning"]


def test_who_waits_already_is_not_offered_again_and_who_may_not_ask_has_no_form() -> None:
    found = of(ICU)
    assert [(choice.value, choice.words) for choice in found.patients] == [("V-2", "A2 · 60 F")]
    assert [choice.words for choice in of().patients] == ["A1 · Meera Iyer · 71 F", "A2 · 60 F"]
    reader = of(ICU, admits=False)
    assert (reader.patients, reader.form, reader.rows[0].may_cancel) == ((), None, False)


def test_the_page_offers_the_form_and_lists_what_was_asked() -> None:
    view = ward_page(Chrome("4B", "Test", "Asha", "nurse", "x"), WARD, STATES, NOW, "Asia/Kolkata", admits=True, requests=of(ICU))
    html = Templates().render("ward/page.html", view)
    assert 'action="/wards/4B/requests"' in html
    assert 'action="/wards/4B/requests/R-1/cancel"' in html
    assert '<option value="V-2">A2 · 60 F</option>' in html
    assert "ICU bed" in html
