"""Of which time a page of figures speaks: lengths up to now, days of the hospital, and what cannot be shown, each with its words."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.views.period import LENGTHS, LONGEST, AskedPeriod, Period, Rules, WrongPeriod, asked_period, days_words, last_days, whole_days

ZONE = "Asia/Kolkata"
NOW = datetime(2026, 11, 21, 8, 47, 31, tzinfo=UTC)
"""14:17 of the 21st in India."""
BEGUN = datetime(2026, 10, 1, 3, 30, tzinfo=UTC)


def asked(query: str, rules: Rules | None = None) -> Period:
    pairs = (pair.partition("=") for pair in query.split("&"))
    return asked_period({name: value for name, _, value in pairs}, rules or Rules(), NOW, ZONE, BEGUN.date())


def days(query: str) -> AskedPeriod:
    return AskedPeriod(asked(query), Rules(), NOW, begun=BEGUN)


def test_a_length_ends_now_and_an_unknown_one_is_the_usual() -> None:
    assert (asked("range=28d").start, asked("range=28d").end) == (NOW - timedelta(days=28), NOW)
    assert asked("range=ever") == asked("") == asked("range=7d")
    assert asked("range=24h", Rules(("28d",), "28d")).key == "28d", "a page that has no such length"
    assert asked("range=7d&from=&to=").key == "7d", "empty fields ask for nothing"


def test_days_are_the_hospital_s_from_midnight_to_midnight() -> None:
    past = asked("from=2026-11-09&to=2026-11-15")
    assert (past.start, past.end) == (datetime(2026, 11, 8, 18, 30, tzinfo=UTC), datetime(2026, 11, 15, 18, 30, tzinfo=UTC))
    assert (past.first, past.last, past.days, past.length) == (date(2026, 11, 9), date(2026, 11, 15), 7, "7 days")
    assert past.words == "9 to 15 Nov 2026"
    today = asked("from=2026-11-21&to=2026-11-21")
    assert (today.end, today.words, today.length) == (NOW, "21 Nov 2026, until 14:17", "1 day")
    assert asked("from=2026-11-01").last == date(2026, 11, 21), "until today where nothing else is said"
    assert asked("range=24h&from=2026-11-09&to=2026-11-09").key == "", "days say more than a length"


def test_clocks_that_change_make_days_longer() -> None:
    autumn = whole_days(date(2026, 10, 25), date(2026, 10, 25), NOW, "Europe/Berlin")
    assert autumn.end - autumn.start == timedelta(hours=25)
    assert (autumn.first, autumn.last, autumn.days) == (date(2026, 10, 25), date(2026, 10, 25), 1)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("from=2026-11-15&to=2026-11-09", "The last day, 9 Nov 2026, lies before the first, 15 Nov 2026. Exchange them."),
        ("from=2026-11-20&to=2026-11-22", "22 Nov 2026 has not come yet. The last day that can be chosen is 21 Nov 2026."),
        ("from=2026-12-01&to=2026-12-02", "1 Dec 2026 has not come yet."),
        ("from=2026-09-01&to=2026-09-30", "Nothing is known of days before 1 Oct 2026, when the record begins."),
        ("from=2025-01-01&to=2026-11-20", "These are 689 days, and at most 366 can be shown at once. Choose fewer."),
        ("from=yesterday&to=2026-11-20", "“yesterday” is no first day. Write a day as year-month-day, like 2026-11-21."),
        ("from=2026-11-01&to=2026-11-31", "“2026-11-31” is no last day."),
        ("from=0001-01-01&to=0001-01-02", "Nothing is known of days before"),
        ("to=2026-11-20", "Say the first day, too: only the last one was given."),
    ],
)
def test_days_that_cannot_be_shown_are_told_with_what_can(query: str, said: str) -> None:
    with pytest.raises(WrongPeriod) as told:
        asked(query)
    assert str(told.value).startswith(said)


def test_a_page_that_shows_less_than_a_year_says_why() -> None:
    rules = Rules(("24h", "90d"), "24h", longest=92, why="all of it is added up anew")
    assert rules.bound == "At most 92 days at once: all of it is added up anew." and Rules().bound == ""
    assert asked("from=2026-10-01&to=2026-11-21", replace(rules, longest=52)).days == 52
    with pytest.raises(WrongPeriod, match=r"These are 52 days, and at most 51 can be shown at once: all of it is added up anew[.] Choose"):
        asked("from=2026-10-01&to=2026-11-21", replace(rules, longest=51))
    assert asked("range=365d", rules).key == "24h"


def test_of_a_day_that_is_not_over_there_is_no_midnight() -> None:
    with pytest.raises(WrongPeriod, match=r"21 Nov 2026 is not over yet[.] The last day that can be chosen is 20 Nov 2026[.]"):
        asked("from=2026-11-21&to=2026-11-21", Rules(today=False))
    assert asked("from=2026-11-19", Rules(today=False)).last == date(2026, 11, 20)


def test_links_lead_to_the_days_before_and_after_of_the_same_length() -> None:
    bar = days("from=2026-11-09&to=2026-11-15").bar("/manager/kpis", {"ward": "4B", "type": None})
    assert bar.earlier is not None and bar.later is not None
    assert (bar.earlier.words, bar.earlier.href) == ("2 to 8 Nov 2026", "/manager/kpis?from=2026-11-02&to=2026-11-08&ward=4B")
    assert bar.later.words == "15 to 21 Nov 2026", "as many days, none of them to come"
    assert [choice.here for choice in bar.choices] == [False] * len(LENGTHS)
    assert (bar.query, bar.range, bar.fixed, bar.newest) == ("from=2026-11-09&to=2026-11-15", "", True, "2026-11-21")
    today = days("from=2026-11-15&to=2026-11-21").bar("/manager", {})
    assert today.later is None and not today.fixed
    first = days("from=2026-10-01&to=2026-10-02").bar("/manager", {})
    assert first.earlier is None, "before it nothing is known"


def test_before_a_length_lie_as_many_whole_days() -> None:
    """Seven days up to 14:17 of the 21st begin on the 14th, with which the days before end."""
    bar = days("range=7d").bar("/manager", {"ward": ""})
    assert bar.earlier is not None and bar.later is None
    assert (bar.earlier.words, bar.range, bar.query, bar.fixed) == ("8 to 14 Nov 2026", "7d", "range=7d", False)
    assert [choice.href for choice in bar.choices if choice.here] == ["/manager?range=7d"]


def test_days_from_before_the_record_are_shown_as_far_as_they_are_known() -> None:
    bar = days("from=2026-09-28&to=2026-10-04").bar("/manager", {})
    assert bar.note == "The record begins on 1 Oct 2026; of the days before nothing is known."
    assert not days("from=2026-10-01&to=2026-10-04").bar("/manager", {}).note
    assert days("range=90d").bar("/manager", {}).note == bar.note and days("range=90d").bar("/manager", {}).earlier is None
    assert not days("range=28d").bar("/manager", {}).note


def test_what_is_wrong_says_what_is_shown_instead() -> None:
    wrong = AskedPeriod(last_days("7d", NOW, ZONE), Rules(), NOW, ("x", ""), "“x” is no first day.", BEGUN)
    bar = wrong.bar("/manager", {})
    assert (bar.wrong, bar.first) == ("“x” is no first day. Shown are the last 7 days.", "x")


def test_a_floored_period_ends_with_a_whole_step_of_the_hospital_s_clock() -> None:
    hour = last_days("7d", NOW, ZONE).floored(timedelta(hours=6))
    assert (hour.end, hour.end - hour.start) == (datetime(2026, 11, 21, 8, 30, tzinfo=UTC), timedelta(days=7))
    past = asked("from=2026-11-09&to=2026-11-15")
    assert past.floored(timedelta(hours=1)) == past
    early = whole_days(date(2026, 11, 22), date(2026, 11, 22), datetime(2026, 11, 21, 18, 40, tzinfo=UTC), ZONE)
    assert early.floored(timedelta(hours=1)).end > early.start, "a day ten minutes old is not empty"


@given(st.dates(date(2025, 1, 1), date(2026, 11, 21)), st.integers(0, LONGEST - 1), st.sampled_from([ZONE, "Europe/Berlin", "UTC"]))
def test_paging_back_and_on_again_comes_to_the_same_days(first: date, more: int, zone: str) -> None:
    last = min(first + timedelta(days=more), date(2026, 11, 20))
    first = min(first, last)
    shown = AskedPeriod(whole_days(first, last, NOW, zone), Rules(), NOW)
    before = shown.bar("", {}).earlier
    assert before is not None
    query = dict(pair.split("=") for pair in before.href[1:].split("&"))
    page = AskedPeriod(asked_period(query, Rules(), NOW, zone), Rules(), NOW)
    assert page.period.end == shown.period.start and page.period.days == shown.period.days
    after = page.bar("", {}).later
    assert after is not None and after.words == days_words(first, last)
