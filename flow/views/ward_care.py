"""What a ward's page says of each patient beside where they lie: isolation, leave, who comes to a promised bed, and what the feed is
still to confirm. `ward_page` draws the rows, this adds to them; templates/ward/_patient.html and _care.html draw it.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from flow.domain.bed import BedState, BedStatus
from flow.domain.ids import BedId, VisitId
from flow.domain.plan import Ward
from flow.domain.visit import Visit
from flow.views.acuity_words import acuity_words
from flow.views.row_care import RowCare
from flow.views.times import clock_time, day_time, minutes
from flow.views.ward_page import BedRow, WardPage
from flow.views.ward_places import Choice, Occupant
from flow.views.who_words import who_words

WORTH_METRES = 5
"""A bed nearer by less is not worth a move."""


def with_care(
    page: WardPage,
    ward: Ward,
    beds: Mapping[BedId, BedState],
    visits: Mapping[VisitId, Visit],
    comers: Mapping[BedId, Occupant],
    at: datetime,
    zone: str,
    *,
    admits: bool,
    assigns: bool,
    blocks: bool = False,
    fed: bool = True,
) -> WardPage:
    """The page with all that is known of its patients; `visits` are those in its beds, `comers` those promised one of them; `admits`,
    `assigns`, `blocks` are the reader's rights here; `fed`: the house has a feed, so that what it has not said means something."""

    def added(row: BedRow) -> BedRow:
        state = beds[BedId(row.tile.id)]
        visit = visits.get(state.visit) if state.visit is not None else None
        care = _care(state, visit, comers.get(state.id), zone, admits=admits, assigns=assigns)
        care = replace(care, may_close=blocks and _may_close(state), may_keep=blocks and state.closes is not None)
        care = replace(care, risen=_risen(state, at))
        return replace(row, care=replace(care, nearer=_nearer(ward, state, beds), seen=care.seen if fed else ""))

    rows = tuple(added(row) for row in page.rows)
    return replace(page, rows=rows, soon=tuple(added(row) for row in page.soon), swaps=_swaps(rows) if admits else ())


def _care(state: BedState, visit: Visit | None, comer: Occupant | None, zone: str, *, admits: bool, assigns: bool) -> RowCare:
    ready = state.status in (BedStatus.AVAILABLE, BedStatus.CLEANING)
    return RowCare(
        isolation=state.care.isolation or "",
        organism=state.care.organism or "",
        comer=_comer(state, comer),
        against=(visit.against or "") if visit is not None else "",
        seen=_seen(state, visit, zone),
        acuity=acuity_words(state.acuity, zone) if state.acuity is not None else "",
        level=state.acuity.level if state.acuity is not None else "",
        closes=_closes(state, zone),
        may_hold=assigns and _may_hold(state),
        may_let_go=assigns and (state.reserved_for or "").startswith("request:"),
        may_arrive=admits and ready and state.reserved_for is not None and not state.held,
    )


def _may_hold(state: BedState) -> bool:
    """Promised to nobody, and free now or expected to be."""
    coming = state.status in (BedStatus.AVAILABLE, BedStatus.CLEANING) or state.expected_free_at is not None
    return coming and state.reserved_for is None and state.closes is None


def _risen(state: BedState, at: datetime) -> str:
    alarm = state.acuity.alarm_since if state.acuity is not None else None
    return minutes(alarm.timestamp(), at.timestamp()) if alarm is not None else ""


def _may_close(state: BedState) -> bool:
    """Somebody lies in it, and nobody waits for them to leave."""
    return state.status is BedStatus.OCCUPIED and state.reserved_for is None and state.closes is None


def _closes(state: BedState, zone: str) -> str:
    if state.closes is None or state.closes.reason is None:
        return ""
    until = f" · until {day_time(int(state.closes.until.timestamp()), zone)}" if state.closes.until is not None else ""
    return f"{state.closes.note or state.closes.reason.replace('_', ' ')}{until}"


def _nearer(ward: Ward, state: BedState, beds: Mapping[BedId, BedState]) -> str:
    """For who must be watched: the nearest bed that is free, or whose patient need not be; nothing where they lie near enough."""
    metres = {bed.id: bed.metres for bed in ward.beds}
    if state.acuity is None or not state.acuity.watched or state.id not in metres or state.care.isolation is not None:
        return ""
    better = [
        (bed.metres, bed.id, bed.label)
        for bed in ward.beds
        if bed.id in beds and metres[state.id] - bed.metres >= WORTH_METRES and _may_take(beds[bed.id], state)
    ]
    return min(better)[2] if better else ""


def _may_take(there: BedState, who: BedState) -> bool:
    """Free, or lain in by somebody of the same sex who need not be watched."""
    if there.status is BedStatus.OCCUPIED:
        calm = there.acuity is None or not there.acuity.watched
        return calm and there.sex == who.sex and there.care.isolation is None and there.reserved_for is None
    return there.free


def _comer(state: BedState, comer: Occupant | None) -> str:
    if state.reserved_for is None:
        return ""
    name = comer.name if comer is not None else None
    tail = f"…{comer.mrn_tail}" if comer is not None and comer.mrn_tail else ""
    return " · ".join(part for part in (name or "", who_words(None, state.reserved_sex), tail) if part)


def _seen(state: BedState, visit: Visit | None, zone: str) -> str:
    if visit is None or visit.seen is None or visit.seen.bed != state.id or state.discrepancy is not None:
        return ""
    return clock_time(int(visit.seen.at.timestamp()), zone)


def _swaps(rows: tuple[BedRow, ...]) -> tuple[Choice, ...]:
    """Beds in which somebody lies."""
    taken = [row for row in rows if row.occupant is not None]
    said = [(row, row.occupant.name if row.occupant else None) for row in taken]
    return tuple(Choice(row.tile.id, " · ".join(part for part in (row.tile.label, name or "", row.person) if part)) for row, name in said)
