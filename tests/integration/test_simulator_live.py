"""The made-up hospital in real time: over a real MLLP port, through an outage, and stopped without a trace."""

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from adt_feed.letter import Letter
from adt_feed.limits import Limits
from adt_feed.listener import MllpListener
from adt_feed.simulator.action import Timed
from adt_feed.simulator.history import Stage
from adt_feed.simulator.live import Simulator
from flow.domain.bed import BedStatus
from flow.domain.commands import Command
from flow.domain.ids import PatientId
from flow.errors import Refused, Unavailable
from tests.plans import small_plan

PLAN = small_plan()
SPEED = 20_000.0
"""A day of life in four seconds."""


class House:
    """A hospital in memory behind a real port."""

    def __init__(self) -> None:
        self.stage = Stage(PLAN, datetime.now(UTC) - timedelta(days=1), pseudonym)
        self.control_ids: Counter[str] = Counter()
        self.acted: Counter[str] = Counter()
        self.outages = 0
        self.grown = asyncio.Event()

    async def keep(self, letters: list[Letter]) -> None:
        if self.outages:
            self.outages -= 1
            raise Unavailable("the journal is away")
        for letter in letters:
            self.control_ids[letter.control_id] += 1
            self.stage.play(Timed(datetime.now(UTC), "his", letter.raw))
        self.grown.set()

    async def act(self, command: Command, actor: str) -> None:
        self.acted[actor] += 1
        if actor == "demo-admissions" and self.acted[actor] == 1:
            raise Refused("somebody was faster")
        self.stage.play(Timed(datetime.now(UTC), actor, command))
        self.grown.set()

    async def until(self, met: Callable[[], bool]) -> None:
        async with asyncio.timeout(30):
            while not met():
                self.grown.clear()
                await self.grown.wait()


def pseudonym(mrn: str, authority: str) -> PatientId:
    return PatientId(f"p{mrn}{authority}")


async def play(house: House, met: Callable[[], bool]) -> None:
    """Play until something is so, then stop."""
    listener = MllpListener("his", house.keep, Limits(), lambda: datetime.now(UTC))
    port = await listener.start("127.0.0.1", 0)
    simulator = Simulator(
        PLAN, lambda: house.stage.hospital, pseudonym, house.act, lambda: datetime.now(UTC), "127.0.0.1", port, speed=SPEED
    )
    task = asyncio.create_task(simulator.run())
    try:
        await house.until(met)
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await listener.stop()


def occupied(house: House) -> int:
    return sum(bed.status is BedStatus.OCCUPIED for bed in house.stage.hospital.beds.values())


async def test_an_empty_hospital_fills_and_lives() -> None:
    house = House()
    await play(house, lambda: len(house.control_ids) >= 25 and occupied(house) >= 3 and house.acted["demo-housekeeping"] > 0)
    assert max(house.control_ids.values()) == 1


async def test_a_letter_that_was_not_kept_is_sent_again() -> None:
    house = House()
    house.outages = 2
    await play(house, lambda: len(house.control_ids) >= 10)
    assert house.outages == 0
    assert max(house.control_ids.values()) == 1
