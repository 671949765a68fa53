"""The composition root: the only place that knows every room and wing. Opens the stores, puts the parts together, serves.

One process by default; the parts (`web`, `feed`, `worker`) also run apart on the same stores.
"""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from starlette.routing import Route

from adt_feed.letter import Letter as Incoming
from adt_feed.listener import Limits, MllpListener
from adt_feed.mapping import read
from adt_feed.message import Message
from adt_feed.outbound import Outbound, mllp
from allocation.engine import suggest
from allocation.rules import broken
from flow.clock import Clock, SystemClock
from flow.desk import Desk, Reading
from flow.domain.ids import BedId, FeedId
from flow.domain.plan import Feed, Plan
from flow.domain.request import BedRequest
from flow.embedded import claim_port, stores
from flow.history.cursors import Cursor
from flow.history.inbox import Inbox, Letter
from flow.history.log import Log
from flow.history.migrate import migrate
from flow.history.people import People
from flow.history.pool import Database
from flow.jobs import Jobs
from flow.plan_file import load_plan
from flow.relay import Relay
from flow.server import WebServer
from flow.settings import Address, Settings
from flow.state.client import connect
from flow.state.live import Follower, Live
from flow.state.picture import Picture
from flow.vault import Vault, open_vault
from flow.web.app import build
from flow.web.parts import Parts
from realtime.hub import Hub
from realtime.stream import Stream

log = structlog.get_logger()
ALL = frozenset({"web", "feed", "worker"})


@dataclass(frozen=True, slots=True)
class House:
    """One hospital with its stores open and nothing running yet."""

    settings: Settings
    plan: Plan
    clock: Clock
    vault: Vault
    database: Database
    redis_url: str
    people: People
    inbox: Inbox
    desk: Desk
    log: Log


@asynccontextmanager
async def open_house(settings: Settings) -> AsyncIterator[House]:
    """The stores (started here, or those already running), the schema up to date, the hospital loaded."""
    plan = load_plan(settings.hospital)
    async with AsyncExitStack() as stack:
        found = await stack.enter_async_context(stores(settings))
        database = await Database.connect(found.dsn, plan.id)
        stack.push_async_callback(database.close)
        await migrate(database)
        vault, clock = open_vault(settings.data_dir), SystemClock(settings.clock_speed, await Log(database).last_recorded())
        people, inbox = People(database, vault), Inbox(database, vault)
        interpret = _interpreter(plan, people)
        desk = Desk(database, plan, inbox, people, clock, interpret, undo_seconds=settings.undo_seconds)
        yield House(settings, plan, clock, vault, database, found.redis_url, people, inbox, desk, Log(database))


def _interpreter(plan: Plan, people: People) -> Callable[[Letter], Reading]:
    """What the desk asks of a letter; a feed that the file no longer names is read by the defaults."""

    def interpret(letter: Letter) -> Reading:
        feed = plan.feed.get(FeedId(letter.feed)) or Feed(FeedId(letter.feed), letter.feed, plan.zone)
        return read(Message.parse(letter.raw, feed.charset), feed, people.pseudonym, letter.received_at, plan.bed_at)

    return interpret


