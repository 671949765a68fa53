"""The dispatcher on real stores: an offer on the phone, handed on after three minutes, then the supervisor."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from allocation.engine import Engine
from flow.domain.cleaning_commands import AskClean, Tap, TapClean
from flow.domain.ids import BedId
from flow.history.cleaners import Cleaners, Described
from flow.main.cleaning import CleaningQueue
from flow.main.dispatching import Dispatch
from tests.integration.test_desk import NURSE, House, open_house
from tests.plans import small_plan

BED = BedId("4B-A-01")


@pytest.fixture
async def core(dsn: str, redis_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with AsyncExitStack() as stack:
        yield await open_house(stack, dsn, redis_url, tmp_path)


async def test_an_offer_is_made_handed_on_and_told_to_the_supervisor(core: House) -> None:
    cleaners = Cleaners(core.database)
    dispatch = Dispatch(core.desk, cleaners, CleaningQueue(Engine(small_plan()), core.desk, core.clock), core.clock)
    await core.desk.act(AskClean(BED), NURSE)
    assert await dispatch.step() == 0, "nobody is at work"
    for nick in ("Meena", "Ravi"):
        added, _ = await cleaners.add(Described(nick), "lata", core.clock.now())
        await cleaners.come_on(added.id, f"phone-{nick}", core.clock.now())
    asked = []
    for _ in range(2):
        assert await dispatch.step() == 1
        assert await dispatch.step() == 0
        job = core.desk.hospital.beds[BED].job
        assert job is not None and job.is_offered
        asked.append(job.cleaner)
        core.clock.advance(timedelta(minutes=3))
    assert len(set(asked)) == 2
    assert await dispatch.step() == 1
    job = core.desk.hospital.beds[BED].job
    assert job is not None and (job.cleaner, job.escalated_at) == (None, core.clock.now())
    await core.desk.act(TapClean(BED, Tap.START, asked[0] or "", job=job.id), NURSE)
    core.clock.advance(timedelta(hours=1))
    assert await dispatch.step() == 0


async def test_who_has_no_phone_or_whose_shift_is_over_is_offered_nothing(core: House) -> None:
    cleaners = Cleaners(core.database)
    dispatch = Dispatch(core.desk, cleaners, CleaningQueue(Engine(small_plan()), core.desk, core.clock), core.clock)
    added, _ = await cleaners.add(Described("Meena"), "lata", core.clock.now())
    await cleaners.come_on(added.id, None, core.clock.now())
    assert (await dispatch.crew()).hands == ()
    await cleaners.come_on(added.id, "phone-1", core.clock.now())
    assert [hand.id for hand in (await dispatch.crew()).hands] == [added.id]
    await cleaners.go_off(added.id, core.clock.now())
    assert (await dispatch.crew()).gone == {added.id}
