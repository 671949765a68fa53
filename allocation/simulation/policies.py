"""The policies that are compared: how a free bed is chosen for a patient, and which dirty bed is cleaned next.

All are asked for the same patients in the same order and obey the same hard rules (`allocation.rules`). Ours calls the served engine
(`allocation.engine`) and the served cleaning order; nothing of them is copied here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from allocation.cleaning import Expected, at_home, cleaning_order
from allocation.scored import best
from allocation.simulation.world import World
from flow.domain.ids import BedId
from flow.domain.request import BedRequest

Choose = Callable[[BedRequest, World, datetime], BedId | None]
Clean = Callable[[World, datetime, Sequence[Expected]], BedId]

PATIENCE = {1: 0, 2: 45, 3: 90, 4: 120}
"""Minutes after which a patient of each priority takes the best bed that is free, though a better one is coming."""


@dataclass(frozen=True, slots=True)
class Policy:
    """A way to run a hospital; `name` is its column in the report."""

    key: str
    name: str
    choose: Choose
    clean: Clean


def first_free(request: BedRequest, world: World, at: datetime) -> BedId | None:
    """The first free bed of the list that no rule forbids."""
    choice = world.choice(request, at)
    return next((bed for bed in world.hospital.plan.beds if bed in choice), None) if choice else None


def plain_rule(request: BedRequest, world: World, at: datetime) -> BedId | None:
    """The type asked for, then the nearest to the nurse station, then the most recently cleaned."""
    beds, states = world.hospital.plan.beds, world.hospital.beds

    def rank(bed: BedId) -> tuple[bool, int, float, str]:
        cleaned = states[bed].cleaned_at
        return beds[bed].type != request.type, beds[bed].metres, -cleaned.timestamp() if cleaned else 0.0, bed

    return min(world.choice(request, at), key=rank, default=None)


def ward_first(request: BedRequest, world: World, at: datetime) -> BedId | None:
    """A bed manager: the home ward if it has a bed, else another; there the type asked for, then the first of the list."""
    beds = world.hospital.plan.beds

    def rank(bed: BedId) -> tuple[bool, bool, str]:
        return not at_home(request, bed, world.hospital), beds[bed].type != request.type, bed

    return min(world.choice(request, at), key=rank, default=None)


def served(request: BedRequest, world: World, at: datetime) -> BedId | None:
    """The engine's best bed; where that is not free yet the patient waits for it, but not for ever."""
    choice = world.choice(request, at)
    if not choice:
        return None
    found = world.engine.scored(request, world.hospital, at)
    layout = found.look.grid.layout
    top = layout.ids[int(best(np.flatnonzero(found.kept.legal), found.score, layout.rank, 1)[0])]
    waited = (at - request.created_at).total_seconds() / 60
    if top in choice or waited < PATIENCE[request.priority]:
        return top if top in choice else None
    rows = np.array([layout.index[bed] for bed in choice])
    return layout.ids[int(best(rows, found.score, layout.rank, 1)[0])]


def in_turn(world: World, at: datetime, coming: Sequence[Expected]) -> BedId:
    """The bed that has been dirty longest."""
    return min(world.dirty, key=lambda bed: (world.hospital.beds[bed].now.since, bed))


def by_value(world: World, at: datetime, coming: Sequence[Expected]) -> BedId:
    """The bed whose cleaning is worth most."""
    return cleaning_order(world.engine, world.hospital, at, coming)[0].bed


OURS = Policy("ours", "Bedflow", served, by_value)
RIVALS = (
    Policy("first_free", "first free", first_free, in_turn),
    Policy("plain", "plain rule", plain_rule, in_turn),
    Policy("ward_first", "ward first", ward_first, in_turn),
)
POLICIES = (*RIVALS, OURS)
