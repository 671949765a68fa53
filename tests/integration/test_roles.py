"""Roles over HTTP: no name in any byte of a role without names, displays held to their grant, streams cut when it is taken back."""

import asyncio
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.routing import Route

from flow.domain.plan import Plan
from flow.domain.roles import MATRIX, May, Reach, Role
from flow.web.door import Door
from flow.web.exports import FORMATS
from flow.web.routes import API, PAGES
from realtime.hub import Hub
from realtime.stream import Stream
from tests.integration.test_desk import House as Core
from tests.integration.test_desk import open_house
from tests.integration.web_house import Web, make_web, open_stream, web
from tests.plans import small_plan

__all__ = ["web"]
CANARY = {"mrn": "CANARYMRN1", "name": "Canaria Canarita", "birth_date": "1980-01-01", "sex": "F"}
NAMELESS = (Role.HOUSEKEEPING, Role.DISPLAY, Role.ADMIN, Role.AUDITOR, Role.PORTER, Role.SUPERVISOR, Role.INTEGRATION)


async def fill(web: Web) -> tuple[str, str]:
    """A patient in a bed and one who waits; returns the request's id and the visit's number."""
    desk = await web.as_role(Role.ADMISSIONS)
    visit = (await desk.post("/api/v1/visits", json={"patient": CANARY, "bed": "4B-A-01"})).json()["number"]
    other = {**CANARY, "mrn": "CANARYMRN2"}
    request = (await desk.post("/api/v1/bed-requests", json={"patient": other, "type": "general"})).json()["id"]
    await desk.post(f"/api/v1/bed-requests/{request}/assignment", json={"bed": "4B-A-02"})
    return request, visit


def addresses(request: str, visit: str) -> list[str]:
    """Every GET of the route table with its parameters filled in."""
    values = {"ward": "4B", "bed": "4B-A-01", "clinic": "ENT", "clinics": "ENT", "audience": "public", "letter": "1", "feed": "his"}
    values |= {"request": request, "visit": visit, "problem": "0123456789abcdef", "cleaner": "c1", "token": "E-001", "slip": "x"}
    values |= {"day": "2026-11-20", "user": "ravi", "patient": "0123456789abcdef"}
    return [re.sub(r"{(\w+)}", lambda hit: values[hit[1]], door.path) for door in (*API, *PAGES) if door.method == "GET"]


async def test_no_name_in_any_byte_of_a_role_without_names(web: Web) -> None:
    request, visit = await fill(web)
    for role in (*NAMELESS, Role.MANAGER):
        caller = await web.as_role(role, "4B" if role is Role.DISPLAY else None)
        for path in addresses(request, visit):
            answer = await caller.get(path)
            assert answer.status_code < 500, (role, path, answer.text)
            assert not re.search("canar(ia|ita)|canarymrn", answer.text + str(answer.headers), re.IGNORECASE), (role, path)


async def test_the_canary_sings_for_those_who_may_hear_it(web: Web) -> None:
    request, visit = await fill(web)
    for role, ward in ((Role.ADMISSIONS, None), (Role.NURSE, "4B")):
        caller = await web.as_role(role, ward)
        heard = [path for path in addresses(request, visit) if "Canaria" in (await caller.get(path)).text]
        assert {f"/api/v1/visits/{visit}", f"/api/v1/bed-requests/{request}", "/wards/4B"} <= set(heard), (role, heard)


async def test_a_nurse_of_another_ward_hears_nothing(web: Web) -> None:
    request, visit = await fill(web)
    nurse = await web.as_role(Role.NURSE, "ICU")
    for path in addresses(request, visit):
        answer = await nurse.get(path)
        assert "canar" not in answer.text.lower(), path
        assert "/wards/4B" not in path or answer.status_code == 403


async def test_nothing_written_without_a_grant_changes_anything(web: Web) -> None:
    before = web.house.desk.hospital.seq
    for role in (Role.DISPLAY, Role.AUDITOR, Role.INTEGRATION, Role.PORTER):
        caller = await web.as_role(role, "4B" if role is Role.DISPLAY else None)
        for door in (*API, *PAGES):
            if door.method == "GET" or door.path in _FOR_ALL or _granted(role, door):
                continue
            path = re.sub(
                r"{(\w+)}", lambda hit: {"ward": "4B", "bed": "4B-A-01", "clinic": "ENT", "clinics": "ENT"}.get(hit[1], "1"), door.path
            )
            answer = await caller.request(door.method, path, json={"status": "cleaning"})
            assert answer.status_code in (401, 403), (role, door.path, answer.status_code)
    assert web.house.desk.hospital.seq == before


_FOR_ALL = ("/login", "/login/passkey", "/login/passkey/options", "/session/active", "/sign-out", "/api/v3/hip/patient/share")
_FOR_ALL += ("/login/provider", "/login/provider/logout", "/t/{slip}/no-messages", "/pair/status")
"""Doors that ask who comes in their own way."""


