"""The desk, the relay and the live picture together on real stores."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from flow.clock import FixedClock
from flow.desk import Actor, Desk
from flow.domain.bed import BedStatus, OutOfUse, Stage
from flow.domain.commands import AssignBed, Chart, Person, RequestBed, SetBedStatus, Told
from flow.domain.ids import BedId, PatientId, RequestId, VisitId
from flow.domain.plan import Plan
from flow.domain.request import BedRequest
from flow.domain.visit import Act, Fact, Order
from flow.errors import Refused, Unavailable
from flow.history import group as group_module
from flow.history import past
from flow.history.bundle import Part, carry_out
from flow.history.group import Group
from flow.history.inbox import Inbox
from flow.history.log import Log
from flow.history.migrate import migrate
from flow.history.people import People
from flow.history.pool import Connection, Database
from flow.relay import Relay
from flow.state.client import connect
from flow.state.follower import Follower
from flow.state.live import Live
from flow.state.picture import Picture
from flow.vault import open_vault
from tests.keeper import keeper
from tests.plans import small_plan

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
BED = BedId("4B-A-01")
DESK, NURSE = Actor("desk"), Actor("nurse")


@dataclass
class House:
    """All parts of one hospital, running."""

    database: Database
    desk: Desk
    relay: Relay
    live: Live
    clock: FixedClock
    picture: Picture


@pytest.fixture
async def house(dsn: str, redis_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with AsyncExitStack() as stack:
        yield await open_house(stack, dsn, redis_url, tmp_path)


async def open_house(stack: AsyncExitStack, dsn: str, redis_url: str, folder: Path, plan: Plan | None = None) -> House:
    plan, clock, live = plan or small_plan(), FixedClock(NOW), Live()
    database = await Database.connect(dsn, plan.id)
    stack.push_async_callback(database.close)
    await migrate(database)
    vault = open_vault(folder)
    desk = Desk(database, plan, Inbox(database, vault), People(database, vault), clock, interpret=lambda letter, hospital: None)
    await desk.open()
    redis = connect(redis_url)
    stack.push_async_callback(redis.aclose)
    picture = Picture(redis, plan.id)
    relay = Relay(Log(database), picture, desk.whole, clock, dict, "UTC")
    desk.on_commit(lambda: relay.give(desk.committed))
    desk.on_commit(lambda: live.hear(desk.committed))
    for work in (desk.run(), relay.run(), Follower(redis, plan.id, live).run()):
        stack.push_async_callback(_stop, asyncio.create_task(work))
    assert await live.reached(9, within=30)
    return House(database, desk, relay, live, clock, picture)


async def _stop(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def admit(visit: str, bed: str, at: datetime = NOW, patient: str = "p1") -> Chart:
    fact = Fact(Act.ADMIT, at, Order(at), place=bed)
    return Chart((Told(VisitId(visit), Person(PatientId(patient), "F", 40), fact),), by_person=True)


def discharge(visit: str, at: datetime, patient: str = "p1") -> Chart:
    return Chart((Told(VisitId(visit), Person(PatientId(patient)), Fact(Act.DISCHARGE, at, Order(at))),), by_person=True)


async def test_a_click_is_committed_published_and_seen(house: House) -> None:
    outcome = await house.desk.act(admit("V1", BED), NURSE)
    assert await house.live.reached(outcome.seq)
    assert house.live.beds[BED].status is BedStatus.OCCUPIED
    outcome = await house.desk.act(discharge("V1", NOW + timedelta(hours=1)), NURSE)
    assert await house.live.reached(outcome.seq)
    assert (house.live.beds[BED].status, house.live.beds[BED].now.stage) == (BedStatus.CLEANING, Stage.WAITING)


async def test_twenty_desks_race_for_one_bed(house: House) -> None:
    requests = [BedRequest(RequestId(f"R{n}"), PatientId(f"p{n}"), NOW, "general") for n in range(20)]
    for request in requests:
        await house.desk.act(RequestBed(request), DESK)
    tries = [house.desk.act(AssignBed(r.id, BED), DESK) for r in requests]
    answers = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(not isinstance(a, Exception) for a in answers) == 1
    assert sum(isinstance(a, Refused) and a.code == "bed-reserved" for a in answers) == 19


async def test_a_second_desk_sees_what_the_first_wrote(house: House, tmp_path: Path) -> None:
    await house.desk.act(admit("V1", BED), NURSE)
    async with Group(house.database, small_plan()).transaction(NOW) as group:
        assert group.hospital.beds[BED].visit == "V1"
        assert group.hospital.seq == house.desk.hospital.seq


async def test_what_could_not_be_committed_is_shown_nowhere(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Postgres ends the connection between the writing and the commit, as a killed backend does."""
    with monkeypatch.context() as patch:
        patch.setattr(group_module, "carry_out", _broken_off)
        with pytest.raises(Unavailable, match="nothing happened"):
            await house.desk.act(SetBedStatus(BED, BedStatus.MAINTENANCE, reason=OutOfUse.REPAIR), NURSE)
    assert house.desk.committed == []
    outcome = await house.desk.act(admit("V1", "4B-A-02"), NURSE)
    assert await house.live.reached(outcome.seq)
    assert house.live.beds[BED].status is BedStatus.AVAILABLE
    assert house.live.beds[BedId("4B-A-02")].status is BedStatus.OCCUPIED
    async with house.database.read() as connection:
        assert await connection.fetchval("select seq from head") == outcome.seq


