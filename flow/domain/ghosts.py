"""Ghost bed-hours: how long beds were shown occupied though nobody lay there. Pure.

A bed was a ghost from when its patient had left (event time) until screens no longer showed it occupied (when the leaving was recorded);
and, where somebody who was asked to look found it empty, from when the contradiction was raised until it was no longer shown occupied.
Both may be true of the same hours of a bed: they are counted once. Earlier than that nobody knows, so the figure is a lower bound.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flow.domain.ids import BedId, WardId

LEAST = timedelta(minutes=1)
"""A shorter delay is the time that a letter takes."""


@dataclass(frozen=True, slots=True)
class Ghost:
    """A bed shown occupied while it was empty, from `start` until before `end`."""

    bed: BedId
    ward: WardId
    start: datetime
    end: datetime


def ghosts(found: Iterable[Ghost], start: datetime, end: datetime) -> list[Ghost]:
    """Those of a period, cut at its ends, those of a bed that touch or overlap joined; those under a minute are none."""
    joined: list[Ghost] = []
    for each in sorted(
        (ghost for ghost in found if ghost.end - ghost.start >= LEAST), key=lambda ghost: (ghost.bed, ghost.start, ghost.end)
    ):
        last = joined[-1] if joined else None
        if last is not None and last.bed == each.bed and each.start <= last.end:
            joined[-1] = Ghost(last.bed, last.ward, last.start, max(last.end, each.end))
        else:
            joined.append(each)
    cut = (Ghost(g.bed, g.ward, max(g.start, start), min(g.end, end)) for g in joined)
    return [ghost for ghost in cut if ghost.start < ghost.end]


def ghost_time(found: Iterable[Ghost]) -> timedelta:
    """All of it together."""
    return sum((ghost.end - ghost.start for ghost in found), timedelta())
