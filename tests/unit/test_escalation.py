"""What waits too long: found by the rules, told level by level, bundled by ward, quiet at night, and never twice."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from flow.addressees import PATIENTS, addressees
from flow.domain.cleaning_commands import AskClean, Tap, TapClean
from flow.domain.commands import RequestBed
from flow.domain.escalation import Case, Round, Told, cases, take_round, worth_muting
from flow.domain.escalation_rules import EscalationRule, EscalationRules, Level, Watched
from flow.domain.ids import BedId, PatientId, RequestId, TransportId, WardId
from flow.domain.request import BedRequest
from flow.domain.roles import Role
from flow.domain.transport import Carried, Transport
from flow.domain.transport_commands import MoveTransport, RequestTransport, Ride
from flow.errors import Misconfigured
from flow.plan_file import parse_plan
from flow.settings import Settings
from tests.hearing import T0, House
from tests.hospital_file import hospital_file

DUE = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SUPERVISOR, MANAGER, NURSE = Role.SUPERVISOR, Role.MANAGER, Role.NURSE
CLEAN = EscalationRule("clean", Watched.CLEAN, 30, (Level(0, (NURSE,)), Level(15, (SUPERVISOR,), True), Level(45, (MANAGER,), True)))
STAT = EscalationRule("stat", Watched.STAT, 10, (Level(0, (SUPERVISOR,), True),), critical=True)
RULES = EscalationRules((CLEAN, STAT), time(22), time(6), bundle_minutes=10)


def case(subject: str = "J1", ward: str = "4B", rule: str = "clean", minutes: float = 0) -> Case:
    return Case(rule, subject, ward, f"{ward} {subject}", DUE + minutes * MINUTE)


class Memory:
    """What Postgres keeps, in memory; the same look may be taken again after any crash."""

    def __init__(self, rules: EscalationRules = RULES) -> None:
        self.rules = rules
        self.told: dict[int, Told] = {}
        self.noted: dict[str, datetime] = {}
        self.notes: list[str] = []
        self.acted: list[bool | None] = []

    def look(self, found: Iterable[Case], minutes: float, *, quiet: bool = False, muted: Iterable[str] = ()) -> Round:
        at = DUE + minutes * MINUTE
        taken = take_round(self.rules, found, self.told.values(), dict.fromkeys(muted, at), self.noted, at, quiet=quiet)
        for new, level, noted in taken.raised:
            number = len(self.told) + len(self.acted) + 1
            self.told[number] = Told(number, new.rule, new.subject, new.ward, new.due_at, level, noted, at)
        for number, level, noted in taken.risen:
            self.told[number] = replace(self.told[number], level=level, noted=noted, told_at=at)
        for number, acted in taken.over:
            del self.told[number]
            self.acted.append(acted)
        for note in taken.notes:
            self.noted[note.ward] = at
            self.notes.append(f"{note.role} {note.text}")
        return taken


def test_a_case_rises_level_by_level_and_each_is_told_once() -> None:
    memory = Memory()
    seen = []
    for minute in range(61):
        memory.look([case()], minute)
        memory.look([case()], minute)
        seen.append(next(iter(memory.told.values())).level)
    assert [seen.count(level) for level in (1, 2, 3)] == [15, 30, 16]
    assert memory.notes == [
        "supervisor Ward 4B: 1 bed waits to be cleaned (longest 15 min past the aim)",
        "manager Ward 4B: 1 bed waits to be cleaned (longest 45 min past the aim)",
    ]


def test_everything_new_of_a_ward_is_one_message() -> None:
    memory = Memory()
    memory.look([case("J1"), case("J2"), case("J3", "ICU"), case("S1", rule="stat", minutes=12)], 15)
    assert memory.notes == [
        "supervisor Ward 4B: 2 beds wait to be cleaned (longest 15 min past the aim); 1 urgent clean waits (longest 3 min past the aim)",
        "supervisor Ward ICU: 1 bed waits to be cleaned (longest 15 min past the aim)",
    ]


def test_a_second_message_to_a_ward_waits_for_the_bundle_and_a_critical_one_does_not() -> None:
    memory = Memory()
    found = [case("J1"), case("J2", minutes=3), case("J3", minutes=6)]
    memory.look(found, 15)
    for minute in (18, 21, 24):
        memory.look(found, minute)
        assert len(memory.notes) == 1
    memory.look(found, 25)
    assert memory.notes[1:] == ["supervisor Ward 4B: 2 beds wait to be cleaned (longest 22 min past the aim)"]
    memory.look([*found, case("S1", rule="stat", minutes=26)], 26)
    assert memory.notes[2:] == ["supervisor Ward 4B: 1 urgent clean waits (longest 0 min past the aim)"]


def test_at_night_only_the_first_screens_and_what_is_critical_are_told() -> None:
    memory = Memory()
    memory.look([case("J1"), case("S1", rule="stat")], 50, quiet=True)
    assert {each.subject: (each.level, each.noted) for each in memory.told.values()} == {"J1": (1, 0), "S1": (1, 1)}
    assert memory.notes == ["supervisor Ward 4B: 1 urgent clean waits (longest 50 min past the aim)"]
    memory.look([case("J1"), case("S1", rule="stat")], 400)
    assert [note.split()[0] for note in memory.notes[1:]] == ["manager", "supervisor"], "in the morning what is still there is told, once"
    memory.look([case("J1"), case("S1", rule="stat")], 500)
    assert len(memory.notes) == 3


@pytest.mark.parametrize(("hour", "quiet"), [(21, False), (22, True), (3, True), (6, False), (12, False)])
def test_quiet_hours_are_those_of_the_hospitals_clock(hour: int, quiet: bool) -> None:
    at = datetime(2026, 3, 1, hour, tzinfo=UTC)
    assert RULES.is_quiet(at, "UTC") is quiet
    assert replace(RULES, quiet_from=time(6), quiet_until=time(6)).is_quiet(at, "UTC") is False
    kolkata = datetime(2026, 3, 1, 17, 30, tzinfo=UTC)
    assert RULES.is_quiet(kolkata, "Asia/Kolkata") and not RULES.is_quiet(kolkata, "UTC")


@pytest.mark.parametrize(("after", "acted"), [(10, True), (15, True), (16, False)])
def test_done_soon_after_it_was_told_counts_as_acted_on(after: int, acted: bool) -> None:
    memory = Memory()
    memory.look([case()], 0)
    memory.look([], after)
    assert (memory.acted, memory.told) == ([acted], {})


def test_a_muted_rule_is_told_no_more_and_counts_neither_way() -> None:
    memory = Memory()
    memory.look([case()], 0)
    memory.look([case()], 20, muted=["clean"])
    assert (memory.told, memory.acted, memory.notes) == ({}, [None], [])


def test_a_rule_that_left_the_file_ends_in_peace() -> None:
    memory = Memory()
    memory.look([case()], 0)
    memory.rules = EscalationRules((STAT,))
    memory.look([], 20)
    assert (memory.told, memory.acted) == ({}, [None])


@pytest.mark.parametrize(("raised", "acted", "propose"), [(19, 0, False), (20, 1, True), (20, 2, False), (100, 9, True), (100, 10, False)])
def test_muting_is_proposed_under_a_tenth_of_at_least_twenty(raised: int, acted: int, propose: bool) -> None:
    assert worth_muting(raised, acted) is propose


# --- what is found ---


def found(house: House, rules: EscalationRules | None = None) -> list[tuple[str, str, str]]:
    return [(each.rule, each.ward, each.words) for each in cases(house.hospital, rules or EscalationRules(), house.now)]


def test_a_clean_that_waits_is_found_until_it_is_begun() -> None:
    house = House()
    house.does(AskClean(BedId("4B-A-01")))
    assert found(house) == []
    house.now += timedelta(minutes=30)
    assert found(house) == [("clean-waiting", "4B", "4B A1")]
    job = house.hospital.beds[BedId("4B-A-01")].job
    assert job is not None
    house.does(TapClean(BedId("4B-A-01"), Tap.START, "c1", job=job.id))
    assert found(house) == []


def test_an_urgent_clean_has_its_own_aim() -> None:
    house = House()
    house.does(AskClean(BedId("4B-A-01"), stat=True))
    house.now += timedelta(minutes=10)
    assert found(house) == [("stat-waiting", "4B", "4B A1")]


def test_a_request_past_its_aim_and_a_porter_who_does_not_come() -> None:
    house = House()
    house.does(RequestBed(BedRequest(RequestId("R1"), PatientId("p"), house.now, "general", priority=1, asked_by=WardId("4B"))))
    asked = Transport(TransportId("T1"), WardId("ICU"), "ICU", "CT", T0, Carried.THING)
    house.does(RequestTransport(asked))
    house.now += timedelta(minutes=15)
    assert sorted(found(house)) == [("bed-request", "4B", "P1 general"), ("transport-waiting", "ICU", "ICU → CT")]
    house.does(MoveTransport(TransportId("T1"), Ride.ACCEPT, "p1"))
    assert [each[0] for each in found(house)] == ["bed-request"]


# --- the hospital file and the addresses ---

FILE = """
[escalating]
quiet_from = 21:00:00
bundle_minutes = 5

