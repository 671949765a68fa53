"""Soft terms: what makes a legal bed better or worse, as points with a reason. One named function each; weights are data.

Requested type first, then nearest to the nurse station, recently cleaned preferred; a bed that is not free yet costs its wait, and a
scarce feature is not spent on somebody who has no need of it (ALLOCATION.md: opportunity cost brings most of the gain).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from allocation.rules import Candidate
from flow.domain.bed import BedStatus, Stage


@dataclass(frozen=True, slots=True)
class Weights:
    """Points. `version` is shown beside every score."""

    version: str = "2026-1"
    type_match: int = 400
    type_near: int = 200
    wish: int = 40
    home_ward: int = 250
    same_specialty_type: int = 60
    near_station: int = 100
    station_metres: int = 40
    watched_factor: int = 2
    clean_recent: int = 30
    clean_hours: int = 12
    minute_waited: int = 2
    longest_wait: int = 240
    scarce: int = 90
    clean_minutes: int = 30
    queue_minutes: int = 30


@dataclass(frozen=True, slots=True)
class Term:
    """Points a bed wins or loses, and why in words."""

    name: str
    points: int
    reason: str


Soft = Callable[[Candidate, Weights], Term | None]

_KINDRED = {
    "general": ("semi_private", "private", "day_care"),
    "semi_private": ("general", "private"),
    "private": ("semi_private",),
    "isolation": ("private",),
}
_SCARCE = ("negative_pressure", "ventilator", "dialysis", "telemetry", "single")
_WATCH = frozenset({"falls_risk", "near_station", "confused"})


def requested_type(c: Candidate, w: Weights) -> Term | None:
    """The type asked for, or one that will do."""
    wanted = c.request.type.replace("_", " ")
    if c.bed.type == c.request.type:
        return Term("type", w.type_match, f"{wanted.upper() if len(wanted) < 5 else wanted.capitalize()} bed as asked")
    if c.bed.type in _KINDRED.get(c.request.type, ()):
        return Term("type", w.type_near, f"{c.bed.type.replace('_', ' ').capitalize()} bed, asked for {wanted}")
    return Term("type", 0, f"{c.bed.type.replace('_', ' ').capitalize()} bed, asked for {wanted}")


def home_ward(c: Candidate, w: Weights) -> Term | None:
    """Patients off their specialty's wards stay longer and die more often; being at home is no tie-break."""
    if c.request.specialty is None:
        return None
    if c.ward.specialty.casefold() == c.request.specialty.casefold():
        return Term("ward", w.home_ward, f"Home ward for {c.ward.specialty}")
    return Term("ward", 0, f"{c.ward.name} is not the home ward for {c.request.specialty}")


def wishes(c: Candidate, w: Weights) -> Term | None:
    """Features liked but not needed."""
    found = sorted(wish for wish in c.request.wishes if wish in c.bed.features)
    return Term("wishes", w.wish * len(found), f"Has {', '.join(found).replace('_', ' ')}") if found else None


def near_station(c: Candidate, w: Weights) -> Term | None:
    """Nearer is better, twice so for those who must be watched."""
    closeness = max(0, w.station_metres - c.bed.metres)
    factor = w.watched_factor if c.request.wishes & _WATCH else 1
    return Term("station", w.near_station * factor * closeness // w.station_metres, f"{c.bed.metres} m from the nurse station")


def recently_cleaned(c: Candidate, w: Weights) -> Term | None:
    """Fresh linen and a warm room."""
    if c.state.status is not BedStatus.AVAILABLE or c.state.cleaned_at is None:
        return None
    hours = (c.at - c.state.cleaned_at).total_seconds() / 3600
    if not 0 <= hours < w.clean_hours:
        return None
    words = f"Cleaned {int(hours)} h ago" if hours >= 1 else f"Cleaned {int(hours * 60)} min ago"
    return Term("cleaned", round(w.clean_recent * (1 - hours / w.clean_hours)), words)


def ready(c: Candidate, w: Weights) -> Term | None:
    """Free now, or what the wait costs."""
    when = ready_at(c, w)
    if when is None:
        return Term("ready", 0, "Free now")
    minutes = min(w.longest_wait, max(1, round((when - c.at).total_seconds() / 60)))
    return Term("ready", -w.minute_waited * minutes, f"{minutes} min wait")


def scarcity(c: Candidate, w: Weights) -> Term | None:
    """Do not spend what is rare on somebody who has no need of it."""
    asked = c.request.needs | c.request.wishes | ({"single"} if c.request.isolation or c.request.type == "private" else frozenset())
    spent = [name for name in _SCARCE if name in c.bed.features and name not in asked]
    if not spent:
        return None
    return Term("scarce", -w.scarce * len(spent), f"Uses {', '.join(spent).replace('_', ' ')} that others may need")


SOFT: tuple[Soft, ...] = (requested_type, home_ward, wishes, near_station, recently_cleaned, ready, scarcity)


def ready_at(c: Candidate, w: Weights) -> datetime | None:
    """When the bed can be used; None for now. A cleaning begun takes `clean_minutes` from its start, one waiting its queue more;
    a bed about to be left is cleaned after."""
    clean, queue = timedelta(minutes=w.clean_minutes), timedelta(minutes=w.queue_minutes)
    soon = c.at + timedelta(minutes=5)
    match c.state.status:
        case BedStatus.CLEANING if c.state.now.stage in (Stage.IN_PROGRESS, Stage.INSPECTION):
            return max((c.state.now.started_at or c.at) + clean, soon)
        case BedStatus.CLEANING:
            return max(c.state.now.since + queue, c.at) + clean
        case BedStatus.OCCUPIED:
            return max(c.state.expected_free_at or c.at, c.at) + queue + clean
        case _:
            return None
