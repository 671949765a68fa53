"""The level on its way from a look to the screens: kept once whoever looks, taken up after a restart, told as it was then."""

import csv
import io
from datetime import datetime, timedelta

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


async def test_the_page_the_file_and_the_api_say_the_same(web: Web) -> None:
    manager = await web.as_role(Role.MANAGER)
    young = (await manager.get("/manager/level")).text
    assert "Nobody has looked yet." in young and "The level did not change in this period." in young
    await looks(web).look()
    await fill(web)
    web.core.clock.advance(12 * MINUTE)
    await looks(web).look()
    web.core.clock.advance(5 * MINUTE)
    await looks(web).look()
    page = (await manager.get("/manager/level?range=24h")).text
    assert "4 of 4 · Extreme pressure</b> since 14:42" in page
    assert "100 % of staffed beds occupied (from 98)" in page
    assert "It rises at once; it falls once the rule of a level has not held for 30 minutes without a break." in page
    rows = list(csv.DictReader(io.StringIO((await manager.get("/manager/level.csv?range=24h")).text)))
    answer = (await manager.get("/api/v1/level/history")).json()
    rows.reverse()
    assert [row["to"] for row in rows] == [item["name"] for item in answer["items"]] == ["Usual", "Extreme pressure"]
    assert [datetime.fromisoformat(row["at"]) for row in rows] == [datetime.fromisoformat(item["at"]) for item in answer["items"]]
    assert [row["rules"] for row in rows] == [item["version"] for item in answer["items"]] == [answer["version"]] * 2
    assert (rows[1]["kept"], float(rows[1]["occupancy"]), answer["items"][1]["fired"][0]["measure"]) == ("5 min", 100, "occupancy")
    filtered = (await manager.get("/manager/level.csv?range=24h&least=2")).text
    assert filtered.count("\r\n") == 2 and "the first look after a pause" not in filtered


async def test_nonsense_in_the_address_is_told_or_left_out(web: Web) -> None:
    manager = await web.as_role(Role.MANAGER)
    assert (await manager.get("/manager/level?range=ever&least=x")).status_code == 200
    refused = await manager.get("/api/v1/level/history?from=2026-11-22T00:00:00Z&to=2026-11-21T00:00:00Z")
    assert (refused.status_code, refused.json()["code"]) == (422, "bad-period")
    assert (await (await web.as_role(Role.NURSE, "4B")).get("/manager/level")).status_code == 403
