"""Four weeks of counts as rates: how readily patients leave, by specialty, day of stay and hour of day; how many come, by ward, weekday
and hour. What was seen seldom is shrunk towards what was seen in the whole house.

Leaving is a hazard: `day` is what a whole day of that day of stay adds up to (1 - exp(-day) leave in it), `share` spreads it over 24 hours.
Sources: discharge hazards by specialty and elapsed stay after UCL's patientflow; shrinking as gamma-Poisson (empirical Bayes) means.
"""

from dataclasses import dataclass

import numpy as np

from allocation.forecast.stays import Numbers, Places
from allocation.forecast.tallies import Tallies

WINDOW = 28
"""Days that a forecast learns from."""
DAYS_LENT, EVENTS_LENT, COMINGS_LENT = 20.0, 4.0, 50.0
"""What the house lends a specialty or ward: patient-days of a day of stay, events for each hour of the day's shape, comings."""
_STEPS = 33


@dataclass(frozen=True)
class Rates:
    """Hazards an hour for a patient whose leaving nobody has announced: of leaving straight away (`leaving`) and of its being announced
    (`telling`), shape (specialties, day of stay, 24). Comings an hour (`coming`), shape (wards, 7 from Monday, 24), whose variance is
    mean + `spread` * mean squared, shape (wards,). `late` and `lead` are sorted hours: how long after the time expected patients left, and
    how long after its announcement. `unannounced` is the share of comings so many hours ahead that no plan has announced yet, shape
    (wards, 24); `after_due` how many hours after the moment named planned patients came, sorted."""

    leaving: Numbers
    telling: Numbers
    coming: Numbers
    spread: Numbers
    late: Numbers
    lead: Numbers
    unannounced: Numbers
    after_due: Numbers


def rates(tallies: Tallies, day: int, most: int = WINDOW) -> Rates:
    """What is known on the morning of a day (days since 1970) from the days before it, at most so many."""
    window = tallies.before(day, most)
    there = tallies.there[window].sum(axis=0)
    coming, spread = comings(tallies.came[window], tallies.first + window.start)
    start, end = (tallies.first + window.start) * 24, day * 24
    recent = (tallies.left < end) & (tallies.left >= start)
    planned = (tallies.planned_at < end) & (tallies.planned_at >= start)
    return Rates(
        leaving=hazards(there, tallies.gone[window].sum(axis=0)),
        telling=hazards(there, tallies.told[window].sum(axis=0)),
        coming=coming,
        spread=spread,
        late=_usual(tallies.late[recent], 0.0),
        lead=_usual(tallies.lead[recent], 5.0),
        unannounced=unannounced(tallies.planned_ward[planned], tallies.announced[planned], tallies.came[window].sum(axis=(0, 2))),
        after_due=_usual(tallies.after_due[planned], 0.0),
    )


def _usual(seen: Numbers, middle: float) -> Numbers:
    """Sorted; with fewer than eight a spread of an hour or two about what is usual."""
    lent = middle + np.linspace(-2, 2, _STEPS) if seen.size < 8 else np.zeros(0)
    return np.sort(np.concatenate([seen, lent]))


def hazards(there: Numbers, events: Numbers) -> Numbers:
    """Events an hour for each who is there: the hazard of the day of stay times the hour's share of the day. Both counts have the shape
    (specialties, day of stay, 24), in patient-hours and events; so has what is returned."""
    share = hour_shares(there.sum(axis=1), events.sum(axis=1))
    exposed = np.einsum("sdh,sh->sd", there, share)
    return day_hazards(exposed, events.sum(axis=2))[:, :, None] * share[:, None, :]


def hour_shares(there: Numbers, events: Numbers) -> Numbers:
    """How a day's hazard falls on its hours, by specialty: shape (specialties, 24), each row sums to 1."""
    house = _shares(there.sum(axis=0), events.sum(axis=0), np.full(24, 1 / 24))
    return np.stack([_shares(own, seen, house) for own, seen in zip(there, events, strict=True)]) if len(there) else there


