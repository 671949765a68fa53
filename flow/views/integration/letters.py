"""Letters, newest first, by what is looked for: the engineer's list. Bodies are not shown here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flow.domain.plan import Plan
from flow.domain.retention import Gone
from flow.views.admin import stamp
from flow.views.integration.codes import CODES, code_words, warning_words
from flow.views.integration.frame import Frame
from flow.views.page import Chrome
from flow.views.request_form import Option

STATES = {"received": "waiting", "handled": "handled", "parked": "in the tray", "duplicate": "came again"}


@dataclass(frozen=True, slots=True)
class LetterRow:
    """A letter's line. `why` is its code in words, or its warnings."""

    id: int
    received: str
    feed: str
    trigger: str
    control_id: str
    state: str
    state_words: str
    visit: str
    events: int
    why: str
    gone: str = ""
    """That and since when its text is no longer kept."""


@dataclass(frozen=True, slots=True)
class Search:
    """What was asked for, as typed."""

    control_id: str = ""
    visit: str = ""
    state: str = ""
    trigger: str = ""
    feed: str = ""
    code: str = ""
    since: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class LettersPage:
    """`older` is the query string of the next page, empty at the end; `bagged` how many letters no search finds yet."""

    frame: Frame
    search: Search
    rows: tuple[LetterRow, ...]
    feeds: tuple[Option, ...]
    states: tuple[Option, ...]
    codes: tuple[Option, ...]
    older: str = ""
    bagged: int = 0

    @property
    def chrome(self) -> Chrome:
        """The page's frame, as base.html asks for it."""
        return self.frame.chrome


def letters_page(
    frame: Frame, plan: Plan, search: Search, rows: Iterable[Mapping[str, Any]], older: str = "", bagged: int = 0
) -> LettersPage:
    """The page of rows of the journal."""
    return LettersPage(
        frame,
        search,
        tuple(letter_row(row, plan) for row in rows),
        tuple(Option(feed.id, feed.name) for feed in plan.feeds),
        tuple(Option(state, words) for state, words in STATES.items()),
        tuple(Option(code, words) for code, words in CODES.items()),
        older,
        bagged,
    )


def letter_row(row: Mapping[str, Any], plan: Plan) -> LetterRow:
    """A row of the journal as a line."""
    warnings = ", ".join(warning_words(code) for code in row["warnings"] or () if code)
    return LetterRow(
        id=row["id"],
        received=stamp(row["received_at"], plan.zone),
        feed=row["feed"],
        trigger=row["trigger"],
        control_id=row["control_id"],
        state=row["state"],
        state_words=STATES.get(row["state"], row["state"]),
        visit=row["visit"] or "",
        events=row["events"],
        why=code_words(row["code"]) if row["code"] else warnings,
        gone=gone_words(row, plan.zone),
    )


_WHY_GONE = {Gone.RETAINED_OUT: "its time was over", Gone.ERASED: "the person it spoke of was erased"}


def gone_words(row: Mapping[str, Any], zone: str) -> str:
    """Why a letter's text cannot be read; nothing where it can."""
    if not row["gone"]:
        return ""
    since: datetime = row["gone_at"]
    return f"Text no longer kept since {since.astimezone(ZoneInfo(zone)):%d %b %Y}: {_WHY_GONE[Gone(row['gone'])]}."
