"""Beds that cannot lie: what is in doubt, who is asked, and what an answer does to the bed."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from flow.domain.bed import BedState, BedStatus, Stage
from flow.domain.cause import Cause, Origin
from flow.domain.check import Check, Doubt, Seen
from flow.domain.check_commands import AnswerCheck, AskCheck, DoubtBed, WithdrawCheck
from flow.domain.check_rules import CheckRules
from flow.domain.cleaning_commands import Tap, TapClean
from flow.domain.commands import Chart, Command, Person, ReportBed, SetBedStatus, Told
from flow.domain.decide import decide
from flow.domain.decide.checks import SOMEBODY_THERE
from flow.domain.doubts import doubts
from flow.domain.events import Kind
from flow.domain.hospital import Hospital, evolve, opened
from flow.domain.ids import BedId, CheckId, PatientId, TransportId, VisitId, WardId
from flow.domain.review import review, whom_to_ask
from flow.domain.transport import Transport
from flow.domain.transport_commands import MoveTransport, RequestTransport, Ride
from flow.domain.visit import Act, Fact, Order, VisitStatus
from flow.errors import Refused
from tests.plans import small_plan

NOW = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
"""10:30 in India: far from any handover."""
BED, WARD = BedId("4B-A-01"), WardId("4B")
RULES = CheckRules()
HOUR = timedelta(hours=1)


class Ward:
    """A hospital on which commands are carried out; `at` is the clock."""

    def __init__(self) -> None:
        self.hospital, self.at = Hospital(small_plan()), NOW
        for bed in opened(self.hospital.plan, NOW - timedelta(days=1)):
            self.hospital.put(bed)

    def do(self, command: Command, actor: str = "asha", origin: Origin = Origin.PERSON) -> list[Kind]:
        events = decide(self.hospital, command, Cause(origin, actor, self.at))
        for event in events:
            evolve(self.hospital, self.hospital.seq + 1, event)
        return [event.kind for event in events]

    def tell(self, visit: str, act: Act, at: datetime | None = None, place: str | None = None, **more: object) -> None:
        when = at or self.at
        fact = Fact(act, when, Order(when), place=place, **more)  # type: ignore[arg-type]  # the fact's own fields
        self.do(Chart((Told(VisitId(visit), Person(PatientId(f"p-{visit}"), "F", 50), fact),)), "his", Origin.FEED)

    def review(self) -> list[Check]:
        for command in list(review(self.hospital, self.at, RULES)):
            self.do(command, "verifier", Origin.SYSTEM)
        return self.open

    @property
    def open(self) -> list[Check]:
        return [check for check in self.hospital.checks.values() if check.is_live]

    @property
    def bed(self) -> BedState:
        return self.hospital.beds[BED]

    def answer(self, seen: Seen, visit: str | None = None) -> list[Kind]:
        (check,) = self.open
        return self.do(AnswerCheck(check.id, seen, VisitId(visit) if visit else None))


@pytest.fixture
def ward() -> Ward:
    found = Ward()
    found.tell("V1", Act.ADMIT, NOW - HOUR, BED)
    return found


def says_clean(ward: Ward) -> None:
    ward.do(DoubtBed(BED), "meena")


def says_free(ward: Ward) -> None:
    ward.do(ReportBed(BED, "U", ward.at), "his", Origin.FEED)


def closed(ward: Ward) -> None:
    """The visit is closed and the bed was not told: what should not be."""
    visit = ward.hospital.visits[VisitId("V1")]
    ward.hospital.put(replace(visit, course=replace(visit.course, status=VisitStatus.FINISHED, claim=None)))


def another(ward: Ward) -> None:
    ward.tell("V2", Act.ADMIT, NOW, BED)


def overdue(ward: Ward) -> None:
    ward.tell("V1", Act.PEND_DISCHARGE, NOW - HOUR, expected=NOW)
    ward.at += 3 * HOUR


def ride(ward: Ward, *, leaving: bool = True, until: Ride = Ride.DELIVER) -> None:
    """A porter brings the patient of the bed to the exit, or to a place of the house."""
    number = TransportId(f"T-{len(ward.hospital.transports)}")
    ward.do(RequestTransport(Transport(number, WARD, "4B A1", "Exit" if leaving else "CT", ward.at, bed=BED, leaving=leaving)))
    for step in (Ride.ACCEPT, Ride.PICK_UP, Ride.DELIVER):
        ward.do(MoveTransport(number, step, "anil"), "anil")
        if step is until:
            return


DOUBTS = {
    Doubt.BROUGHT_OUT: ride,
    Doubt.CLEANED_WHILE_OCCUPIED: says_clean,
    Doubt.REPORTED_OTHERWISE: says_free,
    Doubt.VISIT_OVER: closed,
    Doubt.TWO_CLAIMS: another,
    Doubt.SILENT: overdue,
}


def test_nothing_is_in_doubt_while_nothing_contradicts(ward: Ward) -> None:
    assert ward.review() == []


@pytest.mark.parametrize("doubt", Doubt)
def test_each_contradiction_raises_one_check(ward: Ward, doubt: Doubt) -> None:
    DOUBTS[doubt](ward)
    (check,) = ward.review()
    assert (check.bed, check.ward, check.doubt, check.visit, check.raised_at) == (BED, WARD, doubt, "V1", ward.at)
    assert check.words
    assert ward.review() == [check]


@pytest.mark.parametrize("doubt", Doubt)
@pytest.mark.parametrize("seen", Seen)
def test_any_answer_ends_the_doubt_and_is_not_asked_again(ward: Ward, doubt: Doubt, seen: Seen) -> None:
    DOUBTS[doubt](ward)
    (check,) = ward.review()
    ward.answer(seen)
    told = ward.hospital.checks[check.id]
    assert (told.seen, told.answered_by, told.answered_at) == (seen, "asha", ward.at)
    assert (ward.bed.confirmed_at, ward.bed.confirmed_by, ward.bed.discrepancy) == (ward.at, "person:asha", None)
    assert (ward.bed.status is BedStatus.OCCUPIED) == (seen is Seen.OCCUPIED)
    assert ward.review() == []
    with pytest.raises(Refused) as refusal:
        ward.do(AnswerCheck(check.id, Seen.EMPTY_DIRTY))
    assert refusal.value.code == "no-check"


@pytest.mark.parametrize("doubt", [Doubt.CLEANED_WHILE_OCCUPIED, Doubt.SILENT])
def test_seen_empty_the_patient_is_in_the_house_without_a_bed(ward: Ward, doubt: Doubt) -> None:
    DOUBTS[doubt](ward)
    ward.review()
    ward.answer(Seen.EMPTY_DIRTY)
    visit = ward.hospital.visits[VisitId("V1")]
    assert (visit.is_open, visit.bed, visit.in_conflict) == (True, None, False)
    assert (ward.bed.status, ward.bed.now.stage, ward.bed.visit) == (BedStatus.CLEANING, Stage.WAITING, None)
    ward.at += HOUR
    ward.tell("V1", Act.DISCHARGE)
    assert ward.bed.status is BedStatus.CLEANING


def test_seen_clean_is_ready_where_a_cleaner_said_so_and_else_inspected(ward: Ward) -> None:
    says_clean(ward)
    ward.review()
    ward.answer(Seen.EMPTY_CLEAN)
    assert (ward.bed.status, ward.bed.cleaned_at) == (BedStatus.AVAILABLE, ward.at)
    other = Ward()
    other.tell("V1", Act.ADMIT, NOW - HOUR, BED)
    closed(other)
    other.review()
    other.answer(Seen.EMPTY_CLEAN)
    assert (other.bed.status, other.bed.now.stage) == (BedStatus.CLEANING, Stage.INSPECTION)


def test_of_two_who_claim_a_bed_the_one_who_lies_there_has_it(ward: Ward) -> None:
    another(ward)
    ward.review()
    ward.answer(Seen.OCCUPIED, "V2")
    assert ward.bed.visit == "V2"
    assert ward.hospital.visits[VisitId("V1")].bed is None
    assert ward.hospital.visits[VisitId("V1")].is_open


def test_of_two_the_one_who_held_it_may_stay(ward: Ward) -> None:
    another(ward)
    ward.review()
    ward.answer(Seen.OCCUPIED, "V1")
    assert ward.bed.visit == "V1"
    assert not ward.hospital.visits[VisitId("V2")].in_conflict


def test_nobody_there_means_neither_of_two(ward: Ward) -> None:
    another(ward)
    ward.review()
    ward.answer(Seen.EMPTY_DIRTY)
    assert ward.bed.visit is None
    assert [ward.hospital.visits[VisitId(v)].bed for v in ("V1", "V2")] == [None, None]


def test_who_does_not_claim_the_bed_does_not_lie_there(ward: Ward) -> None:
    another(ward)
    ward.review()
    with pytest.raises(Refused):
        ward.answer(Seen.OCCUPIED, "V9")


def test_somebody_in_a_bed_that_is_shown_free_keeps_others_out(ward: Ward) -> None:
    ward.tell("V1", Act.DISCHARGE)
    ward.do(SetBedStatus(BED, BedStatus.AVAILABLE))
    ward.do(ReportBed(BED, "O", ward.at), "other", Origin.FEED)
    (check,) = ward.review()
    assert check.doubt is Doubt.REPORTED_OTHERWISE
    ward.answer(Seen.OCCUPIED)
    assert (ward.bed.status, ward.bed.now.note) == (BedStatus.MAINTENANCE, SOMEBODY_THERE)


def test_a_free_bed_seen_dirty_wants_cleaning(ward: Ward) -> None:
    ward.tell("V1", Act.DISCHARGE)
    ward.do(SetBedStatus(BED, BedStatus.AVAILABLE))
    ward.do(ReportBed(BED, "O", ward.at), "other", Origin.FEED)
    ward.review()
    assert Kind.CLEANING_REQUESTED in ward.answer(Seen.EMPTY_DIRTY)
    assert ward.bed.now.stage is Stage.WAITING


def test_a_check_is_withdrawn_when_the_contradiction_goes(ward: Ward) -> None:
    says_free(ward)
    (check,) = ward.review()
    ward.do(ReportBed(BED, "O", ward.at), "other", Origin.FEED)
    assert ward.review() == []
    assert ward.hospital.checks[check.id].withdrawn_at == ward.at
    assert ward.do(WithdrawCheck(check.id)) == []


def test_a_look_is_good_for_some_hours_and_for_one_patient(ward: Ward) -> None:
    overdue(ward)
    ward.review()
    ward.answer(Seen.OCCUPIED)
    ward.at += timedelta(hours=RULES.again_hours)
    assert [check.doubt for check in ward.review()] == [Doubt.SILENT]


def test_a_patient_on_leave_is_missed_after_the_return_expected(ward: Ward) -> None:
    ward.tell("V1", Act.LEAVE_OF_ABSENCE, NOW, expected=NOW + HOUR)
    ward.at += 2 * HOUR
    assert ward.review() == []
    ward.at += 2 * HOUR
    assert [check.doubt for check in ward.review()] == [Doubt.SILENT]


def test_a_cleaner_doubts_only_what_is_shown_occupied(ward: Ward) -> None:
    assert ward.do(DoubtBed(BedId("4B-A-02"))) == []
    assert ward.do(DoubtBed(BED)) == [Kind.DISCREPANCY_RAISED]


def checks_of(ward: Ward, count: int) -> None:
    """As many beds of the ward in doubt."""
    for place, bed in enumerate(ward.hospital.plan.ward[WARD].beds[:count]):
        if bed.id != BED:
            ward.tell(f"W{place}", Act.ADMIT, NOW - HOUR, bed.id)
        ward.do(DoubtBed(bed.id), "meena")
    assert len(ward.review()) == count


def asked(ward: Ward, nurses: list[str], before: dict[str, int] | None = None) -> list[str]:
    commands = list(whom_to_ask(ward.hospital, ward.at, RULES, {WARD: nurses}, before or {}))
    for command in commands:
        ward.do(command, "verifier", Origin.SYSTEM)
    return [command.nurse for command in commands]


def test_a_nurse_is_asked_three_times_a_shift_at_most_and_in_turn(ward: Ward) -> None:
    checks_of(ward, 7)
    assert asked(ward, ["asha", "ravi"], {"ravi": 1}) == ["asha", "asha", "ravi", "asha", "ravi"]
    assert asked(ward, ["asha", "ravi"], {"asha": 3, "ravi": 3}) == []
    assert sum(check.asked is None for check in ward.open) == 2


def test_the_budget_holds_in_the_decision_too(ward: Ward) -> None:
    checks_of(ward, 5)
    since = RULES.shift_began(ward.at, ward.hospital.plan.zone)
    done = [ward.do(AskCheck(check.id, "asha", since, 3), "verifier", Origin.SYSTEM) for check in ward.open]
    assert [bool(kinds) for kinds in done] == [True, True, True, False, False]


def test_who_went_home_is_asked_no_more_and_the_next_nurse_is(ward: Ward) -> None:
    checks_of(ward, 1)
    assert asked(ward, ["asha"]) == ["asha"]
    assert asked(ward, ["asha"], {"asha": 1}) == []
    assert asked(ward, [], {"asha": 1}) == []
    assert asked(ward, ["ravi"], {"asha": 1}) == ["ravi"]


@pytest.mark.parametrize(
    ("clock", "quiet"), [("13:39", False), ("13:40", True), ("13:41", True), ("14:00", True), ("14:19", True), ("14:20", False)]
)
def test_nobody_is_asked_at_the_handover(ward: Ward, clock: str, quiet: bool) -> None:
    checks_of(ward, 1)
    hours, minutes = map(int, clock.split(":"))
    ward.at = datetime(2026, 11, 21, hours, minutes, tzinfo=UTC) - timedelta(hours=5, minutes=30)
    assert RULES.is_handover(ward.at, "Asia/Kolkata") is quiet
    assert asked(ward, ["asha"]) == ([] if quiet else ["asha"])


def test_the_gravest_is_asked_first(ward: Ward) -> None:
    overdue(ward)
    ward.tell("X1", Act.ADMIT, ward.at, "4B-A-02")
    ward.tell("X2", Act.ADMIT, ward.at, "4B-A-02")
    assert {check.doubt for check in ward.review()} == {Doubt.SILENT, Doubt.TWO_CLAIMS}
    (command,) = whom_to_ask(ward.hospital, ward.at, RULES, {WARD: ["asha"]}, {"asha": 2})
    assert ward.hospital.checks[command.check].doubt is Doubt.TWO_CLAIMS


def test_the_shift_began_at_the_last_of_its_times_also_before_the_first_of_the_day() -> None:
    rules = CheckRules(shifts=(time(7), time(19)))
    at = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
    assert rules.shift_began(at, "UTC") == datetime(2026, 11, 20, 19, 0, tzinfo=UTC)
    assert rules.shift_began(at + 6 * HOUR, "UTC") == datetime(2026, 11, 21, 7, 0, tzinfo=UTC)


def test_a_bed_without_a_check_of_its_number_is_refused() -> None:
    with pytest.raises(Refused):
        Ward().do(AnswerCheck(CheckId("none"), Seen.OCCUPIED))


def test_a_bed_is_doubted_for_its_gravest_reason_alone(ward: Ward) -> None:
    another(ward)
    says_free(ward)
    assert [each.doubt for each in doubts(ward.hospital, ward.at, RULES)] == [Doubt.TWO_CLAIMS]


def test_a_clean_told_long_after_the_patient_came_is_a_contradiction_and_one_told_beside_is_none() -> None:
    for minutes, found in ((10, []), (40, [Doubt.CLEANED_WHILE_OCCUPIED])):
        ward = Ward()
        ward.tell("V1", Act.ADMIT, NOW - HOUR, BED)
        ward.tell("V1", Act.DISCHARGE, NOW)
        ward.do(SetBedStatus(BED, BedStatus.CLEANING, stage=Stage.IN_PROGRESS), "meena")
        job = ward.bed.job
        ward.at += timedelta(minutes=5)
        ward.tell("V2", Act.ADMIT, ward.at, BED)
        ward.at += timedelta(minutes=minutes)
        assert job is not None
        ward.do(TapClean(BED, Tap.DONE, "meena", trained=True, job=job.id), "meena")
        assert [check.doubt for check in ward.review()] == found
