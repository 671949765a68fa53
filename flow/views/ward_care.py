"""What a ward's page says of each patient beside where they lie: isolation, leave, who comes to a promised bed, and what the feed is
still to confirm. `ward_page` draws the rows, this adds to them; templates/ward/_patient.html and _care.html draw it.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from flow.domain.bed import BedState, BedStatus
from flow.domain.ids import BedId, VisitId
from flow.domain.plan import Ward
from flow.domain.station_rules import StationRules
from flow.domain.visit import Visit
from flow.views.apart import NOBODY_WRONG, Wrong
from flow.views.bed_tile import USUAL
from flow.views.row_care import RowCare
from flow.views.times import moment_words
from flow.views.ward_page import BedRow, WardPage
from flow.views.ward_places import Choice, Occupant
from flow.views.ward_scores import nearer, scored
from flow.views.who_words import who_words


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
    station: StationRules = USUAL,
    wrong: Mapping[BedId, Wrong] = NOBODY_WRONG,
) -> WardPage:
    """The page with all that is known of its patients; `visits` are those in its beds, `comers` those promised one of them; `admits`,
    `assigns`, `blocks` are the reader's rights here; `fed`: the house has a feed, so that what it has not said means something; `station`
    says how long a score counts, `wrong` who is in isolation in no bed for it."""

    def added(row: BedRow) -> BedRow:
        state = beds[BedId(row.tile.id)]
        visit = visits.get(state.visit) if state.visit is not None else None
        care = _care(state, visit, comers.get(state.id), at, zone, admits=admits, assigns=assigns)
        care = replace(care, may_close=blocks and _may_close(state), may_keep=blocks and state.closes is not None)
        care = scored(replace(care, wrong=wrong.get(state.id)), state.acuity, at, zone, station)
        return replace(row, care=replace(care, nearer=nearer(ward, state, beds, named, at, station), seen=care.seen if fed else ""))

    named = {BedId(row.tile.id): row.occupant.name for row in page.rows if row.occupant is not None}
    rows = tuple(added(row) for row in page.rows)
    places = tuple(replace(row, wrong=wrong.get(BedId(row.tile.id))) for row in page.places)
    return replace(page, rows=rows, places=places, soon=tuple(added(row) for row in page.soon), swaps=_swaps(rows) if admits else ())


def _care(state: BedState, visit: Visit | None, comer: Occupant | None, at: datetime, zone: str, *, admits: bool, assigns: bool) -> RowCare:
    ready = state.status in (BedStatus.AVAILABLE, BedStatus.CLEANING)
    return RowCare(
        isolation=state.care.isolation or "",
        organism=state.care.organism or "",
        comer=_comer(state, comer),
        against=(visit.against or "") if visit is not None else "",
        seen=_seen(state, visit, at, zone),
        closes=_closes(state, at, zone),
        may_hold=assigns and _may_hold(state),
        let_go=(state.reserved_for or "").removeprefix("request:") if assigns and _is_asked_for(state) else "",
        may_arrive=admits and ready and state.reserved_for is not None and not state.held,
    )


def _is_asked_for(state: BedState) -> bool:
    """Promised to a request, and not planned by the HIS."""
    return (state.reserved_for or "").startswith("request:")


def _may_hold(state: BedState) -> bool:
    """Promised to nobody, and free now or expected to be."""
    coming = state.status in (BedStatus.AVAILABLE, BedStatus.CLEANING) or state.expected_free_at is not None
    return coming and state.reserved_for is None and state.closes is None


def _may_close(state: BedState) -> bool:
    """Somebody lies in it, and nobody waits for them to leave."""
    return state.status is BedStatus.OCCUPIED and state.reserved_for is None and state.closes is None


def _closes(state: BedState, at: datetime, zone: str) -> str:
    if state.closes is None or state.closes.reason is None:
        return ""
    until = f" · until {moment_words(state.closes.until.timestamp(), at.timestamp(), zone)}" if state.closes.until is not None else ""
    return f"{state.closes.note or state.closes.reason.replace('_', ' ')}{until}"


def _comer(state: BedState, comer: Occupant | None) -> str:
    if state.reserved_for is None:
        return ""
    name = comer.name if comer is not None else None
    tail = f"…{comer.mrn_tail}" if comer is not None and comer.mrn_tail else ""
    return " · ".join(part for part in (name or "", who_words(None, state.reserved_sex), tail) if part)


def _seen(state: BedState, visit: Visit | None, at: datetime, zone: str) -> str:
    if visit is None or visit.seen is None or visit.seen.bed != state.id or state.discrepancy is not None:
        return ""
    return moment_words(visit.seen.at.timestamp(), at.timestamp(), zone)


def _swaps(rows: tuple[BedRow, ...]) -> tuple[Choice, ...]:
    """Beds in which somebody lies."""
    taken = [row for row in rows if row.occupant is not None]
    said = [(row, row.occupant.name if row.occupant else None) for row in taken]
    return tuple(Choice(row.tile.id, " · ".join(part for part in (row.tile.label, name or "", row.person) if part)) for row, name in said)
