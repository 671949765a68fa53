"""An outpatient whom the hospital's system registered has one token in the clinic, whatever comes late, twice or is taken back."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations

import pytest

from adt_feed.mapping import read
from adt_feed.message import Message
from flow.domain.cause import Cause, Origin
from flow.domain.commands import Command, IssueToken
from flow.domain.decide import decide
from flow.domain.events import Event
from flow.domain.feed_commands import ChangeFeed
from flow.domain.hospital import Hospital, evolve, opened
from flow.domain.house_rules import rules_of
from flow.domain.ids import ClinicId, FeedId, PatientId, VisitId
from flow.domain.opd import Group, Session, Token, TokenStatus
from flow.domain.opd_commands import HoldSession, OpenSessions, SeatWalkIn
from flow.domain.plan import Clinic
from flow.domain.walk_in import Why, unseated
from flow.errors import Refused
from tests.hearing import T0
from tests.plans import small_plan

ENT, EYE = ClinicId("ENT"), ClinicId("EYE")
DAY = T0.date()


class Reception:
    """A hospital that hears letters and does what people ask; everything happens within T0's hour."""

    def __init__(self) -> None:
        plan = small_plan()
        other = Clinic(EYE, "Eyes", "Ophthalmology", "0", "Y", plan.clinics[0].rooms)
        self.hospital = Hospital(replace(plan, clinics=(*plan.clinics, other)))
        for state in opened(self.hospital.plan, T0):
            self.hospital.put(state)
        self.letters = 0

    def does(self, command: Command, minute: int = 30, origin: Origin = Origin.PERSON, letter: int | None = None) -> list[Event]:
        events = decide(self.hospital, command, Cause(origin, "asha", T0 + timedelta(minutes=minute), letter=letter))
        for event in events:
            evolve(self.hospital, self.hospital.seq + 1, event)
        return events

    def hears(self, trigger: str, minute: int = 0, **said: str) -> list[Event]:
        """A letter about an outpatient's visit, handled half an hour after T0."""
        self.letters += 1
        text = letter(trigger, T0 + timedelta(minutes=minute), self.letters, **said)
        feed = self.hospital.feed(FeedId("his"))
        found = read(Message.parse(text.encode(), None), feed, lambda mrn, _: PatientId(f"p{mrn}"), T0, self.hospital.bed_at)
        return [event for command in found.commands for event in self.does(command, 30, Origin.FEED, self.letters)]

    @property
    def tokens(self) -> list[Token]:
        return sorted(self.hospital.tokens.values(), key=lambda token: token.rank)

    @property
    def token(self) -> Token:
        (only,) = self.hospital.tokens.values()
        return only

    def untold(self) -> list[tuple[str, Why]]:
        return [(each.visit, each.why) for each in unseated(self.hospital, T0 + timedelta(minutes=30))]


def letter(
    trigger: str, at: datetime, number: int, *, place: str = "ENT", service: str = "", born: str = "19900101", mrn: str = "1",
    visit: str = "V1", klass: str = "O", ambulatory: str = "", prior: str = "",
) -> str:  # fmt: skip
    stamp = f"{at:%Y%m%d%H%M%S}+0000"
    pv1 = ["PV1", "1", klass, place, *[""] * 6, service, *[""] * 4, ambulatory, *[""] * 3, visit]
    return (
        f"MSH|^~\\&|HIS|H|BF|H|{stamp}||ADT^{trigger}|{number}|P|2.5\rEVN|{trigger}|{stamp}\r"
        f"PID|1||{mrn}^^^H^MR||Rao^Meera||{born}|F\r{'|'.join(pv1)}" + (f"\rMRG|{mrn}||||{prior}" if prior else "")
    )


@pytest.fixture
def desk() -> Reception:
    return Reception()


def test_a_registration_is_one_token_in_its_clinic(desk: Reception) -> None:
    desk.hears("A04", 5)
    assert (desk.token.clinic, desk.token.number, desk.token.status) == (ENT, "E-001", TokenStatus.WAITING)
    assert (desk.token.patient, desk.token.visit, desk.token.of) == ("p1", "V1", Group.ORDINARY)
    assert desk.token.arrived_at == T0 + timedelta(minutes=5), "since they registered, not since we heard"
    assert not desk.hears("A04", 5)[1:], "told again it gives nothing"
    desk.hears("A08", 6)
    assert len(desk.tokens) == 1


