"""The feeds over the API: their health, and changing what their words mean. A word that gets a meaning brings its letters back in."""

from datetime import datetime

import msgspec
import structlog
from starlette.requests import Request
from starlette.responses import Response

from flow.domain.commands import SettleProposal
from flow.domain.feed_commands import ChangeFeed
from flow.domain.ids import BedId, ClinicId, FeedId
from flow.domain.plan import place_key
from flow.domain.walk_in import unseated
from flow.errors import BedflowError
from flow.history.inbox import Letter
from flow.views.integration.feeds import alarm_of, percentile
from flow.views.integration.tray import Unknown, Word, counted, of_visits, of_walk_ins, same, spoken
from flow.web.act import act
from flow.web.api.wire import Asked, answer, read
from flow.web.parts import House, house_of
from flow.web.problems import unknown

log = structlog.get_logger()
WORDLESS = ("unknown-place", "unknown-code", "unknown-clinic")
"""Codes of letters that wait for the meaning of a word."""
LOOKED_AT = 400
"""Parked letters whose words the tray lists; mapping a word finds all of them."""


class FeedOut(msgspec.Struct):
    """A feed: when it was last heard, letters of the last minute and hour, what waits, from receipt to handling and to the
    acknowledgment in seconds, letters of the last day in the tray by code, and the alarm that stands (silent | unhandled)."""

    id: str
    name: str
    last_at: datetime | None
    silent_seconds: int | None
    last_minute: int = 0
    last_hour: int = 0
    waiting: int = 0
    oldest_waiting: datetime | None = None
    handled_p50: float | None = None
    handled_p95: float | None = None
    ack_p50: float | None = None
    ack_p95: float | None = None
    ack_p99: float | None = None
    connections: int | None = None
    errors: dict[str, int] = {}
    alarm: str | None = None


class FeedsOut(msgspec.Struct):
    """Every feed; `letters` counts by state, `oldest_waiting` is set while letters wait to be handled."""

    as_of: datetime
    seq: int
    items: list[FeedOut]
    letters: dict[str, int]
    oldest_waiting: datetime | None = None


class FeedAsked(Asked):
    """What to change: words are added to what is mapped, switches turned; what is left out stays."""

    places: dict[str, str] = {}
    statuses: dict[str, str] = {}
    classes: dict[str, str] = {}
    clinics: dict[str, str] = {}
    payers: dict[str, str] = {}
    dispositions: dict[str, str] = {}
    a08: str | None = None
    zone: str | None = None
    charset: str | None = None
    visit_key: list[str] | None = None


class ChangedOut(msgspec.Struct):
    """The Seq after the change, and how many parked letters went back into the queue because of it."""

    seq: int
    sent_in_again: int


async def list_feeds(request: Request) -> Response:
    """The feeds' health."""
    house = house_of(request)
    now = house.clock.now()
    heard = await house.feeds.heard()
    for feed, at in house.live.feeds.items():
        heard[feed] = max(heard.get(feed, at), at)
    named = [(feed.id, feed.name) for feed in house.plan.feeds] + [(feed, feed) for feed in sorted(heard) if feed not in house.plan.feed]
    items = [FeedOut(feed, name, heard.get(feed), _silent(heard.get(feed), now)) for feed, name in named]
    await _fill(house, {item.id: item for item in items}, now)
    oldest = min((item.oldest_waiting for item in items if item.oldest_waiting), default=None)
    return answer(FeedsOut(house.live.as_of, house.live.seq, items, await house.inbox.counts(), oldest))


def _silent(last: datetime | None, now: datetime) -> int | None:
    return None if last is None else max(0, int((now - last).total_seconds()))


