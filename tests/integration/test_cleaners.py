"""The people who clean: found by badge, let in by PIN, one phone a cleaner and one cleaner a phone."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from flow.errors import Refused
from flow.history.cleaners import WRONG_PINS, Cleaners, Described
from flow.history.migrate import migrate
from flow.history.pool import Database

T0 = datetime(2026, 7, 14, 8, tzinfo=UTC)


@pytest.fixture
async def cleaners(dsn: str) -> AsyncIterator[Cleaners]:
    database = await Database.connect(dsn, "test", size=4)
    await migrate(database)
    yield Cleaners(database)
    await database.close()


async def test_a_badge_finds_its_cleaner_until_it_is_replaced(cleaners: Cleaners) -> None:
    added, badge = await cleaners.add(Described("Meena", trained=True, zone="tower-a"), "lata", T0)
    found = await cleaners.by_badge(badge)
    assert found is not None and (found.id, found.nick, found.trained, found.zone) == (added.id, "Meena", True, "tower-a")
    other = await cleaners.new_badge(added.id)
    assert other is not None and await cleaners.by_badge(badge) is None
    assert await cleaners.by_badge(other) == found
    async with cleaners.database.read() as connection:
        rows = await connection.fetch("select * from cleaner")
    assert other not in repr([dict(row) for row in rows])


async def test_five_wrong_pins_lock_out_until_a_supervisor_has_it_forgotten(cleaners: Cleaners) -> None:
    added, _ = await cleaners.add(Described("Meena"), "lata", T0)
    assert await cleaners.choose_pin(added.id, "2468") and not await cleaners.choose_pin(added.id, "1111")
    assert [await cleaners.unlock(added.id, "1111") for _ in range(WRONG_PINS)] == [False] * WRONG_PINS
    with pytest.raises(Refused, match="Ask a supervisor"):
        await cleaners.unlock(added.id, "2468")
    found = await cleaners.find(added.id)
    assert found is not None and found.locked_out
    assert await cleaners.forget_pin(added.id) and await cleaners.choose_pin(added.id, "1357")
    assert await cleaners.unlock(added.id, "1357")


async def test_one_phone_carries_one_cleaner_and_one_cleaner_one_phone(cleaners: Cleaners) -> None:
    meena, _ = await cleaners.add(Described("Meena"), "lata", T0)
    ravi, _ = await cleaners.add(Described("Ravi"), "lata", T0)
    await cleaners.come_on(meena.id, "device-1", T0)
    await cleaners.come_on(ravi.id, "device-1", T0 + timedelta(hours=1))
    on_it = await cleaners.of_device("device-1")
    assert on_it is not None and on_it.nick == "Ravi"
    assert [cleaner.nick for cleaner in await cleaners.on_shift()] == ["Ravi"]
    await cleaners.come_on(ravi.id, "device-2", T0 + timedelta(hours=2))
    assert await cleaners.of_device("device-1") is None
    assert await cleaners.go_off(ravi.id, T0 + timedelta(hours=3)) and not await cleaners.go_off(ravi.id, T0)
    assert await cleaners.on_shift() == []


async def test_one_badge_on_two_phones_at_once_is_one_shift(cleaners: Cleaners) -> None:
    meena, _ = await cleaners.add(Described("Meena"), "lata", T0)
    await asyncio.gather(*(cleaners.come_on(meena.id, f"device-{number}", T0) for number in range(4)))
    assert len(await cleaners.on_shift()) == 1


async def test_whoever_left_opens_nothing(cleaners: Cleaners) -> None:
    meena, badge = await cleaners.add(Described("Meena"), "lata", T0)
    await cleaners.come_on(meena.id, "device-1", T0)
    assert await cleaners.leave(meena.id, T0)
    assert await cleaners.by_badge(badge) is None and await cleaners.of_device("device-1") is None and await cleaners.all() == []
    with pytest.raises(Refused, match="no longer valid"):
        await cleaners.come_on(meena.id, None, T0)


async def test_who_had_a_phone_some_hours_ago_is_known_by_the_tap(cleaners: Cleaners) -> None:
    meena, _ = await cleaners.add(Described("Meena"), "lata", T0)
    ravi, _ = await cleaners.add(Described("Ravi"), "lata", T0)
    await cleaners.come_on(meena.id, "device-1", T0)
    await cleaners.come_on(ravi.id, "device-1", T0 + timedelta(hours=8))
    earlier = await cleaners.was_on(meena.id, "device-1", T0 + timedelta(hours=7))
    assert earlier is not None and earlier.nick == "Meena"
    assert await cleaners.was_on(meena.id, "device-1", T0 + timedelta(hours=9)) is None, "too long ago"
    assert await cleaners.was_on(meena.id, "device-2", T0) is None, "with another phone"
    assert await cleaners.was_on("cleaner-none", "device-1", T0) is None
