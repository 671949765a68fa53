"""A day as it might have been: who came to a bed that day, placed anew by somebody who knew when everybody would come and leave.

Before it `flow.history.hindsight` read the day; after it the managers' page says how many points lay between what was done and that plan.
Times stay as they were, only the rooms are chosen anew. Points are those of patient and bed alone (`OWN`): what a term says of a moment
(ready, load, scarce) has no meaning for one who knows the future. Pure; a second or so for 500 beds.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from allocation.asked import isolation_of
from allocation.engine import Engine
from allocation.grid import SEX
from allocation.layout import Layout
from allocation.plan.problem import FORBIDDEN, UNPLACED, Bools, Infection, Ints, Problem
from allocation.plan.solve import solve
from flow.domain.hindsight import Day, Lying
from flow.domain.hospital import Hospital, opened
from flow.domain.ids import BedId, RoomId
from flow.domain.plan import Plan, SexPolicy

OWN = ("type", "entitlement", "ward", "own", "wishes", "station", "transport")
HOUR = timedelta(hours=1)
_SOLVER_SEX = {SEX["F"]: 0, SEX["M"]: 1}
_MIXED = frozenset({"icu", "hdu", "nicu", "picu", "emergency"})
"""Types of rooms in which both sexes may lie."""


@dataclass(frozen=True, slots=True)
class Hindsight:
    """Points of the day as it was and as it might have been, over `stays` patients of whom `better` would have lain better."""

    stays: int
    happened: int
    possible: int
    better: int

    @property
    def regret(self) -> int:
        """Points that only knowledge of the future would have won, or more care."""
        return self.possible - self.happened


def hindsight(plan: Plan, day: Day, *, seconds: float = 1.0, seed: int = 1, clock: Callable[[], float] | None = None) -> Hindsight:
    """Place the day's stays anew, beside those who lay there anyway."""
    if not day.stays:
        return Hindsight(0, 0, 0, 0)
    rooms = {room: number for number, room in enumerate(plan.rooms)}
    points, legal = _points(plan, day, rooms)
    was = np.array([rooms[plan.beds[stay.lying.bed].room] for stay in day.stays])
    rows = np.arange(len(was))
    legal[rows, was] = True
    problem = _problem(plan, day, rooms, points, legal, was)
    found = solve(problem, seconds=seconds, seed=seed, clock=clock).where[: len(was)]
    then = points[rows, was]
    anew = np.where(found >= 0, points[rows, found], then)
    happened, possible = int(then.sum()), int(anew.sum())
    if possible <= happened:
        return Hindsight(len(was), happened, happened, 0)
    return Hindsight(len(was), happened, possible, int(np.count_nonzero(anew > then)))


def _points(plan: Plan, day: Day, rooms: dict[RoomId, int]) -> tuple[Ints, Bools]:
    """[n, m] the points of the best bed of each room for each stay, and whether a rule of the empty hospital lets it have one."""
    empty = Hospital(plan)
    for state in opened(plan, day.start):
        empty.put(state)
    engine = Engine(plan)
    column = np.array([rooms[bed.room] for bed in plan.beds.values()])
    shape = (len(day.stays), len(rooms))
    points, legal = np.full(shape, -FORBIDDEN, np.int64), np.zeros(shape, np.bool_)
    for row, stay in enumerate(day.stays):
        found = engine.scored(stay.request, empty, stay.lying.start)
        own = sum((found.points[name] for name in OWN), start=np.zeros(len(column), np.int64))
        np.maximum.at(points[row], column, own)
        np.logical_or.at(legal[row], column, found.kept.legal)
    return points, legal


def _problem(plan: Plan, day: Day, rooms: dict[RoomId, int], points: Ints, legal: Bools, was: Ints) -> Problem:
    """The day's stays first, then the others, who stay where they lay."""
    everybody: list[Lying] = [*(stay.lying for stay in day.stays), *day.others]
    fresh, held = len(day.stays), len(day.others)
    last = max(_hour(day, lying.end) for lying in everybody) + 1
    start = np.array([min(max(_hour(day, lying.start), 0), last - 1) for lying in everybody], np.int32)
    end = np.maximum(start + 1, [_hour(day, lying.end) for lying in everybody]).astype(np.int32)
    lies = np.array([rooms[plan.beds[lying.bed].room] for lying in everybody], np.int32)
    cost = np.full((fresh + held, len(rooms)), FORBIDDEN, np.int64)
    cost[:fresh] = np.where(legal, points.max() - points, FORBIDDEN)
    infection = _infection(plan, len(rooms), day)
    if infection is not None:
        cost[:fresh][_endangered(day, infection, lies[fresh:], start, end)] = FORBIDDEN
    cost[np.arange(fresh, fresh + held), lies[fresh:]] = 0
    now = np.concatenate([np.full(fresh, -1), lies[fresh:]]).astype(np.int32)
    return Problem(
        cost=cost,
        start=start,
        end=end,
        capacity=_capacity(plan, day, rooms, (lies, start, end), last),
        sex=_sexes(plan, everybody, fresh, day),
        mixing=_mixing(plan),
        now=now,
        move=np.concatenate([np.zeros(fresh, np.int64), np.full(held, 2 * UNPLACED)]),
        unplaced=np.full(fresh + held, UNPLACED),
        room=np.arange(len(rooms)),
        infection=infection,
    )