@pytest.mark.parametrize(
    ("said", "clinic"),
    [
        ({"place": "ent"}, ENT),
        ({"place": "OPD^EYE"}, EYE),
        ({"place": "OPD", "service": "Ophthalmology"}, EYE),
        ({"place": "", "service": "ENT"}, ENT),
        ({"place": "EYES"}, EYE),
    ],
)
def test_the_clinic_is_named_by_place_or_service(desk: Reception, said: dict[str, str], clinic: ClinicId) -> None:
    desk.hears("A04", 0, **said)
    assert desk.token.clinic == clinic


@pytest.mark.parametrize(
    ("said", "group"),
    [
        ({"born": "19500101"}, Group.ELDERLY),
        ({"ambulatory": "A1~B6"}, Group.PREGNANT),
        ({"ambulatory": "B6", "born": "19500101"}, Group.PREGNANT),
        ({"born": ""}, Group.ORDINARY),
    ],
)
def test_whose_turn_they_take(desk: Reception, said: dict[str, str], group: Group) -> None:
    desk.hears("A04", 0, **said)
    assert (desk.token.of, desk.token.priority) == (group, group.priority)


def test_inpatients_emergencies_and_those_in_a_bed_take_none(desk: Reception) -> None:
    desk.hears("A04", klass="E")
    desk.hears("A01", klass="O", visit="V2", mrn="2")
    desk.hears("A04", visit="V3", mrn="3", place="4B^A^1")
    assert desk.tokens == [] and desk.untold() == []


@pytest.mark.parametrize("cancel", ["A11", "A23"])
def test_a_cancelled_registration_takes_its_token_away(desk: Reception, cancel: str) -> None:
    desk.hears("A04", 1)
    desk.hears(cancel, 2, klass="")
    assert desk.token.status is TokenStatus.CANCELLED
    desk.hears("A04", 3)
    assert (desk.token.status, desk.token.number) == (TokenStatus.WAITING, "E-001"), "registered again, the same number"


def test_who_is_with_the_doctor_stays_there(desk: Reception) -> None:
    desk.hears("A04", 1)
    desk.hospital.put(replace(desk.token, status=TokenStatus.IN_ROOM, room="1"))
    desk.hears("A11", 2)
    assert desk.token.status is TokenStatus.IN_ROOM


def test_a_correction_changes_clinic_turn_and_person_until_the_call(desk: Reception) -> None:
    desk.hears("A04", 1)
    desk.hears("A08", 2, place="EYE", born="19500101")
    assert (desk.token.clinic, desk.token.number, desk.token.of) == (EYE, "Y-001", Group.ELDERLY)
    desk.hospital.put(replace(desk.token, status=TokenStatus.CALLED, calls=1, room="1"))
    desk.hears("A08", 3, place="ENT")
    assert (desk.token.clinic, desk.token.status) == (EYE, TokenStatus.CALLED)


def test_every_order_of_arrival_leaves_one_queue() -> None:
    told: list[tuple[str, int, dict[str, str]]] = [("A04", 1, {}), ("A08", 2, {"place": "EYE"}), ("A11", 3, {"klass": ""})]
    ends = set()
    for order in permutations(told + told):
        desk = Reception()
        for trigger, minute, said in order:
            desk.hears(trigger, minute, **said)
        ends.add(tuple(token.status for token in desk.tokens))
    assert ends <= {(), (TokenStatus.CANCELLED,)}
    seated = set()
    for order in permutations(told[:2] * 2):
        desk = Reception()
        for trigger, minute, said in order:
            desk.hears(trigger, minute, **said)
        seated.add(tuple((token.status, token.clinic) for token in desk.tokens))
    assert seated == {((TokenStatus.WAITING, EYE),)}


def test_an_appointment_and_a_registration_are_one_token(desk: Reception) -> None:
    desk.does(IssueToken(ENT, DAY, patient=PatientId("p1"), booked=True))
    desk.hears("A04", 5, born="19500101")
    assert (desk.token.status, desk.token.visit, desk.token.of) == (TokenStatus.WAITING, "V1", Group.ELDERLY)
    assert desk.token.arrived_at == T0 + timedelta(minutes=5)


