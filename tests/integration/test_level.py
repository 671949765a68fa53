"""The level on its way from a look to the screens: kept once whoever looks, taken up after a restart, told as it was then."""

from datetime import timedelta

from flow.domain.roles import Role
from flow.history.levels import Levels
from flow.main.levelling import Levelling
from tests.integration.test_desk import NOW, NURSE, admit, discharge
from tests.integration.web_house import Web, web

__all__ = ["web"]
MINUTE = timedelta(minutes=1)


def looks(web: Web) -> Levelling:
    return Levelling(web.core.desk, web.core.database, web.core.clock)


async def fill(web: Web, count: int = 9) -> None:
    """So many of the nine beds are taken."""
    for number, bed in enumerate(list(web.core.desk.plan.beds)[:count]):
        await web.core.desk.act(admit(f"V{number}", bed, NOW, f"p{number}"), NURSE)


async def test_every_change_is_kept_once_whoever_looks(web: Web) -> None:
    clock, kept = web.core.clock, Levels(web.core.database)
    assert await kept.pressed(clock.now()) is None
    assert [await looks(web).look(), await looks(web).look()] == [True, False]
    await fill(web)
    clock.advance(MINUTE)
    assert await looks(web).look() is True, "another process, which knows nothing but the tables"
    first, second = await kept.changes(NOW - MINUTE, clock.now() + MINUTE)
    assert (first.before, first.number, second.before, second.number) == (None, 1, 1, 4)
    assert (second.fired[0].value, second.fired[0].threshold, second.measured.boarders) == (100, 98, 0)
    (rules,) = await kept.rules({second.version})
    assert (rules.version, rules.rules.levels[3].name) == (second.version, "Extreme pressure")


async def test_it_falls_after_the_hold_over_a_restart(web: Web) -> None:
    clock, kept = web.core.clock, Levels(web.core.database)
    await fill(web)
    await looks(web).look()
    for number in range(6):
        await web.core.desk.act(discharge(f"V{number}", clock.now(), f"p{number}"), NURSE)
    for _ in range(6):
        clock.advance(5 * MINUTE)
        assert await looks(web).look() is False
    clock.advance(5 * MINUTE)
    assert await looks(web).look() is True
    pressed = await kept.pressed(clock.now())
    assert pressed is not None and (pressed.change.before, pressed.change.at) == (4, clock.now())
    then = await kept.then(clock.now() - MINUTE)
    assert then is not None and then.change.number == 4


async def test_the_command_centre_says_since_when(web: Web) -> None:
    manager = await web.as_role(Role.MANAGER)
    await looks(web).look()
    await fill(web)
    web.core.clock.advance(MINUTE)
    await looks(web).look()
    web.core.live.pressed = await web.house.levels.pressed(web.core.clock.now())
    said = (await manager.get("/api/v1/command-centre")).json()["level"]
    assert (said["number"], said["since"]) == (4, "since 14:31, before it Usual")
    page = (await manager.get("/command-centre")).text
    assert '<span data-f="since">since 14:31, before it Usual</span>' in page or 'data-f="since">since 14:31, before it Usual</a>' in page
