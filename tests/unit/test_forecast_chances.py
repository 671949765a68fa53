"""Distributions of counts against every case written out, and what holds of them whatever they are made from."""

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocation.forecast.chances import NONE, capped, comings, inside, leavings, lying, quantile, together, trimmed

SHARES = st.lists(st.floats(0, 1), max_size=7)


def by_cases(each: list[float]) -> list[float]:
    """Every patient stays or leaves: all 2^n cases."""
    found = [0.0] * (len(each) + 1)
    for case in product((0, 1), repeat=len(each)):
        found[sum(case)] += math.prod(p if gone else 1 - p for p, gone in zip(each, case, strict=True))
    return found


def test_two_leavings_by_hand() -> None:
    assert leavings([0.5, 0.2]).tolist() == pytest.approx([0.4, 0.5, 0.1])
    assert leavings([]).tolist() == [1.0]


@given(SHARES)
def test_leavings_are_those_of_every_case(each: list[float]) -> None:
    assert leavings(each).tolist() == pytest.approx(by_cases(each))


def test_comings_by_hand() -> None:
    """Poisson with mean 2: e^-2 = 0.1353; negative binomial with mean 2 and spread 0.5 has size 2 and chance 1/2: 1/4, 1/4, 3/16."""
    assert comings(2, 0)[:3].tolist() == pytest.approx([0.1353353, 0.2706706, 0.2706706])
    assert comings(2, 0.5)[:3].tolist() == pytest.approx([0.25, 0.25, 0.1875], abs=1e-4)
    assert comings(0, 0.3) is NONE


@given(st.floats(0.01, 60), st.floats(0, 1.5))
def test_comings_have_their_mean_and_variance(mean: float, spread: float) -> None:
    chances = comings(mean, spread)
    counts = np.arange(chances.size)
    assert chances.sum() == pytest.approx(1)
    assert chances @ counts == pytest.approx(mean, rel=0.02)
    assert chances @ (counts - mean) ** 2 == pytest.approx(mean + spread * mean**2, rel=0.12)


@given(SHARES, SHARES, st.lists(st.floats(0.01, 1), min_size=1, max_size=5))
def test_who_lies_there_is_every_case_written_out(leave: list[float], planned: list[float], weights: list[float]) -> None:
    coming = np.array(weights) / sum(weights)
    wanted = [0.0] * (len(leave) + len(planned) + len(coming))
    for (gone, a), (came, b), (more, c) in product(enumerate(by_cases(leave)), enumerate(by_cases(planned)), enumerate(coming)):
        wanted[len(leave) - gone + came + more] += a * b * c
    assert together([lying(leavings(leave), leavings(planned)), coming]).tolist() == pytest.approx(wanted)


def test_what_lies_above_the_beds_is_laid_on_the_last() -> None:
    chances, short = capped(np.array([0.1, 0.2, 0.3, 0.25, 0.15]), 2)
    assert chances.tolist() == pytest.approx([0.1, 0.2, 0.7])
    assert short == pytest.approx(1 * 0.25 + 2 * 0.15)
    assert capped(np.array([1.0]), 3)[0].tolist() == [1, 0, 0, 0]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30).filter(lambda each: sum(each) > 0.1), st.integers(0, 40))
def test_capping_and_trimming_lose_nothing(weights: list[float], most: int) -> None:
    chances, short = capped(np.array(weights) / sum(weights), most)
    low, kept = trimmed(chances)
    assert chances.size == most + 1
    assert sum(kept) == pytest.approx(1)
    assert low + len(kept) - 1 <= most
    assert short >= 0


def test_a_quantile_is_the_least_count_not_exceeded() -> None:
    chances = np.array([0.1, 0.4, 0.4, 0.1])
    assert [quantile(chances, share) for share in (0.05, 0.1, 0.11, 0.5, 0.51, 0.9, 0.95, 1.0)] == [0, 0, 1, 1, 2, 2, 3, 3]


@given(st.lists(st.floats(0.01, 1), min_size=1, max_size=20), st.sampled_from([0.05, 0.1, 0.25]))
def test_right_chances_cover_exactly_what_they_say(weights: list[float], tail: float) -> None:
    """Counted in part at its edges, a band holds 1 - 2 * tail on the mean, however few the counts."""
    chances = np.array(weights) / sum(weights)
    assert sum(chance * inside(3, chances, 3 + k, tail) for k, chance in enumerate(chances)) == pytest.approx(1 - 2 * tail)
    assert inside(3, chances, 2, tail) == inside(3, chances, 3 + chances.size, tail) == 0
