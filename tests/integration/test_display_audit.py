"""What a display showed: it says so itself, its connections are written down, and any moment is drawn again from history."""

import asyncio
import re
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from starlette.routing import Route

from flow.domain.roles import Role
from flow.domain.showing import Link
from flow.jobs import Jobs
from realtime.hub import Hub
from realtime.stream import Stream
from tests.integration.test_desk import open_house
from tests.integration.test_signin import pair, signed_in
from tests.integration.web_house import Web, make_web, web

__all__ = ["web"]
PUBLIC = "topics=ward:4B&audience=public"


class Screen:
    """A paired wall whose script the test plays: it speaks every twenty seconds."""

    def __init__(self, web: Web, browser: httpx.AsyncClient, token: str) -> None:
        self.web = web
        self.browser = browser
        self.token = token

    @property
    def cookie(self) -> str:
        """By which it is known."""
        return str(self.browser.cookies["bedflow-device"])

    async def says(self, *, seq: int | None = None, age: float = 1, oldest: float = 1, query: str = PUBLIC, **looks: str) -> httpx.Response:
        now = self.web.core.clock.now()
        told: dict[str, Any] = {"seq": seq if seq is not None else self.web.house.live.seq, "age": age, "oldest": max(age, oldest), **looks}
        told["as_of"] = (now - timedelta(seconds=age)).timestamp()
        headers = {"x-csrf-token": self.token, "sec-fetch-site": "same-origin"}
        return await self.browser.post(f"/displays/shown?{query}", data=told, headers=headers)

    async def shows_for(self, seconds: int) -> None:
        """Time passes, and the screen is live all along."""
        for _ in range(seconds // 20):
            assert (await self.says()).status_code == 204
            self.web.core.clock.advance(timedelta(seconds=20))


async def screen_of(web: Web, admin: httpx.AsyncClient, **grant: Any) -> Screen:
    wall = await pair(web, admin, "display", **grant)
    found = re.search(r'data-csrf="(\w+)"', (await wall.get(wall.headers["x-home"])).text)
    assert found, "a paired wall's script may speak"
    return Screen(web, wall, found[1])


async def device(web: Web) -> str:
    (only,) = await web.house.devices.all()
    return only.id


async def audit(web: Web, admin: httpx.AsyncClient, when: datetime) -> httpx.Response:
    local = when.astimezone(ZoneInfo(web.house.plan.zone)).replace(tzinfo=None)
    query = {"device": await device(web), "time": local.isoformat(timespec="seconds")}
    return await admin.get("/admin/displays/shown", params=query)


def states(html: str) -> dict[str, str]:
    """The state of each bed drawn."""
    return dict(re.findall(r'id="bed:([\w-]+)" data-state="(\w+)"', html))


def plan(html: str) -> str:
    """The drawing, without the page round it."""
    found = re.search(r'<svg class="plan".*?</svg>', html, re.DOTALL)
    assert found
    return found[0]


async def changed(web: Web, bed: str, status: str) -> None:
    nurse = await web.as_role(Role.NURSE, "4B")
    answer = await nurse.post(f"/api/v1/beds/{bed}/status", json={"status": status})
    assert answer.status_code == 200, answer.text


async def test_a_moment_is_drawn_as_the_wall_drew_it_then(web: Web) -> None:
    admin = await signed_in(web, "chief", Role.ADMIN)
    screen = await screen_of(web, admin, audience="public", ward="4B")
    await screen.shows_for(60)
    before, hung = web.core.clock.now(), (await screen.browser.get("/displays/public/ward/4B")).text
    await screen.shows_for(60)
    await changed(web, "4B-A-01", "cleaning")
    await screen.shows_for(60)
    after, now_hangs = web.core.clock.now(), (await screen.browser.get("/displays/public/ward/4B")).text
    await screen.says()
    assert states(hung)["4B-A-01"] == "free" and states(now_hangs)["4B-A-01"] == "dirty"
    for moment, wall in ((before, hung), (after, now_hangs)):
        page = await audit(web, admin, moment)
        assert page.status_code == 200
        assert plan(page.text) == plan(wall)
        assert 'data-live="live"' in page.text and "said so itself" in page.text
        assert "<script" not in page.text and 'data-csrf=""' in page.text


async def test_a_frozen_wall_is_drawn_with_what_it_had_and_not_live(web: Web) -> None:
    admin = await signed_in(web, "chief", Role.ADMIN)
    screen = await screen_of(web, admin, audience="public", ward="4B")
    await screen.shows_for(60)
    await screen.says()
    frozen = web.house.live.seq
    web.core.clock.advance(timedelta(seconds=60))
    await changed(web, "4B-A-01", "cleaning")
    web.core.clock.advance(timedelta(minutes=5))
    page = await audit(web, admin, web.core.clock.now())
    assert states(page.text)["4B-A-01"] == "free", "it never heard of the change"
    assert 'data-live="dead"' in page.text and "NOT LIVE · last update" in page.text and " stale" in page.text
    assert f"Seq {frozen:,}" in page.text and "not connected" in page.text
    assert f"Seq {frozen:,}, silent since" in (await admin.get("/admin")).text


async def test_the_list_says_what_each_screen_shows_now(web: Web) -> None:
    admin = await signed_in(web, "chief", Role.ADMIN)
    screen = await screen_of(web, admin, audience="public", ward="4B")
    assert "has said nothing yet" in (await admin.get("/admin")).text
    await screen.says()
    assert f"Seq {web.house.live.seq:,}, live" in (await admin.get("/admin/board")).text, "the list asks again by itself"
    assert 'hx-get="/admin/board"' in (await admin.get("/admin")).text
    web.core.clock.advance(timedelta(milliseconds=20_300))
    await screen.says(age=70)
    listed = (await admin.get("/admin")).text
    assert "not live: picture of" in listed
    assert f"/admin/displays?device={await device(web)}" in listed
    past = (await admin.get(f"/admin/displays?device={await device(web)}")).text
    assert "ward:4B, public · live" in past and "ward:4B, public · not live" in past
    pictures = [unescape(href) for href in re.findall(r'href="(/admin/displays/shown[^"]+)"', past)]
    web.core.clock.advance(timedelta(seconds=1))
    assert [(await admin.get(href)).status_code for href in pictures] == [200, 200]


async def test_a_screen_speaks_for_itself_and_of_no_more_than_its_grant(web: Web) -> None:
    admin = await signed_in(web, "chief", Role.ADMIN)
    screen = await screen_of(web, admin, audience="public", ward="4B")
    assert (await screen.says(query="topics=ward:4B&audience=staff")).status_code == 403
    assert (await screen.says(query="topics=%3Cb%3E&audience=public")).status_code == 400
    assert (await screen.browser.post(f"/displays/shown?{PUBLIC}", data={"seq": "1"})).status_code == 403, "without the page's token"
    good = {"seq": "1", "as_of": "1", "age": "1", "oldest": "1"}
    for bad in ({"seq": "-1"}, {"seq": ""}, {"age": "nan"}, {"oldest": "inf"}, {"as_of": "1e300"}):
        told = {**good, **bad, "csrf": screen.token}
        assert (await screen.browser.post(f"/displays/shown?{PUBLIC}", data=told)).status_code == 422, bad
    display = await web.as_role(Role.DISPLAY, "4B")
    assert (await display.post(f"/displays/shown?{PUBLIC}", data={"seq": 1, "as_of": 1, "age": 1, "oldest": 1})).status_code == 403
    nurse = await signed_in(web, "meera", Role.NURSE, "4B")
    assert (await nurse.get("/admin/displays")).status_code == 403
    assert (await screen.browser.get("/admin/displays")).status_code == 403
    wall = (await nurse.get("/displays/public/ward/4B")).text
    assert 'data-csrf=""' in wall, "whoever looks at the page is no screen"


async def test_a_moment_of_which_nothing_is_known_is_not_made_up(web: Web) -> None:
    admin = await signed_in(web, "chief", Role.ADMIN)
    await screen_of(web, admin, audience="public", ward="4B")
    assert (await audit(web, admin, web.core.clock.now())).status_code == 404
    assert (await audit(web, admin, web.core.clock.now() + timedelta(minutes=2))).status_code == 422
    empty = await admin.get("/admin/displays/shown")
    assert (empty.status_code, empty.headers["location"]) == (303, "/admin/displays")
    assert (await admin.get("/admin/displays")).status_code == 200


async def test_the_whole_house_is_drawn_again(web: Web) -> None:
    """With who waited then: a request that has gone since stands there, one that came later does not."""
    admin, desk = await signed_in(web, "chief", Role.ADMIN), await web.as_role(Role.ADMISSIONS)
    screen = await screen_of(web, admin, audience="staff")
    asked = {"patient": {"mrn": "M1", "name": "Asha Rao", "birth_date": "1980-01-01", "sex": "F"}, "type": "general"}
    first = (await desk.post("/api/v1/bed-requests", json=asked)).json()["id"]
    await web.house.live.reached(web.house.desk.hospital.seq)
    await changed(web, "4B-A-01", "cleaning")
    hung = (await screen.browser.get("/displays/staff/command-centre")).text
    await screen.says(query="topics=house&audience=staff")
    then = web.core.clock.now()
    web.core.clock.advance(timedelta(seconds=10))
    await desk.delete(f"/api/v1/bed-requests/{first}")
    for number in ("M2", "M3"):
        await desk.post("/api/v1/bed-requests", json={**asked, "patient": {**asked["patient"], "mrn": number}})  # type: ignore[dict-item]
    await changed(web, "4B-A-02", "cleaning")
    await screen.says(query="topics=house&audience=staff")
    page = await audit(web, admin, then)
    assert page.status_code == 200
    assert board(page.text) == board(hung)
    web.core.clock.advance(timedelta(seconds=1))
    assert board((await audit(web, admin, web.core.clock.now())).text) != board(hung)


async def test_the_beds_to_clean_are_drawn_again(web: Web) -> None:
    admin = await signed_in(web, "chief", Role.ADMIN)
    screen = await screen_of(web, admin, audience="staff", shows="housekeeping")
    await changed(web, "4B-A-01", "cleaning")
    await screen.says(query="topics=cleaning&audience=staff")
    then = web.core.clock.now()
    web.core.clock.advance(timedelta(seconds=10))
    await changed(web, "4B-A-02", "cleaning")
    await screen.says(query="topics=cleaning&audience=staff")
    before, after = [(await audit(web, admin, when)).text for when in (then, web.core.clock.now())]
    assert "4B A1" in before and "4B A2" not in before and "4B A1" in after and "4B A2" in after
    assert "kept nowhere" in before and "<script" not in before


def board(html: str) -> list[str]:
    """The words of the command centre, without the times that pass."""
    found = re.search(r'id="command".*?</main>', html, re.DOTALL)
    assert found
    words = re.sub(r"<template.*?</template>|<footer.*|<[^>]+>", " ", found[0], flags=re.DOTALL)
    return [word for word in words.split() if word not in ("Live", "Stale", "Connecting")]


async def test_a_clinic_is_drawn_again(web: Web) -> None:
    admin = await signed_in(web, "chief", Role.ADMIN)
    clinic = await screen_of(web, admin, clinic="ENT")
    opd = await web.as_role(Role.OPD)
    token = (await opd.post("/api/v1/opd/clinics/ENT/tokens", json={})).json()["number"]
    room = (await opd.get("/api/v1/opd/clinics")).json()["items"][0]["rooms"][0]
    assert (await opd.post("/api/v1/opd/clinics/ENT/call-next", json={"room": room})).status_code == 200
    await web.house.live.reached(web.house.desk.hospital.seq)
    await clinic.says(query="topics=opd:ENT&audience=public")
    page = await audit(web, admin, web.core.clock.now())
    assert page.status_code == 200 and f'data-token="{token}"' in page.text


async def test_a_year_is_kept_and_no_more(web: Web) -> None:
    admin = await signed_in(web, "chief", Role.ADMIN)
    screen = await screen_of(web, admin, audience="public", ward="4B")
    number, began = await device(web), web.core.clock.now()
    await screen.says()
    await web.house.displays.linked([(number, Link("old", "ward:4B", "public", began, began))])
    jobs = Jobs(web.core.desk, web.house.inbox, web.core.clock)
    for days, left in ((366, 1), (40, 0)):
        web.core.clock.advance(timedelta(days=days))
        await jobs.forget_displays()
        stretches, links = await web.house.displays.by(number, web.core.clock.now())
        assert (len(stretches), len(links)) == (left, left)


@pytest.fixture
async def streaming(dsn: str, redis_url: str, tmp_path: Path) -> Any:
    """The web room with realtime's stream mounted."""
    async with AsyncExitStack() as stack:
        core = await open_house(stack, dsn, redis_url, tmp_path)
        hub = Hub(core.live, core.desk.plan)
        running = asyncio.ensure_future(hub.run())
        stack.callback(running.cancel)
        yield make_web(core, stack, tmp_path, stream=lambda allow: Route("/api/v1/stream", Stream(hub, allow)))


class Listening:
    """A stream over ASGI, held open until it ends or `leave`."""

    def __init__(self, web: Web, cookie: str) -> None:
        self.first, self.left = asyncio.Event(), asyncio.Event()
        headers = [(b"cookie", f"bedflow-device={cookie}".encode()), (b"host", b"localhost:8000")]
        scope = {"type": "http", "method": "GET", "path": "/api/v1/stream", "query_string": PUBLIC.encode(), "headers": headers}
        scope |= {"scheme": "http", "client": ("192.0.2.1", 1), "server": ("localhost", 8000), "root_path": "", "http_version": "1.1"}
        self.task = asyncio.ensure_future(web.app(scope, self._receive, self._send))

    async def _receive(self) -> Any:
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        if b"snapshot" in message.get("body", b""):
            self.first.set()


async def test_connections_are_written_down_from_beginning_to_end(streaming: Web) -> None:
    admin = await signed_in(streaming, "chief", Role.ADMIN)
    screen = await screen_of(streaming, admin, audience="public", ward="4B")
    number, cookie = await device(streaming), screen.browser.cookies["bedflow-device"]

    async def links() -> list[Any]:
        return (await streaming.house.displays.by(number, streaming.core.clock.now()))[1]

    async def until(count: int, why: str) -> Any:
        async with asyncio.timeout(10):
            while len(found := await links()) != count or found[0].why != why:
                await asyncio.sleep(0.1)
        return found[0]

    first = Listening(streaming, cookie)
    await asyncio.wait_for(first.first.wait(), 5)
    opened = await until(1, "")
    assert (opened.topics, opened.audience, opened.closed_at) == ("ward:4B", "public", None)
    (listed,) = await streaming.house.devices.all()
    assert listed.seen_at is not None, "who listens is seen"
    page = await audit(streaming, admin, streaming.core.clock.now())
    assert page.status_code == 200 and "never said what it had drawn" in page.text
    streaming.core.clock.advance(timedelta(seconds=7))
    first.left.set()
    await asyncio.wait_for(first.task, 5)
    left = await until(1, "left")
    assert left.closed_at == left.opened_at + timedelta(seconds=7)

    second = Listening(streaming, cookie)
    await asyncio.wait_for(second.first.wait(), 5)
    await streaming.house.devices.revoke(number, streaming.core.clock.now())
    await asyncio.wait_for(second.task, 5)
    assert (await until(2, "shut-out")).closed_at is not None
    assert "shut out" in (await admin.get(f"/admin/displays?device={number}")).text
