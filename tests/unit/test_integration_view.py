"""The engineer's views: sentences of commands, dots for persons, conflicts side by side, words without a meaning."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from adt_feed.charset import codec_of
from adt_feed.explain import explain
from flow.domain.alerts import Alarm, Queue
from flow.domain.bed import BedStatus, Condition
from flow.domain.commands import Chart, MergePatients, MergeVisits, MoveVisit, Person, ReportBed, Told
from flow.domain.decide.feeds import AMENDMENTS as KNOWN_AMENDMENTS
from flow.domain.decide.feeds import CLASSES, STATUSES
from flow.domain.hospital import Hospital, opened
from flow.domain.ids import BedId, PatientId, VisitId
from flow.domain.visit import Act, Course, Fact, Movement, Order, Visit, VisitStatus
from flow.views.conflicts import conflict_rows, conflicts_of
from flow.views.integration.feeds import Health, feeds_page, percentile, seconds
from flow.views.integration.frame import Frame, alarm_words, span, tabs
from flow.views.integration.letter import DOTS, letter_page
from flow.views.integration.tray import AMENDMENTS, CHARSETS, CLASS_WORDS, STATUS_WORDS, counted, of_visits, same, spoken
from flow.views.integration.understood import understood
from flow.views.page import Chrome
from tests.plans import small_plan

AT = datetime(2026, 11, 21, 8, 35, tzinfo=UTC)
PLAN = small_plan()
FRAME = Frame(Chrome("Integration", "Test Hospital"), (), "14:05:00")
ORDER = Order(AT)
WHO = Person(PatientId("p"))


def hospital(*visits: Visit) -> Hospital:
    found = Hospital(PLAN)
    for bed in opened(PLAN, AT):
        lying = next((visit for visit in visits if visit.bed == bed.id), None)
        now = Condition(BedStatus.OCCUPIED, AT, "feed:his") if lying else bed.now
        found.put(replace(bed, now=now, visit=lying.id if lying else None))
    for visit in visits:
        found.put(visit)
    return found


def visit(number: str, place: str, bed: str | None = None, claim: str | None = None, patient: str = "", **more: object) -> Visit:
    claimed = BedId(claim or bed or "") or None
    course = Course(VisitStatus.IN_PROGRESS, "I", None, place, claimed, (Movement(place, claimed, AT),))
    held = BedId(bed) if bed else None
    return replace(Visit(VisitId(number), PatientId(patient or number), course, feed="his", bed=held), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (
            Chart((Told(VisitId("V1"), WHO, Fact(Act.TRANSFER, AT, ORDER, place="4B^A^1")),)),
            ["Transfer visit V1 to 4B^A^1 = bed 4B-A-01, at 21 Nov 14:05:00"],
        ),
        (
            Chart((Told(None, WHO, Fact(Act.DISCHARGE, AT, ORDER)),)),
            ["Discharge the visit of this patient (no number), at 21 Nov 14:05:00"],
        ),
        (
            Chart((Told(VisitId("V1"), WHO, Fact(Act.ADMIT, AT, ORDER, place="9Z^Q^9", movement="M7")),)),
            ["Admit visit V1 to 9Z^Q^9 (no bed), movement M7, at 21 Nov 14:05:00"],
        ),
        (ReportBed("4B^A^1", "H", AT), ["Bed 4B^A^1 = bed 4B-A-01 reported H (housekeeping), at 21 Nov 14:05:00"]),
        (MergeVisits(VisitId("A"), VisitId("B"), WHO, AT, ORDER), ["Merge visit A into visit B, at 21 Nov 14:05:00"]),
        (MoveVisit(VisitId("A"), WHO, AT, ORDER), ["Visit A belongs to another patient than it was charted under"]),
        (
            MergePatients(PatientId("secret-1"), PatientId("secret-2")),
            ["Two patient records are one person: the prior one's visits go on under the survivor"],
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_command_is_said_in_words(command: object, said: list[str]) -> None:
    assert understood([command], PLAN.bed_at, PLAN.zone) == said  # type: ignore[list-item]


def test_every_act_has_words() -> None:
    for act in Act:
        (said,) = understood([Chart((Told(VisitId("V1"), WHO, Fact(act, AT, ORDER)),))], PLAN.bed_at, PLAN.zone)
        assert "visit V1" in said and "_" not in said


RAW = b"MSH|^~\\&|HIS|H|BF|H|20261121||ADT^A01|C1|P|2.5\rPID|1||CANARY-7^^^H||Canary^Name~Other^Canary\rNK1|1|Elder^Canary\rPV1|1|I|4B^A^1"
ROW = {
    "id": 7,
    "feed": "his",
    "trigger": "A01",
    "control_id": "C1",
    "sender": "HIS|H",
    "received_at": AT,
    "state": "parked",
    "handled_at": AT,
    "reason": "Why.",
    "code": "no-visit",
    "warnings": ["late"],
    "visit": None,
    "events": 0,
    "gone": None,
    "gone_at": None,
}


def test_persons_are_dots_until_the_letter_is_opened() -> None:
    masked, shown = (letter_page(FRAME, PLAN, ROW, explain(RAW), revealed=revealed) for revealed in (False, True))
    assert "anary" not in repr(masked) and "Elder" not in repr(masked) and "CANARY-7" not in repr(masked)
    assert masked.hidden and not shown.hidden
    assert "Canary" in repr(shown)
    fields = {field.place: field.value for segment in masked.segments for field in segment.fields}
    assert fields["PV1-3"] == "4B^A^1" and fields["PID-5[2]"] == DOTS
    assert "PV1-19" in masked.advice


def test_two_claims_stand_side_by_side_with_a_click_each() -> None:
    found = hospital(visit("V1", "4B^A^1", "4B-A-01"), visit("V2", "4B^A^1", claim="4B-A-01"))
    (row,) = conflict_rows(conflicts_of(found), PLAN, {}, {"V2": [9, 8, 7, 6]})
    assert (row.kind, [side.visit for side in row.sides]) == ("claim", ["V1", "V2"])
    assert [(side.choice.visit, side.choice.how) for side in row.sides] == [("V2", "drops"), ("V2", "holds")]
    assert row.sides[1].letters == (9, 8, 7) and row.sides[0].name == ""


def test_a_merged_pair_is_told_once_and_not_as_two_beds() -> None:
    found = hospital(visit("V1", "4B^A^1", "4B-A-01", patient="p", merged_into="V2"), visit("V2", "4B^A^2", "4B-A-02", patient="p"))
    (row,) = conflict_rows(conflicts_of(found), PLAN, {}, {})
    assert row.kind == "merged" and row.extra is not None and (row.extra.visit, row.extra.how) == ("V1", "joined")


def test_one_person_in_two_beds_is_a_conflict_and_in_one_is_none() -> None:
    one, two = visit("V1", "4B^A^1", "4B-A-01", patient="p"), visit("V2", "4B^A^2", "4B-A-02", patient="p")
    assert [c.kind for c in conflicts_of(hospital(one, two))] == ["twice"]
    assert conflicts_of(hospital(one, replace(two, patient=PatientId("q")))) == []


def test_words_without_a_meaning_are_gathered_from_visits_and_letters() -> None:
    found = of_visits(hospital(visit("V1", "9Z^Q^9"), visit("V2", "9z^q^9^"), visit("V3", "ED"), visit("V4", "4B^A^1", "4B-A-01")))
    counted(found, "his", spoken([ReportBed("9Z^Q^9", "H", AT), ReportBed("4B^A^1", "DIRTY", AT)], hospital()))
    place, code = found[same("places", "9Z^Q^9", "his")], found[same("statuses", "dirty", "his")]
    assert (place.visits, place.letters, code.letters, len(found)) == (["V1", "V2"], 1, 1, 2)


def test_what_is_offered_is_what_the_rules_take() -> None:
    assert set(CLASS_WORDS) == CLASSES and set(STATUS_WORDS) == STATUSES and set(AMENDMENTS) == set(KNOWN_AMENDMENTS)
    assert all(codec_of(charset) for charset in CHARSETS)


@dataclass(frozen=True)
class Counted:
    connections: int = 2
    refused: int = 0
    bad: int = 3
    turned_away: int = 0
    cut: int = 0
    outages: int = 0


def test_a_feed_says_how_it_is() -> None:
    late = Alarm("unhandled", "his", AT - timedelta(minutes=1), timedelta(seconds=30))
    health = Health({"his": AT}, {}, [Queue("his", 4, late.since)], [], {"his": Counted()}, {"his": [0.001, 0.002, 0.5]}, [late])
    (card,) = feeds_page(FRAME, PLAN, health, AT + timedelta(seconds=12)).cards
    figures = {figure.words: figure.value for figure in card.figures}
    assert (card.state, card.age) == ("unhandled", "12 s")
    assert (figures["waiting"], figures["ACK in, p50"], figures["ACK in, p99"], figures["connections"]) == ("4", "2.0 ms", "500.0 ms", "2")
    assert [(error.words, error.value) for error in card.errors] == [("bad frames", "3")]
    assert alarm_words(late, PLAN, AT) == "HIS: a letter received at 14:04 is not handled yet"
    silent = Alarm("silent", "gone", AT, timedelta(minutes=24))
    assert alarm_words(silent, PLAN, AT) == "gone: nothing heard since 14:05; 24 min is the longest usual silence"
    assert "heard since 21 Nov 14:05" in alarm_words(silent, PLAN, AT + timedelta(days=3)), "of another day it says which"


def test_figures_are_short() -> None:
    assert [percentile([1, 2, 3, 4], share) for share in (50, 95, 99)] == [2, 4, 4] and percentile([], 50) is None
    assert [seconds(value) for value in (None, 0.0031, 4.25, 300)] == ["–", "3.1 ms", "4.2 s", "5 min"]
    assert [span(timedelta(seconds=s)) for s in (-5, 59, 60, 3661, 200_000)] == ["0 s", "59 s", "1 min", "1 h 01 min", "2 d"]


def test_tabs_are_those_one_may_open() -> None:
    found = tabs("/integration/tray", ["/integration/tray", "/integration"], {"/integration/tray": 4})
    assert [(tab.href, tab.here, tab.count) for tab in found] == [("/integration", False, 0), ("/integration/tray", True, 4)]
