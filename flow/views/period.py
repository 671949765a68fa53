"""The time that a page of figures speaks of: a length that ends now, or days of the hospital from the first to the last. Pure.

`asked_period` reads it from the address, `period_bar` is what every such page draws of it: lengths, the time before and after, two fields.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

LENGTHS: Mapping[str, tuple[str, int]] = {
    "24h": ("24 h", 1),
    "7d": ("7 days", 7),
    "28d": ("28 days", 28),
    "90d": ("90 days", 90),
    "365d": ("a year", 365),
}
"""By `range` of the address: words, days."""
USUAL = "7d"
LONGEST = 366
"""Days that can be asked for at once, where a page does not say otherwise."""
MINUTE, _DAY = timedelta(minutes=1), timedelta(days=1)


class WrongPeriod(ValueError):
    """Such days cannot be shown; the words say why, and what can be."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A link that chooses a period."""

    words: str
    href: str
    here: bool


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` to `end`: of the last days (`key`), or of whole days (`key` is ""), of which today is as long as it has lasted."""

    start: datetime
    end: datetime
    zone: str
    key: str = ""

    @property
    def first(self) -> date:
        """The hospital's day in which it begins."""
        return self.start.astimezone(ZoneInfo(self.zone)).date()

    @property
    def last(self) -> date:
        """The hospital's day in which it ends."""
        return (self.end - timedelta(microseconds=1)).astimezone(ZoneInfo(self.zone)).date()

    @property
    def days(self) -> int:
        """How many."""
        return LENGTHS[self.key][1] if self.key else (self.last - self.first).days + 1

    @property
    def length(self) -> str:
        """`7 days`."""
        return LENGTHS[self.key][0] if self.key else "1 day" if self.days == 1 else f"{self.days} days"

    @property
    def words(self) -> str:
        """`14 Nov 2026 09:30 to 21 Nov 2026 09:30`, of whole days `14 to 20 Nov 2026`; of those that are not over until when."""
        zone = ZoneInfo(self.zone)
        end = self.end.astimezone(zone)
        if self.key:
            return f"{self.start.astimezone(zone):%d %b %Y %H:%M} to {end:%d %b %Y %H:%M}"
        return days_words(self.first, self.last) + (f", until {end:%H:%M}" if end.time() != time() else "")

    @property
    def asked(self) -> dict[str, str]:
        """As the address has it."""
        return {"range": self.key} if self.key else {"from": self.first.isoformat(), "to": self.last.isoformat()}

    def floored(self, step: timedelta) -> "Period":
        """Ending with a whole step (an hour at most) of the hospital's clock; the last days begin with one, too."""
        minutes = int(min(step, timedelta(hours=1)).total_seconds() // 60)
        local = self.end.astimezone(ZoneInfo(self.zone))
        whole = local.replace(minute=local.minute // minutes * minutes, second=0, microsecond=0).astimezone(self.end.tzinfo)
        if self.key:
            return replace(self, start=whole - self.days * _DAY, end=whole)
        return replace(self, end=whole) if whole > self.start else self


def days_words(first: date, last: date) -> str:
    """`21 Nov 2026`, `15 to 21 Nov 2026`, `28 Oct to 3 Nov 2026`, `28 Dec 2025 to 3 Jan 2026`."""
    end = f"{last.day} {last:%b %Y}"
    if first == last:
        return end
    if first.year != last.year:
        return f"{first.day} {first:%b %Y} to {end}"
    return f"{first.day} to {end}" if first.month == last.month else f"{first.day} {first:%b} to {end}"


def day_in(at: datetime, zone: str) -> date:
    """The hospital's day of a moment."""
    return at.astimezone(ZoneInfo(zone)).date()


def begins_words(begun: date, first: date, *, gone: bool = False) -> str:
    """What is said of figures whose first day lies before the record, or before what is kept of it (`gone`); "" of others."""
    if first >= begun:
        return ""
    if gone:
        return f"Single movements are kept from {days_words(begun, begun)} on; those before are no longer kept."
    return f"The record begins on {days_words(begun, begun)}; of the days before nothing is known."


def last_days(key: str, now: datetime, zone: str) -> Period:
    """The days up to now."""
    return Period(now - LENGTHS[key][1] * _DAY, now, zone, key)


def whole_days(first: date, last: date, now: datetime, zone: str) -> Period:
    """From the midnight that begins the first to the one that ends the last, or to now."""
    local = ZoneInfo(zone)
    start, end = (datetime.combine(day, time(), local).astimezone(now.tzinfo) for day in (first, last + _DAY))
    return Period(start, max(min(end, now), start + MINUTE), zone)


@dataclass(frozen=True, slots=True)
class Rules:
    """What a page can show: which lengths, the `usual` one, whether of today (`today` False: only days that are over), and how many days
    at most; `why` not more. `single`: it reads single movements, which are not kept for ever, and not what days were added up to."""

    keys: Sequence[str] = tuple(LENGTHS)
    usual: str = USUAL
    today: bool = True
    longest: int = LONGEST
    why: str = ""
    single: bool = False

    @property
    def bound(self) -> str:
        """What is said on the page; "" where a year is shown."""
        return f"At most {self.longest} days at once: {self.why}." if self.why else ""

    def newest(self, now: datetime, zone: str) -> date:
        """The last day that can be asked for."""
        day = now.astimezone(ZoneInfo(zone)).date()
        return day if self.today else day - _DAY


def names_days(query: Mapping[str, str]) -> bool:
    """Whether an address asks for days; an empty field asks for nothing."""
    return any(query.get(name, "").strip() for name in ("from", "to"))


def asked_period(
    query: Mapping[str, str], rules: Rules, now: datetime, zone: str, begun: date | None = None, *, gone: bool = False
) -> Period:
    """What an address asks for: `from` and `to` (that left out: until the last day there is), else `range`, else the usual.
    `begun` is the first day of which anything is known, or of which single movements are kept (`gone`). Raises WrongPeriod."""
    if not names_days(query):
        key = query.get("range", rules.usual)
        return last_days(key if key in rules.keys else rules.usual, now, zone)
    newest = rules.newest(now, zone)
    if not query.get("from", "").strip():
        raise WrongPeriod("Say the first day, too: only the last one was given.")
    first = _day(query["from"], "first")
    last = _day(query["to"], "last") if query.get("to", "").strip() else newest
    _check(first, last, newest, rules)
    _check_kept(last, begun, gone=gone)
    return whole_days(first, last, now, zone)


def _day(text: str, which: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise WrongPeriod(f"“{text.strip()[:20]}” is no {which} day. Write a day as year-month-day, like 2026-11-21.") from None


def _check(first: date, last: date, newest: date, rules: Rules) -> None:
    if last < first:
        raise WrongPeriod(f"The last day, {days_words(last, last)}, lies before the first, {days_words(first, first)}. Exchange them.")
    for day in (first, last):
        if day > newest:
            raise WrongPeriod(
                f"{days_words(day, day)} {_LATE[rules.today]}. The last day that can be chosen is {days_words(newest, newest)}."
            )
    if (asked := (last - first).days + 1) > rules.longest:
        why = f": {rules.why}" if rules.why else ""
        raise WrongPeriod(f"These are {asked} days, and at most {rules.longest} can be shown at once{why}. Choose fewer.")


def _check_kept(last: date, begun: date | None, *, gone: bool) -> None:
    if begun is None or last >= begun:
        return
    if gone:
        raise WrongPeriod(f"Single movements before {days_words(begun, begun)} are no longer kept. Choose days from then on.")
    raise WrongPeriod(f"Nothing is known of days before {days_words(begun, begun)}, when the record begins. Choose days from then on.")


_LATE = {True: "has not come yet", False: "is not over yet"}


@dataclass(frozen=True, slots=True)
class PeriodBar:
    """What a page draws: `choices` of lengths, the days before and after, the two fields as they were filled in (`newest` is the last that
    they take), what is wrong with them, and what is to be known of the period shown, how many
    days can be asked for at most. `fixed`: it is over, nothing in it goes on."""

    period: Period
    choices: tuple[Choice, ...]
    earlier: Choice | None
    later: Choice | None
    first: str
    last: str
    newest: str
    wrong: str
    note: str
    bound: str
    fixed: bool

    @property
    def query(self) -> str:
        """In a link: `range=7d`, or `from=2026-11-14&to=2026-11-20`."""
        return urlencode(self.period.asked)

    @property
    def range(self) -> str:
        """The length, for a form that keeps it; "" of days."""
        return self.period.key


@dataclass(frozen=True, slots=True)
class AskedPeriod:
    """What was asked for: the period to show, which is the usual one where the fields were filled in wrongly (`wrong` says how); `typed` as
    they were filled in; `begun` is when the record begins, None where nothing is known yet; `gone`: what was before is no longer kept."""

    period: Period
    rules: Rules
    now: datetime
    typed: tuple[str, str] = ("", "")
    wrong: str = ""
    begun: datetime | None = None
    gone: bool = False

    def knows(self, at: datetime) -> bool:
        """Whether there is a record of a moment: before it no bed is empty, none is known."""
        return self.begun is None or at >= self.begun

    def floored(self, step: timedelta) -> "AskedPeriod":
        """Of the period floored."""
        return replace(self, period=self.period.floored(step))

    def bar(self, path: str, filters: Mapping[str, str | None]) -> PeriodBar:
        """The links keep the page's other filters."""
        given = {name: value for name, value in filters.items() if value}

        def link(asked: Mapping[str, str]) -> str:
            return f"{path}?{urlencode({**asked, **given})}"

        def days(first: date, last: date) -> Choice:
            return Choice(days_words(first, last), link({"from": first.isoformat(), "to": last.isoformat()}), here=False)

        p, newest = self.period, self.rules.newest(self.now, self.period.zone)
        before = (p.start - timedelta(microseconds=1)).astimezone(ZoneInfo(p.zone)).date()
        after = min(p.last + p.days * _DAY, newest)
        is_known = self.begun is None or before >= day_in(self.begun, p.zone)
        return PeriodBar(
            period=p,
            choices=tuple(Choice(LENGTHS[key][0], link({"range": key}), key == p.key) for key in self.rules.keys),
            earlier=days(before - (p.days - 1) * _DAY, before) if is_known else None,
            later=days(after - (p.days - 1) * _DAY, after) if not p.key and after > p.last else None,
            first=self.typed[0],
            last=self.typed[1],
            newest=newest.isoformat(),
            wrong=f"{self.wrong} Shown are the last {LENGTHS[self.rules.usual][0]}." if self.wrong else "",
            note=self._note(),
            bound=self.rules.bound,
            fixed=not p.key and p.last < self.now.astimezone(ZoneInfo(p.zone)).date(),
        )

    def _note(self) -> str:
        if self.begun is None:
            return ""
        return begins_words(day_in(self.begun, self.period.zone), self.period.first, gone=self.gone)
