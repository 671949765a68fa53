"""`[forecast]` of the hospital file: its times, its mistakes with their lines, and which huddle's forecast is to be issued when."""

from datetime import UTC, date, datetime, time

import pytest

from flow.domain.forecast_rules import ForecastRules
from flow.errors import Misconfigured
from flow.plan_file import parse_plan
from tests.hospital_file import hospital_file

ZONE = "Asia/Kolkata"
SMALL = hospital_file({"A": {"1": 2}})


def test_without_the_table_there_are_three_huddles() -> None:
    assert parse_plan(SMALL, "small.toml").forecast == ForecastRules((time(8), time(12), time(16)), 15)


def test_the_hospital_s_own_times() -> None:
    rules = parse_plan(SMALL + "\n[forecast]\nhuddles = [14:30:00, 07:00:00]\nlead_minutes = 30\n", "small.toml").forecast
    assert rules == ForecastRules((time(7), time(14, 30)), 30)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("huddles = [08:00:00, 08:00:00]", "a huddle's time stands twice"),
        ("huddles = []", "huddles"),
        ("lead_minutes = 0", "lead_minutes"),
        ("huddle = [08:00:00]", "huddles"),
    ],
)
def test_mistakes_are_told_with_their_line(wrong: str, said: str) -> None:
    text = f"{SMALL}\n[forecast]\n{wrong}\n"
    with pytest.raises(Misconfigured) as told:
        parse_plan(text, "small.toml")
    assert said in told.value.reason
    assert f"small.toml:{text[: text.index(wrong)].count(chr(10)) + 1}" in told.value.reason


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-21T02:14", None),
        ("2026-11-21T02:15", "2026-11-21T02:30"),
        ("2026-11-21T02:30", "2026-11-21T02:30"),
        ("2026-11-21T02:31", None),
        ("2026-11-21T10:20", "2026-11-21T10:30"),
    ],
)
def test_a_forecast_is_due_in_the_quarter_before_its_huddle(now: str, due: str | None) -> None:
    """At 08:00 and 16:00 in India."""
    rules = ForecastRules((time(8), time(16)))
    found = rules.due(datetime.fromisoformat(now).replace(tzinfo=UTC), ZONE)
    assert (found and found.astimezone(UTC)) == (datetime.fromisoformat(due).replace(tzinfo=UTC) if due else None)


def test_a_huddle_just_after_midnight_is_due_the_evening_before() -> None:
    rules = ForecastRules((time(0, 5),))
    found = rules.due(datetime(2026, 11, 21, 23, 55, tzinfo=UTC), "UTC")
    assert found == datetime(2026, 11, 22, 0, 5, tzinfo=UTC)
    assert rules.on(date(2026, 11, 22), "UTC") == (found,)
