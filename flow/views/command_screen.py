"""The command centre as a page with its frame, and as a wall that lives for months; both draw the same board.

flow.web fills them; static/js/command-centre.js goes on from the same tiles.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from flow.domain.alert_rules import DEFINITIONS, DEFINITIONS_VERSION
from flow.domain.plan import Plan
from flow.views.bed_tile import ICONS, WORDS, TileState
from flow.views.command_centre import CommandCentre, Counts
from flow.views.house_words import HOUSE_SAYS
from flow.views.kiosk import PLAIN, Kiosk
from flow.views.page import Chrome
from flow.views.phrase import ENGLISH, Phrase
from flow.views.times import clock_time, lasting
from flow.views.ward_wall import limits_of
from flow.views.words import Words

BAR = (
    TileState.OCCUPIED,
    TileState.LEAVING,
    TileState.CLEANING,
    TileState.DIRTY,
    TileState.COMING,
    TileState.FREE,
    TileState.OUT,
)
"""The states along a ward's bar, from those nobody can have to those that are to be had."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A state of a ward with its beds: from `start` along the bar."""

    state: TileState
    icon: str
    words: str
    count: int
    start: int


def figures(counts: Counts) -> tuple[Figure, ...]:
    """Each state in the order of the bar."""
    found, start = [], 0
    for state in BAR:
        count: int = getattr(counts, state.value)
        found.append(Figure(state, ICONS[state], WORDS[state], count, start))
        start += count
    return tuple(found)


class Telling(Protocol):
    """A tile or a row with sentences: `said` has those that are more than one term, by field."""

    @property
    def said(self) -> Mapping[str, Phrase]: ...


@dataclass(frozen=True, slots=True)
class Board:
    """What both draw; `links` are the pages its reader may open, `words` those of its language."""

    now: CommandCentre
    at: datetime
    links: Collection[str]
    words: Words = ENGLISH

    def said(self, tile: Telling, field: str) -> str:
        """What a field of a tile or row tells; the script says the same."""
        found = tile.said.get(field)
        return found.told(self.words) if found is not None else self.words.say(getattr(tile, field))

    def opens(self, href: str) -> bool:
        """Whether the reader may follow a link."""
        return any(href == link or href.startswith(f"{link}/") for link in self.links)

    def ago(self, since: datetime) -> str:
        """How long since then; the script says the same."""
        return lasting(since.timestamp(), self.at.timestamp())

    @staticmethod
    def epoch(when: datetime) -> int:
        """Seconds since 1970, for the script."""
        return int(when.timestamp())

    def late(self, due: datetime) -> bool:
        """Past its aim."""
        return due <= self.at

    @staticmethod
    def percent(value: float | None) -> str:
        """`85.0`; the script says the same."""
        return "–" if value is None else f"{value:.1f}"

    @staticmethod
    def figures(counts: Counts) -> tuple[Figure, ...]:
        """A ward's states."""
        return figures(counts)


class CommandPage:
    """The page of somebody signed in."""

    def __init__(self, chrome: Chrome, now: CommandCentre, at: datetime, links: Collection[str], plan: Plan) -> None:
        self.chrome = chrome
        self.board = Board(now, at, links)
        self.definitions = tuple((measure.value, words) for measure, words in DEFINITIONS.items())
        self.version = DEFINITIONS_VERSION
        self.zone = plan.zone


class CommandWall:
    """The display of staff; `now` is the server's time in epoch seconds, 0 where its clock is made to run fast; `limits` how many seconds
    each feed may be silent (JSON), `says` what its script must be able to say."""

    def __init__(
        self,
        plan: Plan,
        now: CommandCentre,
        at: datetime,
        *,
        real_clock: bool = True,
        silences: Mapping[str, timedelta] | None = None,
        kiosk: Kiosk = PLAIN,
    ) -> None:
        self.says = HOUSE_SAYS
        self.board = Board(now, at, (), kiosk.words)
        self.hospital = plan.name
        self.zone = plan.zone
        self.stream = "/api/v1/stream?topics=house"  # as whoever looks may see it; the tiles are the same for all
        self.clock = clock_time(at.timestamp(), plan.zone)
        self.now = int(at.timestamp()) if real_clock else 0
        self.limits = limits_of(silences or {})
        self.kiosk = kiosk
        self.legend = tuple((state, ICONS[state], WORDS[state]) for state in TileState)
