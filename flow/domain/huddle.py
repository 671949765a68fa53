"""The huddle sheet as data: how many beds will be short by an hour, how that comes about, what would free most, and what came true. Pure.

`flow.domain.huddle_sheet` counts it, `flow.domain.huddle_actions` finds what would free beds, `flow.main.huddling` issues and keeps it
before each huddle, `flow.views.huddle_page` draws it.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from flow.domain.forecast import Judged
from flow.domain.ids import BedId, RequestId, WardId


class Basis(StrEnum):
    """What the expected comings and leavings are from: the forecast, or, without one, only what is known by name."""

    FORECAST = "forecast"
    KNOWN = "known"


class Deed(StrEnum):
    """What frees beds; `STEP` has the step of the discharge beside it, `RETURN` why the beds are out of use."""

    CLEAN = "clean"
    INSPECT = "inspect"
    STEP = "step"
    RETURN = "return"
    STAFF = "staff"
    LEND = "lend"
    DELAY = "delay"


@dataclass(frozen=True, slots=True)
class Flow:
    """What the forecast says of a ward until the hour: the chances that 0, 1, 2, ... leave early enough for their bed to be cleaned, and
    that 0, 1, 2, ... come whom nobody has announced."""

    ward: WardId
    leaving: tuple[float, ...]
    coming: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Short:
    """Beds short: as likely more as less, and between `low` and `high` in eight of ten cases."""

    low: int
    middle: int
    high: int


@dataclass(frozen=True, slots=True)
class Line:
    """A specialty, or (`ward`) one of its wards, which has a supply alone: free now and being cleaned, expected to leave; who waits, is
    planned, is expected to come besides."""

    name: str
    free: int
    cleaning: int
    leaving: float
    ward: bool = False
    waiting: int = 0
    planned: float = 0.0
    coming: float = 0.0
    short: Short = field(default_factory=lambda: Short(0, 0, 0))

    @property
    def balance(self) -> float:
        """Beds over (above 0) or missing, on the mean."""
        return self.free + self.cleaning + self.leaving - self.waiting - self.planned - self.coming


@dataclass(frozen=True, slots=True)
class Action:
    """What frees `count` beds before the hour, the last of them `by`: by which deed, of which `cause`; each is a bed, or (of planned
    admissions) a request."""

    deed: Deed
    cause: str
    beds: tuple[BedId, ...]
    requests: tuple[RequestId, ...]
    wards: tuple[tuple[WardId, int], ...]
    by: datetime

    @property
    def count(self) -> int:
        """Beds that it frees, or that are needed less."""
        return len(self.beds) + len(self.requests)


@dataclass(frozen=True, slots=True)
class CameLine:
    """A specialty at the hour itself: free, waiting for a bed; who had left and come since the sheet was made."""

    name: str
    free: int
    waiting: int
    left: int
    came: int


@dataclass(frozen=True, slots=True)
class Came:
    """What came true, as seen `at` the hour; `freed` are those of the actions' beds that stood free at some time before it."""

    at: datetime
    short: int
    lines: tuple[CameLine, ...]
    freed: tuple[BedId, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The sheet made `at` a moment for an hour (`until`), for a `huddle` or whoever asks; `over` are beds left over in specialties that are
    not short, `clean_minutes` and `turn_minutes` the house's aims that it counts with; `judged` says how well the house's forecast of about
    as many hours has held (None: nobody judged it yet)."""

    at: datetime
    until: datetime
    basis: Basis
    short: Short
    over: int
    lines: tuple[Line, ...]
    actions: tuple[Action, ...]
    clean_minutes: int
    turn_minutes: int
    huddle: datetime | None = None
    came: Came | None = None
    judged: Judged | None = None

    @property
    def specialties(self) -> tuple[Line, ...]:
        """Without their wards."""
        return tuple(line for line in self.lines if not line.ward)
