"""A time of day is said without its day only where the day is today, in the hospital's zone."""

from datetime import datetime
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from flow.domain.roles import Role
from flow.views.cleaners import cleaners_page
from flow.views.escalations import Reader, escalations_page
from flow.views.page import Chrome
from flow.views.times import minutes_words, span_words, when
from tests.plans import small_plan

ZONE = "Asia/Kolkata"
CHROME = Chrome("Times", "Test")


def at(day: int, clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{day:02d}T{clock}").replace(tzinfo=ZoneInfo(ZONE))


NOW = at(22, "00:20")


@pytest.mark.parametrize(
    ("moment", "words"), [(at(22, "00:10"), "00:10"), (at(21, "23:50"), "21 Nov 23:50"), (at(23, "00:10"), "23 Nov 00:10")]
)
def test_a_moment_of_another_day_has_its_day(moment: datetime, words: str) -> None:
    assert when(moment, NOW, ZONE) == words


def test_a_span_says_the_day_once() -> None:
    assert span_words(at(22, "14:05"), at(22, "14:40"), NOW, ZONE) == "14:05–14:40"
    assert span_words(at(23, "14:05"), at(23, "14:40"), NOW, ZONE) == "23 Nov 14:05–14:40"
    assert span_words(at(22, "23:50"), at(23, "00:20"), NOW, ZONE) == "23:50–23 Nov 00:20"


@pytest.mark.parametrize(("exactly", "words"), [(0.4, "0 min"), (119.4, "119 min"), (119.6, "2 h 00"), (179.7, "3 h 00"), (232, "3 h 52")])
def test_a_length_is_rounded_before_it_is_split(exactly: float, words: str) -> None:
    assert minutes_words(exactly) == words


def test_a_night_shift_began_yesterday() -> None:
    cleaner: Any = SimpleNamespace(
        id="c", nick="Meena", trained=True, zone=None, shift=None, on_since=at(21, "22:00"), locked_out=False, has_pin=True, trade=None
    )
    (row,) = cleaners_page(CHROME, small_plan(), [cleaner], NOW).rows
    assert row.on == "21 Nov 22:00"


def test_a_message_and_a_muted_rule_of_yesterday_have_their_day() -> None:
    sent: Any = SimpleNamespace(
        id=1, addressee="manager", text="x", made_at=at(21, "23:40"), sent_at=at(21, "23:41"), given_up=None, sending_at=None, tries=0
    )
    plan = small_plan()
    mute: Any = SimpleNamespace(muted_at=at(20, "09:00"), muted_by="asha")
    page = escalations_page(
        CHROME, plan, [], Reader(Role.MANAGER, everything=True), NOW, rates={}, mutes={plan.escalations.rules[0].id: mute}, messages=[sent]
    )
    assert (page.messages[0].at, page.messages[0].state) == ("21 Nov 23:40", "sent 21 Nov 23:41")
    assert page.rules[0].muted == "since 20 Nov 09:00 by asha"
