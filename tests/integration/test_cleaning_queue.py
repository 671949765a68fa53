"""The order of cleaning on its way from allocation to the phone and the API: one for both, made anew only when something changed."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from allocation.engine import Engine
from flow.domain.bed import BedStatus, OutOfUse, Stage
from flow.domain.commands import RequestBed, SetBedStatus
from flow.domain.ids import BedId, PatientId, RequestId
from flow.domain.request import BedRequest
from flow.domain.roles import Role
from flow.history.arrivals import comings
from flow.main.cleaning import CleaningQueue
from tests.integration.test_desk import NURSE, admit, discharge, open_house
from tests.integration.web_house import Web, make_web
from tests.plans import small_plan


@pytest.fixture
async def web(dsn: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Web]:
    async with AsyncExitStack() as stack:
        core = await open_house(stack, dsn, redis_url, tmp_path)
        yield make_web(core, stack, tmp_path, cleaning=CleaningQueue(Engine(small_plan()), core.desk, core.clock))


async def _dirty(web: Web, *beds: str) -> None:
    for bed in beds:
        done = await web.core.desk.act(SetBedStatus(BedId(bed), BedStatus.CLEANING, stage=Stage.WAITING), NURSE)
        web.core.clock.advance(timedelta(minutes=5))
        assert await web.core.live.reached(done.seq)


async def _asks(web: Web, **more: str) -> None:
    made = BedRequest(RequestId("R-1"), PatientId("p9"), web.core.clock.now(), **more)  # type: ignore[arg-type]
    assert await web.core.live.reached((await web.core.desk.act(RequestBed(made), NURSE)).seq)


async def test_the_api_and_the_phone_follow_what_allocation_says(web: Web) -> None:
    await _dirty(web, "4B-A-01", "4B-B-01", "ICU-I-01")
    cleaner = await web.as_role(Role.HOUSEKEEPING)
    listed = (await cleaner.get("/api/v1/cleaning-jobs")).json()["items"]
    assert [job["id"] for job in listed] == ["4B-A-01", "4B-B-01", "ICU-I-01"]
    await _asks(web, type="general", sex="M", specialty="Medicine", origin="ED")
    for bed in ("4B-B-02", "4B-B-03"):
        await web.core.desk.act(SetBedStatus(BedId(bed), BedStatus.MAINTENANCE, reason=OutOfUse.REPAIR), NURSE)
    listed = (await cleaner.get("/api/v1/cleaning-jobs")).json()["items"]
    assert (listed[0]["id"], listed[0]["unblocks"]["request"]) == ("4B-B-01", "R-1")
    assert listed[0]["value"] > listed[1]["value"]
    assert listed[0]["reason"].startswith("for a priority 3 patient of Medicine waiting")
    board = (await cleaner.get("/housekeeping/board")).text
    assert 'data-bed="4B-B-01"' in board
    assert "Patient waiting in ED" in board


async def test_the_order_is_made_once_for_each_change_and_minute(web: Web) -> None:
    queue = web.house.cleaning
    await _dirty(web, "4B-A-01")
    first = queue()
    assert queue() is first
    web.core.clock.advance(timedelta(minutes=1))
    later = queue()
    assert later is not first
    await _dirty(web, "4B-B-01")
    assert len(queue()) == 2


async def test_the_engine_knows_the_queue_before_it_words_a_suggestion(web: Web) -> None:
    queue = web.house.cleaning
    assert isinstance(queue, CleaningQueue)
    await _dirty(web, "4B-A-01", "4B-A-02")
    queue.tell()
    first = queue.engine.grid.queue
    assert first == {BedId("4B-A-01"): 1, BedId("4B-A-02"): 2}
    queue.tell()
    assert queue.engine.grid.queue is first, "nothing has changed within the minute"
    done = await web.core.desk.act(SetBedStatus(BedId("4B-A-01"), BedStatus.CLEANING, stage=Stage.IN_PROGRESS), NURSE)
    assert await web.core.live.reached(done.seq)
    await _dirty(web, "ICU-I-01")
    queue.tell()
    assert queue.engine.grid.queue == {BedId("4B-A-02"): 1, BedId("ICU-I-01"): 1}, "a bed under way is in no queue"


async def test_comings_are_counted_in_the_hours_after_this_one_of_the_days_before(web: Web) -> None:
    desk, clock = web.core.desk, web.core.clock
    start = clock.now()
    await desk.act(admit("V1", "4B-A-01", start), NURSE)
    await desk.act(discharge("V1", start + timedelta(hours=1)), NURSE)
    clock.advance(timedelta(hours=10))
    await desk.act(admit("V2", "4B-A-02", clock.now(), "p2"), NURSE)
    clock.advance(timedelta(hours=12))
    found, days = await comings(web.core.database, clock.now(), timedelta(hours=4))
    assert found == {(BedId("4B-A-01"), "F"): 1}, (
        "two hours from now it was a day ago less 24 h; the evening's coming is not of these hours"
    )
    assert 0.9 < days < 1.0
