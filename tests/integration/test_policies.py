"""Other policies over a past day, from the log to the page: begun by whoever asks, worked out in a process of its own, kept."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from flow.domain.commands import AssignBed, RequestBed
from flow.domain.ids import BedId, PatientId, RequestId
from flow.domain.request import BedRequest
from flow.domain.roles import Role
from flow.history.came import stretch_of
from flow.main.replaying import Replaying
from flow.web.rooms import Managers
from tests.integration.test_desk import NURSE, admit, open_house
from tests.integration.test_hindsight import MIDNIGHT
from tests.integration.web_house import Web, make_web
from tests.plans import small_plan

PATH = "/manager/policies?day=2026-11-21"


@pytest.fixture
async def web(dsn: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Web]:
    async with AsyncExitStack() as stack:
        core = await open_house(stack, dsn, redis_url, tmp_path)
        replaying = Replaying(small_plan())
        stack.push_async_callback(replaying.close)
        yield make_web(core, stack, tmp_path, managers=Managers(replay=replaying))


async def a_day(web: Web) -> None:
    """Five ask, wait ten minutes each for a promise and five more to come; one comes unasked."""
    clock, desk = web.core.clock, web.core.desk
    for number, bed in enumerate(("4B-A-01", "4B-A-02", "4B-A-03", "4B-S-01", "ICU-I-01"), 1):
        kind = small_plan().beds[BedId(bed)].type
        patient = PatientId(f"p{number}")
        asked = BedRequest(RequestId(f"R-{number}"), patient, clock.now(), kind, sex="F", age=40, specialty="Medicine")
        await desk.act(RequestBed(asked), NURSE)
        clock.advance(timedelta(minutes=10))
        await desk.act(AssignBed(asked.id, BedId(bed)), NURSE)
        clock.advance(timedelta(minutes=5))
        await desk.act(admit(f"V{number}", bed, clock.now(), patient), NURSE)
    await desk.act(admit("V9", "4B-B-01", clock.now(), "p9"), NURSE)
    clock.advance(timedelta(days=1, hours=4))


async def test_the_stretch_is_read_with_who_asked_and_when(web: Web) -> None:
    await a_day(web)
    found = await stretch_of(web.core.database, small_plan(), MIDNIGHT, MIDNIGHT + timedelta(days=1), web.core.clock.now())
    assert [
        (one.bed, one.told, one.start - one.asked, one.way) for one in sorted(found.came, key=lambda one: (one.start, not one.told))
    ] == [
        *[(bed, True, timedelta(minutes=15), timedelta(minutes=5)) for bed in ("4B-A-01", "4B-A-02", "4B-A-03", "4B-S-01", "ICU-I-01")],
        ("4B-B-01", False, timedelta(), timedelta()),
    ]
    assert (found.lying, found.dirty, found.out, found.moves) == ((), (), (), 0)
    assert not any(one.request.patient in (f"p{n}" for n in range(10)) for one in found.came), "pseudonyms stay behind"


async def test_the_page_begins_the_work_and_shows_each_policy_beside_what_happened(web: Web) -> None:
    await a_day(web)
    boss = await web.as_role(Role.MANAGER)
    first = (await boss.get(PATH)).text
    assert "Being worked out in the background" in first and 'hx-trigger="every 2s"' in first
    async with asyncio.timeout(90):
        while "hx-trigger" in (board := (await boss.get(PATH.replace("?", "/board?"))).text):
            await asyncio.sleep(0.2)
    rows = dict(re.findall(r'data-policy="(\w+)">.*?</th><td>([^<]+)</td>', board))
    assert rows == {"really": "15 min", "real": "15 min", **dict.fromkeys(("first_free", "plain", "ward_first", "ours"), "5 min")}
    assert "6 came to a bed, 5 of them for a request" in board
    chosen = (await boss.get(f"{PATH}&home_ward=900")).text
    assert "Being worked out" in chosen and 'name="home_ward" value="900"' in chosen


@pytest.mark.parametrize("query", ["home_ward=9999", "scarce=-1"])
async def test_what_cannot_be_compared_is_said(web: Web, query: str) -> None:
    assert (await (await web.as_role(Role.MANAGER)).get(f"/manager/policies?{query}")).status_code == 422


@pytest.mark.parametrize(
    ("query", "known"),
    [
        ("days=3", "Of 1 day the first can be 19 Nov 2025 to 20 Nov 2026"),
        ("day=2999-01-01", "Of 1 day the first can be 19 Nov 2025 to 20 Nov 2026"),
        ("days=99999999999999999", "Of 1 day the first can be 19 Nov 2025 to 20 Nov 2026"),
        ("day=yesterday", "Of 1 day the first can be 19 Nov 2025 to 20 Nov 2026"),
        ("days=7&day=2026-11-20", "Of 7 days the first can be 19 Nov 2025 to 14 Nov 2026"),
    ],
)
async def test_days_out_of_reach_are_said_on_the_page_and_refused_in_a_file(web: Web, query: str, known: str) -> None:
    manager = await web.as_role(Role.MANAGER)
    page = await manager.get(f"/manager/policies?{query}")
    assert page.status_code == 200
    assert f"{known}; 1 day or 7 days can be compared at once. Shown is 20 Nov 2026." in page.text
    refused = await manager.get(f"/manager/policies.csv?{query}")
    assert refused.status_code == 400 and known in refused.text