async def _broken_off(connection: Connection, parts: Sequence[Part], *, first: Part) -> None:
    await carry_out(connection, parts, first=first)
    raise Unavailable("The connection was lost.")


async def test_the_same_key_twice_acts_once(house: House) -> None:
    block = SetBedStatus(BED, BedStatus.MAINTENANCE, reason=OutOfUse.REPAIR)
    first = await house.desk.act(block, NURSE, key="k1")
    again = await house.desk.act(block, NURSE, key="k1")
    assert (again.seq, again.command, again.entries) == (first.seq, first.command, ())
    with pytest.raises(Refused) as refusal:
        await house.desk.act(replace(block, note="other"), NURSE, key="k1")
    assert refusal.value.code == "key-reused"


async def test_a_tap_can_be_undone_for_ten_seconds_by_the_one_who_made_it(house: House) -> None:
    outcome = await house.desk.act(admit("V1", BED), NURSE)
    with pytest.raises(Refused, match="Only the one who did it"):
        await house.desk.undo(outcome.command, DESK)
    await house.desk.undo(outcome.command, NURSE)
    assert house.desk.hospital.beds[BED].status is BedStatus.AVAILABLE
    assert not house.desk.hospital.visits[VisitId("V1")].is_open
    outcome = await house.desk.act(admit("V2", BED), NURSE)
    house.clock.advance(timedelta(seconds=11))
    with pytest.raises(Refused, match="more than 10 seconds"):
        await house.desk.undo(outcome.command, NURSE)


async def test_undo_refuses_when_somebody_was_there_since(house: House) -> None:
    outcome = await house.desk.act(SetBedStatus(BED, BedStatus.CLEANING), NURSE)
    await house.desk.act(SetBedStatus(BED, BedStatus.CLEANING, Stage.IN_PROGRESS), DESK)
    with pytest.raises(Refused, match="changed since"):
        await house.desk.undo(outcome.command, NURSE)


async def test_the_picture_is_rebuilt_after_a_flush(house: House, redis_url: str) -> None:
    outcome = await house.desk.act(SetBedStatus(BED, BedStatus.CLEANING), NURSE)
    assert await house.live.reached(outcome.seq)
    seen = dict(house.live.beds)
    emptying = connect(keeper(redis_url))
    await emptying.flushdb()
    await emptying.aclose()
    outcome = await house.desk.act(admit("V9", "4B-A-02"), NURSE)
    async with asyncio.timeout(10):
        while house.live.beds.get(BedId("4B-A-02")) == seen[BedId("4B-A-02")] or not await house.live.reached(outcome.seq):
            await asyncio.sleep(0.05)
    assert house.live.beds[BED] == seen[BED]
    assert house.live.beds == house.desk.hospital.beds


async def test_a_new_process_loads_the_same_hospital(house: House) -> None:
    await house.desk.act(admit("V1", BED), NURSE)
    await house.desk.act(RequestBed(BedRequest(RequestId("R1"), PatientId("p7"), NOW, "general")), DESK)
    _, fresh = await house.desk.whole()
    mine = house.desk.hospital
    assert (fresh.seq, fresh.beds, fresh.visits, fresh.requests) == (mine.seq, mine.beds, mine.visits, mine.requests)


async def test_any_past_minute_can_be_drawn(house: House) -> None:
    await house.desk.act(admit("V1", BED), NURSE)
    then = house.clock.now()
    before = dict(house.desk.hospital.beds)
    house.clock.advance(timedelta(hours=2))
    await house.desk.act(discharge("V1", NOW + timedelta(hours=1)), NURSE)
    assert (await past.beds_at(house.database, then))[1] == before
    assert (await past.beds_at(house.database, house.clock.now()))[1] == house.desk.hospital.beds
    assert await past.beds_at(house.database, NOW - timedelta(days=1)) == (0, {})


@pytest.mark.parametrize(("visit", "bed", "index"), [("V2", BED, "occupancy_one_per_bed"), ("V1", "4B-A-02", "occupancy_one_per_holder")])
async def test_postgres_refuses_a_second_occupant_and_a_second_bed(house: House, visit: str, bed: str, index: str) -> None:
    """The unique indexes stand behind the code: two open stays in one bed, or of one visit, cannot be written."""
    await house.desk.act(admit("V1", BED), NURSE)
    insert = "insert into occupancy (hospital, kind, holder, bed, from_at, seq_from) values ('test', 'occupied', $1, $2, now(), 99)"
    async with house.database.read() as connection:
        with pytest.raises(asyncpg.UniqueViolationError, match=index):
            await connection.execute(insert, visit, bed)
