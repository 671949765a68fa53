"""What is entered from paper, decided: the times on the paper count; what the record contradicts is refused with what the record has."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from flow.codec import decode_command, encode_command
from flow.domain.back_entry import Deed, EnterBack, EnterTokenBack, TokenDeed
from flow.domain.bed import BedStatus, OutOfUse, Stage
from flow.domain.care import Isolation
from flow.domain.cause import Cause, Origin
from flow.domain.cleaning_commands import AskClean, ReportProblem
from flow.domain.commands import CallNext, Chart, Command, IssueToken, MarkToken, Person, SetBedStatus, Told
from flow.domain.decide import decide
from flow.domain.events import Event
from flow.domain.hospital import Hospital, evolve, opened
from flow.domain.ids import BedId, ClinicId, FeedId, PatientId, TokenId, VisitId
from flow.domain.opd import Group, Token, TokenStatus
from flow.domain.opd_waits import waits_of
from flow.domain.visit import Act, Fact, Order
from flow.errors import Refused
from tests.plans import small_plan

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
NOW = NOON + timedelta(hours=6)
A1, A2 = BedId("4B-A-01"), BedId("4B-A-02")


def at(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes)


class House:
    """A hospital that decides what it is told, at NOW."""

    def __init__(self) -> None:
        self.hospital = Hospital(small_plan())
        for state in opened(self.hospital.plan, NOON - timedelta(days=1)):
            self.hospital.put(state)
        self.hospital.told_rules = replace(self.hospital.rules, inspect_percent=0)

    def do(self, command: Command, origin: Origin = Origin.PAPER, when: datetime = NOW) -> list[Event]:
        events = decide(self.hospital, command, Cause(origin, "asha", when))
        for event in events:
            evolve(self.hospital, self.hospital.seq + 1, event)
        return events

    def enter(self, deed: Deed, bed: BedId, minutes: int, to: BedId | None = None, who: str = "p1") -> list[Event]:
        command = EnterBack(deed, bed, at(minutes), "AR", to)
        if deed is Deed.CAME:
            command = replace(command, patient=PatientId(who), sex="F", age=40, fresh=VisitId(f"M-{who}"))
        return self.do(command)

    def feed(self, act: Act, bed: BedId | None, minutes: int, visit: str = "V1", who: str = "p1") -> None:
        fact = Fact(act, at(minutes), Order(at(minutes)), place=bed)
        told = Told(VisitId(visit), Person(PatientId(who), "F", 40), fact)
        self.do(Chart((told,), feed=FeedId("his")), Origin.FEED)

    def refused(self, deed: Deed, bed: BedId, minutes: int, to: BedId | None = None, who: str = "p1") -> tuple[str, str]:
        seq = self.hospital.seq
        with pytest.raises(Refused) as refusal:
            self.enter(deed, bed, minutes, to, who)
        assert self.hospital.seq == seq
        return refusal.value.code, refusal.value.reason


@pytest.fixture
def house() -> House:
    return House()


def test_a_day_on_paper_is_entered_with_its_own_times(house: House) -> None:
    house.enter(Deed.CAME, A1, 5)
    house.enter(Deed.MOVED, A1, 60, A2)
    house.enter(Deed.CLEANED, A1, 80)
    house.enter(Deed.CAME, A1, 90, who="p2")
    events = house.enter(Deed.LEFT, A2, 120)
    assert [(m.bed, m.start, m.end) for m in house.hospital.visits[VisitId("M-p1")].course.movements] == [
        (A1, at(5), at(60)),
        (A2, at(60), at(120)),
    ]
    one, two = house.hospital.beds[A1], house.hospital.beds[A2]
    assert (one.status, one.now.since, one.visit) == (BedStatus.OCCUPIED, at(90), "M-p2")
    assert (two.status, two.now.since, two.now.source) == (BedStatus.CLEANING, at(120), "paper:asha")
    assert {event.at for event in events} <= {at(120), NOW} and at(120) in {event.at for event in events}


def test_a_clean_counts_from_the_time_on_the_paper(house: House) -> None:
    house.enter(Deed.CAME, A1, 5)
    house.enter(Deed.LEFT, A1, 30)
    assert house.refused(Deed.CLEANED, A1, 29)[0] == "too-early"
    house.enter(Deed.CLEANED, A1, 50)
    bed = house.hospital.beds[A1]
    assert (bed.status, bed.now.since, bed.cleaned_at) == (BedStatus.AVAILABLE, at(50), at(50))
    assert bed.job is not None and (bed.job.is_open, bed.job.cleaned_at) == (False, at(50))
    assert house.refused(Deed.CLEANED, A1, 55)[0] == "already-clean"


def test_a_bed_that_is_looked_at_after_its_clean_still_is(house: House) -> None:
    house.hospital.told_rules = replace(house.hospital.rules, inspect_percent=100)
    house.enter(Deed.CAME, A1, 5)
    house.enter(Deed.LEFT, A1, 30)
    house.enter(Deed.CLEANED, A1, 50)
    bed = house.hospital.beds[A1]
    assert (bed.status, bed.now.stage) == (BedStatus.CLEANING, Stage.INSPECTION)
    assert bed.job is not None and bed.job.cleaned_at == at(50)
    assert house.refused(Deed.CLEANED, A1, 55)[0] == "already-clean"


def test_what_the_feed_told_meanwhile_is_not_entered_twice(house: House) -> None:
    house.feed(Act.ADMIT, A1, 10)
    code, words = house.refused(Deed.CAME, A1, 5)
    assert (code, words) == ("told-already", "The record has this patient in 4B A1 already, since 21 Nov 17:40 (told by HIS).")
    house.feed(Act.TRANSFER, A2, 40)
    assert house.refused(Deed.MOVED, A1, 40, A2) == (
        "told-already",
        "The record has moved them to 4B A2 already, since 21 Nov 18:10 (told by HIS).",
    )
    house.feed(Act.DISCHARGE, None, 60)
    assert house.refused(Deed.LEFT, A2, 61)[1] == "By the record nobody lies in 4B A2; it was left at 21 Nov 18:30."


def test_the_feed_that_tells_it_later_agrees(house: House) -> None:
    house.enter(Deed.CAME, A1, 5)
    house.feed(Act.ADMIT, A1, 6)
    bed = house.hospital.beds[A1]
    assert (bed.visit, bed.discrepancy) == ("V1", None)


def test_the_feed_that_tells_otherwise_is_shown(house: House) -> None:
    house.enter(Deed.CAME, A1, 5)
    house.feed(Act.ADMIT, A2, 6)
    assert any("the ward saw this patient in 4B A1" in (bed.discrepancy or "") for bed in house.hospital.beds.values())


def test_nobody_comes_to_a_bed_that_was_used_since(house: House) -> None:
    house.enter(Deed.CAME, A1, 5)
    assert house.refused(Deed.CAME, A1, 10, who="p2") == (
        "bed-occupied",
        "The record has somebody else in 4B A1, since 21 Nov 17:35 (entered by hand): enter when they left first.",
    )
    house.enter(Deed.LEFT, A1, 60)
    assert house.refused(Deed.CAME, A1, 30, who="p2")[0] == "bed-used-since"
    house.enter(Deed.CLEANED, A1, 90)
    assert house.refused(Deed.CAME, A1, 80, who="p2")[0] == "bed-used-since"
    house.enter(Deed.CAME, A1, 95, who="p2")
    assert house.hospital.beds[A1].visit == "M-p2"


def test_times_that_cannot_be_are_refused(house: House) -> None:
    assert house.refused(Deed.CAME, A1, 361)[0] == "in-future"
    assert house.refused(Deed.CAME, A1, -60 * 24 * 8)[0] == "too-long-ago"
    house.enter(Deed.CAME, A1, 30)
    assert house.refused(Deed.LEFT, A1, 29)[0] == "too-early"
    assert house.refused(Deed.MOVED, A1, 29, A2)[0] == "too-early"
    assert house.refused(Deed.MOVED, A1, 31, A1)[0] == "same-bed"
    assert house.refused(Deed.MOVED, A1, 31)[0] == "same-bed"


def test_one_patient_is_not_put_into_two_beds(house: House) -> None:
    house.enter(Deed.CAME, A1, 5)
    code, words = house.refused(Deed.CAME, A2, 20)
    assert code == "already-in-a-bed" and "enter that they moved" in words


def test_somebody_has_to_be_named(house: House) -> None:
    with pytest.raises(Refused, match="who came"):
        house.do(EnterBack(Deed.CAME, A1, at(5), "AR"))


def test_a_stay_that_is_known_goes_on(house: House) -> None:
    house.feed(Act.ADMIT, None, 0)
    house.enter(Deed.CAME, A1, 5)
    assert (house.hospital.beds[A1].visit, VisitId("M-p1") in house.hospital.visits) == ("V1", False)


def test_only_dirty_beds_are_cleaned(house: House) -> None:
    assert house.refused(Deed.CLEANED, A1, 5)[0] == "already-clean"
    house.enter(Deed.CAME, A1, 5)
    assert house.refused(Deed.CLEANED, A1, 6)[0] == "bed-occupied"
    house.do(SetBedStatus(A2, BedStatus.MAINTENANCE, reason=OutOfUse.REPAIR), Origin.PERSON)
    assert house.refused(Deed.CLEANED, A2, 6)[0] == "bed-out-of-use"
    assert house.refused(Deed.MOVED, A1, 30, A2)[0] == "bed-out-of-use"


def test_a_clean_whose_problem_is_looked_at_is_not_done(house: House) -> None:
    dirty = BedId("4B-A-03")
    house.do(AskClean(dirty), Origin.PERSON, at(0))
    house.do(ReportProblem(dirty, "problem-1", OutOfUse.REPAIR, "c1"), Origin.PERSON, at(10))
    assert house.refused(Deed.CLEANED, dirty, 20)[0] == "problem-open"


def test_an_entry_is_read_back_from_the_journal_as_it_was() -> None:
    command = EnterBack(Deed.CAME, A1, at(5), "AR", None, PatientId("p1"), "F", 40, VisitId("M1"))
    assert decode_command("EnterBack", encode_command(command)) == command


def test_a_bed_out_of_use_is_entered_with_its_times(house: House) -> None:
    with pytest.raises(Refused, match="why the bed was out of use"):
        house.enter(Deed.BLOCKED, A1, 5)
    (event,) = house.do(EnterBack(Deed.BLOCKED, A1, at(5), "AR", reason=OutOfUse.REPAIR, note="lamp"))
    bed = house.hospital.beds[A1]
    assert (bed.status, bed.now.since, bed.now.reason, bed.now.note, event.at) == (
        BedStatus.MAINTENANCE,
        at(5),
        OutOfUse.REPAIR,
        "lamp",
        at(5),
    )
    with pytest.raises(Refused, match="out of use already, since 21 Nov 17:35"):
        house.do(EnterBack(Deed.BLOCKED, A1, at(6), "AR", reason=OutOfUse.REPAIR))
    assert house.refused(Deed.OPENED, A1, 4)[0] == "too-early"
    house.enter(Deed.OPENED, A1, 90)
    assert (house.hospital.beds[A1].status, house.hospital.beds[A1].now.since) == (BedStatus.AVAILABLE, at(90))
    assert house.refused(Deed.OPENED, A1, 95) == ("told-already", "The record has 4B A1 in use: available since 21 Nov 19:00.")


def test_a_bed_goes_out_of_use_neither_under_a_patient_nor_before_what_came_later(house: House) -> None:
    house.enter(Deed.CAME, A1, 5)
    line = EnterBack(Deed.BLOCKED, A1, at(10), "AR", reason=OutOfUse.STAFFING)
    with pytest.raises(Refused, match="somebody in 4B A1"):
        house.do(line)
    house.enter(Deed.LEFT, A1, 20)
    with pytest.raises(Refused, match="cleaning since 21 Nov 17:50, after that time"):
        house.do(line)
    house.do(EnterBack(Deed.BLOCKED, A1, at(25), "AR", reason=OutOfUse.INFECTION))
    assert house.hospital.beds[A1].status is BedStatus.MAINTENANCE


def test_isolation_is_entered_for_whoever_lies_there(house: House) -> None:
    assert house.refused(Deed.CLEARED, A1, 5)[0] == "bed-empty"
    house.enter(Deed.CAME, A1, 5)
    assert house.refused(Deed.ISOLATED, A1, 6)[0] == "isolation-missing"
    early = EnterBack(Deed.ISOLATED, A1, at(4), "AR", isolation=Isolation.CONTACT)
    with pytest.raises(Refused, match="there only since 21 Nov 17:35"):
        house.do(early)
    events = house.do(replace(early, at=at(30), organism="MRSA"))
    bed, visit = house.hospital.beds[A1], house.hospital.visits[VisitId("M-p1")]
    assert (bed.isolation, visit.care.isolation, visit.care.organism) == (True, Isolation.CONTACT, "MRSA")
    assert {event.at for event in events} == {at(30)}
    with pytest.raises(Refused, match=r"isolated already \(contact\)"):
        house.do(replace(early, at=at(31), organism="MRSA"))
    house.enter(Deed.CLEARED, A1, 60)
    assert not house.hospital.beds[A1].isolation
    assert house.refused(Deed.CLEARED, A1, 61)[1] == "The record has the patient of 4B A1 not isolated."


ENT = ClinicId("ENT")


class Clinic(House):
    """Its clinic enters numbers."""

    def line(self, deed: TokenDeed, minutes: int, rank: int | None = None, **said: Any) -> Token:
        events = self.do(EnterTokenBack(deed, ENT, at(minutes), "AR", rank, **said))
        token = events[-1].record
        assert isinstance(token, Token)
        assert events[-1].at == at(minutes)
        return token

    def wrong(self, deed: TokenDeed, minutes: int, rank: int | None = None, **said: Any) -> tuple[str, str]:
        seq = self.hospital.seq
        with pytest.raises(Refused) as refusal:
            self.line(deed, minutes, rank, **said)
        assert self.hospital.seq == seq
        return refusal.value.code, refusal.value.reason


@pytest.fixture
def clinic() -> Clinic:
    return Clinic()


def test_a_clinics_morning_on_paper_keeps_its_own_times(clinic: Clinic) -> None:
    clinic.line(TokenDeed.GIVEN, 5, 1, group=Group.ELDERLY)
    clinic.line(TokenDeed.GIVEN, 6, 2)
    assert clinic.line(TokenDeed.GIVEN, 7).number == "E-003"
    clinic.line(TokenDeed.CALLED, 10, 1, room="1")
    assert clinic.line(TokenDeed.FINISHED, 20, 1).started_at == at(10)
    clinic.line(TokenDeed.CALLED, 21, 2, room="1")
    absent = clinic.line(TokenDeed.ABSENT, 25, 2)
    assert (absent.status, absent.passed, absent.room, absent.closed_at) == (TokenStatus.SKIPPED, 1, None, at(25))
    one = clinic.hospital.tokens[TokenId(f"ENT-{NOON:%Y%m%d}-001")]
    assert (one.issued_at, one.arrived_at, one.called_at, one.closed_at, one.of) == (at(5), at(5), at(10), at(20), Group.ELDERLY)
    waits = waits_of(clinic.hospital.tokens.values(), NOW)
    assert (waits.called, waits.waiting, waits.p50) == (2, 1, 15), "from coming to the call, by the paper"


def test_lines_that_cannot_be_are_refused_one_by_one(clinic: Clinic) -> None:
    clinic.line(TokenDeed.GIVEN, 5, 14)
    assert clinic.wrong(TokenDeed.GIVEN, 6, 14)[1] == "The record has E-014 waiting already, since 21 Nov 17:35; look at the paper again."
    assert clinic.wrong(TokenDeed.CALLED, 6, 15, room="1") == ("not-given", "By the record E-015 was not given that day: enter that first.")
    assert clinic.wrong(TokenDeed.CALLED, 6, room="1")[0] == "number-missing"
    assert clinic.wrong(TokenDeed.CALLED, 4, 14, room="1")[0] == "too-early"
    assert clinic.wrong(TokenDeed.CALLED, 6, 14, room="9")[0] == "unknown-room"
    assert clinic.wrong(TokenDeed.FINISHED, 6, 14)[1] == "By the record E-014 was not called: enter the call first."
    assert clinic.wrong(TokenDeed.GIVEN, 361)[0] == "in-future"
    assert clinic.wrong(TokenDeed.GIVEN, -60 * 48)[0] == "too-long-ago"
    assert clinic.wrong(TokenDeed.GIVEN, 5, 5000)[0] == "not-a-number"
    clinic.line(TokenDeed.GIVEN, 6, 15)
    clinic.line(TokenDeed.CALLED, 10, 14, room="1")
    assert "The record has E-014 called already, since 21 Nov 17:40;" in clinic.wrong(TokenDeed.CALLED, 11, 14, room="2")[1]
    code, words = clinic.wrong(TokenDeed.CALLED, 11, 15, room="1")
    assert (code, words) == ("room-busy", "The record has E-014 called to Room 1: enter what became of it first.")
    clinic.line(TokenDeed.FINISHED, 12, 14)
    assert "The record has E-014 finished already, since 21 Nov 17:42;" in clinic.wrong(TokenDeed.ABSENT, 13, 14)[1]


def test_who_was_with_the_doctor_is_seen_when_the_next_is_called(clinic: Clinic) -> None:
    for rank in (1, 2):
        clinic.line(TokenDeed.GIVEN, rank, rank)
    clinic.do(CallNext(ENT, "1"), Origin.PERSON, at(5))
    first = next(t for t in clinic.hospital.tokens.values() if t.rank == 1)
    clinic.do(MarkToken(first.id, TokenStatus.IN_ROOM), Origin.PERSON, at(6))
    clinic.line(TokenDeed.CALLED, 15, 2, room="1")
    seen = clinic.hospital.tokens[first.id]
    assert (seen.status, seen.closed_at) == (TokenStatus.FINISHED, at(15))


def test_a_booking_that_came_or_did_not(clinic: Clinic) -> None:
    for _ in range(2):
        clinic.do(IssueToken(ENT, NOON.date(), booked=True), Origin.PERSON, at(0))
    assert clinic.line(TokenDeed.GIVEN, 5, 1).arrived_at == at(5)
    assert clinic.line(TokenDeed.ABSENT, 50, 2).status is TokenStatus.NO_SHOW


def test_one_person_has_one_number_on_paper_too(clinic: Clinic) -> None:
    clinic.line(TokenDeed.GIVEN, 5, patient=PatientId("p1"))
    assert clinic.wrong(TokenDeed.GIVEN, 6, patient=PatientId("p1"))[0] == "has-token"


def test_a_clinics_line_is_read_back_as_it_was() -> None:
    command = EnterTokenBack(TokenDeed.CALLED, ENT, at(5), "AR", 3, "1", Group.ELDERLY, PatientId("p1"))
    assert decode_command("EnterTokenBack", encode_command(command)) == command
