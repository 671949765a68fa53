"""Hard rules: what may never be traded for points. One named function each: (asked, grid) -> the beds it keeps back, with the words.

A rule looks at all beds at once. An override needs a stored reason; explanations count the beds that each rule keeps back.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

import numpy as np

from allocation.asked import Asked, asked
from allocation.grid import ABSENT, MAINTENANCE, OCCUPIED, SEX, UNKNOWN, Grid
from allocation.layout import INTENSIVE, Mask
from flow.domain.care import Isolation
from flow.domain.hospital import Hospital
from flow.domain.ids import BedId
from flow.domain.plan import SexPolicy
from flow.domain.request import BedRequest

__all__ = ["INTENSIVE", "PLACEMENT", "RULES", "STATE", "Rule", "broken", "cohort", "legal"]

Kept = Iterator[tuple[Mask, str]]
Rule = Callable[[Asked, Grid], Kept]

_MEN, _WOMEN = "men's bay", "women's bay"


def out_of_use(a: Asked, g: Grid) -> Kept:
    """In maintenance."""
    yield g.status == MAINTENANCE, "out of use"


def occupied(a: Asked, g: Grid) -> Kept:
    """Somebody lies there and is not about to leave."""
    yield (g.status == OCCUPIED) & ~g.leaving, "occupied"


def reserved(a: Asked, g: Grid) -> Kept:
    """Promised to somebody else, or held by a desk for some minutes."""
    others = g.held_by_others(a.request.holder)
    for desk in sorted(set(g.held.values())):
        rows = [row for row, holder in g.held.items() if holder == desk]
        held = np.zeros_like(others)
        held[rows] = True
        yield held & others, f"held by {desk}"
    yield others, "reserved"


def capability(a: Asked, g: Grid) -> Kept:
    """An intensive bed is for those who ask for it, and those who ask for one get no other."""
    wanted = a.request.type
    for kind, name in INTENSIVE.items():
        beds = g.layout.of_type.get(kind)
        if wanted == kind:
            yield ~g.layout.any_of(g.layout.of_type, (kind,)), f"no {name} bed"
        elif beds is not None and wanted not in INTENSIVE:
            yield beds, f"{name} bed, kept for those who need it"


def features(a: Asked, g: Grid) -> Kept:
    """Every must-have is there."""
    for need in a.needs:
        yield ~g.layout.any_of(g.layout.has, (need,)), f"no {need.replace('_', ' ')}"


def companions(a: Asked, g: Grid) -> Kept:
    """A place for the attendant; a cot beside the mother."""
    if a.attendant:
        yield ~g.layout.any_of(g.layout.has, ("attendant",)), "no attendant bed"
    if a.cot:
        yield ~g.layout.any_of(g.layout.has, ("cot",)), "no cot"


def age(a: Asked, g: Grid) -> Kept:
    """The ward's age band."""
    years = a.request.age
    if years is not None:
        yield years > g.layout.age_max, "children's ward"
        yield years < g.layout.age_min, "adult ward"


def isolation(a: Asked, g: Grid) -> Kept:
    """Airborne: alone and under negative pressure. Contact and droplet: alone, or beside patients with the same organism only."""
    if a.isolation is Isolation.AIRBORNE:
        yield ~g.layout.any_of(g.layout.has, ("negative_pressure",)), "no negative pressure"
        yield ~g.layout.single, "not a single room"
    elif a.isolation is not None:
        yield ~(g.layout.single | cohort(a, g)), "not a single room"


def cohort(a: Asked, g: Grid) -> Mask:
    """Beds of rooms where everybody else, there or promised, has the organism of this request."""
    people = (g.status == OCCUPIED) + g.held_by_others(a.request.holder).astype(np.int64)
    others = g.layout.sum_by_room(people) - people
    alike = g.layout.sum_by_room(a.alike) - a.alike
    found: Mask = (alike > 0) & (alike == others)
    return found


def exposure(a: Asked, g: Grid) -> Kept:
    """Nobody is laid beside an infectious patient, save of the same organism. In intensive care the bed space is the barrier, and a
    single bed has its own walls, however many of them the file puts under one name."""
    if a.infectious.any():
        beside = (g.layout.count_by_room(a.infectious) - a.infectious) > 0
        apart = g.layout.intensive | g.layout.single
        allowed = apart if a.isolation is None else apart | cohort(a, g)
        yield beside & ~allowed, "infectious patient in the bay"


def sex(a: Asked, g: Grid) -> Kept:
    """The room's policy; `same` is bound by who lies in its other beds or is promised to come. Of whom nobody knows the sex lies beside
    nobody in such a bay, and in no men's or women's bay, whoever comes first. Intensive care is exempt."""
    policy, coming = g.layout.policy, g.held_by_others(a.request.holder)
    if a.sex == UNKNOWN:
        named = (policy[SexPolicy.MALE] | policy[SexPolicy.FEMALE]) & g.layout.shared & ~g.layout.single
        yield named | (policy[SexPolicy.SAME] & _beside(g, (g.lies > 0) | coming)), "sex not known: only alone or in intensive care"
        return
    men = a.sex == SEX["M"]
    others = SEX["F"] if men else SEX["M"]
    bound = policy[SexPolicy.SAME] & _beside(g, (g.lies == others) | ((g.comes == others) & coming))
    yield bound | policy[SexPolicy.FEMALE if men else SexPolicy.MALE], _WOMEN if men else _MEN
    unknown = (g.lies == UNKNOWN) | ((g.comes == UNKNOWN) & coming)
    yield policy[SexPolicy.SAME] & _beside(g, unknown), "patient of unknown sex in the bay"


def _beside(g: Grid, there: Mask) -> Mask:
    """Beds with one of these in another bed of the room."""
    found: Mask = g.layout.count_by_room(there) - there > 0
    return found


STATE: Mapping[str, Rule] = {"out_of_use": out_of_use, "occupied": occupied, "reserved": reserved}
"""What a bed's state forbids; the hospital itself refuses it."""
PLACEMENT: Mapping[str, Rule] = {
    "capability": capability,
    "features": features,
    "companions": companions,
    "age": age,
    "isolation": isolation,
    "exposure": exposure,
    "sex": sex,
}
"""What a person may override with a reason."""
RULES: Mapping[str, Rule] = {**STATE, **PLACEMENT}


def legal(a: Asked, g: Grid, rules: Mapping[str, Rule] = RULES) -> Mask:
    """The beds that no rule keeps back."""
    found: Mask = g.status != ABSENT
    for rule in rules.values():
        for kept, _ in rule(a, g):
            found &= ~kept
    return found


def broken(request: BedRequest, bed: BedId, hospital: Hospital, at: datetime, grid: Grid | None = None) -> tuple[str, ...]:
    """The placement rules a bed breaks, in words; what its state forbids is refused by the hospital itself.

    A place that the file does not name breaks none. `grid` is one that follows this hospital; without it one is made.
    """
    grid = Grid(hospital.plan) if grid is None else grid
    grid.follow(hospital)
    row = grid.layout.index.get(bed)
    if row is None:
        return ()
    name, found = hospital.plan.bed_name(bed), words_of(asked(request, hospital, grid, at), grid, row, tuple(PLACEMENT.values()))
    return tuple(f"{name}: {words}" for words in found)


def words_of(a: Asked, g: Grid, row: int, rules: Sequence[Rule]) -> Iterator[str]:
    """Why these rules keep a bed back, one reason a rule."""
    for rule in rules:
        reason = next((words for kept, words in rule(a, g) if kept[row]), None)
        if reason is not None:
            yield reason
