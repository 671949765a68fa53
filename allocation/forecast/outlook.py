"""The forecast itself: those who lie there now less those who leave, plus those whom plans announce, plus those who come unannounced.

For each ward: occupied(t + h) = now - Poisson-binomial(leaving) + Poisson-binomial(planned) + negative binomial(coming and still there),
capped at the staffed beds; a specialty and the house are the sums of their wards. Before it `rates` learnt; after it `bands` says how far
it may be trusted. Source: the decomposition of UCL's patientflow, with elapsed stay for departures.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allocation.forecast.chances import Chances, capped, comings, leavings, lying, together, trimmed
from allocation.forecast.rates import Rates
from allocation.forecast.stays import Groups, Numbers, Places, Plans, Stays
from allocation.forecast.tallies import DAYS_OF_STAY
from flow.domain.forecast import HORIZONS, Outlook, WhatIf
from flow.domain.ids import WardId

AS_IT_IS = WhatIf()
SHOWN, SHOWN_OF = 9.0, 10.0
"""Of ten planned patients nine come, until the hospital's own history says otherwise."""


@dataclass(frozen=True)
class Scene:
    """The house at a moment `at` (hours since 1970): who is there, who is announced, the staffed beds by ward, and the share of
    those announced who come."""

    stays: Stays
    plans: Plans
    groups: Groups
    rates: Rates
    at: float
    now: Places
    staffed: Places
    shows: float


def scene(stays: Stays, plans: Plans, groups: Groups, rates: Rates, at: float) -> Scene:
    """The scene of a moment, from columns that may reach beyond it."""
    wards = len(groups.beds)
    staffed = np.maximum(0, groups.beds.astype(np.intp) - stays.out(at, wards))
    return Scene(stays, plans, groups, rates, at, stays.occupied(at, wards), staffed, shows(plans, at))


def shows(plans: Plans, at: float) -> float:
    """The share of planned patients who came, of those it is known of at a moment."""
    over = plans.over <= at
    return float((plans.came[over].sum() + SHOWN) / (over.sum() + SHOWN_OF))


def outlooks(scene: Scene, what_if: WhatIf = AS_IT_IS, horizons: Iterable[int] = HORIZONS) -> list[Outlook]:
    """Every group at every horizon, the house first; nothing is said yet of how far they may be trusted."""
    staffed = changed(scene.staffed, scene.groups.wards, what_if.beds)
    here = scene.stays.here(scene.at)
    expected = scene.stays.expected(scene.at)[here]
    found = []
    for hours in horizons:
        leaving = leaving_chances(scene, here, expected, hours)
        planned = planned_chances(scene, hours, what_if)
        coming = coming_means(scene, hours)
        wards = [
            capped(_ward(scene, place, leaving[scene.stays.ward[here] == place], planned[place], coming[place]), int(staffed[place]))
            for place in range(len(staffed))
        ]
        found += [_grouped(scene, row, wards, staffed, hours) for row in range(len(scene.groups.names))]
    return found


def changed(staffed: Places, wards: Mapping[str, int], beds: Mapping[WardId, int]) -> Places:
    """The staffed beds with some opened or closed; no ward has fewer than none."""
    found = staffed.copy()
    for ward, count in beds.items():
        if ward in wards:
            found[wards[ward]] = max(0, found[wards[ward]] + count)
    return found


def _ward(scene: Scene, place: int, leaving: Numbers, planned: list[float], coming: float) -> Chances:
    return together([lying(leavings(leaving), leavings(planned)), comings(coming, float(scene.rates.spread[place]))])


def _grouped(scene: Scene, row: int, wards: list[tuple[Chances, float]], staffed: Places, hours: int) -> Outlook:
    level, name = scene.groups.names[row]
    own = np.flatnonzero(scene.groups.member[row])
    low, chances = trimmed(together(wards[place][0] for place in own))
    now, beds = int(scene.now[own].sum()), int(staffed[own].sum())
    return Outlook(level, name, hours, now, beds, low, chances, sum(wards[place][1] for place in own))


