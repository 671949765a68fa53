"""Names and letters that were opened for a reason, for whoever reviews it: who, when, of which ward or which letter, why, how many names,
and who has looked at it since. Drawn by templates/audit/openings.html.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flow.domain.opening import Opening, Revealed
from flow.views.page import Chrome
from flow.views.period import AskedPeriod, Choice, PeriodBar, Rules
from flow.views.tables import Files

RULES = Rules(("24h", "7d", "28d"), "28d")
PAGE = 300
"""Openings of a page."""
EVERYTHING, NAMES, LETTERS = "all", "names", "letters"
OF = (EVERYTHING, NAMES, LETTERS)
_OF_WORDS = {EVERYTHING: "Names and letters", NAMES: "Names alone", LETTERS: "Letters alone"}


@dataclass(frozen=True, slots=True)
class OpeningRow:
    """One: `href` leads to the letter that was opened; of names `minutes` is how long it lasted, `names` how many were shown, `going_on`:
    they are still. `reviewed` is when somebody looked at it, `review` where they say so, `trail` where its reads are."""

    id: int
    at: datetime
    time: str
    who: str
    role: str
    place: str
    reason: str
    words: str
    minutes: int | None
    going_on: bool
    names: int | None
    reviewed: str
    reviewed_by: str
    reviewed_at: datetime | None
    remark: str
    trail: str
    review: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class OpeningsPage:
    """`new`: only those that nobody has looked at, of any time; `unreviewed` how many these are; `of` names, letters or all, `kinds` the
    links to each."""

    chrome: Chrome
    when: PeriodBar
    rows: tuple[OpeningRow, ...]
    new: bool
    unreviewed: int
    of: str = EVERYTHING
    kinds: tuple[Choice, ...] = ()
    new_href: str = ""
    all_href: str = ""
    files: Files | None = None


def openings_page(
    chrome: Chrome,
    found: Iterable[Opening | Revealed],
    when: AskedPeriod,
    at: datetime,
    zone: str,
    *,
    new: bool,
    unreviewed: int,
    of: str = EVERYTHING,
) -> OpeningsPage:
    """The page."""
    shown = {"by": of} if of != EVERYTHING else {}
    filters = {**shown, "new": "yes"} if new else shown
    time = {"new": "yes"} if new else when.period.asked
    kinds = tuple(Choice(_OF_WORDS[kind], _link({**time, "by": kind} if kind != EVERYTHING else time), kind == of) for kind in OF)
    rows = tuple(letter_row(each, zone) if isinstance(each, Revealed) else opening_row(each, at, zone) for each in found)
    bar = when.bar("/openings", filters)
    return OpeningsPage(chrome, bar, rows, new, unreviewed, of, kinds, _link({**shown, "new": "yes"}), _link(shown))


def _link(asked: Mapping[str, str]) -> str:
    return f"/openings?{urlencode(asked)}" if asked else "/openings"


def letter_row(revealed: Revealed, zone: str) -> OpeningRow:
    """A letter that was opened."""
    local = ZoneInfo(zone)
    day = f"{revealed.at.astimezone(local):%Y-%m-%d}"
    return OpeningRow(
        id=revealed.id,
        at=revealed.at.astimezone(local),
        time=_moment(revealed.at, zone),
        who=revealed.actor,
        role="",
        place=f"letter {revealed.letter}",
        reason=revealed.reason,
        words=revealed.words,
        minutes=None,
        going_on=False,
        names=None,
        reviewed=_moment(revealed.reviewed_at, zone) if revealed.reviewed_at is not None else "",
        reviewed_by=revealed.reviewed_by,
        reviewed_at=revealed.reviewed_at.astimezone(local) if revealed.reviewed_at is not None else None,
        remark=revealed.remark,
        trail=f"/audit?from={day}&to={day}&who={revealed.actor}",
        review=f"/openings/letters/{revealed.id}/review",
        href=f"/integration/letters/{revealed.letter}",
    )


def opening_row(opening: Opening, at: datetime, zone: str) -> OpeningRow:
    """One in words."""
    end = min(opening.ended_at or opening.until, opening.until, max(at, opening.at))
    local = ZoneInfo(zone)
    day = f"{opening.at.astimezone(local):%Y-%m-%d}"
    return OpeningRow(
        opening.id,
        opening.at.astimezone(local),
        _moment(opening.at, zone),
        opening.actor,
        opening.role,
        f"ward {opening.ward}" if opening.ward else "waiting for a bed",
        opening.reason,
        opening.words,
        round((end - opening.at).total_seconds() / 60),
        not opening.over(at),
        opening.names,
        _moment(opening.reviewed_at, zone) if opening.reviewed_at is not None else "",
        opening.reviewed_by,
        opening.reviewed_at.astimezone(local) if opening.reviewed_at is not None else None,
        opening.remark,
        f"/audit?from={day}&to={day}&who={opening.actor}&kind=read",
        f"/openings/{opening.id}/review",
    )


def _moment(at: datetime, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%d %b %Y %H:%M}"
