"""The whole house on one screen: how hard it is pressed and by which rule, every ward, the longest waits, dirty beds, what holds it up.

Made of the live records; first paint, stream (topic `house`) and API all carry these tiles, so that no two of them can differ. Pure.
Nobody's name is in them, nor what a desk wrote in its own words: a screen in a corridor of the staff may show all of it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flow.domain.alert_level import Boarder, Measured, boarders, clean_due, kept, measured, rules_of, standing
from flow.domain.bed import BedState, CleanKind
from flow.domain.cleaning_job import is_emergency
from flow.domain.ids import BedId
from flow.domain.level_history import Pressed
from flow.domain.plan import Plan, Ward
from flow.domain.request import BedRequest, MadeBy
from flow.views.bed_tile import TileState, tile_state
from flow.views.bottlenecks import Bottleneck, bottlenecks, house
from flow.views.house_words import Said
from flow.views.level_tile import LevelTile, level_tile
from flow.views.phrase import Part, Phrase, joined, phrase, told
from flow.views.request_form import words_of

WAITS, DIRTY = 5, 3
"""Rows of a list; how many more there are is said below it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Beds by the seven states that are drawn. `occupied` are those in whom nobody is to leave, so `lain` are both; `staffed` is the
    denominator of `occupancy`, in percent; `temporary` patients lie in no bed."""

    beds: int
    staffed: int
    lain: int
    occupancy: float | None
    free: int
    coming: int
    dirty: int
    cleaning: int
    occupied: int
    leaving: int
    out: int
    temporary: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SumsTile(Counts):
    """The whole house; `boarding` says where those without a bed are (`ED 5 · 4B 1`), `said` the same for other languages, `late` how many
    beds are dirty for too long."""

    key: str
    waiting: int
    boarders: int
    boarding: str
    late: int
    said: Mapping[str, Phrase]


@dataclass(frozen=True, slots=True, kw_only=True)
class WardTile(Counts):
    """One ward."""

    key: str
    ward: str
    name: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitRow:
    """A patient who waits: for what, where, since when, by when a bed should have been promised; `aim` in words, `said` what is wanted for
    other languages."""

    id: str
    priority: int
    wants: str
    where: str
    since: datetime
    due: datetime
    aim: str
    said: Mapping[str, Phrase]


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitsTile:
    """Most overdue first; `more` wait beside these."""

    key: str = "house:waits"
    rows: tuple[WaitRow, ...]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DirtyRow:
    """A bed that waits for its clean past the aim; `note`: it is urgent, wants an isolation clean, is promised to somebody; `said` the same
    for other languages."""

    bed: str
    note: str
    since: datetime
    due: datetime
    said: Mapping[str, Phrase]


@dataclass(frozen=True, slots=True, kw_only=True)
class DirtyTile:
    """Longest past the aim first; `more` beside these."""

    key: str = "house:dirty"
    rows: tuple[DirtyRow, ...]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BottlenecksTile:
    """Sentences, the worst first."""

    key: str = "house:bottlenecks"
    rows: tuple[Bottleneck, ...]


@dataclass(frozen=True, slots=True)
class CommandCentre:
    """Everything, as of a moment."""

    level: LevelTile
    sums: SumsTile
    wards: tuple[WardTile, ...]
    waits: WaitsTile
    dirty: DirtyTile
    bottlenecks: BottlenecksTile

    @property
    def tiles(self) -> Iterable[LevelTile | SumsTile | WardTile | WaitsTile | DirtyTile | BottlenecksTile]:
        """Each with its key."""
        return (self.level, self.sums, *self.wards, self.waits, self.dirty, self.bottlenecks)


def command_centre(
    plan: Plan, beds: Mapping[BedId, BedState], requests: Iterable[BedRequest], at: datetime, pressed: Pressed | None = None
) -> CommandCentre:
    """The house now; `pressed` is the level that is kept, and what the forecast says."""
    asked = list(requests)
    without = boarders(plan, beds, asked, at)
    figures = measured(plan, beds, asked, at, pressed.expected if pressed is not None else None)
    waiting = sorted((r for r in asked if r.is_unplaced and r.clock_from <= at), key=lambda r: (plan.requests.due_at(r), r.id))
    boarding = _boarding(without, plan)
    lying, counts = _in_no_bed(beds), _counts([beds[bed] for bed in plan.beds if bed in beds])
    return CommandCentre(
        _level(plan, figures, pressed, at),
        SumsTile(
            key="house:sums",
            **counts,
            temporary=sum(lying.values()),
            occupancy=_percent(counts),
            waiting=len(waiting),
            boarders=figures.boarders,
            boarding=told(boarding),
            said=_said(boarding=boarding),
            late=figures.dirty,
        ),
        tuple(_ward(ward, beds, lying) for ward in plan.wards),
        WaitsTile(rows=tuple(_wait(r, plan, without) for r in waiting[:WAITS]), more=max(0, len(waiting) - WAITS)),
        _dirty(plan, beds, at),
        BottlenecksTile(rows=bottlenecks(house(plan, beds, asked, without, at))),
    )


def _level(plan: Plan, figures: Measured, pressed: Pressed | None, at: datetime) -> LevelTile:
    """Never under the level that is kept: all screens say one, and it falls when it has been written down as fallen."""
    rules = rules_of(plan)
    found = standing(rules, figures)
    if pressed is None or pressed.change.version != rules.version:
        return level_tile(found, rules, None, at, plan.zone)
    return level_tile(kept(rules, found, pressed.change.number), rules, pressed.change, at, plan.zone)


def _counts(states: Sequence[BedState]) -> dict[str, int]:
    """The figures of `Counts` that are counted in beds, by field name."""
    drawn = [tile_state(state) for state in states]
    found = {kind.value: drawn.count(kind) for kind in TileState}
    return {**found, "beds": len(states), "staffed": len(states) - found["out"], "lain": found["occupied"] + found["leaving"]}


def _percent(counts: Mapping[str, int]) -> float | None:
    """As shown, rounded like the managers' figures; thresholds are held against the figure itself (`measured`)."""
    return round(100 * counts["lain"] / counts["staffed"], 1) if counts["staffed"] else None


