"""SIU to bookings: one appointment is one token; the newest word counts, in whatever order it came."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.domain.commands import CallNext, MarkToken
from flow.domain.feed_commands import ChangeFeed
from flow.domain.ids import ClinicId, FeedId, PatientId
from flow.domain.opd import Group, Token, TokenStatus
from flow.domain.plan import ClinicRoom
from flow.errors import Refused, Unreadable
from tests.hearing import PLAN, T0, House, check

B, X, N, W = TokenStatus.BOOKED, TokenStatus.CANCELLED, TokenStatus.NO_SHOW, TokenStatus.WAITING


@pytest.fixture
def house() -> House:
    return House()


def siu(trigger: str, *, sent: float = 0, due: float | None = 24, clinic: str = "ENT", sch: str = "P1|F1", mrn: str = "1") -> str:
    """A message `sent` so many hours after T0 about an appointment `due` so many after it."""
    tq1 = f"TQ1|||||||{hour(due)}" if due is not None else ""
    return (
        f"MSH|^~\\&|SCH|H|||{hour(sent)}||SIU^{trigger}|{trigger}{sent}|P|2.5\rSCH|{sch}\r{tq1}\rPID|1||{mrn}^^^H^MR||Rao^Meera\r"
        f"RGS|1\rAIL|1||{clinic}^R1"
    )


def hour(at: float) -> str:
    return f"{T0 + timedelta(hours=at):%Y%m%d%H%M%S}+0000"


def token(house: House) -> Token:
    (found,) = house.hospital.tokens.values()
    return found


def test_a_booking_is_a_token_with_its_time(house: House) -> None:
    house.reads(siu("S12"))
    found = token(house)
    assert (found.status, found.clinic, found.number, found.appointment) == (B, "ENT", "E-001", "F1")
    assert (found.due_at, found.patient) == (T0 + timedelta(hours=24), PatientId("1"))
    assert f"{found.day}" == "2026-03-02"


@pytest.mark.parametrize(("trigger", "status"), [("S15", X), ("S16", X), ("S17", X), ("S26", N)])
def test_who_is_not_coming_is_not_waited_for(house: House, trigger: str, status: TokenStatus) -> None:
    house.reads(siu("S12"))
    house.reads(siu(trigger, sent=1))
    assert token(house).status is status
    house.reads(siu("S12", sent=2))
    assert token(house).status is B


@pytest.mark.parametrize("trigger", ["S13", "S14"])
def test_another_day_gives_another_number_and_leaves_none_behind(house: House, trigger: str) -> None:
    house.reads(siu("S12"))
    house.reads(siu("S12", sch="P2|F2", due=48, mrn="2"))
    house.reads(siu(trigger, sent=1, due=48.5))
    found = next(each for each in house.hospital.tokens.values() if each.appointment == "F1")
    assert (f"{found.day}", found.number, len(house.hospital.tokens)) == ("2026-03-03", "E-002", 2)


def test_another_time_of_the_day_keeps_the_number(house: House) -> None:
    house.reads(siu("S12"))
    house.reads(siu("S13", sent=1, due=25))
    assert (token(house).number, token(house).due_at) == ("E-001", T0 + timedelta(hours=25))


def test_a_change_that_says_no_time_and_no_clinic_keeps_them(house: House) -> None:
    house.reads(siu("S12"))
    house.reads(siu("S15", sent=1, due=None, clinic="somewhere"))
    assert (token(house).status, token(house).due_at, token(house).clinic) == (X, T0 + timedelta(hours=24), "ENT")


@pytest.mark.parametrize(
    ("letter", "code"),
    [(siu("S12", clinic="Dentist"), "unknown-clinic"), (siu("S12", due=None), "no-time"), (siu("S12", sch="|"), "no-appointment")],
)
def test_what_cannot_be_placed_is_kept(house: House, letter: str, code: str) -> None:
    with pytest.raises(Unreadable) as problem:
        house.reads(letter)
    assert problem.value.code == code
    assert not house.hospital.tokens


@pytest.mark.parametrize("word", ["ent", "Ent", "ENT"])
def test_a_clinic_is_known_by_id_name_or_specialty(house: House, word: str) -> None:
    house.reads(siu("S12", clinic=word))
    assert token(house).clinic == "ENT"


def test_a_feeds_own_word_for_a_clinic_is_mapped(house: House) -> None:
    house.does(ChangeFeed(FeedId("his"), clinics={"Nose": ClinicId("ENT")}))
    house.reads(siu("S12", clinic="NOSE"))
    assert token(house).clinic == "ENT"


def test_who_has_come_is_not_cancelled_by_a_late_word(house: House) -> None:
    house.reads(siu("S12"))
    house.does(MarkToken(token(house).id, W))
    house.reads(siu("S15", sent=1))
    assert token(house).status is W
    house.does(CallNext(ClinicId("ENT"), "1"))
    house.reads(siu("S26", sent=2))
    assert token(house).status is TokenStatus.CALLED
    check(house)


def test_a_no_show_may_come_after_all(house: House) -> None:
    house.reads(siu("S12"))
    house.does(MarkToken(token(house).id, N))
    house.does(MarkToken(token(house).id, W))
    assert (token(house).status, token(house).arrived_at is not None, token(house).closed_at) == (W, True, None)
    with pytest.raises(Refused):
        house.does(MarkToken(token(house).id, X))


def test_a_repeat_is_no_event(house: House) -> None:
    assert house.reads(siu("S12"))
    assert house.reads(siu("S12")) == []


LIFE = (siu("S12", sent=0), siu("S13", sent=1, due=50), siu("S15", sent=2, due=50), siu("S12", sent=3, due=60), siu("S26", sent=4, due=60))


def end(letters: Sequence[str]) -> tuple[TokenStatus, datetime | None, str, str]:
    house = House()
    for letter in letters:
        house.reads(letter)
    found = token(house)
    return found.status, found.due_at, found.clinic, f"{found.day}"


def test_every_order_of_arrival_ends_alike() -> None:
    assert end(LIFE) == (N, T0 + timedelta(hours=60), "ENT", "2026-03-04")
    for arrival in permutations(LIFE):
        assert end([letter for letter in arrival for _ in range(2)]) == end(LIFE)


words = st.builds(
    lambda trigger, sent, due: siu(trigger, sent=sent, due=due),
    st.sampled_from(["S12", "S13", "S14", "S15", "S16", "S17", "S26"]),
    st.integers(0, 5),
    st.integers(20, 60),
)


@given(st.lists(words, min_size=1, max_size=7, unique_by=lambda letter: letter.split("|")[9]), st.randoms())
def test_any_words_in_any_order_end_alike(told: list[str], dice: object) -> None:
    shuffled = told * 2
    dice.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis's own Random
    assert end(shuffled) == end(told)


def kind_of(house: House, sch: str, clinic: str = "ENT", sent: float = 0) -> Token:
    house.reads(siu("S12", sch=sch, clinic=clinic, sent=sent))
    return token(house)


@pytest.mark.parametrize(
    ("reason", "group"),
    [("FOLLOWUP", Group.FOLLOW_UP), ("EMERGENCY^x", Group.EMERGENCY), ("^Follow-up", Group.FOLLOW_UP), ("WALKIN", Group.ORDINARY)],
)
def test_a_booking_says_whose_turn_its_patient_takes(house: House, reason: str, group: Group) -> None:
    found = kind_of(house, f"P1|F1|||||{reason}")
    assert (found.of, found.priority) == (group, group.priority)
    assert kind_of(house, "P1|F1", sent=1).of is group, "what is not said stays"


def test_a_tele_consultation_waits_at_home_where_the_clinic_sees_such_patients() -> None:
    rooms = (ClinicRoom("1", "Room 1"), ClinicRoom("T", "Tele", tele=True))
    house = House(replace(PLAN, clinics=(replace(PLAN.clinics[0], rooms=rooms),)))
    assert kind_of(house, "P1|F1||||||TELE").tele
    assert not kind_of(House(), "P1|F1||||||TELE").tele


def test_whose_turn_it_is_is_also_seen_at_the_door(house: House) -> None:
    house.reads(siu("S12", due=1))
    house.does(MarkToken(token(house).id, W, Group.PREGNANT))
    assert (token(house).status, token(house).of, token(house).priority) == (W, Group.PREGNANT, 2)


def test_before_the_rule_appointments_said_no_more_than_their_time(house: House) -> None:
    house.hospital.told_rules = replace(house.hospital.rules, books_groups=False)
    assert kind_of(house, "P1|F1|||||FOLLOWUP").of is Group.ORDINARY
