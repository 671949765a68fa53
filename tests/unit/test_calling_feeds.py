"""Who connects to the feeds' ports, in the trail: new callers at once, the same again as a count, and never more than so many lines."""

from datetime import UTC, datetime, timedelta

from adt_feed.callers import Caller
from flow.domain.audit import Kind
from flow.main.calling_feeds import MOST, WINDOW, Callers

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HIS = Caller("10.0.0.4", "his", "0123456789abcdef")


def test_a_caller_is_told_at_once_and_its_coming_back_once_a_quarter_of_an_hour() -> None:
    callers = Callers()
    callers.meet(HIS, NOW)
    (first,) = callers.due(NOW)
    assert (first.kind, first.actor, first.address, first.detail) == (
        Kind.FEED_OPENED,
        "his",
        "10.0.0.4",
        {"certificate": "0123456789abcdef"},
    )
    for second in range(1, 600):
        callers.meet(HIS, NOW + timedelta(seconds=second))
    assert list(callers.due(NOW + WINDOW - timedelta(seconds=1))) == []
    (again,) = callers.due(NOW + WINDOW)
    assert (again.at, again.detail["again"]) == (NOW + timedelta(seconds=599), 599)
    assert list(callers.due(NOW + WINDOW)) == []
    callers.meet(HIS, NOW + WINDOW)
    assert len(list(callers.due(NOW + WINDOW))) == 1, "a new quarter of an hour"


def test_whoever_is_turned_away_is_told_with_the_reason() -> None:
    callers = Callers()
    callers.meet(Caller("192.0.2.9", refused="it hung up at the door"), NOW)
    (found,) = callers.due(NOW)
    assert (found.kind, found.actor, found.detail) == (Kind.FEED_REFUSED, "", {"reason": "it hung up at the door"})


def test_a_crowd_of_strangers_fills_no_disk() -> None:
    callers = Callers()
    for number in range(20 * MOST):
        callers.meet(Caller(f"2001:db8::{number:x}", refused="it hung up at the door"), NOW)
    callers.meet(HIS, NOW)
    found = [*callers.due(NOW), *callers.due(None)]
    assert MOST < len(found) < MOST + 5
    others = [trace for trace in found if not trace.address]
    assert sum(int(str(trace.detail.get("again", 1))) for trace in others) >= 19 * MOST - 1


def test_at_the_end_everything_is_told() -> None:
    callers = Callers()
    for _ in range(3):
        callers.meet(HIS, NOW)
    assert [trace.detail.get("again") for trace in callers.due(None)] == [None, 2]
