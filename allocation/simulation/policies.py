"""The policies that are compared: who gets which free bed, and which dirty bed is cleaned next.

All are asked after the same events, the most urgent patients first, and obey the same hard rules (`allocation.rules`). Ours calls the
served joint plan (`allocation.joint`, over `allocation.engine`), with its moves, and the served cleaning order; nothing of them is copied
here.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from allocation.cleaning import Expected, at_home, cleaning_order
from allocation.joint.moves import Move
from allocation.joint.plan import assigned, joint_plan
from allocation.simulation.world import World
from flow.domain.ids import BedId
from flow.domain.request import BedRequest

Choose = Callable[[BedRequest, World, datetime], BedId | None]
Serve = Callable[[Sequence[BedRequest], World, datetime], Iterator[tuple[BedRequest, BedId]]]
"""For those who may gain by what happened, a free bed each where there is one; each is laid there before the next is asked for."""
Coming = Callable[[], Sequence[Expected]]
"""Who is expected; worked out where a policy asks."""
Clean = Callable[[World, datetime, Coming], BedId]
Propose = Callable[[World, datetime], Sequence[Move]]
"""Which inpatients their wards are to be asked for, the best first."""


def nobody(world: World, at: datetime) -> Sequence[Move]:
    """No inpatient is moved for another's sake."""
    return ()


@dataclass(frozen=True, slots=True)
class Policy:
    """A way to run a hospital; `name` is its column in the report, `learns`: goes by how long beds have taken of late."""

    key: str
    name: str
    serve: Serve
    clean: Clean
    propose: Propose = nobody
    learns: bool = False


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


def one_by_one(choose: Choose) -> Serve:
    """Each in turn, without a thought for the next."""

    def serve(asking: Sequence[BedRequest], world: World, at: datetime) -> Iterator[tuple[BedRequest, BedId]]:
        for request in asking:
            bed = choose(request, world, at)
            if bed is not None:
                yield request, bed

    return serve


def together(asking: Sequence[BedRequest], world: World, at: datetime) -> Iterator[tuple[BedRequest, BedId]]:
    """The joint plan of everybody who waits. Whose bed in it is free has it now; the others wait for theirs, which nothing keeps for
    them: at the next event everybody is planned again."""
    waiting = sorted(world.waiting.values(), key=lambda request: (request.created_at, request.id))
    found = assigned(world.engine, world.hospital, at, waiting)
    yield from ((request, found[request.id]) for request in waiting if found.get(request.id) in world.free)


def by_plan(world: World, at: datetime) -> Sequence[Move]:
    """The moves that the served joint plan proposes."""
    return joint_plan(world.engine, world.hospital, at).moves


def in_turn(world: World, at: datetime, coming: Coming) -> BedId:
    """The bed that has been dirty longest."""
    return min(world.dirty, key=lambda bed: (world.hospital.beds[bed].now.since, bed))


def by_value(world: World, at: datetime, coming: Coming) -> BedId:
    """The bed whose cleaning is worth most."""
    return cleaning_order(world.engine, world.hospital, at, coming())[0].bed


OURS = Policy("ours", "Bedflow", together, by_value, by_plan, learns=True)
RIVALS = (
    Policy("first_free", "first free", one_by_one(first_free), in_turn),
    Policy("plain", "plain rule", one_by_one(plain_rule), in_turn),
    Policy("ward_first", "ward first", one_by_one(ward_first), in_turn),
)
POLICIES = (*RIVALS, OURS)
