"""The page on which an outpatient clinic enters afterwards what it wrote on paper: numbers given, called, finished, absent. No names on it;
flow.web hands in the tokens of today and yesterday and the entries; templates/back_entry draws it. Pure.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from flow.domain.back_entry import EnterTokenBack, TokenDeed
from flow.domain.opd import Token, TokenStatus
from flow.domain.plan import Clinic, ClinicRoom
from flow.views.back_entry import EnteredRow
from flow.views.opd_words import GROUPS
from flow.views.page import Chrome
from flow.views.request_form import Option
from flow.views.times import clock_time, day_time, moment_words


class EnteredLike(Protocol):
    """A clinic's line as the journal has it."""

    @property
    def command(self) -> EnterTokenBack: ...
    @property
    def actor(self) -> str: ...
    @property
    def recorded_at(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class ClinicEntryPage:
    """`waiting` may have been called, `called` may have been seen, `gone` may have been absent; `earliest` and `latest` bound the time;
    `turn` changes with each entry, so that a form is empty again after it."""

    chrome: Chrome
    clinic: str
    name: str
    rooms: tuple[ClinicRoom, ...]
    waiting: tuple[Option, ...]
    called: tuple[Option, ...]
    gone: tuple[Option, ...]
    earliest: str
    latest: str
    turn: int
    entered: tuple[EnteredRow, ...]
    groups: tuple[tuple[str, str], ...] = tuple(GROUPS.items())


def clinic_entry_page(
    chrome: Chrome, clinic: Clinic, tokens: Iterable[Token], entered: Iterable[EnteredLike], at: datetime, zone: str, turn: int
) -> ClinicEntryPage:
    """The page of one clinic; `tokens` of any clinic and day."""
    local = at.astimezone(ZoneInfo(zone))
    midnight = datetime.combine(local.date() - timedelta(days=1), datetime.min.time())
    here = sorted((t for t in tokens if t.clinic == clinic.id and t.day >= midnight.date()), key=lambda t: (t.day, t.rank))
    return ClinicEntryPage(
        chrome=chrome,
        clinic=clinic.id,
        name=clinic.name,
        rooms=clinic.rooms,
        waiting=_options(here, zone, TokenStatus.WAITING),
        called=_options(here, zone, TokenStatus.CALLED, TokenStatus.IN_ROOM),
        gone=_options(here, zone, TokenStatus.WAITING, TokenStatus.CALLED, TokenStatus.BOOKED),
        earliest=midnight.strftime("%Y-%m-%dT%H:%M"),
        latest=local.strftime("%Y-%m-%dT%H:%M"),
        turn=turn,
        entered=tuple(_entered(each, clinic, at.timestamp(), zone) for each in entered),
    )


def _options(tokens: Iterable[Token], zone: str, *statuses: TokenStatus) -> tuple[Option, ...]:
    """`A-014 · waiting · 10:05`, those of yesterday with their day."""
    found = [token for token in tokens if token.status in statuses]
    return tuple(Option(str(token.rank), _said(token, zone)) for token in found)


def _said(token: Token, zone: str) -> str:
    since = token.called_at or token.arrived_at or token.due_at or token.issued_at
    return f"{token.number} · {token.status.replace('_', ' ')} · {token.day:%d %b} {clock_time(since.timestamp(), zone)}"


_DEEDS: Mapping[TokenDeed, str] = {
    TokenDeed.GIVEN: "given",
    TokenDeed.CALLED: "called",
    TokenDeed.FINISHED: "finished",
    TokenDeed.ABSENT: "absent",
}


def _entered(entry: EnteredLike, clinic: Clinic, now: float, zone: str) -> EnteredRow:
    said = entry.command
    number = f"{clinic.prefix}-{said.rank:03d}" if said.rank is not None else "next number"
    room = next((f" into {room.name}" for room in clinic.rooms if room.id == said.room), "") if said.deed is TokenDeed.CALLED else ""
    when = moment_words(entry.recorded_at.timestamp(), now, zone)
    return EnteredRow(day_time(said.at.timestamp(), zone), f"{number}: {_DEEDS[said.deed]}{room}", said.by, f"{when}, {entry.actor}")
