"""The clinics' part of the census: which numbers are called, in the rooms, waiting, at tests and booked for today, and which was given
last, with empty lines to go on by hand. Numbers alone: whose they are the slips know. Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flow.domain.hospital import Hospital
from flow.domain.ids import ClinicId
from flow.domain.opd import Token, TokenStatus
from flow.domain.plan import Clinic
from flow.views.opd_screen import waiting
from flow.views.times import moment_words
from flow.views.words import Words

EMPTY_LINES = 15
STATES: Mapping[TokenStatus, str] = {
    TokenStatus.CALLED: "Called",
    TokenStatus.IN_ROOM: "In the room",
    TokenStatus.WAITING: "Waits for the call",
    TokenStatus.AT_TESTS: "At tests",
    TokenStatus.BOOKED: "Booked",
}
"""In the order of the sheet."""


@dataclass(frozen=True, slots=True)
class CensusToken:
    """A number that is not done with yet; `since` it was called, or waits, or the time of its appointment (None: it has none); `room` is
    by name."""

    number: str
    status: TokenStatus
    since: datetime | None
    room: str = ""


@dataclass(frozen=True, slots=True)
class CensusClinic:
    """One clinic: its numbers as the sheet has them, those that wait in the order of calling; `last` was given last today."""

    id: ClinicId
    name: str
    tokens: tuple[CensusToken, ...] = ()
    last: str = ""


@dataclass(frozen=True, slots=True)
class ClinicLine:
    """A line of a clinic's sheet, in words."""

    number: str
    state: str
    room: str
    since: str


@dataclass(frozen=True, slots=True)
class ClinicSheet:
    """One clinic on paper, with so many lines to write on."""

    id: ClinicId
    name: str
    sums: str
    lines: tuple[ClinicLine, ...]
    empty: int = EMPTY_LINES


def census_clinics(hospital: Hospital, at: datetime) -> tuple[CensusClinic, ...]:
    """Of the hospital's day that it is."""
    today = at.astimezone(ZoneInfo(hospital.plan.zone)).date()
    tokens = [token for token in hospital.tokens.values() if token.day == today]
    return tuple(_clinic(clinic, [token for token in tokens if token.clinic == clinic.id]) for clinic in hospital.plan.clinics)


def _clinic(clinic: Clinic, tokens: list[Token]) -> CensusClinic:
    rooms = {room.id: room.name for room in clinic.rooms}
    turns = {token.id: turn for turn, token in enumerate(waiting(clinic, tokens))}
    order = list(STATES)
    left = [token for token in tokens if token.status in STATES]
    left.sort(key=lambda t: (order.index(t.status), turns.get(t.id, 0), _since(t) or t.issued_at, t.rank))
    told = (CensusToken(t.number, t.status, _since(t), rooms.get(t.room or t.only or "", "")) for t in left)
    return CensusClinic(clinic.id, clinic.name, tuple(told), max(tokens, key=lambda t: t.rank).number if tokens else "")


def _since(token: Token) -> datetime | None:
    if token.status is TokenStatus.BOOKED:
        return token.due_at
    known = {TokenStatus.CALLED: token.called_at, TokenStatus.IN_ROOM: token.started_at, TokenStatus.AT_TESTS: token.tests_at}
    return known.get(token.status) or token.arrived_at or token.issued_at


def clinic_sheet(clinic: CensusClinic, now: float, zone: str, words: Words) -> ClinicSheet:
    """A clinic's sheet in a language."""
    waits, booked = (sum(t.status is status for t in clinic.tokens) for status in (TokenStatus.WAITING, TokenStatus.BOOKED))
    last = words.say("last number given: {number}", number=clinic.last) if clinic.last else words.say("no number given today")
    sums = " · ".join((words.say("{count} waiting", count=waits), words.say("{count} booked", count=booked), last))
    lines = tuple(_line(token, now, zone, words) for token in clinic.tokens)
    return ClinicSheet(clinic.id, f"{words.say('OPD')} {clinic.name}", sums, lines)


def _line(token: CensusToken, now: float, zone: str, words: Words) -> ClinicLine:
    at = moment_words(token.since.timestamp(), now, zone) if token.since is not None else ""
    since = words.say("due {time}", time=at) if at and token.status is TokenStatus.BOOKED else at
    return ClinicLine(token.number, words.say(STATES[token.status]), token.room, since)
