"""The page on which a ward enters afterwards what it wrote on paper, beside what the feeds told of its beds meanwhile.

flow.web hands in the ward's beds with the names its reader may see, the entries and the feeds' words; templates/back_entry draws it. Pure.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from flow.domain.back_entry import LONGEST_AGO, Deed, EnterBack
from flow.domain.bed import BedState
from flow.domain.care import Isolation
from flow.domain.events import Entry, Kind
from flow.domain.ids import BedId, VisitId, WardId
from flow.domain.plan import Plan
from flow.views.bed_tile import REASONS, WORDS, tile_state
from flow.views.census_page import WardLink
from flow.views.page import Chrome
from flow.views.times import day_time, moment_words
from flow.views.ward_places import Choice, Occupant
from flow.views.who_words import who_words


class EnteredLike(Protocol):
    """A back entry as the journal has it."""

    @property
    def command(self) -> EnterBack: ...
    @property
    def actor(self) -> str: ...
    @property
    def recorded_at(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class EnteredRow:
    """`happened` by the paper, in the hand of `by`; `entered` when and by whom."""

    happened: str
    what: str
    by: str
    entered: str


@dataclass(frozen=True, slots=True)
class ToldRow:
    """What a feed told: of when, and when it was heard."""

    at: str
    heard: str
    what: str


@dataclass(frozen=True, slots=True)
class BackEntryPage:
    """`beds` are those somebody may have come to, `taken` those in which somebody lies by the record, `dirty` those to be cleaned, `empty`
    those that may have gone out of use, `closed` those that are;
    `earliest` and `latest` bound the time (datetime-local); `turn` changes with each entry, so that a form is empty again after it;
    `doubts` are beds on which what was seen and what was told differ."""

    chrome: Chrome
    ward: WardId
    name: str
    wards: tuple[WardLink, ...]
    beds: tuple[Choice, ...]
    taken: tuple[Choice, ...]
    dirty: tuple[Choice, ...]
    earliest: str
    latest: str
    turn: int
    admits: bool
    cleans: bool
    entered: tuple[EnteredRow, ...]
    told: tuple[ToldRow, ...]
    doubts: tuple[tuple[str, str], ...]
    blocks: bool = False
    empty: tuple[Choice, ...] = ()
    closed: tuple[Choice, ...] = ()
    reasons: tuple[tuple[str, str], ...] = tuple(REASONS.items())
    isolations: tuple[str, ...] = tuple(Isolation)


def back_entry_page(
    chrome: Chrome,
    plan: Plan,
    ward: WardId,
    states: Iterable[tuple[str, BedState]],
    occupants: Mapping[VisitId, Occupant],
    entered: Iterable[EnteredLike],
    told: Iterable[Entry],
    at: datetime,
    *,
    turn: int,
    wards: tuple[WardLink, ...] = (),
    admits: bool = False,
    cleans: bool = False,
    blocks: bool = False,
) -> BackEntryPage:
    """The page of one ward; `states` are its beds and temporary places with what stands on their doors, `turn` the log's Seq."""
    known = list(states)
    now, zone = at.timestamp(), plan.zone
    choices = [(state, Choice(state.id, _said(label, state, occupants))) for label, state in known]
    return BackEntryPage(
        chrome=chrome,
        ward=ward,
        name=plan.ward[ward].name,
        wards=wards,
        beds=tuple(choice for _, choice in choices),
        taken=tuple(choice for state, choice in choices if state.visit is not None),
        dirty=tuple(choice for state, choice in choices if state.status == "cleaning"),
        earliest=_local(at - LONGEST_AGO, zone),
        latest=_local(at, zone),
        turn=turn,
        admits=admits,
        cleans=cleans,
        blocks=blocks,
        empty=tuple(choice for state, choice in choices if state.status in ("available", "cleaning") and state.temporary is None),
        closed=tuple(choice for state, choice in choices if state.status == "maintenance"),
        entered=tuple(_entered(each, plan, now) for each in entered),
        told=tuple(row for entry in told if (row := _told(entry, plan, now)) is not None),
        doubts=tuple((label, state.discrepancy) for label, state in known if state.discrepancy is not None),
    )


def _local(at: datetime, zone: str) -> str:
    return at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")


def _said(label: str, state: BedState, occupants: Mapping[VisitId, Occupant]) -> str:
    """`A1 · Occupied · Meera Iyer · 72 F`."""
    who = occupants.get(state.visit) if state.visit is not None else None
    name = who.name if who is not None else None
    return " · ".join(part for part in (label, WORDS[tile_state(state)], name or "", who_words(state.age, state.sex)) if part)


_DEEDS: Mapping[Deed, str] = {
    Deed.CAME: "somebody came",
    Deed.MOVED: "moved to",
    Deed.LEFT: "left",
    Deed.CLEANED: "cleaned",
    Deed.BLOCKED: "out of use",
    Deed.OPENED: "in use again",
    Deed.ISOLATED: "isolated",
    Deed.CLEARED: "isolation ended",
}


def _entered(entry: EnteredLike, plan: Plan, now: float) -> EnteredRow:
    said = entry.command
    where = f" {plan.bed_name(said.to)}" if said.to is not None else ""
    when = moment_words(entry.recorded_at.timestamp(), now, plan.zone)
    how = REASONS[said.reason] if said.reason is not None else said.isolation.value if said.isolation is not None else ""
    what = f"{plan.bed_name(said.bed)}: {_DEEDS[said.deed]}{where}{f' ({how})' if how else ''}"
    return EnteredRow(day_time(said.at.timestamp(), plan.zone), what, said.by, f"{when}, {entry.actor}")


_TOLD: Mapping[Kind, str] = {
    Kind.BED_OCCUPIED: "somebody came",
    Kind.BED_VACATED: "left",
    Kind.CLEANING_STARTED: "cleaning begun",
    Kind.CLEANING_FINISHED: "clean",
    Kind.CLEANING_REQUESTED: "dirty",
    Kind.BED_BLOCKED: "out of use",
    Kind.BED_UNBLOCKED: "in use again",
    Kind.BED_RESERVED: "promised",
}


def _told(entry: Entry, plan: Plan, now: float) -> ToldRow | None:
    event = entry.event
    if event.kind not in _TOLD:
        return None
    what = f"{plan.bed_name(BedId(event.entity_id))}: {_TOLD[event.kind]} ({entry.cause.actor.upper()})"
    heard = moment_words(entry.cause.recorded_at.timestamp(), now, plan.zone)
    return ToldRow(moment_words(event.at.timestamp(), now, plan.zone), heard, what)
