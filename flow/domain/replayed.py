"""A past stretch of time as another policy would have met it: who lay there, who came and when they asked, which beds were no beds; and
what a policy made of it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flow.domain.hindsight import Lying
from flow.domain.ids import BedId
from flow.domain.request import BedRequest
from flow.domain.weights import Weights


@dataclass(frozen=True, slots=True)
class Came:
    """Somebody who came to `bed` and lay there from `start` to `end`. They asked at `asked`; `way`: from the promise until they lay there.
    `told`: there was a request, else it is taken that they asked for what they got, when they came."""

    request: BedRequest
    bed: BedId
    asked: datetime
    start: datetime
    end: datetime
    way: timedelta = timedelta()
    told: bool = True


@dataclass(frozen=True, slots=True)
class Stretch:
    """From `start` to `end`: who lay there when it began, who came in it, beds that were dirty when it began, beds out of use. A bed is
    ready `turn` minutes after somebody left it; `moves` is how many came from another bed of the house."""

    start: datetime
    end: datetime
    lying: tuple[Lying, ...]
    came: tuple[Came, ...]
    dirty: tuple[BedId, ...]
    out: tuple[Lying, ...]
    turn: int
    moves: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What became of those who came: minutes waited (of those who asked: median and ninth of ten), shares in percent of those concerned,
    and how many had no bed when it was over. `cut`: it took too long to work out, and ends at `until`."""

    key: str
    patients: int
    asked: int
    wait_p50: float
    wait_p90: float
    over_4h: float
    off_ward: float
    other_type: float
    isolation: int
    unmet: int
    unplaced: int
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Compared:
    """What really happened, and each policy; `running`: more is being worked out. `failed` says that it could not be."""

    really: Figures | None = None
    policies: tuple[Figures, ...] = ()
    running: bool = True
    failed: bool = False
    weights: Weights = field(default_factory=Weights)
