"""What is usual at an hour, and how far a forecast leans on it: by hand, on a house that steers itself, and with nothing of the future."""

import random
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count

import numpy as np
import pytest

from allocation.forecast.ask import forecast
from allocation.forecast.judge import Bench, back_test
from allocation.forecast.stays import Groups
from allocation.forecast.usual import Lessons, blended, quantiles, usually
from flow.domain.forecast import Judged, Level, Outlook, Past, Piece, WhatIf
from flow.domain.ids import BedId, WardId
from tests.forecast_pasts import END, HOUR, lived, plan_of, ward

PLAN = plan_of(ward("W", 20), ward("X", 20))
GROUPS = Groups.of(PLAN)
KEY = (Level.WARD, "W", 24)


def sure(name: str, beds: int, *, level: Level = Level.WARD, staffed: int = 20, short: float = 0.0) -> Outlook:
    """Certainly so many beds."""
    return Outlook(level, name, 24, beds, staffed, beds, (1.0,), short)


def days(*wards: int) -> dict[int, np.ndarray]:  # type: ignore[type-arg]
    """Fourteen days of so many patients in W and X."""
    w, x = wards
    return {24: np.array([[w + x, w + x, w, x]] * 14, np.float64)}


def test_counts_are_spread_over_their_neighbours() -> None:
    """Width 0.6, and 1 over exp(-(1 / 0.6)^2 / 2) = 0.249 for the next one, 0.004 for the one after: 10 has 1 / 1.506 = 66 %."""
    chances, short = usually(np.array([10.0] * 14), 20)
    assert chances[[9, 10, 11]] == pytest.approx([0.166, 0.664, 0.166], abs=0.001)
    assert (short, chances.sum()) == (0.0, pytest.approx(1))
    full, short = usually(np.array([20.0, 22.0]), 20)
    assert short == 1.0, "nobody and two found no bed"
    assert full[20] > 0.5 and usually(np.array([25.0, 25.0]), 20)[0][20] == 1.0, "what was above the beds is full"


def test_the_forecast_lies_between_both() -> None:
    """The patients say 16, the hour usually has 12: with a weight of a fourth it is 13, and about as sure as what is usual."""
    (row,) = blended([sure("W", 16)], [sure("W", 16)], days(12, 5), GROUPS, {KEY: 0.25})
    assert row.median == 13
    assert row.low + np.array(row.chances) @ np.arange(len(row.chances)) == pytest.approx(13, abs=0.02)
    assert row.band_80 == (12, 14)
    (alone,) = blended([sure("W", 16)], [sure("W", 16)], days(12, 5), GROUPS, {})
    assert alone == sure("W", 16), "of whom nothing was learnt the patients' own stands"


def test_the_weight_is_that_of_the_least_loss() -> None:
    """Said 16, usual 12. What is seen is always 12, always 16 or always 13: the weight is 0, 1 and a fourth (0.2 or 0.3 is tried)."""
    for seen, least, most in ((12, 0, 0), (16, 1, 1), (13, 0.2, 0.31)):
        lessons = Lessons()
        for due in range(30):
            lessons.learn(sure("W", 16), days(12, 5)[24][:, 2], due, seen)
        assert least <= lessons.weights(29)[KEY] <= most
    assert lessons.weights(-1)[KEY] == 1.0, "nothing had come due by then"


def test_a_group_without_cases_leans_as_the_others_do() -> None:
    lessons = Lessons()
    for due in range(30):
        lessons.learn(sure("W", 16), days(12, 5)[24][:, 2], due, 12)
    lessons.learn(sure("X", 9), days(12, 5)[24][:, 3], 99, 9)
    assert lessons.weights(50)[Level.WARD, "X", 24] == 0.0


def test_what_if_moves_what_is_usual_as_well() -> None:
    """Usually 18 and 10. Eight beds of W are closed: 12 are left, six find no bed, and the house has six fewer. Two fewer come to X: it
    has two fewer."""
    plain = [sure("", 28, level=Level.HOUSE, staffed=40), sure("W", 18), sure("X", 10)]
    shown = [
        Outlook(Level.HOUSE, "", 24, 28, 32, 20, (1.0,), 6.0),
        Outlook(Level.WARD, "W", 24, 18, 12, 12, (1.0,), 6.0),
        Outlook(Level.WARD, "X", 24, 10, 20, 8, (1.0,), 0.0),
    ]
    weights = {(Level.HOUSE, "", 24): 0.0, KEY: 0.0, (Level.WARD, "X", 24): 0.0}
    house, w, x = blended(shown, plain, days(18, 10), GROUPS, weights)
    assert (house.median, w.median, x.median) == (20, 12, 8)
    assert (w.full, w.short, house.short) == (1.0, 6.0, 6.0)


