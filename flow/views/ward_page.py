"""The ward nurse's page: the plan, each bed with who lies there, and what may be done with it. Drawn by templates/ward.

flow.web hands in the live records and the names it was allowed to read; buttons come from the domain's table of moves.
"""

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flow.domain.bed import PEOPLE_SET, BedState, BedStatus, CleanKind, OutOfUse, Stage
from flow.domain.confidence import trust
from flow.domain.ids import BedId, FeedId, VisitId
from flow.domain.plan import Bed, Ward
from flow.domain.station_rules import StationRules
from flow.views.asked_moves import AskedMove
from flow.views.bed_tile import ICONS, USUAL, WORDS, Audience, BedTile, TileState, bed_tile
from flow.views.page import Chrome
from flow.views.places import place_tile, places_in
from flow.views.row_care import NO_ROW_CARE, RowCare
from flow.views.times import minutes, moment_words
from flow.views.transport_rows import NO_TRANSPORTS, WardTransports
from flow.views.trust_words import TrustLine, titled, trust_line
from flow.views.ward_checks import NO_CHECKS, WardChecks
from flow.views.ward_cleaning import NO_CLEANING, WardCleaning
from flow.views.ward_discharge import WardDischarges
from flow.views.ward_places import Choice, Occupant, PlaceRow, census, kinds, near_words, place_row, place_targets
from flow.views.ward_plan import WardPlan, ward_plan
from flow.views.ward_requests import WardRequests
from flow.views.ward_rooms import WardRooms
from flow.views.who_words import who_words


@dataclass(frozen=True, slots=True)
class Move:
    """One button: what it says, its icon, and the fields it posts to `/wards/{ward}/beds/{bed}/status`."""

    words: str
    icon: str
    status: BedStatus
    stage: Stage | None = None
    clean: CleanKind | None = None


@dataclass(frozen=True, slots=True)
class BedRow:
    """A bed in the list. `moves` are one-tap buttons; `may_block`, `may_admit`, `may_leave` say which forms stand below them;
    `rest` why the patient is never moved for another's sake; `overdue`: it is out of use and was to be back by now; `folded`: its forms are
    fetched when they are wanted."""

    tile: BedTile
    icon: str
    words: str
    detail: str
    room: str
    type: str
    person: str
    occupant: Occupant | None
    moves: tuple[Move, ...]
    may_block: bool
    may_admit: bool
    may_leave: bool
    until: str
    back: str
    trust: TrustLine | None = None
    rest: tuple[str, ...] = ()
    care: RowCare = NO_ROW_CARE
    overdue: bool = False
    folded: bool = False


NO_DISCHARGES = WardDischarges()
NO_ROOMS = WardRooms()


@dataclass(frozen=True, slots=True)
class WardPage:
    """`soon` are the beds about to change hands, earliest first; `targets` the beds a patient of this ward may be transferred to;
    `places` are the temporary ones, `kinds` those that can be made, `census` the ward in figures, `requests` the beds it asked for;
    `asked_moves` are those it is asked for, `checks` its beds in doubt; buttons and forms are only there for who may use them."""

    chrome: Chrome
    plan: WardPlan
    rows: tuple[BedRow, ...]
    places: tuple[PlaceRow, ...]
    kinds: tuple[Choice, ...]
    census: str
    requests: WardRequests
    soon: tuple[BedRow, ...]
    targets: tuple[Choice, ...]
    reasons: tuple[Choice, ...]
    asked_moves: tuple[AskedMove, ...] = ()
    checks: WardChecks = NO_CHECKS
    discharges: WardDischarges = NO_DISCHARGES
    swaps: tuple[Choice, ...] = ()
    rooms: WardRooms = NO_ROOMS
    cleaning: WardCleaning = NO_CLEANING
    transports: WardTransports = NO_TRANSPORTS


REASONS = (
    Choice(OutOfUse.REPAIR, "Repair"),
    Choice(OutOfUse.STAFFING, "No staff"),
    Choice(OutOfUse.INFECTION, "Infection control"),
    Choice(OutOfUse.ROOM_CLOSED, "Room closed"),
)


MayMove = Callable[[BedStatus, BedStatus], bool]

NONE_ASKED = WardRequests()


def nobody(was: BedStatus, to: BedStatus) -> bool:
    """The reader may move nothing."""
    return False


def ward_page(
    chrome: Chrome,
    ward: Ward,
    beds: Mapping[BedId, BedState],
    at: datetime,
    zone: str,
    *,
    occupants: Mapping[VisitId, Occupant] | None = None,
    others: Iterable[Bed] = (),
    may_move: MayMove = nobody,
    admits: bool = False,
    lapse: timedelta = timedelta(hours=1),
    requests: WardRequests = NONE_ASKED,
    checked: Container[BedId] = (),
    heard: Mapping[FeedId, datetime] | None = None,
    station: StationRules = USUAL,
) -> WardPage:
    """The page of one ward; `occupants` by visit, `others` the beds of other wards that a patient may be transferred to.
    `may_move` says which moves of a status the reader may make, `admits` whether they may admit, transfer and discharge;
    an empty temporary place is taken away after `lapse`; `checked` are beds somebody is asked to look at, `heard` when each feed last
    spoke; `station` says how long a score counts."""
    known = occupants or {}
    rooms = {room.id: room.name for room in ward.rooms}
    bare = [
        replace(
            _row(bed, beds[bed.id], rooms[bed.room], known, at.timestamp(), zone),
            trust=trust_line(trust(beds[bed.id], at, checked=bed.id in checked, heard=heard), at),
        )
        for bed in ward.beds
        if bed.id in beds
    ]
    rows = tuple(_allowed(row, beds[BedId(row.tile.id)].status, may_move, admits) for row in bare)
    places = places_in(ward.id, beds.values())
    plan = ward_plan(ward, beds, Audience.STAFF, at, zone, checked, station)
    return WardPage(
        chrome=chrome,
        plan=titled(plan, {row.tile.id: row.trust for row in rows if row.trust}),
        rows=rows,
        places=tuple(_place(state, known, ward, at, zone, lapse, admits) for state in places),
        kinds=kinds(admits=admits),
        census=census((beds[bed.id] for bed in ward.beds if bed.id in beds), places),
        requests=requests,
        soon=_soon(rows),
        targets=(*place_targets(places), *_targets((*ward.beds, *others), beds)),
        reasons=REASONS,
    )


