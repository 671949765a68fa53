"""Last-Event-ID over the real stores: after a rebuild, a restart and another log nobody keeps what is no more."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

from flow.domain.bed import BedStatus, OutOfUse
from flow.domain.commands import SetBedStatus
from flow.domain.ids import BedId
from flow.state.client import connect
from flow.state.follower import Follower
from flow.state.live import Live
from flow.views.bed_tile import Audience
from realtime.hub import Hub
from realtime.topics import parse_topics
from tests.integration.test_desk import NURSE, House, house, open_house
from tests.keeper import keeper
from tests.plans import small_plan
from tests.unit.test_hub import taken

__all__ = ["house"]
WARD = parse_topics("ward:4B", small_plan())
ONE, TWO = BedId("4B-A-01"), BedId("4B-A-02")


async def block(house: House, bed: BedId) -> None:
    outcome = await house.desk.act(SetBedStatus(bed, BedStatus.MAINTENANCE, reason=OutOfUse.REPAIR), NURSE)
    assert await house.live.reached(outcome.seq)


async def back(hub: Hub, said: int) -> tuple[str, set[str]]:
    """What a screen that comes back with an id is told first: the event, and which beds."""
    mailbox = hub.join(WARD, Audience.STAFF, said)
    name, data = next(told for told in await taken(mailbox) if told[0] != "heartbeat")
    hub.leave(WARD, Audience.STAFF, mailbox)
    return name, {tile["id"] for tile in data["tiles"]}


async def another(hub: Hub, epoch: str | None) -> None:
    """The hub has taken another picture."""
    async with asyncio.timeout(10):
        while hub.live.epoch in (epoch, None):
            await asyncio.sleep(0.02)


async def test_within_a_picture_only_what_changed_in_every_process(house: House, redis_url: str) -> None:
    hub = Hub(house.live, house.desk.plan)
    await block(house, ONE)
    said = house.live.seq
    other, redis = Live(), connect(redis_url)
    following = asyncio.create_task(Follower(redis, house.desk.plan.id, other).run())
    assert await other.reached(house.live.seq)
    second = Hub(other, small_plan())
    await block(house, TWO)
    assert await other.reached(house.live.seq)
    assert await back(hub, said) == await back(second, said) == ("tiles", {TWO})
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)
    await redis.aclose()


async def test_after_a_flush_and_after_a_rebuild_everything(house: House, redis_url: str) -> None:
    """A picture that was made anew may differ anywhere, though no Seq has moved; who stayed is told as well."""
    hub, redis = Hub(house.live, house.desk.plan), connect(keeper(redis_url))
    before = house.live.seq
    await block(house, ONE)
    stays = hub.join(WARD, Audience.STAFF)
    await stays.take()
    for anew in (redis.flushdb, lambda: _rebuilt(house)):
        epoch = hub.live.epoch
        await anew()
        await another(hub, epoch)
        assert await back(hub, before) == ("snapshot", {bed.id for bed in house.desk.plan.wards[0].beds})
        hub.flush()
        assert (await taken(stays))[0][0] == "snapshot"
    await block(house, TWO)
    await redis.aclose()


async def _rebuilt(house: House) -> None:
    """`bedflow rebuild`, beside a house that runs."""
    epoch, hospital = await house.desk.whole()
    await house.picture.rebuild(epoch, hospital.seq, hospital.live_records())


async def test_after_a_restart_everything_and_from_then_on_what_changed(dsn: str, redis_url: str, tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        house = await open_house(stack, dsn, redis_url, tmp_path)
        hub = Hub(house.live, house.desk.plan)
        await block(house, ONE)
        old = house.live.seq - 1
    async with AsyncExitStack() as stack:
        house = await open_house(stack, dsn, redis_url, tmp_path)
        assert await house.live.reached(old + 1), "which the one before may have committed and not published"
        hub = Hub(house.live, house.desk.plan)
        assert (await back(hub, old))[0] == "snapshot"
        new = house.live.seq
        await block(house, TWO)
        assert await back(hub, new) == ("tiles", {TWO})


async def test_of_a_log_that_was_cut_back_or_is_another_no_old_seq_counts(house: House) -> None:
    """A backup was laid back under a picture that had gone on: who stayed is told everything, and who comes from its future as well."""
    hub = Hub(house.live, house.desk.plan)
    await block(house, ONE)
    stays = hub.join(WARD, Audience.STAFF)
    await stays.take()
    said, epoch = house.live.seq, hub.live.epoch
    async with house.database.write() as connection:
        await connection.execute("set local session_replication_role = replica")  # which the log's trigger does not heed
        for table in ("log", "record"):
            await connection.execute(f"delete from {table} where hospital = 'test' and seq = $1", said)
        await connection.execute("update head set seq = seq - 1 where hospital = 'test'")
    await house.relay.start()
    await another(hub, epoch)
    assert (await back(hub, said))[0] == "snapshot"
    hub.flush()
    assert (await taken(stays))[0][0] == "snapshot"
    async with house.database.write() as connection:
        await connection.execute("update head set epoch = 'another' where hospital = 'test'")
    epoch = hub.live.epoch
    await house.relay.start()
    await another(hub, epoch)
    assert (await back(hub, said - 2))[0] == "snapshot"
