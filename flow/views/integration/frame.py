"""What stands on every page of the integration engineer: the tabs, and the alarms that stand now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flow.domain.alerts import Alarm
from flow.domain.plan import Plan
from flow.views.page import Chrome, NavLink
from flow.views.times import when

TABS: Mapping[str, str] = {
    "/integration": "Feeds",
    "/integration/letters": "Letters",
    "/integration/tray": "Tray",
    "/integration/conflicts": "Conflicts",
    "/integration/outbound": "Outbound",
}


@dataclass(frozen=True, slots=True)
class Tab(NavLink):
    """A part of the screen; `count` is how much lies there to be done."""

    count: int = 0


@dataclass(frozen=True, slots=True)
class Frame:
    """`now` is the clock of what is shown; `alarms` are sentences, the worst first; `writes` whether buttons are shown; `refused` why
    what was asked just now was not done."""

    chrome: Chrome
    tabs: tuple[Tab, ...]
    now: str
    alarms: tuple[str, ...] = ()
    writes: bool = False
    beds: tuple[str, ...] = field(default=())
    refused: str = ""


def tabs(here: str, open_to_reader: Iterable[str], counts: Mapping[str, int]) -> tuple[Tab, ...]:
    """The tabs somebody may open, with how much lies in each."""
    shown = set(open_to_reader)
    return tuple(Tab(href, words, href == here, counts.get(href, 0)) for href, words in TABS.items() if href in shown)


def alarm_words(alarm: Alarm, plan: Plan, at: datetime) -> str:
    """An alarm as a sentence for a banner; no name of a person is in it."""
    since = when(alarm.since, at, plan.zone)
    name = plan.feed[alarm.feed].name if alarm.feed in plan.feed else alarm.feed  # type: ignore[index]  # a feed may be one that the file dropped
    if alarm.kind == "unhandled":
        return f"{name}: a letter received at {since} is not handled yet"
    return f"{name}: nothing heard since {since}; {span(alarm.limit)} is the longest usual silence"


def span(passed: timedelta) -> str:
    """`12 s`, `4 min`, `3 h 10 min`, `2 d`; never negative."""
    seconds = max(0, int(passed.total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min"
    if seconds < 2 * 86400:
        return f"{seconds // 3600} h {seconds % 3600 // 60:02d} min"
    return f"{seconds // 86400} d"


def since(at: datetime | None, now: datetime) -> str:
    """How long ago; a dash for never."""
    return "–" if at is None else span(now - at)
