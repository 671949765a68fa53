"""One bed as a screen shows it: made from the bed's record, drawn at first paint, sent whole whenever it changes.

Three audiences see different tiles. PUBLIC hangs where visitors walk: no names, initials, sex, isolation, visit or free text.
WARD hangs at the nurse station; STAFF is behind a sign-in. Names are on no tile at all: pages join them from the people table.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from flow.domain.bed import BedState, BedStatus, OutOfUse, Stage
from flow.domain.confidence import word
from flow.domain.plan import Bed
from flow.domain.station_rules import StationRules
from flow.views.acuity_words import acuity_mark
from flow.views.doubt_words import by_words, stale_from


class Audience(StrEnum):
    """Who may stand before the screen."""

    PUBLIC = "public"
    WARD = "ward"
    STAFF = "staff"


class TileState(StrEnum):
    """The seven drawn states, made from the four statuses (UI.md, Grammar): solid = true now, hollow = about to be."""

    FREE = "free"
    COMING = "coming"
    DIRTY = "dirty"
    CLEANING = "cleaning"
    OCCUPIED = "occupied"
    LEAVING = "leaving"
    OUT = "out"


ICONS: Mapping[TileState, str] = {
    TileState.FREE: "i-check",
    TileState.COMING: "i-arrow",
    TileState.DIRTY: "i-dirty",
    TileState.CLEANING: "i-broom",
    TileState.OCCUPIED: "i-bed",
    TileState.LEAVING: "i-out",
    TileState.OUT: "i-wrench",
}

WORDS: Mapping[TileState, str] = {
    TileState.FREE: "Free",
    TileState.COMING: "Coming",
    TileState.DIRTY: "Needs clean",
    TileState.CLEANING: "Cleaning",
    TileState.OCCUPIED: "Occupied",
    TileState.LEAVING: "Leaving",
    TileState.OUT: "Out of use",
}

REASONS: Mapping[OutOfUse, str] = {
    OutOfUse.REPAIR: "repair",
    OutOfUse.STAFFING: "no staff",
    OutOfUse.INFECTION: "infection",
    OutOfUse.ROOM_CLOSED: "closed",
}

USUAL = StationRules()

_AT_WORK = frozenset({Stage.IN_PROGRESS, Stage.INSPECTION})


@dataclass(frozen=True, slots=True)
class BedTile:
    """A whole tile; `seq` is its version, `key` what a mailbox keeps one of. Times are epoch seconds.

    `since` is when the drawn state began, `at` when it is expected to end or the patient to come, `timer` asks for the minutes
    since `since`, `back` is when a patient on leave of absence is expected, `note` is a short word of why, `promised` says that a bed
    still occupied or in cleaning is already given away, `doubt` that sources contradict each other, `told` when its state was last told of,
    `due` by when the insurer of a patient to leave has to answer, `watch` how closely the patient must be watched (`!! 8`), as long as
    it is not later than `watch_until`, `closes` why it goes out of use when its patient has left, `by` whose word `told` was (`HIS`,
    `hand`), `stale` from when on that is too old to be relied on.
    Fields from `isolation` on are None for PUBLIC, those from `visit` on for WARD as well.
    """

    key: str
    id: str
    ward: str
    label: str
    state: TileState
    seq: int
    since: int
    at: int | None = None
    timer: bool = False
    note: str = ""
    promised: bool = False
    isolation: bool | None = None
    away: bool | None = None
    on_leave: bool | None = None
    back: int | None = None
    doubt: bool | None = None
    told: int | None = None
    due: int | None = None
    watch: str | None = None
    watch_until: int | None = None
    closes: str | None = None
    by: str | None = None
    stale: int | None = None
    visit: str | None = None
    sex: str | None = None
    age: int | None = None
    reserved_for: str | None = None
    source: str | None = None
    discrepancy: str | None = None


def bed_tile(bed: Bed, state: BedState, audience: Audience, *, checked: bool = False, station: StationRules = USUAL) -> BedTile:
    """The tile of a bed for one audience; `checked`: somebody is asked to look at it; `station` says how long a score counts."""
    drawn = tile_state(state)
    public = audience is Audience.PUBLIC
    staff = audience is Audience.STAFF
    return BedTile(
        key=f"bed:{bed.id}",
        id=bed.id,
        ward=bed.ward,
        label=bed.label,
        state=drawn,
        seq=state.seq,
        since=_epoch(_since(state, drawn)),
        at=_expected(state, drawn),
        timer=drawn in (TileState.DIRTY, TileState.CLEANING),
        note=_note(state, audience),
        promised=state.reserved_for is not None and drawn is not TileState.COMING,
        isolation=None if public else state.isolation,
        away=None if public else state.away,
        on_leave=None if public else state.on_leave,
        back=None if public or state.expected_back is None else _epoch(state.expected_back),
        doubt=None if public else checked or state.discrepancy is not None,
        told=None if public else _epoch(word(state)[1]),
        due=None if public or state.insurer_due is None else _epoch(state.insurer_due),
        watch=None if public else acuity_mark(state.acuity),
        watch_until=None if public else _watch_until(state, station),
        closes=None if public else _closes(state),
        by=None if public else by_words(word(state)[0]),
        stale=None if public else stale_from(state),
        visit=state.visit if staff else None,
        sex=state.sex if staff else None,
        age=state.age if staff else None,
        reserved_for=state.reserved_for if staff else None,
        source=state.now.source if staff else None,
        discrepancy=state.discrepancy if staff else None,
    )


def tile_state(state: BedState) -> TileState:
    """Which of the seven a record is drawn as. An order to discharge frees nothing: the bed stays occupied, drawn as leaving."""
    match state.status:
        case BedStatus.AVAILABLE:
            return TileState.FREE if state.reserved_for is None else TileState.COMING
        case BedStatus.OCCUPIED:
            return TileState.OCCUPIED if state.expected_free_at is None else TileState.LEAVING
        case BedStatus.CLEANING:
            return TileState.CLEANING if state.now.stage in _AT_WORK else TileState.DIRTY
        case BedStatus.MAINTENANCE:
            return TileState.OUT


def _since(state: BedState, drawn: TileState) -> datetime:
    if drawn is TileState.CLEANING and state.now.started_at is not None:
        return state.now.started_at
    if drawn is TileState.COMING and state.reserved_at is not None:
        return state.reserved_at
    return state.now.since


def _expected(state: BedState, drawn: TileState) -> int | None:
    when = {
        TileState.COMING: state.reserved_until,
        TileState.LEAVING: state.expected_free_at,
        TileState.OUT: state.now.until,
    }.get(drawn)
    return None if when is None else _epoch(when)


def _note(state: BedState, audience: Audience) -> str:
    """Why a bed is out of use. The public reads no free text, which might hold a name, and no word of infection."""
    if state.status is not BedStatus.MAINTENANCE or state.now.reason is None:
        return ""
    if audience is Audience.PUBLIC:
        return "repair" if state.now.reason is OutOfUse.REPAIR else "closed"
    return state.now.note or REASONS[state.now.reason]


def _watch_until(state: BedState, station: StationRules) -> int | None:
    until = station.counts_until(state.acuity) if state.acuity is not None and state.acuity.watched else None
    return _epoch(until) if until is not None else None


def _closes(state: BedState) -> str:
    """Why it goes out of use when it is empty."""
    if state.closes is None or state.closes.reason is None:
        return ""
    return state.closes.note or REASONS[state.closes.reason]


def _epoch(when: datetime) -> int:
    return int(when.timestamp())
