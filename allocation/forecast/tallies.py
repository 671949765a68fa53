"""The past counted by day and hour: patient-hours, leavings, announcements and comings, so that any four weeks are one sum.

Before it `stays`; after it `rates` turns four weeks of it into chances.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allocation.forecast.stays import Groups, Numbers, Places, Stays

DAYS_OF_STAY = 15
"""0 is the day of coming; the last stands for all later ones."""


@dataclass(frozen=True)
class Tallies:
    """Counts from the whole day `first` (days since 1970) on; hours are those of the local day.

    `there`: patient-hours of those whose leaving nobody has announced, shape (days, specialties, day of stay, 24); `gone`: those of them
    who left, `told`: those of whom it was announced then, of the same shape. `came`: all comings, shape (days, wards, 24). Of those who
    `left` (at that hour) after an announcement: `late`, by how many hours after the time last expected, and `lead`, by how many hours
    after its announcement. Of those whose coming a plan had announced (`planned_*`): how many hours before (`announced`), and how many
    after the moment it named they came.
    """

    first: int
    there: Numbers
    gone: Numbers
    told: Numbers
    came: Numbers
    late: Numbers
    lead: Numbers
    left: Numbers
    planned_ward: Places
    planned_at: Numbers
    announced: Numbers
    after_due: Numbers

    @property
    def days(self) -> int:
        """Whole days counted."""
        return len(self.came)

    def before(self, day: int, most: int) -> slice:
        """The last days before a day, at most so many."""
        end = day - self.first
        return slice(max(0, end - most), max(0, end))


def tallies(stays: Stays, groups: Groups, first: int, end: int) -> Tallies:
    """The whole days from `first` to `end` (not in it)."""
    days, specialties, wards = max(0, end - first), int(groups.specialty.max(initial=-1)) + 1, len(groups.beds)
    shape = (days, specialties, DAYS_OF_STAY, 24)
    specialty = groups.specialty[stays.ward] if stays.ward.size else np.zeros(0, np.intp)
    quiet = np.minimum(stays.leave, stays.told)
    which, hour, part = _cells(np.maximum(stays.arrive, first * 24), np.minimum(quiet, end * 24.0))
    day_of_stay = _day_of_stay(hour, stays.arrive[which])
    places = (hour // 24 - first, specialty[which], day_of_stay, hour % 24)
    there = np.bincount(np.ravel_multi_index(places, shape), part, int(np.prod(shape))) if days else np.zeros(0)
    came = np.zeros((days, wards, 24))
    own = np.flatnonzero((stays.arrive >= first * 24) & (stays.arrive < end * 24))
    at = np.floor(stays.arrive[own]).astype(np.intp)
    np.add.at(came, (at // 24 - first, stays.ward[own], at % 24), 1)
    expected = stays.first_expected()
    planned = np.flatnonzero(~np.isnan(stays.lead))
    known = np.flatnonzero(np.isfinite(stays.told) & np.isfinite(stays.leave) & ~np.isnan(expected))
    return Tallies(
        first=first,
        there=np.reshape(there, shape),
        gone=_events(stays, specialty, stays.leave, stays.leave < stays.told, first, shape),
        told=_events(stays, specialty, np.maximum(stays.told, stays.arrive), stays.told <= stays.leave, first, shape),
        came=came,
        late=stays.leave[known] - expected[known],
        lead=np.maximum(0.0, stays.leave[known] - stays.told[known]),
        left=stays.leave[known],
        planned_ward=stays.ward[planned],
        planned_at=stays.arrive[planned],
        announced=stays.lead[planned],
        after_due=stays.after_due[planned],
    )


def _cells(start: Numbers, end: Numbers) -> tuple[Places, Places, Numbers]:
    """Every hour that a stay touches: which stay, which hour since 1970, how much of that hour."""
    lasting = np.flatnonzero(end > start)
    first, last = np.floor(start[lasting]).astype(np.intp), np.ceil(end[lasting]).astype(np.intp)
    counts = last - first
    which = np.repeat(lasting, counts)
    hour = np.repeat(first - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts) + np.arange(counts.sum()) if counts.size else which
    return which, hour, np.minimum(end[which], hour + 1.0) - np.maximum(start[which], hour)


def _events(stays: Stays, specialty: Places, at: Numbers, wanted: NDArray[np.bool_], first: int, shape: tuple[int, ...]) -> Numbers:
    found = np.zeros(shape)
    chosen = np.flatnonzero(wanted & (at >= first * 24) & (at < (first + shape[0]) * 24))
    hour = np.floor(at[chosen]).astype(np.intp)
    np.add.at(found, (hour // 24 - first, specialty[chosen], _day_of_stay(hour, stays.arrive[chosen]), hour % 24), 1)
    return found


def _day_of_stay(hour: Places, arrive: Numbers) -> Places:
    """Nights since the coming; `hour` since 1970."""
    return np.clip(hour // 24 - np.floor(arrive / 24).astype(np.intp), 0, DAYS_OF_STAY - 1)