[[escalations]]
id = "x"
what = "transport_waiting"
aim = 7
levels = [{ after = 0, to = ["nurse"] }, { after = %s, to = ["manager"], message = true }]
"""


def test_the_file_says_what_is_told_to_whom() -> None:
    rules = parse_plan(hospital_file({"4B": {"A": 2}}) + FILE % 5, "x.toml").escalations
    assert (rules.quiet_from, rules.quiet_until, rules.bundle_minutes) == (time(21), time(6), 5)
    assert rules.rule["x"].levels == (Level(0, (NURSE,)), Level(5, (MANAGER,), True))
    assert rules.rule["x"].reaches(NURSE, 1) and not rules.rule["x"].reaches(MANAGER, 1)


def test_levels_that_do_not_follow_one_another_are_refused() -> None:
    with pytest.raises(Misconfigured, match="larger `after`"):
        parse_plan(hospital_file({"4B": {"A": 2}}) + FILE % 0, "x.toml")


def test_addresses_stand_by_role_and_are_shown_nowhere() -> None:
    found = addressees("supervisor=json://secret-host/ manager=json://other mailto://all@example.org patients=sms://{phone}")
    assert found.of("supervisor") == ("json://secret-host/", "mailto://all@example.org")
    assert found.of("nurse") == ("mailto://all@example.org",)
    assert found.of(PATIENTS) == ("sms://{phone}",)
    assert (str(found), "secret" in repr(found), bool(addressees(""))) == ("4 addresses", False, False)
    printed = {row.variable: text for row, text in Settings.from_environ({"BEDFLOW_NOTIFY": "json://secret"}).printed()}
    assert printed["BEDFLOW_NOTIFY"] == "1 addresses"


@pytest.mark.parametrize("text", ["nobody", "2x=json://x", "file:/does/not/exist"])
def test_addresses_that_cannot_be_used_stop_the_start_without_being_shown(text: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        Settings.from_environ({"BEDFLOW_NOTIFY": text})
    assert text not in str(refused.value)
