"""Listening: where each feed is heard, with the seam between its listener and the journal.

A feed has a port of its own (`listen`), or the one of BEDFLOW_MLLP; feeds that name a client certificate are heard over TLS,
several of them behind one door.
"""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from typing import NamedTuple

import structlog

from adt_feed.door import TlsDoor
from adt_feed.letter import Letter as Incoming
from adt_feed.limits import Counters
from adt_feed.listener import Limits, MllpListener
from adt_feed.tls import server_context
from flow.domain.ids import FeedId
from flow.domain.plan import Feed, Plan
from flow.errors import Misconfigured
from flow.history.audit import Audit
from flow.main.calling_feeds import CallersTrail
from flow.main.house import House
from flow.main.pace import Pace
from flow.setting_words import Address
from flow.settings import Settings
from flow.tls import Renewing

log = structlog.get_logger()
TLS_FILES = ("BEDFLOW_MLLP_TLS_CERT", "BEDFLOW_MLLP_TLS_KEY", "BEDFLOW_MLLP_TLS_CLIENT_CA")


class Heard(NamedTuple):
    """A feed and where it is heard; over TLS where it names a client."""

    feed: Feed
    address: Address


class Ports:
    """The ports of one process; `heard` is when each feed was last heard, `pace` how long its letters took to be kept, `callers` who
    connects, for the audit trail."""

    def __init__(self, house: House, heard: dict[str, datetime]) -> None:
        self.house = house
        self.heard = heard
        self.listeners: list[MllpListener] = []
        self.doors: list[TlsDoor] = []
        self.pace = Pace()
        self.callers = CallersTrail(Audit(house.database), house.clock)
        self._renewing: list[asyncio.Task[None]] = []

    async def open(self, stack: AsyncExitStack) -> None:
        """A listener for each feed, and a door for each TLS port. Misconfigured where a port or a certificate cannot be had."""
        heard = feeds_heard(self.house.plan, self.house.settings)
        context = tls_context(self.house.settings, heard)
        self.house.desk.flooded = lambda: any(listener.flooded for listener in self.listeners)
        doors: dict[Address, dict[str, MllpListener]] = {}
        stack.push_async_callback(self._stop)
        for feed, address in heard:
            listener = self._listener(feed)
            if feed.client is None:
                await listener.start(*address)
            else:
                listener.open()
                doors.setdefault(address, {})[feed.client] = listener
            log.info("feed.listens", feed=feed.id, at=str(address), tls=feed.client is not None)
        if context is not None:
            self._renewing.append(asyncio.create_task(context.follow()))
        for address, clients in doors.items():
            assert context is not None
            door = TlsDoor(clients, context, meet=self.callers.meet)
            stack.push_async_callback(door.stop)
            await door.start(*address)
            self.doors.append(door)

    @property
    def tasks(self) -> list[asyncio.Task[None]]:
        """What must not end while letters are taken."""
        ports: list[MllpListener | TlsDoor] = [*self.listeners, *self.doors]
        return [*self._renewing, *(task for port in ports for task in port.tasks)]

    def counters(self) -> dict[str, Counters]:
        """What each feed's listener counts."""
        return {listener.feed: listener.counters for listener in self.listeners}

    async def _stop(self) -> None:
        """All feeds at once: none takes letters while another finishes its own."""
        for task in self._renewing:
            task.cancel()
        await asyncio.gather(*(listener.stop() for listener in self.listeners))

    def _listener(self, feed: Feed) -> MllpListener:
        settings = self.house.settings
        limits = Limits(
            max_frame=settings.max_frame_bytes,
            stall_seconds=settings.mllp_stall_seconds,
            connections=settings.mllp_connections,
            ae_on_outage=feed.on_outage == "AE",
        )
        self.listeners.append(MllpListener(feed.id, self._keep, limits, self.house.clock.now, self.callers.meet))
        return self.listeners[-1]

    async def _keep(self, letters: list[Incoming]) -> None:
        """Returns after COMMIT. Few letters are handled by it; of others the desk asks first, and they are acknowledged while PostgreSQL
        looks."""
        if not await self._handled(letters):
            await self.house.inbox.keep(letters)
            self.house.desk.wake()
            await asyncio.sleep(0)
        self.pace.kept(letters, self.house.clock.now())
        self.heard[letters[-1].feed] = letters[-1].received_at

    async def _handled(self, letters: list[Incoming]) -> bool:
        """Whether the desk kept them. It is not asked to where a sender works off a pile: the sooner that is answered, the sooner it is
        gone."""
        return not self.pace.hurries(letters[0]) and await self.house.desk.handle(letters)


def feeds_heard(plan: Plan, settings: Settings) -> list[Heard]:
    """Each feed and where it is heard; those without an address of their own first."""
    feeds = plan.feeds or (Feed(FeedId("adt"), "ADT", plan.zone),)
    shared = [feed for feed in feeds if feed.listen is None and feed.client is None][:1]
    behind_door = [feed for feed in feeds if feed.listen is None and feed.client is not None]
    own = [Heard(feed, Address(*_split(feed.listen))) for feed in feeds if feed.listen]
    return [*(Heard(feed, settings.mllp) for feed in shared), *(Heard(feed, settings.mllp_tls) for feed in behind_door), *own]


def feed_addresses(plan: Plan, settings: Settings) -> list[tuple[str, Address]]:
    """Each feed's id and where it is heard."""
    return [(feed.id, address) for feed, address in feeds_heard(plan, settings)]


def tls_context(settings: Settings, heard: Sequence[Heard]) -> Renewing | None:
    """What TLS ports are opened with; None where no feed wants TLS. Misconfigured where the settings and the feeds do not agree."""
    files = (settings.mllp_tls_cert, settings.mllp_tls_key, settings.mllp_tls_client_ca)
    missing = ", ".join(name for name, file in zip(TLS_FILES, files, strict=True) if file is None)
    clients = [feed.id for feed, _ in heard if feed.client is not None]
    cert, key, client_ca = files
    if cert is not None and key is not None and client_ca is not None:
        if not clients:
            raise Misconfigured(f"{TLS_FILES[0]} is set, but no feed of the hospital file names its `client`: nobody would use TLS.")
        return Renewing("HL7", (cert, key, client_ca), lambda: server_context(cert, key, client_ca))
    if clients:
        raise Misconfigured(f"The feed {clients[0]} is heard over TLS, for which {missing} must be set.")
    if any(files):
        raise Misconfigured(f"MLLP over TLS needs its three files; {missing} must be set as well.")
    return None


def _split(listen: str) -> tuple[str, int]:
    host, _, port = listen.rpartition(":")
    return host.strip("[]") or "127.0.0.1", int(port)
