"""What a term says of a bed, apart from its points: a wish fulfilled, something that will do, or something off.

Points compare beds; a bed of another type wins some for being tolerable, and is still not what was asked for. Beside `words` the engine
asks this for the beds that are shown; after it the card puts a tick, a dash or a warning before each reason.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum

from allocation.terms import Look


class Mark(StrEnum):
    """`met`: as wished. `fair`: neither wished nor in the way. `off`: somebody will mind."""

    MET = "met"
    FAIR = "fair"
    OFF = "off"


Judge = Callable[[Look, int, int], Mark]
"""(look, row, points)."""


def mark_of(name: str, v: Look, row: int, points: int) -> Mark:
    """The mark of one term for one bed."""
    return MARKS.get(name, _by_points)(v, row, points)


def _by_points(v: Look, row: int, points: int) -> Mark:
    return Mark.MET if points > 0 else Mark.OFF if points < 0 else Mark.FAIR


def _type(v: Look, row: int, points: int) -> Mark:
    if v.grid.layout.bed(row).type == v.asked.request.type:
        return Mark.MET
    return Mark.FAIR if points > 0 else Mark.OFF


def _entitlement(v: Look, row: int, points: int) -> Mark:
    """Without points it is said only of the room that the patient chose."""
    return Mark.OFF if points else Mark.MET


def _ward(v: Look, row: int, points: int) -> Mark:
    home = v.grid.layout.home.get((v.asked.request.specialty or "").casefold())
    return Mark.MET if home is not None and home[row] else Mark.OFF


def _station(v: Look, row: int, points: int) -> Mark:
    """Who need not be watched has no wish to be near; for those who must, half of what counts as near is near."""
    if not v.asked.watched:
        return Mark.FAIR
    metres, near = v.grid.layout.metres[row], v.weights.station_metres
    return Mark.MET if 2 * metres <= near else Mark.FAIR if metres < near else Mark.OFF


def _ready(v: Look, row: int, points: int) -> Mark:
    return Mark.MET if v.wait[row] == 0 else Mark.OFF


def _family(v: Look, row: int, points: int) -> Mark:
    """In one ward will do; in one room is what was wished for."""
    return Mark.MET if points >= v.weights.with_family else Mark.FAIR


MARKS: Mapping[str, Judge] = {
    "type": _type,
    "entitlement": _entitlement,
    "ward": _ward,
    "station": _station,
    "ready": _ready,
    "family": _family,
}
"""Terms whose points alone do not tell; the others are met above 0 and off below."""