def leaving_chances(scene: Scene, here: Places, expected: Numbers, hours: float) -> Numbers:
    """For each who is there the probability of leaving within the hours: by the clinician's expected date where one was given, else by
    specialty and day of stay. Shape (patients,)."""
    specialty = scene.groups.specialty[scene.stays.ward[here]]
    found = by_hazard(scene.rates, specialty, scene.stays.arrive[here], np.full(here.size, scene.at), scene.at + hours)
    said = by_date(scene.rates.late, expected, scene.at, scene.at + hours)
    return np.where(np.isnan(said), found, said)


def by_date(late: Numbers, expected: Numbers, at: float, until: float) -> Numbers:
    """Who was expected at `expected` to leave (or come) and has not `at`: of past patients who were as late, the share who had `until`.
    nan where no date was given, and where nobody was ever as late as this. `late` is sorted."""
    gone, then = (np.searchsorted(late, moment - expected, side="right") for moment in (at, until))
    left = late.size - gone
    chance = np.divide(then - gone, left, out=np.full(expected.size, np.nan), where=left > 0)
    return np.where(np.isnan(expected), np.nan, chance)


def by_hazard(rates: Rates, specialty: Places, arrive: Numbers, since: Numbers, until: float) -> Numbers:
    """The probability of leaving between `since` (shape (patients,)) and `until`, hour by hour: straight away, or announced first and then
    gone before the end."""
    alone, gone = np.ones(since.size), np.zeros(since.size)
    for cell in range(int(np.floor(since.min(initial=until))), int(np.ceil(until))):
        part = np.clip(np.minimum(until, cell + 1.0) - np.maximum(since, cell), 0.0, 1.0)
        day = np.clip(cell // 24 - np.floor(arrive / 24).astype(np.intp), 0, DAYS_OF_STAY - 1)
        leave, tell = (table[specialty, day, cell % 24] * part for table in (rates.leaving, rates.telling))
        soon = np.searchsorted(rates.lead, max(0.0, until - cell - 0.5), side="right") / rates.lead.size
        whole = leave + tell
        step = alone * -np.expm1(-whole)
        gone += np.divide(step * (leave + tell * soon), whole, out=np.zeros(since.size), where=whole > 0)
        alone = alone - step
    return np.minimum(gone, 1.0)


def planned_chances(scene: Scene, hours: float, what_if: WhatIf = AS_IT_IS) -> list[list[float]]:
    """By ward the probabilities that those come whom plans announce until then, as late or early as planned patients came; put off, one
    comes by so many hours later. Who names no ward comes to those of the specialty, as its comings are shared out."""
    found: list[list[float]] = [[] for _ in scene.groups.beds]
    plans, at = scene.plans, scene.at
    open_now = plans.open(at)
    daily = scene.rates.coming.sum(axis=(1, 2)) + 1e-9
    usual, late = (
        np.nan_to_num(by_date(scene.rates.after_due, plans.due[open_now], at, at + max(0.0, hours - delay))) for delay in (0, what_if.delay)
    )
    chances = scene.shows * np.where(put_off(plans.due[open_now], what_if.delayed), late, usual)
    for one, chance in zip(open_now, chances, strict=True):
        wards = plans.wards[one]
        for ward, share in zip(wards, daily[wards] / daily[wards].sum(), strict=True):
            found[ward].append(float(chance * share))
    return found


def put_off(due: Numbers, count: int) -> NDArray[np.bool_]:
    """Which planned admissions are put off: the `count` that are due next, or (0) all."""
    order = np.argsort(np.argsort(due, kind="stable"), kind="stable")
    return np.asarray(order < (count or due.size))


def coming_means(scene: Scene, hours: float) -> Numbers:
    """How many come unannounced within the hours and are still there at the end, on the mean; shape (wards,)."""
    until, wards = scene.at + hours, len(scene.groups.beds)
    cells = np.arange(int(np.floor(scene.at)), int(np.ceil(until)))
    start, end = np.maximum(scene.at, cells), np.minimum(until, cells + 1.0)
    middle = np.repeat((start + end) / 2, wards)
    leave = by_hazard(scene.rates, np.tile(scene.groups.specialty, cells.size), middle, middle, until).reshape(cells.size, wards)
    coming = scene.rates.coming[:, (cells // 24 + 3) % 7, cells % 24].T * (end - start)[:, None]
    coming = coming * scene.rates.unannounced[:, np.minimum(cells - cells[0], 23)].T
    return np.asarray((coming * (1 - leave)).sum(axis=0))
