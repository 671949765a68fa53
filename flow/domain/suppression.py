"""Hiding small counts in a table with totals, so that no difference gives them back. Pure.

Counts from 1 to `few` - 1 are told as small. Then others are hidden beside them until no small count can be worked out from what is left,
by anybody who knows the rule: that a small one lies between 1 and `few` - 1, and a hidden one, which may be small as well, is 1 or more.

The table is a flow: a cell runs from its row to its column, a row's total into the row, a column's out of it, the total of all from the
columns' end back to the rows' beginning; what runs into a place runs out of it. What is told is fixed. A count is not known exactly when
the flow could be another one: when there is a way round through small and hidden arcs that adds one to it, or takes one from it.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from heapq import heappop, heappush


class Mark(StrEnum):
    """How a count is told that is not told: that it is under `few`, or nothing of it."""

    SMALL = "small"
    HIDDEN = "hidden"


ROW, COLUMN, START, END = "row", "column", ("start",), ("end",)
Node = tuple[Hashable, ...]
ALL = None
"""In place of a row or column: its total."""
Key = tuple[Hashable, Hashable]
"""(row, column) of a count."""


@dataclass(slots=True)
class _Arc:
    tail: Node
    head: Node
    count: int
    mark: Mark | None


def marks(counts: Mapping[Key, int], rows: Sequence[Hashable], columns: Sequence[Hashable], few: int) -> dict[Key, Mark]:
    """Which counts of a table are not to be told, its totals (`ALL`) among them; what is left out of `counts` is nought."""
    arcs = _arcs(counts, rows, columns, few)
    small = [key for key, arc in arcs.items() if arc.mark is Mark.SMALL]
    for key in sorted(small, key=lambda each: (arcs[each].count, str(each))):
        way = _way_round(arcs, key, few)
        for other in arcs if way is None else way:
            arcs[other].mark = Mark.HIDDEN
    return {key: arc.mark for key, arc in arcs.items() if arc.mark is not None}


def totals(counts: Mapping[Key, int], rows: Sequence[Hashable], columns: Sequence[Hashable]) -> dict[Key, int]:
    """Every count of a table, its totals among them."""
    found: dict[Key, int] = {(row, column): counts.get((row, column), 0) for row in rows for column in columns}
    found |= {(row, ALL): sum(found[row, column] for column in columns) for row in rows}
    found |= {(ALL, column): sum(found[row, column] for row in rows) for column in columns}
    return found | {(ALL, ALL): sum(found[row, ALL] for row in rows)}


def _arcs(counts: Mapping[Key, int], rows: Sequence[Hashable], columns: Sequence[Hashable], few: int) -> dict[Key, _Arc]:
    found = {}
    for (row, column), count in totals(counts, rows, columns).items():
        tail: Node = START if column is ALL else (ROW, row)
        head: Node = (ROW, row) if column is ALL else (COLUMN, column)
        if row is ALL:
            tail, head = (END, START) if column is ALL else ((COLUMN, column), END)
        found[row, column] = _Arc(tail, head, count, Mark.SMALL if 0 < count < few else None)
    return found


def _way_round(arcs: Mapping[Key, _Arc], key: Key, few: int) -> list[Key] | None:
    """The cheapest counts to hide so that one more, or one less, of this one is possible; None where there is no way round."""
    arc, ways = arcs[key], []
    for tail, head, price, hides in _directions(arc, few):
        found = _cheapest(arcs, head, tail, key, few)
        if found is not None:
            ways.append((found[0] + price, found[1] + ([key] if hides else [])))
    best = min(ways, default=None, key=lambda way: way[0])
    return best[1] if best is not None else None


def _cheapest(arcs: Mapping[Key, _Arc], start: Node, goal: Node, without: Key, few: int) -> tuple[int, list[Key]] | None:
    """Dijkstra's way (Numerische Mathematik 1, 1959, p. 269): what is hidden already costs nothing, of the others the smallest least."""
    steps = _steps(arcs, without, few)
    heap: list[tuple[int, int, Node, list[Key]]] = [(0, 0, start, [])]
    done: set[Node] = set()
    serial = 0
    while heap:
        cost, _, node, way = heappop(heap)
        if node == goal:
            return cost, way
        if node in done:
            continue
        done.add(node)
        for after, price, key in steps.get(node, ()):
            if after not in done:
                serial += 1
                heappush(heap, (cost + price, serial, after, way if key is None else [*way, key]))
    return None


def _steps(arcs: Mapping[Key, _Arc], without: Key, few: int) -> dict[Node, list[tuple[Node, int, Key | None]]]:
    """From each place to others: at which price, and what it hides."""
    found: dict[Node, list[tuple[Node, int, Key | None]]] = {}
    for key, arc in arcs.items():
        if key != without:
            for tail, head, price, hides in _directions(arc, few):
                found.setdefault(tail, []).append((head, price, key if hides else None))
    return found


def _directions(arc: _Arc, few: int) -> Iterator[tuple[Node, Node, int, bool]]:
    """Forward where there could be one more, back where there could be one less, each with its price and whether it is to be hidden for it.
    A nought is told, and what is told must be hidden before it could be another."""
    if arc.mark is None:
        if arc.count:
            yield arc.tail, arc.head, arc.count, True
            yield arc.head, arc.tail, arc.count, True
        return
    full = arc.mark is Mark.SMALL and arc.count == few - 1
    yield arc.tail, arc.head, int(full), full
    if arc.count > 1:
        yield arc.head, arc.tail, 0, False