def _shares(there: Numbers, events: Numbers, lent: Numbers) -> Numbers:
    """Each hour is lent the patient-hours of so many events at the mean rate, and as many events as the lent shape has of them."""
    mean = events.sum() / there.sum() if there.sum() else 0.0
    if not mean:
        return lent
    rate: Numbers = (events + EVENTS_LENT * 24 * lent) / (there + EVENTS_LENT / mean)
    return np.asarray(rate / rate.sum())


def day_hazards(exposed: Numbers, events: Numbers) -> Numbers:
    """Events over patient-days by specialty and day of stay; a specialty leans on the house's day of stay, that on the house's mean."""
    mean = events.sum() / exposed.sum() if exposed.sum() else 0.0
    house = (events.sum(axis=0) + DAYS_LENT * mean) / (exposed.sum(axis=0) + DAYS_LENT)
    return np.asarray((events + DAYS_LENT * house) / (exposed + DAYS_LENT))


def comings(came: Numbers, first: int) -> tuple[Numbers, Numbers]:
    """Comings an hour by ward, weekday and hour, and the spread by ward, from counts of the shape (days, wards, 24); `first` is the first
    day, in days since 1970."""
    days, wards, _ = came.shape
    weekday = (np.arange(first, first + days) + 3) % 7
    level = came.sum(axis=(0, 2)) / max(days, 1)
    share = _hours(came.sum(axis=0))
    factor = _weekdays(came.sum(axis=2), weekday, level)
    means = level[None, :] * factor[:, weekday].T if days else np.zeros((0, wards))
    return level[:, None, None] * factor[:, :, None] * share[:, None, :], _spread(came.sum(axis=2), means)


def unannounced(ward: Places, announced: Numbers, came: Numbers) -> Numbers:
    """Of the comings of each ward 0.5, 1.5, ... 23.5 hours ahead the share of which nobody knows yet; `ward` and `announced` (hours before)
    are those of planned patients who came, `came` counts all by ward."""
    known = np.stack([np.bincount(ward[announced > hour + 0.5], minlength=came.size) for hour in range(24)], axis=1)
    house = known.sum(axis=0) / max(came.sum(), 1.0)
    return np.asarray(1 - (known + COMINGS_LENT * house) / np.maximum(came[:, None] + COMINGS_LENT, known.max(initial=1.0)))


def _hours(came: Numbers) -> Numbers:
    """The hour's share of a day's comings by ward; each row sums to 1."""
    house = (came.sum(axis=0) + 1) / (came.sum() + 24)
    return np.asarray((came + COMINGS_LENT * house) / (came.sum(axis=1, keepdims=True) + COMINGS_LENT))


def _weekdays(daily: Numbers, weekday: Numbers, level: Numbers) -> Numbers:
    """By what a ward's comings of a weekday are more than its mean: shape (wards, 7)."""
    seen = np.stack([daily[weekday == each].sum(axis=0) for each in range(7)], axis=1)
    usual = level[:, None] * np.bincount(weekday.astype(np.intp), minlength=7)[None, :]
    house = (seen.sum(axis=0) + COMINGS_LENT) / (usual.sum(axis=0) + COMINGS_LENT)
    return np.asarray((seen + COMINGS_LENT * house) / (usual + COMINGS_LENT))


def _spread(daily: Numbers, means: Numbers) -> Numbers:
    """By moments: how far the squares of the days' errors lie above Poisson's, against the squared means; a ward leans on the house."""
    above, squares = ((daily - means) ** 2 - means).sum(axis=0), (means**2).sum(axis=0)
    house = above.sum() / squares.sum() if squares.sum() else 0.0
    lent = squares.mean() if squares.size else 0.0
    return np.maximum(0.0, (above + lent * house) / (squares + lent)) if lent else np.zeros(squares.size)
