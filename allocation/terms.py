"""Soft terms: what makes a legal bed better or worse. One named function each: (look) -> whole points for every bed; nothing else
enters the score. Their words are made for the beds that are shown, in `allocation.words`.

Requested type and room category first, then home ward, then nearest to the nurse station, recently cleaned preferred; a bed not free
yet costs its wait, and what is scarce is not spent on somebody who has no need of it (opportunity cost brings most of the gain).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from allocation.asked import Asked
from allocation.grid import AVAILABLE, MAINTENANCE, OCCUPIED, Grid
from allocation.layout import Mask, Points, Times
from allocation.rules import cohort
from flow.domain.care import Isolation
from flow.domain.plan import SexPolicy
from flow.domain.weights import Weights

KINDRED: Mapping[str, tuple[str, ...]] = {
    "general": ("semi_private", "private", "day_care"),
    "semi_private": ("general", "private"),
    "private": ("semi_private",),
    "isolation": ("private",),
}


@dataclass(frozen=True, slots=True)
class Look:
    """What the terms look at: the request, all beds, the hospital's weights, the minutes until each bed is ready (median), and how
    full each ward is, in percent."""

    asked: Asked
    grid: Grid
    weights: Weights
    wait: Times
    load: Points


Term = Callable[[Look], Points]


def requested_type(v: Look) -> Points:
    """The type asked for, or one that will do."""
    layout, kind = v.grid.layout, v.asked.request.type
    points = v.weights.type_near * layout.any_of(layout.of_type, KINDRED.get(kind, ())).astype(np.int64)
    points[layout.any_of(layout.of_type, (kind,))] = v.weights.type_match
    return points


def entitlement(v: Look) -> Points:
    """The room's category against the insurer's limit; what the patient chose, and answers for, is no excess."""
    if not v.asked.category:
        return none(v)
    category, limit = v.grid.layout.category, max(v.asked.category, v.asked.chosen)
    floor = v.asked.chosen or v.asked.category
    above: Points = np.maximum(category - limit, 0) * v.weights.above_entitlement
    below: Points = np.where(category > 0, np.maximum(floor - category, 0), 0) * v.weights.below_entitlement
    return none(v) - above - below


def home_ward(v: Look) -> Points:
    """Patients off their specialty's wards stay longer and die more often; being at home is no tie-break."""
    home = v.grid.layout.home.get((v.asked.request.specialty or "").casefold())
    return none(v) if home is None else v.weights.home_ward * home


