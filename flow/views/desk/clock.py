"""The waiting clock of one request: how long it has run, by when a bed should be promised, and how that stands, in words.

The aims are the hospital's own (`[requests]` of its file); the API's `due_at` and these words come from one place, `RequestRules.due_at`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from flow.domain.request import BedRequest
from flow.domain.request_rules import RequestRules
from flow.views.times import DAY, moment_words, waited


class Lateness(StrEnum):
    """How a wait stands: the clock of a planned stay starts when the bed is needed; soon: half of the aim has passed."""

    PLANNED = "planned"
    ON_TIME = "on-time"
    SOON = "soon"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class WaitingClock:
    """`waiting` is how long (`3 h 52`), `left` how long until it is due, or since (`12 min`, `1 h 10`); `needed` when a planned
    stay needs the bed (`15:00`, `23 Nov 08:00`), `starts` how long until then."""

    lateness: Lateness
    waiting: str
    left: str
    needed: str = ""
    starts: str = ""


def waiting_clock(request: BedRequest, rules: RequestRules, at: datetime, zone: str) -> WaitingClock:
    """The clock at a moment."""
    start, due = request.clock_from, rules.due_at(request)
    how = lateness(request, rules, at)
    ran = waited(request.clock_from.timestamp(), at.timestamp())
    if how is Lateness.PLANNED:
        return WaitingClock(how, ran, span(due - at), _moment(start, at, zone), span(start - at))
    return WaitingClock(how, ran, span(abs(due - at)))


def lateness(request: BedRequest, rules: RequestRules, at: datetime) -> Lateness:
    """By the aim of its priority."""
    if at < request.clock_from:
        return Lateness.PLANNED
    left = rules.due_at(request) - at
    if left <= timedelta(0):
        return Lateness.LATE
    return Lateness.SOON if 2 * left <= rules.aim(request) else Lateness.ON_TIME


def span(length: timedelta) -> str:
    """`12 min`, from an hour on `1 h 10`, from two days on `3 d`."""
    minutes = int(length.total_seconds()) // 60
    if minutes >= 2 * DAY // 60:
        return f"{minutes // (DAY // 60)} d"
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d}"


def _moment(moment: datetime, at: datetime, zone: str) -> str:
    return moment_words(moment.timestamp(), at.timestamp(), zone)
