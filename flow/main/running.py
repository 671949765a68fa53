"""Running: the tasks of one process. By default all parts in one; `web`, `feed` and `worker` also run apart on the same stores."""

import asyncio
from collections.abc import Awaitable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime
from functools import cached_property

import structlog
from starlette.routing import Route

from adt_feed.explain import explain
from allocation.engine import Engine
from allocation.ready import History
from flow.backup.folder import Folder
from flow.backup.look import State, look_or_say
from flow.census import CensusFile, CensusKeeper
from flow.connection import HandingOver
from flow.domain.ids import WardId
from flow.errors import Unavailable
from flow.history.hospital_files import HospitalFiles
from flow.history.levels import Levels
from flow.history.pool import Database, NotStored
from flow.history.reports import FOUR_WEEKS, stage_minutes, turn_minutes
from flow.history.seals import Seals
from flow.jobs import Jobs
from flow.main.choosing import choosing
from flow.main.cleaning import CleaningQueue
from flow.main.dispatching import dispatching
from flow.main.escalating import escalating
from flow.main.forecasting import Forecasting
from flow.main.house import House
from flow.main.huddling import Huddling
from flow.main.keeping import Keeping
from flow.main.leaving import leaving
from flow.main.levelling import Levelling, follow
from flow.main.listening import Ports
from flow.main.looking_back import LookingBack
from flow.main.providing import providing
from flow.main.purpose import is_made_up
from flow.main.pushing import pushing
from flow.main.replaying import Replaying
from flow.main.reporting import reporting
from flow.main.retaining import retaining
from flow.main.sealing import Sealing
from flow.main.sharing import certs, share
from flow.main.telling import tell
from flow.main.verifying import Verifying
from flow.main.withholding import Withholding, draw_anew
from flow.relay import Relay
from flow.server import WebServer
from flow.setting_words import Address
from flow.settings import Settings
from flow.state.client import connect
from flow.state.follower import Follower
from flow.state.hits import Hits
from flow.state.live import Live
from flow.state.looks import Looks
from flow.state.picture import Picture
from flow.state.redraws import Redraws
from flow.web.app import build
from flow.web.parts import Parts
from flow.web.rooms import Integration, Managers, Upkeep
from flow.web.security.limits import Hit, in_memory
from realtime.hub import Hub
from realtime.stream import Stream

log = structlog.get_logger()