def _ward(ward: Ward, beds: Mapping[BedId, BedState], lying: Mapping[str, int]) -> WardTile:
    counts = _counts([beds[bed.id] for bed in ward.beds if bed.id in beds])
    return WardTile(
        key=f"house:ward:{ward.id}",
        ward=ward.id,
        name=ward.name,
        href=f"/wards/{ward.id}",
        temporary=lying.get(ward.id, 0),
        occupancy=_percent(counts),
        **counts,
    )


def _in_no_bed(beds: Mapping[BedId, BedState]) -> Mapping[str, int]:
    """How many lie in temporary places, by ward."""
    return Counter(str(state.temporary.ward) for state in beds.values() if state.temporary is not None and state.visit is not None)


def _wait(request: BedRequest, plan: Plan, without: Sequence[Boarder]) -> WaitRow:
    boarder = next((each for each in without if each.request is request), Boarder(request, None))
    wants = joined([words_of(request.type), *(["isolation"] if request.isolation or request.isolation_kind else [])], Said.DOT)
    aim = int(plan.requests.aim(request).total_seconds()) // 60
    return WaitRow(
        id=request.id,
        priority=request.priority,
        wants=told(wants),
        where=_where(boarder, plan),
        since=request.clock_from,
        due=plan.requests.due_at(request),
        aim=f"{aim} min" if aim < 120 else f"{aim / 60:g} h",
        said=_said(wants=wants),
    )


def _said(**parts: Part) -> Mapping[str, Phrase]:
    """Those of a tile's words that are more than one term."""
    return {name: part for name, part in parts.items() if isinstance(part, Phrase)}


def _where(each: Boarder, plan: Plan) -> str:
    """A ward, ED or OPD; never what somebody wrote, which might name a patient."""
    place, request = each.place, each.request
    if place is not None:
        return place.temporary.ward if place.temporary is not None else plan.beds[place.id].ward
    if request is None:
        return "elsewhere"
    if is_emergency(request.origin):
        return "ED"
    named = _known(request.origin, plan)
    return named or request.asked_by or {MadeBy.OPD: "OPD", MadeBy.PLAN: "planned"}.get(request.made_by, "elsewhere")


def _known(origin: str, plan: Plan) -> str:
    """A ward or a place of the hospital file that the desk's words begin with."""
    said = origin.casefold()
    known: list[str] = [*(ward.id for ward in plan.wards), *plan.transport.places]
    return next((name for name in known if said == name.casefold() or said.startswith(f"{name.casefold()} ")), "")


def _boarding(without: Sequence[Boarder], plan: Plan) -> Part:
    """`ED 5 · 4B 1`, most first."""
    places = [_where(each, plan) for each in without]
    counted = sorted(set(places), key=lambda place: (-places.count(place), place))
    return joined([phrase(Said.AT, place=place, count=places.count(place)) for place in counted], Said.DOT)


def _dirty(plan: Plan, beds: Mapping[BedId, BedState], at: datetime) -> DirtyTile:
    found = [
        (due, beds[bed]) for bed in plan.beds if bed in beds and (due := clean_due(beds[bed], plan.cleaning)) is not None and due <= at
    ]
    found.sort(key=lambda each: (each[0], each[1].id))
    return DirtyTile(rows=tuple(_dirty_row(due, state, plan) for due, state in found[:DIRTY]), more=max(0, len(found) - DIRTY))


def _dirty_row(due: datetime, state: BedState, plan: Plan) -> DirtyRow:
    job = state.job if state.job is not None and state.job.is_open else None
    notes = (
        "urgent" if job is not None and job.stat else "",
        "isolation" if state.now.clean is CleanKind.ISOLATION else "",
        "promised" if state.reserved_for is not None else "",
    )
    since = job.asked_at if job is not None else state.now.since
    note = joined([note for note in notes if note], Said.COMMA)
    return DirtyRow(bed=plan.bed_name(state.id), note=told(note), since=since, due=due, said=_said(note=note))
