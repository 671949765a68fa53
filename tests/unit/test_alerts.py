"""The written rule of the two alarms, moment by moment."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from flow.domain.alerts import Alarm, Gaps, Queue, alarms, at_any_hour, longest_silence

NOON = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)
"""12:00 in Kolkata."""
ZONE = "Asia/Kolkata"
BY_DAY = Gaps("his", True, 500, timedelta(minutes=8))
BY_NIGHT = Gaps("his", False, 300, timedelta(minutes=40))


def standing(heard: Mapping[str, datetime], *queues: Queue, now: datetime = NOON) -> list[tuple[str, str]]:
    return [alarm.key for alarm in alarms(heard, [BY_DAY, BY_NIGHT], queues, now, ZONE)]


def test_a_feed_is_silent_after_three_times_its_usual_gap() -> None:
    limit = timedelta(minutes=24)
    assert standing({"his": NOON - limit}) == []
    assert standing({"his": NOON - limit - timedelta(seconds=1)}) == [("silent", "his")]


def test_the_night_is_judged_by_the_night() -> None:
    midnight = NOON + timedelta(hours=12)
    assert standing({"his": midnight - timedelta(minutes=119)}, now=midnight) == []
    assert standing({"his": midnight - timedelta(minutes=121)}, now=midnight) == [("silent", "his")]


def test_a_silence_over_the_morning_is_judged_by_the_longer_habit() -> None:
    morning = datetime(2026, 11, 21, 1, 40, tzinfo=UTC)  # 07:10
    assert standing({"his": morning - timedelta(minutes=100)}, now=morning) == []


@pytest.mark.parametrize(
    ("gaps", "limit"),
    [
        ([], None),
        ([Gaps("his", True, 19, timedelta(hours=1))], None),
        ([Gaps("his", True, 20, timedelta(seconds=4))], timedelta(minutes=10)),
        ([Gaps("his", True, 20, timedelta(minutes=5))], timedelta(minutes=15)),
        ([BY_NIGHT], None),
    ],
)
def test_a_feed_must_have_habits_and_ten_minutes_are_nothing(gaps: list[Gaps], limit: timedelta | None) -> None:
    assert longest_silence(gaps, NOON, NOON, ZONE) == limit


def test_at_any_hour_a_feed_may_be_silent_as_long_as_by_night_or_by_day() -> None:
    day, night = Gaps("his", True, 20, timedelta(minutes=5)), Gaps("his", False, 20, timedelta(minutes=40))
    assert at_any_hour([day, night, Gaps("lab", True, 19, timedelta(hours=1))]) == {"his": timedelta(hours=2)}
    assert at_any_hour([Gaps("his", True, 20, timedelta(seconds=4))]) == {"his": timedelta(minutes=10)}


def test_a_letter_may_wait_thirty_seconds() -> None:
    queue = Queue("lis", 3, NOON - timedelta(seconds=30))
    assert standing({"his": NOON}, queue) == []
    assert standing({"his": NOON}, queue, now=NOON + timedelta(seconds=1)) == [("unhandled", "lis")]


def test_the_worst_comes_first_and_says_since_when() -> None:
    queue = Queue("lis", 1, NOON - timedelta(minutes=1))
    found = alarms({"his": NOON - timedelta(hours=1)}, [BY_DAY], [queue], NOON, ZONE)
    assert found == (
        Alarm("unhandled", "lis", NOON - timedelta(minutes=1), timedelta(seconds=30)),
        Alarm("silent", "his", NOON - timedelta(hours=1), timedelta(minutes=24)),
    )