def test_a_scan_and_a_registration_are_one_token(desk: Reception) -> None:
    desk.does(IssueToken(ENT, DAY, patient=PatientId("p1"), scanned=True))
    desk.hears("A04", 5)
    assert (desk.token.visit, desk.token.scanned) == ("V1", True)
    desk.hears("A11", 6)
    assert desk.token.status is TokenStatus.WAITING, "what the patient took by scanning no letter takes away"


def test_registered_twice_by_mistake_the_number_stays(desk: Reception) -> None:
    desk.hears("A04", 1, visit="V1")
    desk.hears("A04", 2, visit="V2")
    assert desk.token.visit == "V1"
    desk.hears("A11", 3, visit="V1")
    assert (desk.token.visit, desk.token.status) == ("V2", TokenStatus.WAITING)
    desk.hears("A11", 4, visit="V2")
    assert desk.token.status is TokenStatus.CANCELLED


def test_a_second_visit_after_the_first_is_over_is_a_second_token(desk: Reception) -> None:
    desk.hears("A04", 1)
    desk.hospital.put(replace(desk.token, status=TokenStatus.FINISHED, closed_at=T0 + timedelta(minutes=10)))
    desk.hears("A04", 20, visit="V2")
    assert [token.number for token in desk.tokens] == ["E-001", "E-002"]


def test_reception_gives_one_person_one_token(desk: Reception) -> None:
    desk.hears("A04", 1)
    with pytest.raises(Refused, match="has token E-001 in ENT today"):
        desk.does(IssueToken(ENT, DAY, patient=PatientId("p1")))
    desk.does(IssueToken(EYE, DAY, patient=PatientId("p1")))
    desk.does(IssueToken(ENT, DAY))
    assert len(desk.tokens) == 3


def test_a_clinic_nobody_knows_is_listed_and_seated_once_it_is_mapped(desk: Reception) -> None:
    desk.hears("A04", 1, place="OPD^SKIN")
    desk.hears("A04", 2, place="", visit="V2", mrn="2")
    assert (desk.tokens, desk.untold()) == ([], [("V1", Why.UNKNOWN), ("V2", Why.UNNAMED)])
    assert VisitId("V1") in desk.hospital.visits, "the visit itself is kept"
    with pytest.raises(Refused, match="no clinic that is known"):
        desk.does(SeatWalkIn(VisitId("V1")))
    desk.does(ChangeFeed(FeedId("his"), clinics={"SKIN": EYE}))
    assert (desk.token.clinic, desk.token.visit, desk.untold()) == (EYE, "V1", [("V2", Why.UNNAMED)])


def closed(desk: Reception, sessions: Iterable[Session] = ()) -> None:
    desk.does(OpenSessions(ENT, "1", DAY, tuple(sessions)), minute=0, origin=Origin.SYSTEM)


def test_a_closed_clinic_is_listed_until_somebody_sits_there(desk: Reception) -> None:
    closed(desk, [Session("Dr Iyer", T0 - timedelta(hours=2), T0 - timedelta(hours=1))])
    desk.hears("A04", 1)
    assert (desk.tokens, desk.untold()) == ([], [("V1", Why.CLOSED)])
    with pytest.raises(Refused, match="ENT is closed"):
        desk.does(SeatWalkIn(VisitId("V1")))
    desk.does(HoldSession(ENT, "2", "Dr Rao", T0, T0 + timedelta(hours=3)))
    assert (desk.token.status, desk.untold()) == (TokenStatus.WAITING, []), "whoever found it closed is seated by the session itself"
    assert not desk.does(SeatWalkIn(VisitId("V1")))


def test_a_day_without_sessions_is_closed_and_one_nobody_spoke_of_is_not(desk: Reception) -> None:
    closed(desk)
    desk.hears("A04", 1)
    desk.hears("A04", 1, place="EYE", visit="V2", mrn="2")
    assert (desk.token.clinic, desk.untold()) == (EYE, [("V1", Why.CLOSED)])


def test_yesterdays_registration_gives_no_token_today(desk: Reception) -> None:
    desk.hears("A04", -24 * 60)
    assert (desk.tokens, desk.untold()) == ([], [])


def test_letters_of_before_this_rule_are_decided_as_they_were(desk: Reception) -> None:
    desk.hospital.told_rules = replace(rules_of(desk.hospital.plan), walk_ins=False)
    desk.hears("A04", ambulatory="B6")
    assert desk.tokens == [] and desk.hospital.visits[VisitId("V1")].pregnant is None
