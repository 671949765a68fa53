"""A past day on the floor plan: any minute of it, as known then or as corrected since, and what was corrected by whom and when.

flow.web hands in the day (`flow.history.replay`) and the plans of that time; templates/manager/replay.html draws one minute, and
static/js/replay.js any other from `day_json`. Beds and what they were: no persons.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flow.domain.bed import BedState, BedStatus, Condition, Stage
from flow.domain.cause import Cause
from flow.domain.ids import BedId, WardId
from flow.domain.past import Correction, Known, Piece
from flow.domain.plan import Plan, Ward
from flow.views.bed_tile import ICONS, WORDS, Audience, TileState
from flow.views.page import Chrome
from flow.views.replay_words import DEFINITIONS, how_told
from flow.views.request_form import Option
from flow.views.tables import Files
from flow.views.ward_plan import Region, Spot, WardPlan, ward_plan

LEAST = timedelta(minutes=1)
"""What was corrected sooner is no correction: a letter is on its way for some seconds."""
STATES: Mapping[BedStatus, TileState] = {
    BedStatus.AVAILABLE: TileState.FREE,
    BedStatus.OCCUPIED: TileState.OCCUPIED,
    BedStatus.CLEANING: TileState.CLEANING,
    BedStatus.MAINTENANCE: TileState.OUT,
}
NOT_OPEN = "none"
STATUS_WORDS = {**{status: WORDS[state] for status, state in STATES.items()}, BedStatus.CLEANING: "To clean, or being cleaned"}
SPEEDS = (1, 10, 60, 300, 900, 3600)


class Reading(StrEnum):
    """Which knowledge of a past minute."""

    THEN = "then"
    SINCE = "since"


class BedDayLike(Protocol):
    """One bed's day in both readings."""

    @property
    def believed(self) -> Sequence[Piece]: ...
    @property
    def known(self) -> Sequence[Piece]: ...
    @property
    def corrections(self) -> Sequence[Correction]: ...


class PastDayLike(Protocol):
    """A day of beds."""

    @property
    def start(self) -> datetime: ...
    @property
    def end(self) -> datetime: ...
    @property
    def seq(self) -> int: ...
    @property
    def beds(self) -> Mapping[BedId, BedDayLike]: ...
    @property
    def causes(self) -> Mapping[int, Cause]: ...


@dataclass(frozen=True, slots=True)
class PastBed:
    """A bed in its place, what it was, and whether the two readings of the minute differ."""

    spot: Spot
    state: str
    icon: str
    words: str
    differs: bool


@dataclass(frozen=True, slots=True)
class PastWard:
    """A ward's plan at the minute; `drawn` and `regions` as the ward page has them."""

    plan: WardPlan
    regions: tuple[Region, ...]
    beds: tuple[PastBed, ...]


@dataclass(frozen=True, slots=True)
class CorrectionRow:
    """A line of the table: seconds since the day began, and what was learnt; `here`: the minute shown lies in it."""

    bed: str
    ward: str
    start: int
    end: int
    span: str
    was: str
    now: str
    how: str
    when: str
    here: bool
    began: datetime
    ended: datetime
    learnt: datetime | None


@dataclass(frozen=True, slots=True)
class StateCount:
    """A state of the legend and how many beds were in it."""

    state: str
    icon: str
    words: str
    count: int


@dataclass(frozen=True, slots=True)
class Step:
    """A link to another day, or to the other reading."""

    words: str
    href: str
    here: bool = False


