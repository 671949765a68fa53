"""Who looks at which bed: seen by others, refuses nobody, ends by itself."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from allocation.engine import Engine, Suggestions
from flow.domain.ids import BedId
from flow.domain.request import BedRequest
from flow.domain.roles import Role
from flow.state.client import connect
from flow.state.looks import LASTS, Look, Looks
from flow.web.rooms import Admissions
from tests.integration.test_api_requests import ask
from tests.integration.test_desk import open_house
from tests.integration.test_signin import csrf, signed_in
from tests.integration.web_house import PASSWORD, Web, make_web

A1 = BedId("4B-A-01")


@pytest.fixture
async def web(dsn: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Web]:
    async with AsyncExitStack() as stack:
        redis = connect(redis_url)
        stack.push_async_callback(redis.aclose)
        core = await open_house(stack, dsn, redis_url, tmp_path)

        def suggest(request: BedRequest, limit: int) -> Suggestions:
            return Engine(core.desk.plan).suggest(request, core.desk.hospital, core.clock.now(), limit)

        yield make_web(core, stack, tmp_path, admissions=Admissions(suggest=suggest, looks=Looks(redis, core.desk.plan.id)))


async def test_others_see_it_and_may_assign_all_the_same(web: Web) -> None:
    one, other = await web.as_role(Role.ADMISSIONS), await web.as_role(Role.ADMISSIONS)
    first, second = await ask(one), await ask(one, patient="MRN-2")
    path = f"/api/v1/bed-requests/{first['id']}/look"
    mine = (await one.post(path, json={"bed": A1})).json()["items"]
    assert [(item["bed"], item["request"], item["mine"]) for item in mine] == [(A1, first["id"], True)]
    seen = (await other.get("/api/v1/looks")).json()["items"]
    assert [(item["bed"], item["mine"]) for item in seen] == [(A1, False)]
    assert (await other.post(path, json={"bed": A1, "looking": False})).json()["items"] != [], "another's look stays"
    faster = await other.post(f"/api/v1/bed-requests/{second['id']}/assignment", json={"bed": A1})
    assert faster.status_code == 200
    assert (await one.post(path, json={"bed": A1, "looking": False})).json()["items"] == []


async def test_two_desks_under_one_account_see_each_other(web: Web) -> None:
    one, other = await signed_in(web, "asha", Role.ADMISSIONS), await web.client()
    await other.post("/login", data={"account": "asha", "password": PASSWORD, "next": "/"})
    made = await ask(await web.as_role(Role.ADMISSIONS))
    path, own = f"/api/v1/bed-requests/{made['id']}/look", {"x-csrf-token": await csrf(one, "/admissions")}
    assert [item["mine"] for item in (await one.post(path, json={"bed": A1}, headers=own)).json()["items"]] == [True]
    assert [item["mine"] for item in (await other.get("/api/v1/looks")).json()["items"]] == [False]
    assert "asha is looking at this bed" in (await other.get("/admissions")).text
    assert "is looking at this bed" not in (await one.get("/admissions")).text
    theirs = {"x-csrf-token": await csrf(other, "/admissions")}
    assert (await other.post(path, json={"bed": A1, "looking": False}, headers=theirs)).json()["items"] != [], "the other desk's look stays"


async def test_it_ends_by_itself_and_a_flush_loses_no_more(web: Web) -> None:
    desk, looks = await web.as_role(Role.ADMISSIONS), web.house.admissions.looks
    assert looks is not None
    made = await ask(desk)
    await desk.post(f"/api/v1/bed-requests/{made['id']}/look", json={"bed": A1})
    assert 0 < await looks.redis.pttl(looks.keys.look(A1)) <= LASTS * 1000
    await looks.redis.delete(looks.keys.look(A1))  # as when its time has run out
    assert await looks.at([A1]) == {}
    assert (await desk.post(f"/api/v1/bed-requests/{made['id']}/assignment", json={"bed": A1})).status_code == 200


async def test_the_look_itself_times_out(web: Web) -> None:
    looks = web.house.admissions.looks
    assert looks is not None
    await looks.take(Look(A1, (await ask(await web.as_role(Role.ADMISSIONS)))["id"], "somebody", web.core.clock.now()), seconds=7)
    assert 0 < await looks.redis.pttl(looks.keys.look(A1)) <= 7000


async def test_a_nurse_looks_in_the_own_ward_only(web: Web) -> None:
    desk, nurse = await web.as_role(Role.ADMISSIONS), await web.as_role(Role.NURSE, "4B")
    path = f"/api/v1/bed-requests/{(await ask(desk))['id']}/look"
    assert (await nurse.post(path, json={"bed": "ICU-I-01"})).status_code == 403
    await desk.post(path, json={"bed": "ICU-I-01"})
    assert (await nurse.get("/api/v1/looks")).json()["items"] == []
    assert (await nurse.post(path, json={"bed": "nowhere"})).status_code == 404


async def test_a_look_and_its_end_are_heard_at_once_in_every_process(web: Web, redis_url: str) -> None:
    heard: asyncio.Queue[None] = asyncio.Queue()
    looks = web.house.admissions.looks
    assert looks is not None
    other = Looks(connect(redis_url), web.core.desk.plan.id)
    following = asyncio.create_task(other.follow(lambda: heard.put_nowait(None)))
    desk = await web.as_role(Role.ADMISSIONS)
    path = f"/api/v1/bed-requests/{(await ask(desk))['id']}/look"
    async with asyncio.timeout(10):
        while heard.empty():  # until the other process listens
            await desk.post(path, json={"bed": A1})
            await asyncio.sleep(0.02)
        while not heard.empty():
            heard.get_nowait()
        await desk.post(path, json={"bed": A1, "looking": False})
        await heard.get()
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)
    await other.redis.aclose()


async def test_following_outlives_an_outage(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = web.house.admissions.looks
    assert looks is not None
    heard, away, known = asyncio.Event(), [True], looks.redis.pubsub
    monkeypatch.setattr("flow.state.looks.PAUSE", 0)

    def pubsub() -> object:
        if away:
            away.clear()
            raise ConnectionError
        return known()

    monkeypatch.setattr(looks.redis, "pubsub", pubsub)
    following = asyncio.create_task(looks.follow(heard.set))
    async with asyncio.timeout(10):
        while not heard.is_set():
            await looks.redis.publish(looks.keys.looks, A1)
            await asyncio.sleep(0.02)
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)
    assert away == []
