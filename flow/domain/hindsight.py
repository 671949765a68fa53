"""A past day as hindsight reads it: who came to a bed that day for a request, who lay there anyway, and which beds were out of use."""

from dataclasses import dataclass
from datetime import datetime

from flow.domain.ids import BedId
from flow.domain.request import BedRequest


@dataclass(frozen=True, slots=True)
class Lying:
    """Somebody in a bed (or a bed out of use) from `start` to `end`; who still lies there, to now. `isolated`: with precautions beyond the
    standard ones, because of `organism` (None: nobody knows); of a stay the request says it."""

    bed: BedId
    start: datetime
    end: datetime
    sex: str | None = None
    isolated: bool = False
    organism: str | None = None


@dataclass(frozen=True, slots=True)
class Stay:
    """A request of the day with the stay it led to."""

    request: BedRequest
    lying: Lying


@dataclass(frozen=True, slots=True)
class Day:
    """`start` is the midnight with which the day begins; beds are those that the hospital's file still names."""

    start: datetime
    stays: tuple[Stay, ...] = ()
    others: tuple[Lying, ...] = ()
    out: tuple[Lying, ...] = ()