def test_quantiles_between_two_counts_are_shared_out() -> None:
    assert set(quantiles(np.array([0.5, 0.0, 0.5]))) == {0.0, 2.0}


def steered(seed: int, days: int = 60) -> Past:
    """A house that sends patients elsewhere so that each ward has about fourteen of its twenty beds occupied, whoever leaves."""
    dice, number, first = random.Random(seed), count(1), END - timedelta(days=days)
    pieces = []
    for one in PLAN.wards:
        free, lying = [bed.id for bed in one.beds], dict[BedId, tuple[str, datetime]]()
        at = first
        while at < END:
            for bed in [bed for bed in lying if dice.random() < 0.02]:
                visit, came = lying.pop(bed)
                free.append(bed)
                pieces.append(Piece(bed, one.id, visit, came, at + HOUR / 2, came))
            while len(lying) < 14 + dice.choice((-1, 0, 0, 1)):
                lying[free.pop(0)] = (f"V{next(number)}", at + HOUR * 0.75)
            at += HOUR
        pieces += [Piece(bed, one.id, visit, came, None, came) for bed, (visit, came) in lying.items()]
    return Past(first, tuple(pieces))


def at_24(verdicts: tuple[Judged, ...]) -> list[Judged]:
    return [each for each in verdicts if each.level is Level.WARD and each.hours == 24]


def test_a_house_that_steers_itself_is_forecast_by_what_is_usual() -> None:
    """The patients' own forecast does not know of the steering: alone it is further off than the simple ones, and sees full wards."""
    past = steered(3)
    found = at_24(back_test(PLAN, past, (), END))
    assert max(each.weight for each in found) <= 0.4
    for each in found:
        assert each.mae <= 1.05 * min(each.mae_now, each.mae_week), "as good as the better simple one"
        assert each.brier <= each.brier_usual + 0.002
    bench = Bench.of(PLAN, past, END)
    row = next(row for row in bench.afterwards(END - 24 * HOUR) if (row.name, row.hours) == ("W", 24))
    made = next(row for row in forecast(PLAN, past, found, END).rows if (row.name, row.hours) == ("W", 24))
    assert row.band_80[1] - row.band_80[0] > made.band_80[1] - made.band_80[0]


def test_a_house_of_chance_is_forecast_by_its_patients() -> None:
    past = lived(PLAN, 60, 5, daily=3.0)
    found = [each for each in back_test(PLAN, past, (), END) if each.level is Level.WARD]
    assert np.mean([each.weight for each in found if each.hours == 4]) >= 0.5


def test_nothing_of_the_future_is_in_a_forecast() -> None:
    """Whatever happened after a moment, the forecast of that moment and what it leans on are the same."""
    past, at = steered(4), END - timedelta(days=9)
    cut = Past(past.first, tuple(_known(piece, at) for piece in past.pieces if piece.start <= at))
    forecasts = []
    for each, now in ((past, END), (cut, at)):
        bench, lessons = Bench.of(PLAN, each, now), Lessons()
        for back in range(30, 0, -1):
            before = at - timedelta(days=back)
            bench.teach(lessons, bench.afterwards(before), before)
        plain = bench.afterwards(at)
        forecasts.append((plain, bench.leaning(plain, at, lessons)))
    assert forecasts[0] == forecasts[1]
    assert forecasts[0][0] != forecasts[0][1]


def _known(piece: Piece, at: datetime) -> Piece:
    return replace(piece, end=None) if piece.end is not None and piece.end > at else piece


def test_what_somebody_considers_is_asked_of_the_mixture() -> None:
    past = steered(3)
    found = at_24(back_test(PLAN, past, (), END))
    plain, closed = (
        {(row.name, row.hours): row for row in forecast(PLAN, past, found, END, what_if=what_if).rows}
        for what_if in (WhatIf(), WhatIf({WardId("W"): -10}))
    )
    assert plain["W", 24].full < 0.1 and closed["W", 24].full > 0.9
    assert closed["W", 24].short > plain["W", 24].short + 3