def _infection(plan: Plan, rooms: int, day: Day) -> Infection | None:
    """Which of the day's stays needed isolation, of which organism (of the others `_endangered` speaks); a room has walls, or bed spaces,
    as all its beds have. None where nobody did."""
    asked = [(isolation_of(stay.request) is not None, stay.request.organism) for stay in day.stays]
    if not any(needs for needs, _ in asked) and not any(lying.isolated for lying in day.others):
        return None
    told = [*asked, *((False, None) for _ in day.others)]
    layout = Layout(plan)
    walls, apart = np.ones(rooms, np.bool_), np.ones(rooms, np.bool_)
    np.logical_and.at(walls, layout.room, layout.single)
    np.logical_and.at(apart, layout.room, layout.single | layout.intensive)
    said = [organism if needs else None for needs, organism in told]
    number = {name: place for place, name in enumerate(sorted({name for name in said if name is not None}), 1)}
    return Infection(np.array([needs for needs, _ in told], np.bool_), np.array([number.get(name or "", 0) for name in said]), walls, apart)


def _endangered(day: Day, infection: Infection, lies: Ints, start: Ints, end: Ints) -> Bools:
    """[fresh, m] where one of the day's stays would meet somebody of those who lay in `lies` anyway, and one would infect the other. They
    are not moved, so no binding of the planner's keeps the two apart. Those of one organism may share a bay in life; here they do not."""
    fresh = len(day.stays)
    ill = infection.isolated[:fresh]
    found = np.zeros((fresh, len(infection.walls)), np.bool_)
    for other, (lying, room) in enumerate(zip(day.others, lies.tolist(), strict=True), fresh):
        meets = (start[:fresh] < end[other]) & (start[other] < end[:fresh])
        found[:, room] |= meets & np.where(ill, not infection.walls[room], lying.isolated and not infection.apart[room])
    return found


def _hour(day: Day, at: datetime) -> int:
    return int((at - day.start) // HOUR)


def _capacity(plan: Plan, day: Day, rooms: dict[RoomId, int], lay: tuple[Ints, Ints, Ints], last: int) -> Ints:
    """[m, t] the beds in use, never fewer than really held somebody."""
    beds = np.bincount([rooms[bed.room] for bed in plan.beds.values()], minlength=len(rooms))
    capacity = np.repeat(beds[:, None], last, axis=1).astype(np.int32)
    for out in day.out:
        first = max(_hour(day, out.start), 0)
        capacity[rooms[plan.beds[out.bed].room], first : max(first, _hour(day, out.end))] -= 1
    held = np.zeros_like(capacity)
    for room, start, end in zip(*lay, strict=True):
        held[room, start:end] += 1
    return np.maximum(capacity, held)


def _sexes(plan: Plan, everybody: Sequence[Lying], fresh: int, day: Day) -> Ints:
    """As the solver has them; of whom it is not known who lay there anyway, what the room's policy says."""
    asked = [SEX.get(stay.request.sex or stay.lying.sex or "", 0) for stay in day.stays]
    others = [SEX.get(lying.sex or "", 0) or _by_policy(plan, lying.bed) for lying in everybody[fresh:]]
    return np.array([_SOLVER_SEX.get(sex, -1) for sex in (*asked, *others)], np.int8)


def _by_policy(plan: Plan, bed: BedId) -> int:
    return SEX["M"] if plan.rooms[plan.beds[bed].room].sex is SexPolicy.MALE else SEX["F"]


def _mixing(plan: Plan) -> Ints:
    """A shared room never holds both sexes, save where care comes first or the file lets anybody lie."""
    shared = {room: len(beds) > 1 for room, beds in plan.roommates.items()}
    alike = [shared.get(room.id, False) and room.type not in _MIXED and room.sex is not SexPolicy.ANY for room in plan.rooms.values()]
    return np.where(alike, FORBIDDEN, 0)
