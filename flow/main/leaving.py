"""Discharges by the clock: every few minutes each is expected anew, and once an hour the house's pace is learnt from those who left.

Runs in the worker; several on one hospital do no harm, for what changes nothing is no event.
"""

import asyncio
from datetime import datetime, timedelta

import structlog

from flow.desk import Actor, Desk
from flow.domain.cause import Origin
from flow.domain.discharge_commands import ExpectAnew, LearnPace
from flow.domain.discharge_pace import learnt, step_minutes
from flow.errors import Refused, Unavailable
from flow.history.discharges import ended
from flow.history.pool import Database, NotStored
from flow.history.reports import FOUR_WEEKS
from flow.main.house import House

log = structlog.get_logger()
CLOCK = Actor("discharges", Origin.SYSTEM)
EVERY = timedelta(minutes=5)
LEARN = timedelta(hours=1)


async def leaving(house: House) -> None:
    """For ever. While the database is away it waits for the next time."""
    learnt_at: datetime | None = None
    while True:
        now = house.clock.now()
        try:
            if learnt_at is None or now - learnt_at >= LEARN:
                await learn(house.desk, house.database, now)
                learnt_at = now
            await expect(house.desk)
        except (Refused, Unavailable, NotStored) as error:
            log.warning("discharges.not_expected", reason=error.reason)
        await asyncio.sleep(EVERY.total_seconds())


async def expect(desk: Desk) -> None:
    """Expect every live discharge anew; nothing where nobody is about to leave."""
    if any(discharge.is_live for discharge in desk.hospital.discharges.values()):
        await desk.act(ExpectAnew(), CLOCK)


async def learn(desk: Desk, database: Database, now: datetime) -> None:
    """Tell the log the house's pace, where the last four weeks say another."""
    took = learnt(step_minutes(await ended(database, now - FOUR_WEEKS, now)))
    known = desk.hospital.paces.get("discharge")
    if took and (known is None or dict(known.took) != took):
        await desk.act(LearnPace(took), CLOCK)