@dataclass(frozen=True, slots=True)
class ReplayPage:
    """`minute` of `minutes` is shown; `data` is the address of the whole day for the script."""

    chrome: Chrome
    day: str
    latest: str
    at: str
    moment: str
    ward: str
    known: str
    minute: int
    minutes: int
    day_words: str
    file: str
    days: tuple[Step, ...]
    readings: tuple[Step, ...]
    options: tuple[Option, ...]
    wards: tuple[PastWard, ...]
    counts: tuple[StateCount, ...]
    rows: tuple[CorrectionRow, ...]
    shown: int
    data: str
    speeds: tuple[int, ...]
    definitions: tuple[tuple[str, str], ...]
    files: Files | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to see: the day, the moment of it, the ward (None: all) and the reading."""

    day: date
    at: datetime
    ward: WardId | None
    reading: Reading

    def href(self, *, day: date | None = None, reading: Reading | None = None, at: str | None = None) -> str:
        """The address of the page with something changed."""
        fields = {"day": (day or self.day).isoformat(), "ward": self.ward or "", "at": at or f"{self.at:%H:%M}"}
        return f"/manager/replay?{urlencode({**fields, 'known': reading or self.reading})}"

    @property
    def query(self) -> str:
        """The filters of its files."""
        return self.href().partition("?")[2]


def replay_page(chrome: Chrome, plan: Plan, wards: Iterable[Ward], file: str, found: PastDayLike, asked: Asked, today: date) -> ReplayPage:
    """The page; `asked.at` is in the hospital's zone, `wards` are those of that day."""
    drawn = tuple(_ward(ward, found, asked, plan.zone) for ward in wards)
    rows = correction_rows(plan, found, asked)
    minutes = max(1, int((found.end - found.start) / LEAST))
    return ReplayPage(
        chrome=chrome,
        day=asked.day.isoformat(),
        latest=today.isoformat(),
        at=f"{asked.at:%H:%M}",
        moment=f"{asked.at:%a %d %b %Y, %H:%M}",
        ward=asked.ward or "",
        known=asked.reading,
        minute=min(int((asked.at - found.start) / LEAST), minutes - 1),
        minutes=minutes,
        day_words=f"{asked.day:%a %d %b %Y}",
        file=file,
        days=_days(asked, today),
        readings=(
            Step("As known then", asked.href(reading=Reading.THEN), asked.reading is Reading.THEN),
            Step("As corrected since", asked.href(reading=Reading.SINCE), asked.reading is Reading.SINCE),
        ),
        options=tuple(Option(ward.id, f"{ward.id} {ward.name}") for ward in plan.wards),
        wards=drawn,
        counts=_counts(drawn),
        rows=rows,
        shown=sum(row.here for row in rows),
        data=f"/manager/replay.json?{urlencode({'day': asked.day.isoformat(), 'ward': asked.ward or ''})}",
        speeds=SPEEDS,
        definitions=DEFINITIONS,
    )


def _days(asked: Asked, today: date) -> tuple[Step, ...]:
    after = asked.day + timedelta(days=1)
    before = Step("Day before", asked.href(day=asked.day - timedelta(days=1)))
    return (before, Step("Day after", asked.href(day=after))) if after <= today else (before,)


def _ward(ward: Ward, found: PastDayLike, asked: Asked, zone: str) -> PastWard:
    """Its beds where they stood, told by their status alone."""
    plain = {bed.id: _plain(bed.id, state_at(found, bed.id, asked), asked.at) for bed in ward.beds}
    plan = ward_plan(ward, plain, Audience.PUBLIC, asked.at, zone)
    return PastWard(plan, plan.regions, tuple(_bed(spot, found, asked) for spot in plan.spots))


def _bed(spot: Spot, found: PastDayLike, asked: Asked) -> PastBed:
    known = state_at(found, BedId(spot.tile.id), asked)
    differs = any(_is_here(each, asked.at) for each in _worth_telling(found, BedId(spot.tile.id)))
    state = STATES[known.status] if known is not None else None
    return PastBed(spot, state or NOT_OPEN, ICONS[state] if state is not None else "i-dash", said(known), differs)


def _plain(bed: BedId, known: Known | None, at: datetime) -> BedState:
    status = known.status if known is not None else BedStatus.AVAILABLE
    return BedState(bed, Condition(status, at, "", Stage.IN_PROGRESS if status is BedStatus.CLEANING else None))


