"""The housekeeping board on a wall: which bed is cleaned next, how long it has waited, who is at which, and whose patients wait for it.

Made of the live records in the order of cleaning; first paint and stream (topic `cleaning`, or `cleaning:4B` for one ward) carry these
tiles. No patient is named in them; of a cleaner there is an id, to which the page, and no stream, knows the nick. Pure.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flow.domain.bed import BedState, CleanKind, Stage
from flow.domain.ids import BedId, WardId
from flow.domain.plan import Plan
from flow.domain.request import BedRequest
from flow.views.bed_tile import Audience
from flow.views.cleaning_jobs import UNDER_WAY, CleanLike, Dirty, cleaning_jobs
from flow.views.kiosk import PLAIN, Kiosk
from flow.views.times import clock_time, lasting
from flow.views.ward_wall import limits_of
from flow.views.words import Words

ROWS = 11
"""As many as a wall has space for; how many more there are is said beside them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanRow:
    """A bed in cleaning: `state` is how it is drawn, `said` how far it is, `who` the id of whoever has it (empty: nobody), `asked` since
    when it waits, `due` by when somebody should have begun (None: somebody has), `waits` since when a patient waits for it."""

    bed: str
    state: str
    said: str
    stat: bool
    isolation: bool
    who: str
    asked: datetime
    due: datetime | None
    waits: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanRowsTile:
    """Those nobody has begun in their order, the urgent first, then those under way; `more` stand below these."""

    key: str = "cleaning:rows"
    rows: tuple[CleanRow, ...]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanSumsTile:
    """Beds that nobody has begun, those under way, the urgent ones, those to be looked at, and patients who wait for one of them."""

    key: str = "cleaning:sums"
    dirty: int
    begun: int
    stat: int
    looks: int
    patients: int


CleaningTiles = tuple[CleanSumsTile, CleanRowsTile]


def cleaning_tiles(
    plan: Plan,
    beds: Mapping[BedId, BedState],
    requests: Iterable[BedRequest],
    order: Sequence[CleanLike],
    at: datetime,
    ward: WardId | None = None,
) -> CleaningTiles:
    """The tiles of one ward, or of the house."""
    jobs = cleaning_jobs(plan, beds, requests, order, ward)
    waiting = [dirty for dirty in jobs if dirty.state.now.stage not in UNDER_WAY]
    begun = [dirty for dirty in jobs if dirty.state.now.stage in UNDER_WAY]
    rows = tuple(_row(dirty, plan, at) for dirty in (*waiting, *begun)[:ROWS])
    looks = sum(dirty.state.now.stage is Stage.INSPECTION for dirty in begun)
    sums = CleanSumsTile(
        dirty=len(waiting),
        begun=len(begun) - looks,
        stat=sum(dirty.stat for dirty in jobs),
        looks=looks,
        patients=sum(dirty.awaited(at) is not None for dirty in jobs),
    )
    return sums, CleanRowsTile(rows=rows, more=max(0, len(jobs) - ROWS))


def _row(dirty: Dirty, plan: Plan, at: datetime) -> CleanRow:
    job, now, waiting = dirty.job, dirty.state.now, dirty.awaited(at)
    aim = plan.cleaning.stat_aim if job.stat else plan.cleaning.response_aim
    return CleanRow(
        bed=plan.bed_name(dirty.state.id),
        state="cleaning" if now.stage in UNDER_WAY else "dirty",
        said=_said(dirty),
        stat=job.stat,
        isolation=now.clean is CleanKind.ISOLATION,
        who=job.cleaner or "",
        asked=job.asked_at,
        due=job.asked_at + timedelta(minutes=aim) if job.started_at is None else None,
        waits=waiting.clock_from if waiting is not None else None,
    )


def _said(dirty: Dirty) -> str:
    job, stage = dirty.job, dirty.state.now.stage
    if stage is Stage.IN_PROGRESS:
        return "being cleaned"
    if stage is Stage.INSPECTION:
        return "to be looked at"
    if job.problem is not None:
        return "a problem"
    if stage is Stage.SUSPENDED:
        return "paused"
    if job.is_offered:
        return "offered to"
    return "on the way" if job.cleaner is not None else "nobody yet"


@dataclass(frozen=True, slots=True)
class CleaningBoard:
    """What first paint draws, with the words that the script says too."""

    sums: CleanSumsTile
    list: CleanRowsTile
    at: datetime
    nicks: Mapping[str, str]
    words: Words

    def ago(self, since: datetime) -> str:
        """How long since then."""
        return lasting(since.timestamp(), self.at.timestamp())

    @staticmethod
    def epoch(when: datetime) -> int:
        """Seconds since 1970, for the script."""
        return int(when.timestamp())

    def late(self, row: CleanRow) -> bool:
        """Nobody has begun, and somebody should have."""
        return row.due is not None and row.due <= self.at

    def nick(self, row: CleanRow) -> str:
        """What whoever has it is called."""
        return self.nicks.get(row.who, self.words.say("somebody")) if row.who else ""


class CleaningWall:
    """The display; `now` is the server's time in epoch seconds, 0 where its clock is made to run fast; `limits` how many seconds each feed
    may be silent (JSON), `nicks` what cleaners are called, by id (JSON)."""

    def __init__(
        self,
        plan: Plan,
        tiles: CleaningTiles,
        audience: Audience,
        at: datetime,
        *,
        ward: WardId | None = None,
        nicks: Mapping[str, str],
        real_clock: bool = True,
        silences: Mapping[str, timedelta] | None = None,
        kiosk: Kiosk = PLAIN,
    ) -> None:
        self.board = CleaningBoard(*tiles, at, nicks, kiosk.words)
        self.where = plan.ward[ward].name if ward is not None else plan.name
        self.zone = plan.zone
        topic = f"cleaning:{ward}" if ward is not None else "cleaning"
        self.stream = f"/api/v1/stream?topics={topic}&audience={audience}"
        self.clock = clock_time(at.timestamp(), plan.zone)
        self.now = int(at.timestamp()) if real_clock else 0
        self.limits = limits_of(silences or {})
        self.nicks = json.dumps(dict(nicks))
        self.kiosk = kiosk
