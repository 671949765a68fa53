"""Waits of an outpatient clinic: those who still wait count, and a clinic that calls nobody looks no quicker for it; and their words."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.domain.ids import ClinicId, TokenId
from flow.domain.opd import RoomState, Session, Token, TokenStatus
from flow.domain.opd_queue import QueuePolicy
from flow.domain.opd_waits import Waits, waits_of
from flow.views.opd_words import policy_words, session_words, wait_words
from tests.hearing import T0

NOW = T0 + timedelta(hours=3)


def token(came: int, called: int | None = None, left: int | None = None) -> Token:
    """Minutes before now."""
    ago = [None if each is None else NOW - timedelta(minutes=each) for each in (came, called, left)]
    status = TokenStatus.FINISHED if called is not None else TokenStatus.SKIPPED if left is not None else TokenStatus.WAITING
    number = TokenId(f"ENT-{came}-{called}-{left}")
    return Token(number, ClinicId("ENT"), T0.date(), "E-1", 1, T0, status, arrived_at=ago[0], called_at=ago[1], closed_at=ago[2])


@pytest.mark.parametrize(
    ("tokens", "p50", "p90"),
    [
        ([], None, None),
        ([token(100, 90), token(100, 80), token(100, 70), token(100, 60)], 20, 40),
        ([token(100, 90), token(100, 80), token(100), token(100)], 20, None),
        ([token(100, 90), token(100), token(100)], None, None),
        # Two of three leave or wait before the last call at 40: 1/3 is called by 10, then of the one left all by 40.
        ([token(100, 90), token(100, None, 80), token(40, 0)], 40, 40),
    ],
)
def test_half_and_nine_of_ten(tokens: list[Token], p50: int | None, p90: int | None) -> None:
    found = waits_of(tokens, NOW)
    assert (found.p50, found.p90) == (p50, p90)


def test_bookings_who_have_not_come_wait_for_nothing() -> None:
    booked = Token(TokenId("b"), ClinicId("ENT"), T0.date(), "E-2", 2, T0, TokenStatus.BOOKED)
    found = waits_of([booked, token(10, 5), token(9, None, 3), token(4)], NOW)
    assert (found.called, found.waiting, found.left, waits_of([booked], NOW)) == (1, 1, 1, Waits())


@given(st.lists(st.integers(0, 300), min_size=1, max_size=30))
def test_with_everybody_called_it_is_the_plain_median(spans: list[int]) -> None:
    tokens = [token(400, 400 - minutes) for minutes in spans]
    half = sorted(spans)[(len(spans) + 1) // 2 - 1]
    assert waits_of(tokens, NOW).p50 == half


@given(st.lists(st.integers(0, 300), min_size=1, max_size=20), st.integers(301, 600))
def test_whoever_still_sits_there_never_makes_it_look_quicker(spans: list[int], longer: int) -> None:
    called = [token(700, 700 - minutes) for minutes in spans]
    before, after = waits_of(called, NOW), waits_of([*called, token(longer)], NOW)
    assert after.p50 is None or (before.p50 is not None and after.p50 >= before.p50)


def test_the_words_of_waits_policy_and_sessions() -> None:
    assert wait_words(Waits()) == ""
    assert wait_words(Waits(8, 3, 1, 25, None)) == "Half called within 25 min, not nine of ten yet (3 still waiting, counted in)"
    turns = "Before the next ordinary number: at most 3 elderly (from 60) or pregnant and 2 follow-ups."
    assert policy_words(QueuePolicy(3, 2))[1] == turns
    nine = T0.replace(hour=9)
    state = RoomState("ENT/1", ClinicId("ENT"), "1", sessions=(Session("Dr Iyer", nine, nine + timedelta(hours=4)),))
    at = [session_words(state, (T0.replace(hour=hour)).timestamp(), "UTC") for hour in (8, 9, 14)]
    assert at == ["Dr Iyer from 09:00", "Dr Iyer until 13:00", ""] and session_words(None, 0, "UTC") == ""