def state_at(found: PastDayLike, bed: BedId, asked: Asked) -> Known | None:
    """What a bed was at the minute asked for, in the reading asked for."""
    day = found.beds.get(bed)
    if day is None:
        return None
    line = day.believed if asked.reading is Reading.THEN else day.known
    return next((piece.known for piece in line if piece.start <= asked.at < piece.end), None)


def said(known: Known | None) -> str:
    """A status in words."""
    return STATUS_WORDS[known.status] if known is not None else "Not open yet"


def _worth_telling(found: PastDayLike, bed: BedId) -> list[Correction]:
    day = found.beds.get(bed)
    return [each for each in day.corrections if each.end - each.start >= LEAST] if day is not None else []


def _is_here(each: Correction, at: datetime) -> bool:
    return each.start <= at < each.end


def _counts(wards: Iterable[PastWard]) -> tuple[StateCount, ...]:
    states = [bed.state for ward in wards for bed in ward.beds]
    return tuple(StateCount(state, ICONS[state], STATUS_WORDS[status], states.count(state)) for status, state in STATES.items())


def correction_rows(plan: Plan, found: PastDayLike, asked: Asked) -> tuple[CorrectionRow, ...]:
    """All of the day's corrections, in order of time."""
    beds = {bed.id: bed for bed in plan.beds.values()}
    told = [each for bed in found.beds for each in _worth_telling(found, bed) if bed in beds]
    zone = ZoneInfo(plan.zone)
    return tuple(_row(each, found, asked, zone, beds[each.bed].ward) for each in sorted(told, key=lambda one: (one.start, one.bed)))


def _row(each: Correction, found: PastDayLike, asked: Asked, zone: ZoneInfo, ward: str) -> CorrectionRow:
    another = each.believed is not None and each.known is not None and each.believed.status is each.known.status
    cause = found.causes.get(each.learnt) if each.learnt is not None else None
    return CorrectionRow(
        bed=each.bed,
        ward=ward,
        start=_seconds(each.start, found),
        end=_seconds(each.end, found),
        span=f"{each.start.astimezone(zone):%H:%M} to {each.end.astimezone(zone):%H:%M}",
        was=said(each.believed),
        now="Occupied, by another patient" if another else said(each.known),
        how=how_told(cause),
        when=f"{cause.recorded_at.astimezone(zone):%d %b %H:%M:%S}" if cause is not None else "–",
        here=_is_here(each, asked.at),
        began=each.start.astimezone(zone),
        ended=each.end.astimezone(zone),
        learnt=cause.recorded_at.astimezone(zone) if cause is not None else None,
    )


def _seconds(at: datetime, found: PastDayLike) -> int:
    return int((at - found.start).total_seconds())


def day_json(found: PastDayLike, beds: Iterable[BedId]) -> dict[str, Any]:
    """The whole day for the script: of each bed its states in both readings as [seconds since the day began, state], and when they
    differ."""
    return {
        "length": _seconds(found.end, found),
        "seq": found.seq,
        "words": {**{state: STATUS_WORDS[status] for status, state in STATES.items()}, NOT_OPEN: said(None)},
        "icons": {**{state: ICONS[state] for state in STATES.values()}, NOT_OPEN: "i-dash"},
        "beds": {bed: _steps(found, bed) for bed in beds if bed in found.beds},
    }


def _steps(found: PastDayLike, bed: BedId) -> dict[str, list[list[Any]]]:
    day = found.beds[bed]
    return {
        Reading.THEN: _line(day.believed, found),
        Reading.SINCE: _line(day.known, found),
        "differs": [[_seconds(each.start, found), _seconds(each.end, found)] for each in _worth_telling(found, bed)],
    }


def _line(line: Iterable[Piece], found: PastDayLike) -> list[list[Any]]:
    steps: list[list[Any]] = []
    for piece in line:
        state = STATES[piece.known.status] if piece.known is not None else NOT_OPEN
        if not steps or steps[-1][1] != state:
            steps.append([_seconds(piece.start, found), str(state)])
    return steps
