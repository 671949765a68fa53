"""What a person is known by, which texts speak of them, and when the hospital refuses to let go of them."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.domain.cause import Cause, Origin
from flow.domain.decide import decide
from flow.domain.erasure import ErasePerson, family, known_by, masked, pieces
from flow.domain.events import Alias, Event, Kind
from flow.domain.hospital import Hospital, evolve
from flow.domain.ids import PatientId
from flow.domain.person import PersonDetails
from flow.errors import Refused
from flow.history.people import People
from flow.vault import Vault
from tests.plans import small_plan

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LOUISE = PersonDetails(PatientId("p1"), "Louise Jones", "4711", date(1980, 2, 29), "F", (("ABHA", "91-1111-2222-3333"),))
KNOWN = known_by([LOUISE])
CAUSE = Cause(Origin.PERSON, "chief", NOW)


@pytest.mark.parametrize(
    "text",
    [
        b"MSH|^~\\&|A\rPID|1||4711^^^H^MR||X",
        b"MSH|^~\\&|A\rPID|1||9^^^H~4711^^^H||X",
        b"MSH|^~\\&|A\nPID|1|4711\n",
        b"MSH|^~\\&|A\rPID|1||9\rMRG|4711^^^H",
        b"MSH#*!?%A#B\rPID#1##4711***H",
        b"MSH|^~\\&|A\rZID|x|91-1111-2222-3333|",
        b'{"abha": "91-1111-2222-3333"}',
        b"for Louise Jones, her husband asked",
        b"for 91-1111-2222-3333, her husband asked",
        b"MSH|^~\\&|A\rPID|1||||JONES^LOUISE^MARY||19800229|F",
    ],
)
def test_a_text_that_speaks_of_her_is_known(text: bytes) -> None:
    assert KNOWN.spoken_of(text)


@pytest.mark.parametrize(
    "text",
    [
        b"MSH|^~\\&|A\rPID|1||47110^^^H||X",
        b"MSH|^~\\&|A\rPID|4711||9",
        b"MSH|^~\\&|A\rPID|1||9\rPV1|1|I|WARD^4711",
        b"MSH|^~\\&|A\rPID|1||9||JONES^LOUISE||19800301|F",
        b"MSH|^~\\&|A\rPID|1||9||JONES^LOUIS||19800229|F",
        b"\xff\xfe\x00",
        b"for Louise, her husband asked",
        b"",
    ],
)
def test_a_text_of_somebody_else_is_not(text: bytes) -> None:
    assert not KNOWN.spoken_of(text)


@given(number=st.text("0123456789ABCDEF-", min_size=5, max_size=20), before=st.text(max_size=20), after=st.text(max_size=20))
def test_a_long_number_is_found_wherever_it_stands_by_itself(number: str, before: str, after: str) -> None:
    assert number in pieces(f"{before}|{number}^{after}") or number != number.strip()


def test_what_is_shown_is_not_her_name() -> None:
    assert masked(LOUISE) == "L. J., …11, born 1980"
    assert masked(PersonDetails(PatientId("p"), "", "47")) == "no name, …, born unknown"
    assert "4711" not in repr(KNOWN) and "Louise" not in repr(KNOWN)


def test_whoever_was_merged_into_her_goes_with_her() -> None:
    pairs = [(PatientId(a), PatientId(b)) for a, b in (("a", "b"), ("b", "p"), ("x", "y"), ("p", "p"))]
    assert family(PatientId("p"), pairs) == {"a", "b", "p"}


def test_the_log_says_once_that_somebody_was_erased() -> None:
    hospital = Hospital(small_plan())
    evolve(hospital, 1, Event(Kind.PATIENTS_MERGED, Alias(PatientId("old"), PatientId("p1")), NOW))
    (event,) = decide(hospital, ErasePerson(PatientId("old")), CAUSE)
    assert event.kind is Kind.PERSON_ERASED and event.record == Alias(PatientId("p1"), PatientId("p1"))
    evolve(hospital, 2, event)
    assert hospital.erased(PatientId("old")) and hospital.erased(PatientId("p1")) and not hospital.erased(PatientId("p2"))
    with pytest.raises(Refused, match="erased before"):
        decide(hospital, ErasePerson(PatientId("p1")), CAUSE)


def test_the_number_of_the_erased_means_somebody_new_each_time() -> None:
    people = People.__new__(People)
    people.vault = Vault({1: bytes(32)}, 1)
    gone: set[PatientId] = set()
    people.erased = gone.__contains__
    lives = []
    for _ in range(4):
        lives.append(people.pseudonym("4711"))
        gone.add(lives[-1])
    assert len(set(lives)) == 4 and lives[0] == people.known_as(lambda _: False, "4711")
    assert people.pseudonym("4711", "OTHER") not in lives