def kept_for_own(v: Look) -> Points:
    """The last free beds of a ward are for its own: who is laid there from elsewhere sends the next of them elsewhere as well. Isolation
    beds are everybody's who has to lie alone."""
    layout = v.grid.layout
    home = layout.home.get((v.asked.request.specialty or "").casefold())
    if home is None:
        return none(v)
    own = home | layout.of_type["isolation"] if v.asked.isolation is not None and "isolation" in layout.of_type else home
    points: Points = np.where(own, 0, -(v.weights.kept_for_own // np.maximum(free_alike(v.grid), 1)))
    return points


def free_alike(g: Grid) -> Points:
    """How many beds are free among those of the same specialty, type and sex policy, for every bed."""
    free = (g.status == AVAILABLE) & ~g.reserved
    return np.bincount(g.layout.pool[free], minlength=g.layout.pools)[g.layout.pool]


def wishes(v: Look) -> Points:
    """Features liked but not needed."""
    points = none(v)
    for wish in v.asked.request.wishes:
        if wish in v.grid.layout.has:
            points += v.weights.wish * v.grid.layout.has[wish]
    return points


def near_station(v: Look) -> Points:
    """Nearer is better, more so for those who must be watched."""
    w = v.weights
    factor = w.watched_factor if v.asked.watched else 1
    return w.near_station * factor * np.maximum(0, w.station_metres - v.grid.layout.metres) // w.station_metres


def recently_cleaned(v: Look) -> Points:
    """Fresh linen and a warm room."""
    hours = (v.asked.moment - v.grid.cleaned) / 3600
    fresh = (v.grid.status == AVAILABLE) & (hours >= 0) & (hours < v.weights.clean_hours)
    return np.rint(np.where(fresh, v.weights.clean_recent * (1 - hours / v.weights.clean_hours), 0)).astype(np.int64)


def ready(v: Look) -> Points:
    """Free now, or what the wait costs."""
    minutes = np.minimum(np.nan_to_num(v.wait, nan=v.weights.longest_wait), v.weights.longest_wait)
    return -v.weights.minute_waited * np.rint(minutes).astype(np.int64)


def scarcity(v: Look) -> Points:
    """Do not spend what is rare, least of all the last one, on somebody who has no need of it."""
    w, layout = v.weights, v.grid.layout
    points, free = none(v), (v.grid.status == AVAILABLE) & ~v.grid.reserved
    for name, percent in layout.rarity.items():
        if percent and name not in wanted(v.asked):
            last = w.last_of_kind if np.count_nonzero(free & layout.has[name]) == 1 else 0
            points -= (w.scarce * percent // 100 + last * free) * layout.has[name]
    return points


def wanted(a: Asked) -> frozenset[str]:
    """Features that this request has a need of, so that they are not spent on it in vain."""
    alone = a.isolation is not None or a.request.type in ("private", "isolation")
    return frozenset(a.request.needs | a.request.wishes | ({"single"} if alone else set()))


def kept_for_airborne(v: Look) -> Points:
    """Nothing else will do for an airborne infection, and whoever lies in such a room lies there for days."""
    if wants_negative_pressure(v.asked) or "negative_pressure" not in v.grid.layout.has:
        return none(v)
    return -v.weights.kept_for_airborne * v.grid.layout.has["negative_pressure"].astype(np.int64)


def wants_negative_pressure(a: Asked) -> bool:
    """Asked for, or implied by the kind of isolation."""
    return a.isolation is Isolation.AIRBORNE or "negative_pressure" in a.request.needs | a.request.wishes


def opens_bay(v: Look) -> Points:
    """An empty bay of whoever comes first is bound to one sex by its first patient."""
    return -v.weights.opens_bay * empty_bay(v.asked, v.grid).astype(np.int64)


def empty_bay(a: Asked, g: Grid) -> Mask:
    """Beds of shared `same` rooms with nobody else there or promised to come."""
    others = (g.status == OCCUPIED) | g.held_by_others(a.request.holder)
    bay = g.layout.policy[SexPolicy.SAME] & g.layout.shared
    empty: Mask = g.layout.count_by_room(others) - others == 0
    return bay & empty


def cohorting(v: Look) -> Points:
    """Beside patients with the same organism: the single rooms stay for others."""
    if v.asked.isolation is None or not v.asked.alike.any():
        return none(v)
    return v.weights.cohort * (cohort(v.asked, v.grid) & ~v.grid.layout.single)


def with_family(v: Look) -> Points:
    """Mother and baby belong together: in one room, else in one ward."""
    row, layout = v.asked.family, v.grid.layout
    if row is None:
        return none(v)
    near: Points = (layout.room == layout.room[row]).astype(np.int64) + (layout.ward == layout.ward[row])
    return v.weights.with_family * near // 2


def ward_load(v: Look) -> Points:
    """The fuller a ward, the more its nurses have to do: its share of occupied beds."""
    return -(v.weights.ward_load * v.load // 100)[v.grid.layout.ward]


def load_percent(g: Grid) -> Points:
    """Occupied beds of each ward, in percent of those in use."""
    wards = len(g.layout.wards)
    occupied = np.bincount(g.layout.ward[g.status == OCCUPIED], minlength=wards)
    staffed = np.bincount(g.layout.ward[(g.status >= 0) & (g.status != MAINTENANCE)], minlength=wards)
    return occupied * 100 // np.maximum(staffed, 1)


def transport(v: Look) -> Points:
    """Floors between where the patient waits and the bed."""
    here = v.grid.layout.floor_of.get(v.asked.request.origin.casefold())
    if here is None:
        return none(v)
    return -v.weights.floor * np.nan_to_num(np.abs(v.grid.layout.floors - here)).astype(np.int64)


def none(v: Look) -> Points:
    """No points for any bed."""
    return np.zeros(v.grid.layout.size, np.int64)


TERMS: Mapping[str, Term] = {
    "type": requested_type,
    "entitlement": entitlement,
    "ward": home_ward,
    "own": kept_for_own,
    "wishes": wishes,
    "station": near_station,
    "cleaned": recently_cleaned,
    "ready": ready,
    "scarce": scarcity,
    "airborne": kept_for_airborne,
    "bay": opens_bay,
    "cohort": cohorting,
    "family": with_family,
    "load": ward_load,
    "transport": transport,
}
"""In the order in which they are shown where two weigh the same."""
