"""The pages of a bed's last days and of a visit's path: chart, table and file are the same stretches; nobody's name is on them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from flow.domain.bed import BedStatus
from flow.domain.cause import Cause, Origin
from flow.domain.ids import BedId, PatientId, RequestId, TransportId, VisitId, WardId
from flow.domain.past import Known, Piece
from flow.domain.request import BedRequest, RequestStatus
from flow.domain.transport import Transport, TransportStatus
from flow.domain.visit import Course, Movement, Visit, VisitStatus
from flow.history.bed_line import Blocked, Path, Told
from flow.templating import Templates
from flow.views.bed_page import LEFT, RIGHT, Asked, BedPage, bed_page
from flow.views.exported import bed as exported
from flow.views.page import Chrome
from flow.views.visit_page import VisitPage, visit_page
from tests.plans import small_plan

DAY = datetime(2026, 11, 20, 18, 30, tzinfo=UTC)
"""Midnight in the hospital."""
PLAN, TEMPLATES = small_plan(), Templates()
CHROME = Chrome("Bed", "Test Hospital", "Mia", "manager", "csrf")
ONE = BedId("4B-A-01")
HOUR = timedelta(hours=1)


def at(hour: float) -> datetime:
    return DAY + hour * HOUR


def bed_view() -> BedPage:
    """Taken over midnight until six, cleaned until half past, free since."""
    cause = Cause(Origin.FEED, "his", at(6.2), letter=9)
    line = [
        Told(Piece(at(-4), at(6), Known(BedStatus.OCCUPIED, VisitId("V1"))), cause, None),
        Told(Piece(at(6), at(6.5), Known(BedStatus.CLEANING)), cause, "isolation"),
        Told(Piece(at(6.5), at(12), Known(BedStatus.AVAILABLE)), None, None),
    ]
    asked = Asked(PLAN.beds[ONE], date(2026, 11, 21), 7, at(-144), at(12))
    return bed_page(CHROME, PLAN.zone, line, asked, date(2026, 11, 21))


def bed_drawn() -> str:
    return TEMPLATES.render("manager/bed.html", bed_view())


def visit_view() -> VisitPage:
    lay = Visit(VisitId("V1"), PatientId("p1"), Course(VisitStatus.FINISHED, movements=(Movement("x", ONE, at(2), at(6)),)))
    asked = BedRequest(RequestId("R1"), PatientId("p1"), at(0), "general", visit=VisitId("V1"), status=RequestStatus.ARRIVED, bed=ONE)
    asked = replace(asked, assigned_at=at(1), closed_at=at(2))
    ride = Transport(TransportId("T1"), WardId("4B"), "4B · A1", "Theatre 2", at(3), visit=VisitId("V1"), bed=ONE)
    ride = replace(ride, status=TransportStatus.DELIVERED, picked_up_at=at(3.25), delivered_at=at(3.5))
    blocked = (Blocked(ONE, BedStatus.CLEANING, at(0), at(0.75)),)
    return visit_page(CHROME, PLAN.zone, Path(lay, ((ONE, at(2), at(6)),), (asked,), (ride,), blocked), at(12))


def visit_drawn() -> str:
    return TEMPLATES.render("manager/visit.html", visit_view())


def test_the_chart_the_table_and_the_file_are_one() -> None:
    view = bed_view()
    drawn = [(day.words, block.state, block.width) for day in view.days for block in day.blocks]
    whole = RIGHT - LEFT
    assert drawn == [
        ("Fri 20 Nov", "occupied", whole * 4 / 24),
        ("Sat 21 Nov", "occupied", whole * 6 / 24),
        ("Sat 21 Nov", "cleaning", round(whole * 0.5 / 24, 1)),
        ("Sat 21 Nov", "free", round(whole * 5.5 / 24, 1)),
    ]
    assert [(part.words, part.hours, part.share) for part in view.parts] == [
        ("Free", "5.5", "34.4 %"),
        ("Occupied", "10.0", "62.5 %"),
        ("To clean, or being cleaned", "0.5", "3.1 %"),
        ("Out of use", "0.0", "0.0 %"),
    ]
    assert [(row.was, row.minutes, row.detail, row.how) for row in view.rows] == [
        ("Free", 330, "", "–"),
        ("To clean, or being cleaned", 30, "isolation clean", "letter 9 of his"),
        ("Occupied", 600, "", "letter 9 of his"),
    ]
    stretches = exported.report(view, PLAN.zone).tables[0]
    assert [row[2].value for row in stretches.rows] == [330, 30, 600]


def test_a_path_is_told_in_order_of_time() -> None:
    view = visit_view()
    assert [(row.what, row.lasted) for row in view.rows] == [
        ("Waited for a bed to be promised", "1 h 00"),
        (f"Bed {ONE} was cleaned or waited for it", "45 min"),
        (f"Waited to come to bed {ONE}", "1 h 00"),
        (f"In bed {ONE}", "4 h 00"),
        ("Waited for a porter", "15 min"),
        ("On the way", "15 min"),
    ]
    assert [kpi.value for kpi in view.kpis] == ["4 h 00", "2 h 00", "45 min"]
    assert "p1" not in visit_drawn() and "/manager/beds/4B-A-01?day=2026-11-21" in visit_drawn()
