"""How far a bed's state can be believed: its source, its age, and a level that follows from both by the rules below. Pure.

The level is a rule and no measurement; the checks (`flow.domain.check`) are what finds out. From bad to good:

* *in doubt*: another source contradicts it, or somebody is asked to look.
* *unsure*: nothing was heard of it for longer than its state usually lasts (`LASTS`), or its expected end is past, or it is the word of
  a feed that has been silent for an hour and was last heard after it.
* *likely*: the word of a feed or of the programme, or of a person some time ago.
* *sure*: somebody has looked, or set it by hand, within `FRESH`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from flow.domain.bed import BedState, BedStatus
from flow.domain.ids import FeedId

LASTS: Mapping[BedStatus, timedelta] = {
    BedStatus.OCCUPIED: timedelta(days=14),
    BedStatus.AVAILABLE: timedelta(hours=24),
    BedStatus.CLEANING: timedelta(hours=4),
    BedStatus.MAINTENANCE: timedelta(days=7),
}
"""A state older than this is often one that nobody told of the end of."""
FRESH = timedelta(hours=4)
SILENT = timedelta(hours=1)


class Level(StrEnum):
    """How far to believe it."""

    SURE = "sure"
    LIKELY = "likely"
    UNSURE = "unsure"
    IN_DOUBT = "in_doubt"


@dataclass(frozen=True, slots=True)
class Trust:
    """By whose word a bed is what it is (`feed:his`, `person:asha`), when that was said, how far to believe it, and why not further
    (empty: nothing speaks against it)."""

    source: str
    told_at: datetime
    level: Level
    why: str = ""


def trust(bed: BedState, at: datetime, *, checked: bool = False, heard: Mapping[FeedId, datetime] | None = None) -> Trust:
    """The trust in a bed at a time. `checked`: somebody is asked to look; `heard` when each feed was last heard."""
    source, told = word(bed)
    if bed.discrepancy is not None or checked:
        return Trust(source, told, Level.IN_DOUBT, bed.discrepancy or "somebody is asked to look")
    if (why := _stale(bed, source, told, at, heard or {})) is not None:
        return Trust(source, told, Level.UNSURE, why)
    by_hand = source.startswith("person:") and at - told < FRESH
    return Trust(source, told, Level.SURE if by_hand else Level.LIKELY)


def word(bed: BedState) -> tuple[str, datetime]:
    """The last word on what the bed is: of whoever looked, else of whoever made it so; a clean that goes on speaks when it was begun."""
    if bed.confirmed_at is not None and bed.confirmed_by is not None and bed.confirmed_at >= bed.now.since:
        return bed.confirmed_by, bed.confirmed_at
    return bed.now.source, max(bed.now.since, bed.now.started_at or bed.now.since)


def _stale(bed: BedState, source: str, told: datetime, at: datetime, heard: Mapping[FeedId, datetime]) -> str | None:
    if at - told > LASTS[bed.status]:
        return f"nothing was heard of it for {_days(at - told)}"
    if bed.status is BedStatus.MAINTENANCE and bed.now.until is not None and bed.now.until < at:
        return "it should have been back in use"
    kind, _, feed = source.partition(":")
    last = heard.get(FeedId(feed)) if kind == "feed" else None
    if last is not None and at - last > SILENT and told <= last:
        return f"its feed is silent for {_days(at - last)}"
    return None


def _days(age: timedelta) -> str:
    hours = int(age / timedelta(hours=1))
    return f"{hours} h" if hours < 48 else f"{hours // 24} d"
