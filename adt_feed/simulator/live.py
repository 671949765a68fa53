"""The demo in real time: letters go over real MLLP to the real listener, commands to the desk as people's.

Made by the composition root, which hands in how a command is carried out and where the hospital can be read.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from adt_feed.sender import MllpClient
from adt_feed.simulator.action import Timed
from adt_feed.simulator.model import Model
from adt_feed.simulator.world import Pseudonym
from flow.domain.commands import Command
from flow.domain.hospital import Hospital
from flow.domain.plan import Plan
from flow.errors import Refused, Unavailable

log = structlog.get_logger()

SPEED = 6.0
"""A stay of three days lasts twelve hours."""

PAUSE = 2.0
"""Seconds until what nobody took is tried again."""


@dataclass(slots=True)
class Simulator:
    """`census` gives the desk's hospital each time it is asked; `act` carries out a command in an actor's name."""

    plan: Plan
    census: Callable[[], Hospital]
    pseudonym: Pseudonym
    act: Callable[[Command, str], Awaitable[object]]
    now: Callable[[], datetime]
    host: str
    port: int
    seed: int = 1
    speed: float = SPEED

    async def run(self) -> None:
        """Play until cancelled. A hospital without patients is filled first; else its patients are taken over."""
        model = Model(self.plan, self.census, self.pseudonym, seed=self.seed, speed=self.speed, start=self.now())
        model.adopt()
        if not any(visit.is_open for visit in self.census().visits.values()):
            model.fill()
        client = MllpClient(self.host, self.port)
        log.info("simulator.plays", beds=len(self.plan.beds), stays=len(model.world.stays), speed=self.speed)
        try:
            while (due := model.next_at()) is not None:
                await asyncio.sleep(max(0.0, (due - self.now()).total_seconds()))
                for timed in model.step(self.now()):
                    await self._perform(client, timed)
        finally:
            await client.close()

    async def _perform(self, client: MllpClient, timed: Timed) -> None:
        if isinstance(timed.what, bytes):
            await self._send(client, timed.what)
            return
        try:
            await self.act(timed.what, timed.actor)
        except Refused as refusal:
            log.debug("simulator.refused", code=refusal.code)
        except Unavailable as outage:
            log.warning("simulator.waits", reason=outage.reason)
            await asyncio.sleep(PAUSE)

    async def _send(self, client: MllpClient, letter: bytes) -> None:
        """Until it is answered; a HIS keeps its letters."""
        while True:
            try:
                await client.send([letter])
                return
            except Unavailable as outage:
                log.warning("simulator.waits", reason=outage.reason)
                await asyncio.sleep(PAUSE)
