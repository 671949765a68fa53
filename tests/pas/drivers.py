"""Third stage: the whole horizon at once, or day by day by a hospital that knows only who came so far; the planner does the work."""

import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np

from allocation.plan.expected import Seen, worth
from allocation.plan.problem import UNPLACED, Problem
from allocation.plan.solve import solve
from tests.pas.evaluator import evaluate
from tests.pas.reader import Instance
from tests.pas.rules import TENTH, TRANSFER, Nights, mixing, sexes

Places = list[list[int]]
WHOLE = 55.0  # seconds of the processor for a horizon
LEGS = 2
DAY = 1.0  # and for a day, the prices aside


@dataclass(frozen=True)
class Ward:
    """An instance's arrays."""

    nights: Nights
    first: np.ndarray
    last: np.ndarray
    beds: np.ndarray
    sex: np.ndarray
    mixing: np.ndarray


def arrays(instance: Instance) -> Ward:
    first = np.array([patient.first for patient in instance.patients], np.int32)
    last = np.array([patient.last for patient in instance.patients], np.int32)
    beds = np.repeat(np.array([[room.capacity] for room in instance.rooms], np.int32), instance.nights, axis=1)
    return Ward(Nights(instance), first, last, beds, sexes(instance), mixing(instance))


def _problem(ward: Ward, who: np.ndarray, now: np.ndarray, start: np.ndarray, price: np.ndarray) -> Problem:
    """Those named, from `start` on, with `price` [n, m] on top of what their nights cost."""
    cost = ward.nights.left(who, start) + price
    moves = np.full(len(who), round(TRANSFER * TENTH), np.int32)
    return Problem(
        cost=np.rint(cost).astype(np.int64),
        start=start,
        end=ward.last[who],
        capacity=ward.beds,
        sex=ward.sex[who],
        mixing=ward.mixing,
        now=now,
        move=moves,
        unplaced=np.full(len(who), UNPLACED),
        room=np.arange(len(ward.beds)),
    )


def whole(instance: Instance, seconds: float = WHOLE, seed: int = 1, begun: Places | None = None) -> Places:
    """Everyone known from the start; going on from a plan `begun`, if given."""
    ward = arrays(instance)
    who = np.flatnonzero(ward.last > ward.first)
    nowhere = np.full(len(who), -1, np.int32)
    problem = _problem(ward, who, nowhere, ward.first[who], np.zeros(1))
    begin = np.array([begun[stay][0] for stay in who], np.int32) if begun else None
    plan = solve(problem, seconds=seconds, seed=seed, clock=time.process_time, begun=begin)
    places: Places = [[] for _ in ward.first]
    for stay, room in zip(who, plan.where, strict=True):
        places[stay] = [int(room)] * int(ward.last[stay] - ward.first[stay])
    return places


def abreast(instance: Instance, seconds: float = WHOLE, seeds: tuple[int, ...] = (1, 2)) -> Places:
    """The same horizon planned with several seeds at once, a process each; after half the time all go on from the best."""
    many, best = len(seeds), None
    with ProcessPoolExecutor(many, multiprocessing.get_context("spawn")) as pool:
        for leg in range(LEGS):
            drawn = [seed + 1_000 * leg for seed in seeds]
            plans = pool.map(whole, [instance] * many, [seconds / LEGS] * many, drawn, [best] * many)
            best = min(plans, key=lambda places: evaluate(instance, places))
    assert best is not None
    return best


def daily(instance: Instance, seconds: float = DAY, seed: int = 1, days: int | None = None) -> Places:
    """Day by day: what is passed on about a day is who came until then. `seconds` to improve each day; the first `days` alone if given."""
    ward = arrays(instance)
    places: Places = [[] for _ in ward.first]
    for day in range(instance.nights if days is None else days):
        came = np.flatnonzero((ward.first <= day) & (ward.last > ward.first))
        who = came[ward.last[came] > day]
        if not len(who):
            continue
        now = np.array([places[stay][-1] if places[stay] else -1 for stay in who], np.int32)
        start = np.full(len(who), day, np.int32)
        plan = solve(
            _problem(ward, who, now, start, _price(ward, came, who, now, day, seed)), seconds=seconds, seed=seed, clock=time.process_time
        )
        for stay, room in zip(who, plan.where, strict=True):
            places[stay].append(int(room))
    return places


def _price(ward: Ward, came: np.ndarray, who: np.ndarray, now: np.ndarray, day: int, seed: int) -> np.ndarray:
    """[n, m] what the places taken in the nights to come would be worth to others. Those who lie are taken to stay where they are."""
    length = ward.last[came] - ward.first[came]
    night = np.rint(ward.nights.left(came, ward.first[came]) / length[:, None]).astype(np.int32)
    seen = Seen(night, length, ward.first[came])
    nights = np.arange(ward.beds.shape[1])
    cover = (nights >= day) & (nights < ward.last[who][:, None])
    cost = ward.nights.left(who, np.full(len(who), day, np.int32))
    lies, comes = now >= 0, now < 0
    free = ward.beds.copy()
    np.subtract.at(free, now[lies], cover[lies].astype(np.int32))
    place = worth(seen, cost[comes], cover[comes], free, period=day, unplaced=UNPLACED, seed=seed)
    place[:, day] = 0
    return cover @ place.T
