"""Second stage of the joint plan: the table as the planner's data, and the planner's answer as columns of the table.

Each who waits is a stay, each bed that can be had a place, and there is one period: now. Leaving somebody waiting costs their urgency times
more than all points together can differ, so no points outweigh serving somebody more urgent.
"""

import numpy as np

from allocation.asked import Asked
from allocation.grid import SEX
from allocation.joint.table import Table
from allocation.layout import Points
from allocation.plan.problem import FORBIDDEN, Infection, Problem
from allocation.plan.solve import solve
from flow.domain.plan import SexPolicy

Chosen = list[int]
"""A column of the table for each request, -1 for none."""
_SEX = {SEX["F"]: 0, SEX["M"]: 1}


def chosen_together(table: Table) -> Chosen:
    """The beds for everybody, chosen together."""
    if not table.worth.size:
        return [-1] * len(table.requests)
    found: Chosen = solve(problem_of(table)).where.tolist()
    return found


def problem_of(table: Table) -> Problem:
    """n requests for k beds, in their rooms; bays that whoever comes first binds must never be mixed."""
    layout, rows, (n, k) = table.grid.layout, table.rows, table.worth.shape
    rooms, room = np.unique(layout.room[rows], return_inverse=True)
    same = np.zeros(rooms.size, np.bool_)
    same[room[layout.policy[SexPolicy.SAME][rows]]] = True
    worth = np.where(table.legal, table.worth, 0)
    most = int(np.abs(worth).max(axis=1, initial=0).sum()) * 2 + 1
    top = int(worth.max(initial=0))
    return Problem(
        cost=np.where(table.legal, top - worth, FORBIDDEN),
        start=np.zeros(n, np.intp),
        end=np.ones(n, np.intp),
        capacity=np.ones((k, 1), np.intp),
        sex=np.array([_SEX.get(a.sex, -1) for a in table.asked], np.int8),
        mixing=np.where(same, FORBIDDEN, 0),
        now=np.full(n, -1),
        move=np.zeros(n, np.int64),
        unplaced=_unplaced(table.urgency, most, top),
        room=room,
        infection=_infection(table.asked, layout.single[rows], layout.intensive[rows]),
    )


def _unplaced(urgency: Points, most: int, top: int) -> Points:
    found: Points = urgency * most + top
    return found


def _infection(everyone: tuple[Asked, ...], walls: np.ndarray, intensive: np.ndarray) -> Infection | None:
    isolated = np.array([a.isolation is not None for a in everyone], np.bool_)
    if not isolated.any():
        return None
    organisms = [a.request.organism if a.isolation is not None else None for a in everyone]
    number = {name: place for place, name in enumerate(sorted({name for name in organisms if name is not None}), 1)}
    return Infection(isolated, np.array([number.get(name or "", 0) for name in organisms]), walls, walls | intensive)