async def _fill(house: House, items: dict[str, FeedOut], now: datetime) -> None:
    """What the journal and the listeners know of each feed."""
    alarms, counters, acks = await house.feeds.alarms(now, house.live.feeds), house.integration.counters(), house.integration.acks()
    for feed, rate in (await house.feeds.rates(now)).items():
        if item := items.get(feed):
            item.last_minute, item.last_hour, item.handled_p50, item.handled_p95 = rate.minute, rate.hour, rate.p50, rate.p95
    for queue in await house.feeds.queues():
        if item := items.get(queue.feed):
            item.waiting, item.oldest_waiting = queue.letters, queue.oldest
    for error in await house.feeds.errors(now):
        if item := items.get(error.feed):
            item.errors = {**item.errors, error.code: error.letters}
    for feed, item in items.items():
        took = sorted(acks.get(feed, ()))
        item.ack_p50, item.ack_p95, item.ack_p99 = (percentile(took, share) for share in (50, 95, 99))
        item.connections = counters[feed].connections if feed in counters else None
        item.alarm = alarm_of(feed, alarms)


async def change_feed(request: Request) -> Response:
    """Map words of a feed or turn its switches; letters that waited for a word go back into the queue."""
    asked = await read(request, FeedAsked)
    command = ChangeFeed(
        feed_of(request),
        places={word: BedId(bed) for word, bed in asked.places.items()},
        statuses=asked.statuses,
        classes=asked.classes,
        clinics={word: ClinicId(clinic) for word, clinic in asked.clinics.items()},
        payers=asked.payers,
        dispositions=asked.dispositions,
        a08=asked.a08,
        zone=asked.zone,
        charset=asked.charset,
        visit_key=tuple(asked.visit_key) if asked.visit_key else None,
    )
    _, count = await changed(request, command)
    return answer(ChangedOut(house_of(request).desk.hospital.seq, count))


def feed_of(request: Request) -> FeedId:
    """The feed of the path; 404 for one that the hospital's file does not name."""
    return known_feed(house_of(request), request.path_params["feed"])


def known_feed(house: House, name: str) -> FeedId:
    """A feed by name; 404 for one that the hospital's file does not name, where it names any."""
    if house.plan.feeds and name not in house.plan.feed:
        raise unknown("unknown-feed", "There is no such feed; the hospital's file says which there are.")
    return FeedId(name)


async def changed(request: Request, command: ChangeFeed) -> tuple[datetime, int]:
    """Carry the change out, then send in again what waited for its words: when, and how many letters."""
    house = house_of(request)
    words = {"places": command.places, "statuses": command.statuses, "classes": command.classes, "clinics": command.clinics}
    mapped = {same(kind, word, command.feed) for kind, spelt in words.items() for word in spelt}
    waited = await _waiting_for(house, mapped)
    await act(request, command)
    await _settle_proposals(request, command)
    at = house.clock.now()
    count = await house.letters.put_back(waited, at) if waited else 0
    if count:
        house.desk.wake()
    return at, count


async def _settle_proposals(request: Request, command: ChangeFeed) -> None:
    """A place that is mapped is no proposal any more."""
    proposals = house_of(request).desk.hospital.proposals
    for key in {place_key(place) for place in command.places}:
        if key in proposals and not proposals[key].settled:
            await act(request, SettleProposal(key))


async def _waiting_for(house: House, mapped: set[Word]) -> list[int]:
    """Parked letters that one of these words keeps back, as the words stand now."""
    if not mapped:
        return []
    return [
        letter.id
        async for letter in house.letters.parked(WORDLESS)
        if any(same(kind, spelt, letter.feed) in mapped for kind, spelt in _read(house, letter))
    ]


def _read(house: House, letter: Letter) -> list[tuple[str, str]]:
    """The words of a letter that mean nothing yet."""
    hospital = house.desk.hospital
    try:
        reading = house.desk.interpret(letter, hospital)
    except BedflowError:
        return []
    except Exception as error:  # noqa: BLE001  # whatever a stranger's bytes do to us, the tray is shown
        log.warning("tray.unread", letter=letter.id, kind=type(error).__name__)
        return []
    return list(spoken(reading.commands, hospital))


async def words_waited_for(house: House) -> list[Unknown]:
    """Words without a meaning: of visits in the house, and of the oldest parked letters."""
    found = of_visits(house.desk.hospital)
    of_walk_ins(found, unseated(house.desk.hospital, house.clock.now()))
    looked = 0
    async for letter in house.letters.parked(WORDLESS):
        counted(found, letter.feed, _read(house, letter))
        looked += 1
        if looked == LOOKED_AT:
            break
    return list(found.values())
