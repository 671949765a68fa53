"""A bed's last days: what it was from when to when, as is known now, drawn a row a day, and the same stretches as a table.

flow.web hands in the stretches (`flow.history.bed_line`); templates/manager/bed.html draws them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from flow.domain.bed import BedStatus, CleanKind, OutOfUse
from flow.domain.cause import Cause
from flow.domain.past import Piece
from flow.domain.plan import Bed
from flow.views.bed_tile import REASONS
from flow.views.page import Chrome
from flow.views.replay_page import STATES, STATUS_WORDS, said
from flow.views.replay_words import how_told
from flow.views.tables import Files
from flow.views.times import lasting

LEFT, RIGHT, ROW = 96, 708, 30
DAYS = (1, 7, 28)
DETAILS: Mapping[str, str] = {
    **{str(reason): words for reason, words in REASONS.items()},
    **{str(kind): f"{kind} clean" for kind in CleanKind if kind is not CleanKind.ROUTINE},
    CleanKind.ROUTINE: "",
}
assert set(OutOfUse) <= DETAILS.keys()


class ToldLike(Protocol):
    """A stretch and what told of it."""

    @property
    def piece(self) -> Piece: ...
    @property
    def cause(self) -> Cause | None: ...
    @property
    def detail(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch, or its part on one day, in the chart."""

    state: str
    x: float
    width: float
    words: str


@dataclass(frozen=True, slots=True)
class DayRow:
    """A day of the chart."""

    words: str
    y: int
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class StretchRow:
    """A line of the table; `end` None: it goes on, and `minutes` are counted as far as the page goes."""

    begun: str
    ended: str
    lasted: str
    was: str
    detail: str
    how: str
    when: str
    visit: str
    replay: str
    start: datetime
    end: datetime | None
    minutes: int
    learnt: datetime | None


@dataclass(frozen=True, slots=True)
class Part:
    """A status's share of the time."""

    state: str
    words: str
    hours: str
    share: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A link that chooses how many days."""

    words: str
    href: str
    here: bool


@dataclass(frozen=True, slots=True)
class BedPage:
    """`height` of the chart; `open`: the last stretch goes on."""

    chrome: Chrome
    bed: str
    ward: str
    period: str
    day: str
    latest: str
    choices: tuple[Choice, ...]
    before: str
    height: int
    hours: tuple[tuple[float, str], ...]
    days: tuple[DayRow, ...]
    parts: tuple[Part, ...]
    rows: tuple[StretchRow, ...]
    files: Files | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """The bed, the last day shown and how many days, from `start` to `end`."""

    bed: Bed
    day: date
    count: int
    start: datetime
    end: datetime

    def href(self, *, day: date | None = None, count: int | None = None) -> str:
        """The address with something changed."""
        query = urlencode({"day": (day or self.day).isoformat(), "days": count or self.count})
        return f"/manager/beds/{quote(self.bed.id, safe='')}?{query}"

    @property
    def query(self) -> str:
        """The filters of its files."""
        return urlencode({"bed": self.bed.id, "day": self.day.isoformat(), "days": self.count})


def bed_page(chrome: Chrome, zone: str, line: Sequence[ToldLike], asked: Asked, today: date) -> BedPage:
    """The page; `line` is in order of time."""
    local = ZoneInfo(zone)
    days = tuple(_day(asked.day - timedelta(days=back), place, line, local) for place, back in enumerate(range(asked.count - 1, -1, -1)))
    return BedPage(
        chrome=chrome,
        bed=asked.bed.id,
        ward=asked.bed.ward,
        period=f"{asked.start.astimezone(local):%a %d %b} to {asked.end.astimezone(local):%a %d %b %H:%M}",
        day=asked.day.isoformat(),
        latest=today.isoformat(),
        choices=tuple(Choice("1 day" if n == 1 else f"{n} days", asked.href(count=n), n == asked.count) for n in DAYS),
        before=asked.href(day=asked.day - timedelta(days=asked.count)),
        height=ROW * asked.count + 30,
        hours=tuple((LEFT + (RIGHT - LEFT) * hour / 24, f"{hour:02}") for hour in range(0, 25, 3)),
        days=days,
        parts=_parts(line),
        rows=tuple(_row(each, local, asked.end) for each in reversed(line)),
    )


def _day(day: date, place: int, line: Iterable[ToldLike], zone: ZoneInfo) -> DayRow:
    start, end = (datetime.combine(day + timedelta(days=n), time(), zone) for n in (0, 1))
    span = (end - start).total_seconds()
    blocks = []
    for each in line:
        left, right = max(start, each.piece.start), min(end, each.piece.end)
        if left < right and each.piece.known is not None:
            x = LEFT + (RIGHT - LEFT) * (left - start).total_seconds() / span
            width = (RIGHT - LEFT) * (right - left).total_seconds() / span
            begun, ended = (at.astimezone(zone) for at in (each.piece.start, each.piece.end))
            words = f"{begun:%d %b %H:%M} to {ended:%d %b %H:%M}: {said(each.piece.known)}"
            blocks.append(Block(STATES[each.piece.known.status], round(x, 1), round(max(width, 0.6), 1), words))
    return DayRow(f"{day:%a %d %b}", place * ROW + 6, tuple(blocks))


def _parts(line: Iterable[ToldLike]) -> tuple[Part, ...]:
    spent = dict.fromkeys(BedStatus, timedelta())
    for each in line:
        if each.piece.known is not None:
            spent[each.piece.known.status] += each.piece.end - each.piece.start
    whole = sum(spent.values(), timedelta())
    hour = timedelta(hours=1)
    return tuple(
        Part(STATES[status], STATUS_WORDS[status], f"{time / hour:.1f}", f"{100 * (time / whole):.1f} %" if whole else "–")
        for status, time in spent.items()
    )


def _row(each: ToldLike, zone: ZoneInfo, end: datetime) -> StretchRow:
    piece, known = each.piece, each.piece.known
    start, ended = piece.start.astimezone(zone), piece.end.astimezone(zone) if piece.end != end else None
    return StretchRow(
        begun=f"{start:%a %d %b %H:%M}",
        ended=f"{ended:%a %d %b %H:%M}" if ended is not None else "goes on",
        lasted=lasting(piece.start.timestamp(), piece.end.timestamp()),
        was=said(known),
        detail=DETAILS.get(each.detail, each.detail) if each.detail is not None else "",
        how=how_told(each.cause),
        when=f"{each.cause.recorded_at.astimezone(zone):%d %b %H:%M:%S}" if each.cause is not None else "–",
        visit=known.visit or "" if known is not None else "",
        replay=f"{start:%Y-%m-%d}&at={start:%H:%M}",
        start=start,
        end=ended,
        minutes=int((piece.end - piece.start) / timedelta(minutes=1)),
        learnt=each.cause.recorded_at.astimezone(zone) if each.cause is not None else None,
    )
