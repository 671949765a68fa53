"""The level as it is kept: up at once, down only when a lower one has held for long enough, and what hovers changes nothing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.domain.alert_level import Fired, Measured, kept, standing
from flow.domain.alert_rules import AlertLevel, AlertRules, Measure
from flow.domain.level_history import UNSEEN, LevelChange, Watch, by_level, looked, spells
from flow.errors import Misconfigured
from flow.plan_file import parse_plan
from flow.views.level_tile import level_tile
from tests.hospital_file import hospital_file

AT = datetime(2026, 11, 21, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
RULES = AlertRules((AlertLevel("Usual"), AlertLevel("Busy", 80), AlertLevel("Very busy", 90), AlertLevel("Critical", 97, expected=99)), 30)


def lived(*percents: float, rules: AlertRules = RULES, step: timedelta = 5 * MINUTE) -> list[LevelChange]:
    """The changes of looks five minutes apart."""
    changes: list[LevelChange] = []
    watch: Watch | None = None
    for place, percent in enumerate(percents):
        figures = Measured(percent, 0, 0)
        last = changes[-1] if changes else None
        change, watch = looked(rules, standing(rules, figures), figures, last, watch, AT + place * step)
        changes += [change] if change is not None else []
    return changes


def minutes(changes: list[LevelChange]) -> list[tuple[int, int]]:
    return [((change.at - AT) // MINUTE, change.number) for change in changes]


def test_it_rises_at_once_and_falls_after_half_an_hour() -> None:
    assert minutes(lived(70, 92, 85, 85, 85, 85, 85, 85, 85)) == [(0, 1), (5, 3), (40, 2)]


def test_what_hovers_about_a_threshold_changes_nothing() -> None:
    assert minutes(lived(70, *[80, 79.9] * 60)) == [(0, 1), (5, 2)]


def test_it_falls_to_the_highest_that_was_needed_meanwhile() -> None:
    assert minutes(lived(98, 70, 70, 91, 70, 70, 70, 70)) == [(0, 4), (35, 3)]


def test_without_a_hold_it_follows_at_once() -> None:
    assert minutes(lived(85, 70, 85, rules=replace(RULES, hold_minutes=0))) == [(0, 2), (5, 1), (10, 2)]


@given(st.lists(st.floats(60, 100), min_size=1, max_size=200))
def test_flapping_cannot_fill_the_table(percents: list[float]) -> None:
    """Between two falls lies the hold at least, and each rise but the first few needs a fall before it."""
    changes = lived(*percents)
    falls = [change for change in changes if change.before is not None and change.number < change.before]
    assert all(later.at - earlier.at >= 30 * MINUTE for earlier, later in pairwise(falls))
    assert len(changes) <= 1 + 3 + 4 * len(falls)
    assert all(later.before == earlier.number for earlier, later in pairwise(changes))


def test_the_forecast_raises_it_alone() -> None:
    found = standing(RULES, Measured(70, 0, 0, 99.4))
    assert (found.number, found.fired) == (4, (Fired(Measure.EXPECTED, 99.4, 99),))
    assert standing(RULES, Measured(70, 0, 0, 98.9)).number == 1
    assert standing(RULES, Measured(70, 0, 0)).number == 1, "no forecast, no threshold"


def test_a_change_says_what_fired_and_by_which_rules() -> None:
    first, second = lived(70, 92)
    assert (first.before, second.before, second.before_name, second.name) == (None, 1, "Usual", "Very busy")
    assert second.fired == (Fired(Measure.OCCUPANCY, 92, 90),)
    assert (second.version, second.measured.occupancy) == (RULES.version, 92)
    assert replace(RULES, hold_minutes=31).version != RULES.version


def test_new_rules_are_a_change_and_a_silence_is_none() -> None:
    figures, (last,) = Measured(70.0, 0, 0), lived(70)
    other = replace(RULES, hold_minutes=10)
    change, _ = looked(other, standing(other, figures), figures, last, Watch(AT), AT + MINUTE)
    assert change is not None and (change.before, change.number, change.version) == (1, 1, other.version)
    late = AT + UNSEEN + MINUTE
    change, _ = looked(RULES, standing(RULES, figures), figures, last, Watch(AT), late)
    assert change is not None and (change.before, change.unseen_since) == (None, AT)


def test_times_at_each_level_leave_out_what_nobody_saw() -> None:
    first, second = lived(70, 92)
    again = replace(first, at=AT + 60 * MINUTE, before=None, before_name="", unseen_since=AT + 20 * MINUTE)
    found = list(spells([first, second, again], AT + 2 * MINUTE, AT + 90 * MINUTE))
    assert [(spell.number, (spell.end - spell.start) // MINUTE) for spell in found] == [(1, 3), (3, 15), (1, 30)]
    assert by_level(found) == {(1, "Usual"): 33 * MINUTE, (3, "Very busy"): 15 * MINUTE}


def test_the_tile_says_since_when_and_what_was_before() -> None:
    _, change = lived(70, 92)
    found = standing(RULES, Measured(92, 0, 0))
    tile = level_tile(found, RULES, change, AT + 60 * MINUTE, "Asia/Kolkata")
    assert (tile.since, tile.said["since"].told()) == ("since 14:35, before it Usual",) * 2
    assert level_tile(found, RULES, change, AT + timedelta(days=1), "UTC").since == "since 21 Nov 09:05, before it Usual"
    assert level_tile(found, RULES, replace(change, number=4), AT, "UTC").since == "", "not looked at yet"


def test_a_level_that_is_kept_says_so() -> None:
    _, change = lived(70, 92)
    found = kept(RULES, standing(RULES, Measured(70, 0, 0)), 3)
    tile = level_tile(found, RULES, change, AT, "UTC")
    assert (tile.number, tile.why) == (3, "Its rule holds no more; it is kept until it has not held for 30 minutes.")
    assert kept(RULES, standing(RULES, Measured(98, 0, 0)), 3).number == 4
    assert kept(RULES, standing(RULES, Measured(70, 0, 0)), 9).number == 4, "rules with fewer levels"


FILE = hospital_file({"A": {"1": 2}})


def test_the_file_says_how_long_and_may_go_by_the_forecast() -> None:
    levels = '[[command_centre.levels]]\nname = "Usual"\n[[command_centre.levels]]\nname = "Full"\nexpected = 97\n'
    plan = parse_plan(f"{FILE}\n[command_centre]\nhold_minutes = 45\n{levels}", "x.toml")
    assert (plan.alert.hold_minutes, plan.alert.levels[1].expected) == (45, 97)
    with pytest.raises(Misconfigured, match=r"x\.toml:\d+: .*hold_minutes"):
        parse_plan(f"{FILE}\n[command_centre]\nhold_minutes = 1000\n", "x.toml")