async def serve(
    settings: Settings,
    *,
    parts: frozenset[str] = ALL,
    before: Callable[[House], Awaitable[None]] | None = None,
    ready: Callable[[House], Coroutine[Any, Any, None]] | None = None,
) -> None:
    """Serve until SIGINT or SIGTERM, then stop in order: letters in hand, streams, stores. `before` runs with the stores open,
    `ready` beside everything once it listens. Raises Misconfigured before anything is started where a port is taken."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    _claim_ports(settings, parts)
    async with open_house(settings) as house, AsyncExitStack() as stack:
        if before is not None:
            await _unless(stop, before(house))
        if stop.is_set():
            return
        running = Running(house)
        await running.start(stack, parts)
        if ready is not None:
            stack.push_async_callback(_ended, asyncio.create_task(ready(house)))
        await running.until(stop)


async def _unless(stop: asyncio.Event, work: Awaitable[None]) -> None:
    """Do the work, or leave it where it is when asked to stop."""
    doing, stopping = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
    await asyncio.wait({doing, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not doing.done():
        doing.cancel()
        await asyncio.gather(doing, return_exceptions=True)
        return
    doing.result()


async def _ended(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def _claim_ports(settings: Settings, parts: frozenset[str]) -> None:
    if "web" in parts:
        claim_port(*_http(settings), "the pages (BEDFLOW_HTTP)")
    if "feed" in parts:
        claim_port(*settings.mllp, "HL7 messages (BEDFLOW_MLLP)")


def _http(settings: Settings) -> Address:
    return Address("0.0.0.0", settings.http.port) if settings.lan else settings.http


class Running:
    """The tasks of one process. When one fails, all stop and the failure is raised."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.live = Live()
        self.heard: dict[str, datetime] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._listeners: list[MllpListener] = []

    async def start(self, stack: AsyncExitStack, parts: frozenset[str]) -> None:
        """Start the parts; the stack stops them in reverse."""
        house = self.house
        redis = connect(house.redis_url)
        stack.push_async_callback(redis.aclose)
        self.heard = dict(await house.inbox.feeds())
        await house.desk.open()
        self._run(stack, house.desk.run())
        if "worker" in parts:
            relay = Relay(house.log, Picture(redis, house.plan.id), house.desk.whole, house.clock, lambda: self.heard)
            house.desk.on_commit(relay.wake)
            self._run(stack, relay.run())
            await stack.enter_async_context(Jobs(house.desk, house.inbox, house.clock).running())
        if "web" in parts:
            reader = connect(house.redis_url)
            stack.push_async_callback(reader.aclose)
            self._run(stack, Follower(reader, house.plan.id, self.live).run())
            await self._start_web(stack)
        if "feed" in parts:
            await self._start_feeds(stack)
            await self._start_outbound(stack)

    async def until(self, stop: asyncio.Event) -> None:
        """Wait for the signal, or for a task that fails."""
        stopping = asyncio.create_task(stop.wait())
        done, _ = await asyncio.wait({stopping, *self._tasks}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        for task in done - {stopping}:
            task.result()

    def _run(self, stack: AsyncExitStack, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.append(task)
        stack.push_async_callback(_ended, task)

    async def _start_web(self, stack: AsyncExitStack) -> None:
        house = self.house
        hub = Hub(self.live, house.plan)
        app = build(self._parts(hub))
        server = WebServer(app, _http(house.settings), house.settings, farewell=hub.close)
        await server.start()
        stack.push_async_callback(server.stop)
        self._run(stack, hub.run())

    def _parts(self, hub: Hub) -> Parts:
        house = self.house
        return Parts(
            settings=house.settings,
            plan=house.plan,
            desk=house.desk,
            live=self.live,
            database=house.database,
            people=house.people,
            inbox=house.inbox,
            vault=house.vault,
            clock=house.clock,
            suggest=lambda request, limit: suggest(request, house.desk.hospital, house.clock.now(), limit),
            broken=lambda request, bed: _broken(house, request, bed),
            stream=lambda allow: Route("/api/v1/stream", Stream(hub, allow), name="stream"),
        )

    async def _start_feeds(self, stack: AsyncExitStack) -> None:
        """One listener a feed; a feed without an address of its own is heard at BEDFLOW_MLLP."""
        house, settings = self.house, self.house.settings
        limits = Limits(
            max_frame=settings.max_frame_bytes, stall_seconds=settings.mllp_stall_seconds, connections=settings.mllp_connections
        )
        house.desk.flooded = lambda: any(listener.flooded for listener in self._listeners)
        for feed, address in feed_addresses(house.plan, settings):
            listener = MllpListener(feed, self._keep, limits, house.clock.now)
            await listener.start(*address)
            self._listeners.append(listener)
            stack.push_async_callback(listener.stop)
            log.info("feed.listens", feed=feed, at=str(address))

    async def _start_outbound(self, stack: AsyncExitStack) -> None:
        """One teller for each feed that wants to hear of our beds."""
        house = self.house
        head, _ = await house.log.head()
        for feed in house.plan.feeds:
            if feed.outbound is None:
                continue
            send = await stack.enter_async_context(mllp(feed.outbound))
            teller = Outbound(feed, house.plan, send, Cursor(house.database, f"outbound:{feed.id}"))
            house.desk.on_commit(teller.wake)
            self._run(stack, teller.follow(house.log.after, head))

    async def _keep(self, letters: list[Incoming]) -> None:
        """The seam between the listener and the journal: returns after COMMIT."""
        await self.house.inbox.keep(letters)
        self.heard[letters[-1].feed] = letters[-1].received_at
        self.house.desk.wake()


def _broken(house: House, request: BedRequest, bed: BedId) -> tuple[str, ...]:
    return broken(request, bed, house.desk.hospital, house.clock.now())


def feed_addresses(plan: Plan, settings: Settings) -> list[tuple[str, Address]]:
    """Where each feed is heard."""
    feeds = plan.feeds or (Feed(FeedId("adt"), "ADT", plan.zone),)
    shared = [feed for feed in feeds if feed.listen is None][:1]
    own: list[tuple[str, Address]] = [(feed.id, Address(*_split(feed.listen))) for feed in feeds if feed.listen]
    return [*((feed.id, settings.mllp) for feed in shared), *own]


def _split(listen: str) -> tuple[str, int]:
    host, _, port = listen.rpartition(":")
    return host or "127.0.0.1", int(port)