def _granted(role: Role, door: Door) -> bool:
    return isinstance(door.needs, May) and MATRIX[role][door.needs] is not Reach.NO


@pytest.mark.parametrize("role", [Role.ADMISSIONS, Role.AUDITOR])
async def test_who_reads_sums_alone_opens_no_single_case(web: Web, role: Role) -> None:
    _, visit = await fill(web)
    reader, cases = await web.as_role(role), {door.path for door in (*API, *PAGES) if door.needs is May.CASES}
    assert cases >= SINGLE_CASES
    for door in (each for each in (*API, *PAGES) if each.needs in (May.CASES, May.REPORTS)):
        path = door.path.format(bed="4B-A-01", visit=visit, day="2026-11-20")
        if door.needs is May.CASES:
            assert (await reader.get(path)).status_code == 403, path
        if door.needs is May.REPORTS and door in PAGES and path == door.path:
            answer = await reader.get(path)
            assert answer.status_code == 200, path
            assert not re.search(r"/manager/(visits/|beds/|bed[.]|replay|ledger-behind)|#evidence|table=(evidence|each)", answer.text), path
    for name, table in (("data-quality", "evidence"), ("overrides", "each")):
        assert (await reader.get(f"/manager/{name}.csv?table={table}")).status_code == 404
    manager = await web.as_role(Role.MANAGER)
    for path in ("/manager/replay", "/manager/beds/4B-A-01", f"/manager/visits/{visit}", "/manager/ledger-behind"):
        assert (await manager.get(path)).status_code == 200, path


SINGLE_CASES = {"/manager/visits/{visit}", "/manager/beds/{bed}", "/manager/replay", "/manager/replay.json", "/manager/ledger-behind"}
SINGLE_CASES |= {f"/manager/{name}.{kind}" for name in ("bed", "ledger-behind", "replay", "visit") for kind in FORMATS}
SINGLE_CASES |= {"/api/v1/history/at", "/api/v1/history/beds/{bed}"}
"""Doors that show one visit, bed or cause of the past."""


async def test_metrics_are_for_this_machine_or_a_grant(web: Web) -> None:
    stranger, integration = await web.client(), await web.as_role(Role.INTEGRATION)
    assert (await stranger.get("/metrics")).status_code == 401
    assert "bedflow_beds{" in (await integration.get("/metrics")).text
    assert (await (await web.as_role(Role.NURSE, "4B")).get("/metrics")).status_code == 403
    local = httpx.ASGITransport(app=web.app, client=("127.0.0.1", 1))
    async with httpx.AsyncClient(transport=local, base_url="http://localhost:8000") as here:
        assert (await here.get("/metrics")).status_code == 200
        assert (await here.get("/metrics", headers={"x-forwarded-for": "192.0.2.1"})).status_code == 401
    for path in ("/healthz", "/readyz"):
        assert (await stranger.get(path)).json() == {"status": "ok"}


async def test_without_a_picture_nobody_is_told_an_old_one(web: Web) -> None:
    desk = await web.as_role(Role.ADMISSIONS)
    web.core.live.epoch = None
    answer = await desk.get("/api/v1/beds/availability")
    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (503, "no-picture", "1")
    assert (await desk.get("/readyz")).status_code == 503


@pytest.fixture
async def streaming(dsn: str, redis_url: str, tmp_path: Path) -> Any:
    """The web room with realtime's stream mounted, as the composition root does it."""
    from contextlib import AsyncExitStack

    async with AsyncExitStack() as stack:
        core = await open_house(stack, dsn, redis_url, tmp_path)
        yield await _with_stream(core, stack, tmp_path, small_plan())


async def _with_stream(core: Core, stack: Any, folder: Path, plan: Plan) -> Web:
    hub = Hub(core.live, plan)
    running = asyncio.ensure_future(hub.run())
    stack.callback(running.cancel)
    return make_web(core, stack, folder, stream=lambda allow: Route("/api/v1/stream", Stream(hub, allow)))


async def test_a_stream_is_for_those_with_a_grant(streaming: Web) -> None:
    stranger, display = await streaming.client(), await streaming.as_role(Role.DISPLAY, "4B")
    assert (await stranger.get("/api/v1/stream?topics=ward:4B")).status_code == 401
    for query, status in (("topics=ward:ICU", 403), ("topics=desk", 403), ("topics=ward:4B&audience=staff", 403), ("topics=ward:9", 404)):
        assert (await display.get(f"/api/v1/stream?{query}")).status_code == status, query


async def test_a_stream_ends_when_its_grant_is_taken_back(streaming: Web) -> None:
    token = await streaming.house.tokens.create(Role.DISPLAY, "4B")
    stream, sent = await open_stream(streaming, "topics=ward:4B", authorization=f"Bearer {token}")
    (made,) = await streaming.house.tokens.all()
    await streaming.house.tokens.revoke(made.id, streaming.core.clock.now())
    await asyncio.wait_for(stream, 5)
    assert b"4B-A-01" in b"".join(sent)
