"""The feeds: when each was heard, how fast it comes and is handled and answered, what waits, what failed, and its alarms."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from urllib.parse import urlencode

from flow.domain.alerts import Alarm, Queue
from flow.domain.plan import Feed, Plan
from flow.views.admin import stamp
from flow.views.integration.codes import code_words
from flow.views.integration.frame import Frame, since
from flow.views.page import Chrome


class CountersLike(Protocol):
    """What a listener counts since its start; `connections` is how many are open now."""

    @property
    def connections(self) -> int: ...
    @property
    def refused(self) -> int: ...
    @property
    def bad(self) -> int: ...
    @property
    def turned_away(self) -> int: ...
    @property
    def cut(self) -> int: ...
    @property
    def outages(self) -> int: ...


class RateLike(Protocol):
    """Letters of the last minute and hour; from receipt to handling in seconds."""

    @property
    def minute(self) -> int: ...
    @property
    def hour(self) -> int: ...
    @property
    def p50(self) -> float | None: ...
    @property
    def p95(self) -> float | None: ...


class ErrorsLike(Protocol):
    """Letters that lie in the tray for one reason."""

    @property
    def feed(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def letters(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with what it is; `bad` when it wants looking at, `href` where that is done."""

    words: str
    value: str
    bad: bool = False
    href: str = ""


@dataclass(frozen=True, slots=True)
class FeedCard:
    """One feed. `state` is ok | silent | unhandled | unheard; `errors` the reasons of the last day and what the line refused."""

    id: str
    name: str
    state: str
    state_words: str
    last: str
    age: str
    figures: tuple[Figure, ...]
    errors: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class FeedsPage:
    """Every feed's card."""

    frame: Frame
    cards: tuple[FeedCard, ...]

    @property
    def chrome(self) -> Chrome:
        """The page's frame, as base.html asks for it."""
        return self.frame.chrome


@dataclass(frozen=True, slots=True)
class Health:
    """What is known of the feeds: by feed id. `acks` are the newest times from receipt to acknowledgment in seconds, and with the
    `counters` those of the listeners of this process alone."""

    heard: Mapping[str, datetime]
    rates: Mapping[str, RateLike]
    queues: Iterable[Queue]
    errors: Iterable[ErrorsLike]
    counters: Mapping[str, CountersLike]
    acks: Mapping[str, Sequence[float]]
    alarms: Iterable[Alarm]


STATES = {"ok": "in order", "silent": "silent", "unhandled": "letters wait", "unheard": "never heard"}


def feeds_page(frame: Frame, plan: Plan, health: Health, now: datetime) -> FeedsPage:
    """One card a feed of the hospital's file, and one for any other that was heard."""
    known = [*plan.feeds, *(Feed(feed, feed, plan.zone) for feed in health.heard if feed not in plan.feed)]  # type: ignore[arg-type]
    return FeedsPage(frame, tuple(_card(feed, plan, health, now) for feed in known))


def _card(feed: Feed, plan: Plan, health: Health, now: datetime) -> FeedCard:
    last = health.heard.get(feed.id)
    state = alarm_of(feed.id, health.alarms) or ("ok" if last else "unheard")
    return FeedCard(
        id=feed.id,
        name=feed.name,
        state=state,
        state_words=STATES[state],
        last=stamp(last, plan.zone) if last else "never",
        age=since(last, now),
        figures=tuple(_figures(feed.id, health, now)),
        errors=tuple(_errors(feed.id, health)),
    )


def alarm_of(feed: str, standing: Iterable[Alarm]) -> str | None:
    """The kind of the first alarm that stands for a feed."""
    return next((alarm.kind for alarm in standing if alarm.feed == feed), None)


def _figures(feed: str, health: Health, now: datetime) -> Iterable[Figure]:
    rate = health.rates.get(feed)
    queue = next((queue for queue in health.queues if queue.feed == feed), None)
    yield Figure("last minute", str(rate.minute if rate else 0))
    yield Figure("last hour", str(rate.hour if rate else 0))
    yield Figure("waiting", str(queue.letters if queue else 0))
    yield Figure("oldest waits", since(queue.oldest, now) if queue else "–", bad=alarm_of(feed, health.alarms) == "unhandled")
    yield Figure("handled in, p50", seconds(rate.p50 if rate else None))
    yield Figure("handled in, p95", seconds(rate.p95 if rate else None))
    acks = sorted(health.acks.get(feed, ()))
    for share in (50, 95, 99):
        yield Figure(f"ACK in, p{share}", seconds(percentile(acks, share)))
    counters = health.counters.get(feed)
    yield Figure("connections", str(counters.connections) if counters else "–")


def _errors(feed: str, health: Health) -> Iterable[Figure]:
    for error in health.errors:
        if error.feed == feed:
            href = f"/integration/letters?{urlencode({'feed': feed, 'code': error.code})}" if error.code else ""
            yield Figure(f"{code_words(error.code)}, 24 h", str(error.letters), bad=True, href=href)
    counters = health.counters.get(feed)
    if counters is not None:
        told = {
            "bad frames": counters.bad,
            "answered AE or AR": counters.refused,
            "connections turned away": counters.turned_away,
            "connections cut": counters.cut,
            "commits failed": counters.outages,
        }
        yield from (Figure(words, str(count), bad=True) for words, count in told.items() if count)


def percentile(ordered: Sequence[float], share: int) -> float | None:
    """The nearest-rank percentile of ordered values; None of none."""
    return ordered[max(0, -(-len(ordered) * share // 100) - 1)] if ordered else None


def seconds(value: float | None) -> str:
    """`3.2 ms`, `1.4 s`, `5 min`."""
    if value is None:
        return "–"
    if value < 1:
        return f"{value * 1000:.1f} ms"
    return f"{value:.1f} s" if value < 120 else f"{value / 60:.0f} min"
