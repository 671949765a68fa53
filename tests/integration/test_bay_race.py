"""Two desks that promise beds of one bay at the same moment: each had looked while the bay was empty, and one must look again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from allocation.engine import Engine
from flow.domain.ids import BedId
from flow.domain.plan import Plan, SexPolicy
from flow.domain.roles import Role
from flow.main.choosing import choosing
from tests.integration.test_desk import open_house
from tests.integration.test_joint_plan import ask
from tests.integration.web_house import Web, make_web
from tests.plans import small_plan


def as_bound(plan: Plan) -> Plan:
    """The women's bay is whose who comes first."""
    ward = plan.wards[0]
    rooms = tuple(replace(room, sex=SexPolicy.SAME) if room.id == "4B-A" else room for room in ward.rooms)
    return replace(plan, wards=(replace(ward, rooms=rooms), *plan.wards[1:]))


@pytest.fixture
async def web(dsn: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Web]:
    """As the composition root puts it together."""
    async with AsyncExitStack() as stack:
        core = await open_house(stack, dsn, redis_url, tmp_path, as_bound(small_plan()))
        engine = Engine(core.desk.plan)
        yield make_web(core, stack, tmp_path, admissions=choosing(engine, core.desk, core.clock))


async def test_a_man_and_a_woman_at_once(web: Web) -> None:
    desk = await web.as_role(Role.ADMISSIONS)
    woman, man = await ask(desk, 1, sex="F"), await ask(desk, 2, sex="M")
    promises = [
        desk.post(f"/api/v1/bed-requests/{number}/assignment", json={"bed": bed}) for number, bed in ((woman, "4B-A-01"), (man, "4B-A-02"))
    ]
    answers = await asyncio.gather(*promises)
    assert sorted(answer.status_code for answer in answers) == [200, 409], [answer.text for answer in answers]
    beds = web.core.desk.hospital.beds
    assert len({beds[BedId(f"4B-A-0{n}")].reserved_sex for n in (1, 2)} - {None}) == 1


async def test_three_women_at_once_each_get_theirs(web: Web) -> None:
    desk = await web.as_role(Role.ADMISSIONS)
    women = [await ask(desk, number) for number in (1, 2, 3)]
    answers = await asyncio.gather(
        *(desk.post(f"/api/v1/bed-requests/{number}/assignment", json={"bed": f"4B-A-0{n}"}) for n, number in enumerate(women, 1))
    )
    assert [answer.status_code for answer in answers] == [200] * 3, [answer.text for answer in answers]


async def test_a_release_is_not_undone_beside_who_came_meanwhile(web: Web) -> None:
    """The woman's promise is taken back, a man is promised the bed beside: the undo would put her there again."""
    desk, other = await web.as_role(Role.ADMISSIONS), await web.as_role(Role.ADMISSIONS)
    woman, man = await ask(desk, 1, sex="F"), await ask(desk, 2, sex="M")
    await desk.post(f"/api/v1/bed-requests/{woman}/assignment", json={"bed": "4B-A-01"})
    released = (await desk.delete(f"/api/v1/bed-requests/{woman}/assignment")).json()["command"]
    promised = await other.post(f"/api/v1/bed-requests/{man}/assignment", json={"bed": "4B-A-02"})
    assert promised.status_code == 200, promised.text
    undone = await desk.post(f"/api/v1/commands/{released}/undo")
    assert (undone.status_code, undone.json()["code"]) == (409, "beside")
    assert web.core.desk.hospital.beds[BedId("4B-A-01")].reserved_for is None


async def test_a_release_is_undone_where_nobody_came(web: Web) -> None:
    desk = await web.as_role(Role.ADMISSIONS)
    woman = await ask(desk, 1, sex="F")
    await desk.post(f"/api/v1/bed-requests/{woman}/assignment", json={"bed": "4B-A-01"})
    released = (await desk.delete(f"/api/v1/bed-requests/{woman}/assignment")).json()["command"]
    assert (await desk.post(f"/api/v1/commands/{released}/undo")).status_code == 200
    assert web.core.desk.hospital.beds[BedId("4B-A-01")].reserved_for == f"request:{woman}"
