"""Who follows the joint plan overrides nothing, though a bed of it is not the best for its patient alone."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from allocation.engine import Engine
from flow.domain.roles import Role
from flow.history.choices import judged
from flow.main.choosing import choosing
from tests.integration.test_desk import open_house
from tests.integration.test_joint_plan import ACCEPT, ask, planned, rows
from tests.integration.web_house import Web, make_web


@pytest.fixture
async def web(dsn: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Web]:
    async with AsyncExitStack() as stack:
        core = await open_house(stack, dsn, redis_url, tmp_path)
        engine, desk, clock = Engine(core.desk.plan), core.desk, core.clock
        yield make_web(core, stack, tmp_path, admissions=choosing(engine, desk, clock))


async def test_a_plan_followed_is_no_override(web: Web) -> None:
    desk, now = await web.as_role(Role.ADMISSIONS), web.core.clock.now()
    for number in (1, 2):
        await ask(desk, number)
    plan = await planned(desk)
    assert sum(row["given_up"] > 0 for row in plan["placements"]) == 1, "both would like the same bed"
    given_up_first = sorted(rows(plan), key=lambda row: -next(p["given_up"] for p in plan["placements"] if p["request"] == row["request"]))
    items = (await desk.post(ACCEPT, json={"placements": given_up_first})).json()["items"]
    assert all(item["accepted"] for item in items), items
    found = [each.choice for each, _ in await judged(web.core.database, now - timedelta(1), now + timedelta(1))]
    assert [(choice.is_override, choice.points) for choice in found] == [(False, 0), (False, 0)]