def _place(
    state: BedState, known: Mapping[VisitId, Occupant], ward: Ward, at: datetime, zone: str, lapse: timedelta, admits: bool
) -> PlaceRow:
    occupant = known.get(state.visit, Occupant()) if state.visit is not None else None
    near = near_words(state, {bed.id: bed for bed in ward.beds})
    return place_row(state, place_tile(state, Audience.STAFF), occupant, near, at, zone, lapse, admits=admits)


def folded(page: WardPage, wanted: Container[str]) -> WardPage:
    """The page with the forms of the beds `wanted` alone: those of a whole ward are three quarters of it, and one at a time is used."""
    return replace(page, rows=tuple(replace(row, folded=row.tile.id not in wanted) for row in page.rows))


def only(page: WardPage, bed: BedId) -> WardPage:
    """The page with one bed's row."""
    return replace(page, rows=tuple(row for row in page.rows if row.tile.id == bed))


def _allowed(row: BedRow, status: BedStatus, may_move: MayMove, admits: bool) -> BedRow:
    """The row with the buttons that this reader may press."""
    return replace(
        row,
        moves=tuple(move for move in row.moves if may_move(status, move.status)),
        may_block=row.may_block and may_move(status, BedStatus.MAINTENANCE),
        may_admit=row.may_admit and admits,
        may_leave=row.may_leave and admits,
    )


def _soon(rows: tuple[BedRow, ...]) -> tuple[BedRow, ...]:
    """Whom the ward awaits and who is about to go; those without a time come last."""
    changing = [row for row in rows if row.tile.state in (TileState.COMING, TileState.LEAVING)]
    return tuple(sorted(changing, key=lambda row: (row.tile.at is None, row.tile.at or 0)))


def _row(bed: Bed, state: BedState, room: str, occupants: Mapping[VisitId, Occupant], now: float, zone: str) -> BedRow:
    tile = bed_tile(bed, state, Audience.STAFF)
    return BedRow(
        tile=tile,
        icon=ICONS[tile.state],
        words=WORDS[tile.state],
        detail=_detail(tile, state, now, zone),
        room=room,
        type=bed.type.replace("_", " "),
        person=who_words(state.age, state.sex),
        occupant=(occupants.get(state.visit) or Occupant()) if state.visit else None,
        moves=moves(state),
        may_block=(state.status, BedStatus.MAINTENANCE) in PEOPLE_SET,
        may_admit=state.status in (BedStatus.AVAILABLE, BedStatus.CLEANING),
        may_leave=state.status is BedStatus.OCCUPIED,
        until=moment_words(tile.at, now, zone) if tile.at is not None else "",
        back=moment_words(tile.back, now, zone) if tile.back is not None else "",
        rest=tuple(sorted(state.care.rest)),
        overdue=_is_overdue(tile, now),
    )


def _is_overdue(tile: BedTile, now: float) -> bool:
    """Out of use past the end that was expected: nobody misses a bed that nobody gives back."""
    return tile.state is TileState.OUT and tile.at is not None and tile.at <= now


def moves(state: BedState) -> tuple[Move, ...]:
    """The buttons of a bed: its stage of cleaning, and the statuses the table lets a person set without saying why."""
    ready = Move("Clean done" if state.status is BedStatus.CLEANING else "Back in use", "i-check", BedStatus.AVAILABLE)
    dirty = Move("Needs clean", "i-dirty", BedStatus.CLEANING, Stage.WAITING, CleanKind.ROUTINE)
    offered = [move for move in (ready, dirty) if (state.status, move.status) in PEOPLE_SET]
    if state.status is BedStatus.CLEANING and state.now.stage is not Stage.IN_PROGRESS:
        offered.insert(0, Move("Start clean", "i-broom", BedStatus.CLEANING, Stage.IN_PROGRESS))
    return tuple(offered)


def _detail(tile: BedTile, state: BedState, now: float, zone: str) -> str:
    said = minutes(tile.since, now)
    if state.now.clean is CleanKind.ISOLATION:
        said += " · isolation clean"
    if tile.note:
        said += f" · {tile.note}"
    if tile.at is not None:
        said += f" · {'free' if tile.state is TileState.LEAVING else 'until'} {moment_words(tile.at, now, zone)}"
    return said + (" · promised" if tile.promised else "")


def _targets(choices: Iterable[Bed], beds: Mapping[BedId, BedState]) -> tuple[Choice, ...]:
    """The beds that can receive somebody now."""
    free = [bed for bed in choices if bed.id in beds and beds[bed.id].status is BedStatus.AVAILABLE]
    return tuple(Choice(bed.id, f"{bed.ward} {bed.label}" + ("" if beds[bed.id].free else " (promised)")) for bed in free)
