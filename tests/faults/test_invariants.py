"""Each invariant is shown good data, which it passes, and bad data, which it names."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.faults import invariants
from tests.faults.invariants import Carried, Click, Effect, Lying, Stay

AT = datetime(2026, 1, 1, tzinfo=UTC)
ONE, TWO = Lying(1, "a", b"A", "handled", 2, AT), Lying(2, "b", b"B", "parked", 0, AT)
ACKED = {"a": b"A", "b": b"B"}
EFFECTS = {1: Effect(2, 1)}


def test_i1_nothing_promised_is_lost() -> None:
    assert invariants.lost(ACKED, [ONE, TWO]) == []
    assert invariants.lost(ACKED, [ONE, TWO, replace(TWO, id=3, state="duplicate", digest=b"")]) == []


@pytest.mark.parametrize(
    "journal",
    [
        pytest.param([ONE], id="a letter is gone"),
        pytest.param([ONE, replace(TWO, digest=b"x")], id="another body lies there"),
        pytest.param([ONE, replace(TWO, state="duplicate")], id="only its repeat is noted"),
        pytest.param([], id="everything is gone"),
    ],
)
def test_i1_finds_a_loss(journal: list[Lying]) -> None:
    assert invariants.lost(ACKED, journal)


def test_i1_one_effect_each() -> None:
    assert invariants.doubled([ONE, TWO], EFFECTS, ["a"]) == []


@pytest.mark.parametrize(
    ("journal", "effects", "facts"),
    [
        pytest.param([ONE, replace(ONE, id=3)], EFFECTS | {3: Effect(2, 1)}, ["a"], id="kept twice"),
        pytest.param([ONE], {1: Effect(4, 2)}, ["a"], id="decided twice"),
        pytest.param([ONE], {1: Effect(2, 2)}, ["a"], id="half of it a second time"),
        pytest.param([ONE], {}, ["a"], id="its events are gone"),
        pytest.param([ONE], EFFECTS, ["a", "a"], id="told twice of a visit"),
    ],
)
def test_i1_finds_a_second_effect(journal: list[Lying], effects: dict[int, Effect], facts: list[str]) -> None:
    assert invariants.doubled(journal, effects, facts)


def test_i2_one_bed_each() -> None:
    assert invariants.two_at_once([Stay("occupied", "1", "V1"), Stay("occupied", "2", "V2"), Stay("reserved", "1", "V3")]) == []


def test_i2_finds_two_in_one_bed_and_one_in_two() -> None:
    assert invariants.two_at_once([Stay("occupied", "1", "V1"), Stay("occupied", "1", "V2")]) == ["I2: bed 1 is occupied 2 times"]
    assert invariants.two_at_once([Stay("reserved", "1", "R1"), Stay("reserved", "2", "R1")]) == ["I2: R1 holds 2 beds (reserved)"]


def test_i3_redis_is_behind_or_equal() -> None:
    assert invariants.ahead(None, 3) == invariants.ahead(2, 3) == invariants.ahead(3, 3) == []
    assert invariants.ahead(4, 3)
    picture = {"bed": {"1": {"seq": 4}}}
    assert invariants.unlike(picture, {"bed": {"1": {"seq": 4}}}) == []
    for bad in ({"bed": {"1": {"seq": 5}}}, {"bed": {}}, {"bed": {"1": {"seq": 4}, "2": {"seq": 1}}}):
        assert invariants.unlike(picture, bad)


def test_i6_a_letter_that_waits_raises_the_alarm() -> None:
    waiting = replace(ONE, state="received")
    assert invariants.unhandled([waiting], AT + timedelta(seconds=29), alarmed=False) == []
    assert invariants.unhandled([waiting], AT + timedelta(seconds=31), alarmed=True) == []
    assert invariants.unhandled([ONE, TWO], AT + timedelta(hours=1), alarmed=False) == []
    assert invariants.unhandled([ONE, waiting], AT + timedelta(seconds=31), alarmed=False)


def test_i7_deciding_again_gives_what_stands() -> None:
    stands = {"bed/1": {"seq": 1}, "visit/V1": {"seq": 2}}
    assert invariants.differing(dict(stands), stands) == []
    for bad in ({"bed/1": {"seq": 1}}, stands | {"bed/2": {}}, stands | {"bed/1": {"seq": 3}}):
        assert invariants.differing(bad, stands)


def test_i8_the_chain_holds_and_reaches_its_anchor() -> None:
    holds = {"links": 3, "entries": 40, "anchors": 1, "wrong": []}
    assert invariants.unchained(holds) == []
    assert invariants.unchained(holds | {"wrong": ["Link 2: changed."]}) == ["I8: Link 2: changed."]
    for name in ("links", "entries", "anchors"):
        assert invariants.unchained(holds | {name: 0}) == [f"I8: there are no {name}"]


def test_i10_done_means_stored_once() -> None:
    clicks = [Click("k1", [0, 200]), Click("k2", [0]), Click("k3", [409]), Click("k4", [])]
    assert invariants.broken_promises(clicks, [Carried(1, "k1", 2)]) == []
    assert invariants.broken_promises(clicks, [Carried(1, "k1", 2), Carried(2, "k2", 1)]) == []


@pytest.mark.parametrize(
    ("click", "carried"),
    [
        pytest.param(Click("k", [200]), [], id="told done, not stored"),
        pytest.param(Click("k", [0, 200]), [Carried(1, "k", 1), Carried(2, "k", 1)], id="done twice"),
        pytest.param(Click("k", [0]), [Carried(1, "k", 1), Carried(2, "k", 1)], id="no answer, done twice"),
        pytest.param(Click("k", [0, 409]), [Carried(1, "k", 1)], id="stored, then refused"),
    ],
)
def test_i10_finds_a_broken_promise(click: Click, carried: list[Carried]) -> None:
    assert invariants.broken_promises([click], carried)