class Running:
    """The tasks of one process. When one fails, all stop and the failure is raised."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.live = Live()
        self.heard: dict[str, datetime] = {}
        self.ports = Ports(house, self.heard)
        self.looks: Looks | None = None
        self.file = 0
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self, stack: AsyncExitStack, parts: frozenset[str]) -> None:
        """Start the parts; the stack stops them in reverse."""
        house = self.house
        redis = connect(house.redis_url)
        stack.push_async_callback(redis.aclose)
        self.heard.update(await house.inbox.feeds())
        await house.desk.open()
        self.withholding = Withholding(house.people, Redraws(redis, house.plan.id))
        house.desk.on_commit(self.withholding.committed)
        house.people.on_guards(self.withholding.committed)
        self._run(stack, self.withholding.run())
        files = HospitalFiles(house.database, house.vault)
        self.file = await files.keep(house.file, house.desk.hospital.seq, house.clock.now())
        self._run(stack, house.desk.run())
        if "worker" in parts:
            relay = Relay(house.log, Picture(redis, house.plan.id), house.desk.whole, house.clock, lambda: self.heard, house.plan.zone)
            house.desk.on_commit(lambda: relay.give(house.desk.committed))
            self._run(stack, relay.run())
            self._run(stack, Sealing(Seals(house.database, house.vault), house.clock, house.settings.audit_anchor).run())
            self._run(stack, Verifying(house.desk, house.database, house.clock).run())
            self._run(stack, leaving(house))
            self._run(stack, dispatching(house).rounds.run())
            pusher = pushing(house)
            if pusher is not None:
                self._run(stack, pusher.rounds.run())
            share(house, lambda work: self._run(stack, work))
            await stack.enter_async_context(reporting(house).running())
            await stack.enter_async_context(escalating(house).running())
            await stack.enter_async_context(Jobs(house.desk, house.inbox, house.clock).running())
            await stack.enter_async_context(self.forecasting.running())
            await stack.enter_async_context(Keeping(house.plan, house.database, house.clock).running())
            await stack.enter_async_context(self.huddling.running())
            await stack.enter_async_context(Levelling(house.desk, house.database, house.clock).running())
            await stack.enter_async_context(retaining(house).running())
        if parts & {"web", "worker"}:
            kept = CensusFile(house.settings.data_dir, house.vault, house.plan.id)
            self._run(stack, CensusKeeper(house.desk, house.people, house.inbox, house.clock, kept).run())
        self.looks = Looks(redis, house.plan.id)
        if "web" in parts:
            reader = connect(house.redis_url)
            stack.push_async_callback(reader.aclose)
            self._run(stack, Follower(reader, house.plan.id, self.live).run())
            self._run(stack, follow(self.live, Levels(house.database), house.clock))
            await self._start_web(stack)
        if "feed" in parts:
            await self.ports.open(stack)
            self._tasks += self.ports.tasks
            self._run(stack, self.ports.callers.run())
            await tell(house, stack, lambda work: self._run(stack, work))

    @cached_property
    def forecasting(self) -> Forecasting:
        """One for the worker's jobs and the pages."""
        return Forecasting(self.house.plan, self.house.database, self.house.clock)

    @cached_property
    def huddling(self) -> Huddling:
        """As well."""
        return Huddling(self.house.desk, self.house.database, self.house.clock, self.forecasting)

    @cached_property
    def replaying(self) -> Replaying:
        """Past days under other policies, for the pages."""
        return Replaying(self.house.plan)

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
        stack.push_async_callback(ended, task)

    async def _start_web(self, stack: AsyncExitStack) -> None:
        house = self.house
        engine = Engine(house.plan)
        queue = CleaningQueue(engine, house.desk, house.clock)
        hub = Hub(self.live, house.plan, queue)
        house.desk.on_commit(lambda: self.live.hear(house.desk.committed), first=True)
        self._run(stack, learning(house, engine, queue))
        hit = None
        if house.settings.rate_store == "redis":
            counting = connect(house.redis_url)
            stack.push_async_callback(counting.aclose)
            hit = Hits(counting, house.plan.id, in_memory()).hit
        app = build(replace(self._parts(hub, engine, queue, hit), made_up=await is_made_up(house)))
        stack.push_async_callback(self.replaying.close)
        server = WebServer(app, http_address(house.settings), house.settings, farewell=hub.close, http=HandingOver)
        await server.start()
        stack.push_async_callback(server.stop)
        self._run(stack, hub.run())
        self._run(stack, app.state.house.trail.run())
        self._run(stack, app.state.house.erasing_work.run())
        if self.looks is not None:
            self._run(stack, self.looks.follow(lambda: hub.announce("desk", "looks")))
            self._run(stack, Redraws(self.looks.redis, house.plan.id).follow(lambda: draw_anew(hub)))

    async def _backup(self) -> State | None:
        folder = self.house.settings.backup
        return await look_or_say(self.house.dsn, Folder(folder)) if folder is not None else None

    def _parts(self, hub: Hub, engine: Engine, queue: CleaningQueue, hit: Hit | None) -> Parts:
        house = self.house
        return Parts(
            settings=house.settings,
            plan=house.plan,
            file=self.file,
            desk=house.desk,
            live=self.live,
            database=house.database,
            people=house.people,
            inbox=house.inbox,
            vault=house.vault,
            clock=house.clock,
            admissions=choosing(engine, house.desk, house.clock, self.looks, queue.tell),
            cleaning=queue,
            managers=Managers(look_back=LookingBack(house.plan), replay=self.replaying, forecast=self.forecasting, sheet=self.huddling),
            integration=Integration(explain=explain, counters=self.ports.counters, acks=self.ports.pace.times),
            upkeep=Upkeep(backup=self._backup),
            stream=lambda allow: Route("/api/v1/stream", Stream(hub, allow, house.settings.stream_writer), name="stream"),
            certs=certs(house),
            provider=providing(house.settings, house.plan.sign_in, house.clock),
            hit=hit,
        )


async def learning(house: House, engine: Engine, queue: CleaningQueue) -> None:
    """Once an hour the engine hears how long the last weeks' cleanings took and how late patients left, and the queue of cleaning who
    usually comes now. While the database is away they go by what they know."""
    while True:
        try:
            engine.learn(await history(house.database, house.clock.now()))
        except (Unavailable, NotStored) as error:
            log.warning("allocation.not_learnt", reason=error.reason)
        await queue.learn(house.database)
        await asyncio.sleep(3600)


async def history(database: Database, now: datetime) -> History:
    """What the last four weeks say of the way of a bed from one patient to the next. Raises Unavailable, NotStored."""
    turns = await turn_minutes(database, now - FOUR_WEEKS, now)
    stages = await stage_minutes(database, now - FOUR_WEEKS, now)
    queue, clean, turn = ({WardId(ward): took for ward, took in found.items()} for found in (stages.queue, stages.clean, turns))
    return History(queue, clean, turn, stages.late)


async def ended(task: "asyncio.Task[None]") -> None:
    """Cancel a task and wait for it."""
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def http_address(settings: Settings) -> Address:
    """Where the pages are served."""
    return Address("0.0.0.0", settings.http.port) if settings.lan else settings.http  # nosec B104 # what LAN=1 is for
