"""What the log teaches the engine: how long dirty beds waited and were cleaned, by ward, and how late patients left."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from allocation.engine import Engine
from flow.domain.bed import BedStatus, Stage
from flow.domain.commands import Chart, Person, SetBedStatus, Told
from flow.domain.ids import BedId, PatientId, VisitId
from flow.domain.visit import Act, Fact, Order
from flow.main.running import history
from tests.integration.test_desk import NOW, NURSE, House, admit, discharge, open_house
from tests.plans import small_plan

BED = "4B-A-01"


@pytest.fixture
async def house(dsn: str, redis_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with AsyncExitStack() as stack:
        yield await open_house(stack, dsn, redis_url, tmp_path)


async def _stay(house: House, visit: str, late: int, queue: int, clean: int) -> None:
    """A patient expected to leave in an hour leaves `late` minutes after it; the bed waits `queue` and is cleaned in `clean` minutes."""
    start = house.clock.now()
    await house.desk.act(admit(visit, BED, start), NURSE)
    await house.desk.act(_expected(visit, start + timedelta(minutes=1), start + timedelta(hours=1)), NURSE)
    house.clock.advance(timedelta(minutes=60 + late))
    await house.desk.act(discharge(visit, house.clock.now()), NURSE)
    house.clock.advance(timedelta(minutes=queue))
    await _set(house, BedStatus.CLEANING, Stage.IN_PROGRESS)
    house.clock.advance(timedelta(minutes=clean))
    await _set(house, BedStatus.AVAILABLE)


def _expected(visit: str, at: datetime, leaves: datetime) -> Chart:
    fact = Fact(Act.PEND_DISCHARGE, at, Order(at), expected=leaves)
    return Chart((Told(VisitId(visit), Person(PatientId("p1")), fact),))


async def _set(house: House, status: BedStatus, stage: Stage | None = None) -> None:
    await house.desk.act(SetBedStatus(BedId(BED), status, stage=stage), NURSE)


async def test_the_engine_learns_the_stages_and_who_leaves_late(house: House) -> None:
    for number in range(8):
        await _stay(house, f"V{number}", late=10 * number, queue=20, clean=45)
    found = await history(house.database, house.clock.now() + timedelta(minutes=1))
    assert {ward: list(took) for ward, took in found.queue.items()} == {"4B": [20.0] * 8}
    assert {ward: list(took) for ward, took in found.clean.items()} == {"4B": [45.0] * 8}
    assert {ward: list(took) for ward, took in found.turn.items()} == {"4B": [65.0] * 8}
    assert list(found.late) == [70.0, 60.0, 50.0, 40.0, 30.0, 20.0, 10.0, 0.0], "the newest first"
    engine = Engine(small_plan())
    assert engine.turnover.clean[0].mean() < 45
    engine.learn(found)
    assert engine.turnover.clean[0].mean() == 45
    assert 30 < engine.turnover.late.mean() < 40


async def test_a_turn_of_which_nobody_told_the_beginning_has_no_stages(house: House) -> None:
    await house.desk.act(admit("V1", BED), NURSE)
    house.clock.advance(timedelta(hours=1))
    await house.desk.act(discharge("V1", house.clock.now()), NURSE)
    house.clock.advance(timedelta(minutes=30))
    await _set(house, BedStatus.AVAILABLE)
    found = await history(house.database, NOW + timedelta(hours=3))
    assert (found.queue, found.clean, found.late) == ({}, {}, [])
    assert {ward: list(took) for ward, took in found.turn.items()} == {"4B": [30.0]}


async def test_a_cleaning_that_paused_is_counted_from_its_first_beginning(house: House) -> None:
    await house.desk.act(admit("V1", BED), NURSE)
    house.clock.advance(timedelta(hours=1))
    await house.desk.act(discharge("V1", house.clock.now()), NURSE)
    for stage, minutes in ((Stage.IN_PROGRESS, 10), (Stage.SUSPENDED, 5), (Stage.IN_PROGRESS, 15)):
        house.clock.advance(timedelta(minutes=minutes))
        await _set(house, BedStatus.CLEANING, stage)
    house.clock.advance(timedelta(minutes=20))
    await _set(house, BedStatus.AVAILABLE)
    found = await history(house.database, house.clock.now() + timedelta(minutes=1))
    assert (dict(found.queue), dict(found.clean)) == ({"4B": [10.0]}, {"4B": [40.0]})
