"""An administrator uploads a ward's drawing, binds its shapes and shows it: walls, ward page and desk draw it, in every process."""

import asyncio
from datetime import timedelta

import httpx
import pytest

from flow.domain.ids import WardId
from flow.domain.roles import Role
from flow.history.floor_plans import FloorPlans
from flow.history.pool import Database
from flow.web.floor_plans import DrawnHospital
from tests.integration.web_house import Web, web

__all__ = ["web"]
ICU = WardId("ICU")
AT = "/admin/floor-plans/ICU"
SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1840 888"><rect width="1840" height="888"/><script>alert(1)</script>'
    b'<rect id="bed-I1" x="20" y="20" width="300" height="300"/><circle cx="600" cy="200" r="150"/><text x="900" y="60">Lifts</text></svg>'
)
SCREENS = ("/displays/public/ward/ICU", "/displays/staff/ward/ICU", "/wards/ICU")


async def upload(admin: httpx.AsyncClient, body: bytes = SVG) -> httpx.Response:
    return await admin.post(AT, content=body, headers={"content-type": "image/svg+xml", "hx-request": "true"})


async def say(admin: httpx.AsyncClient, shape: str, bed: str, version: int = 1) -> httpx.Response:
    return await admin.post(f"{AT}/shapes/{shape}", data={"bed": bed, "version": str(version)})


async def publish(admin: httpx.AsyncClient) -> None:
    assert (await upload(admin)).json() == {"href": AT}
    assert (await say(admin, "s3", "ICU-I-02")).status_code == 303
    assert (await admin.post(f"{AT}/show", data={"version": "1"})).status_code == 303


async def drawn_on(web: Web) -> dict[str, bool]:
    desk = await web.as_role(Role.ADMISSIONS)
    pages = {path: (await desk.get(path)).text for path in SCREENS}
    return {path: 'class="drawn"' in page for path, page in pages.items()}


async def test_from_the_file_to_every_screen(web: Web) -> None:
    admin = await web.as_role(Role.ADMIN)
    await upload(admin)
    assert (
        'href="/admin/floor-plans"' in (await admin.get("/admin")).text and f'href="{AT}"' in (await admin.get("/admin/floor-plans")).text
    )
    editor = (await admin.get(AT)).text
    assert "Bed I2 has no shape." in editor and "Left out of the file: 1 × script." in editor and "alert(1)" not in editor
    assert "Show this plan" not in editor and 'aria-label="Shape 3"' in editor
    refused = await admin.post(f"{AT}/show", data={"version": "1"}, headers={"hx-request": "true"})
    assert refused.status_code == 409 and "cannot be shown yet" in refused.text

    chosen = (await admin.get(f"{AT}?version=1&shape=s3")).text
    assert 'data-state="chosen"' in chosen and f'action="{AT}/shapes/s3"' in chosen
    assert (await say(admin, "s3", "ICU-I-02")).headers["location"] == f"{AT}?version=1#drawing"
    ready = (await admin.get(AT)).text
    assert "has no shape" not in ready and "Show this plan" in ready and ready.count('<path class="tile"') == 1
    assert set((await drawn_on(web)).values()) == {False}

    assert (await admin.post(f"{AT}/show", data={"version": "1"})).status_code == 303
    assert await drawn_on(web) == dict.fromkeys(SCREENS, True)
    assert (await admin.get("/displays/ward/ICU/drawing")).json() == {"version": 1}
    assert "Drawn, version 1" in (await admin.get("/admin/floor-plans")).text

    assert (await admin.post(f"{AT}/generated")).status_code == 303
    assert set((await drawn_on(web)).values()) == {False}
    assert (await admin.get("/displays/ward/ICU/drawing")).json() == {"version": 0}


async def test_what_was_shown_is_never_changed(web: Web) -> None:
    """Who asks what a wall showed then gets that version; another binding makes the next one."""
    admin, kept = await web.as_role(Role.ADMIN), web.house.floor_plans.kept
    before = web.core.clock.now() - timedelta(seconds=1)
    await publish(admin)
    then = web.core.clock.now()
    assert (await say(admin, "s2", "ICU-I-02")).headers["location"] == f"{AT}?version=2#drawing"
    assert (await say(admin, "s3", "ICU-I-01", 2)).headers["location"] == f"{AT}?version=2#drawing"
    one, two = await kept.get(ICU, 1), await kept.get(ICU, 2)
    assert one is not None and two is not None and one.drawing == two.drawing
    assert one.beds == {"s2": "ICU-I-01", "s3": "ICU-I-02"} and two.beds == {"s2": "ICU-I-02", "s3": "ICU-I-01"}
    assert await kept.drafts() == {ICU: 2} and await kept.shown() == {ICU: 1}
    await upload(admin)
    assert [version.version for version in await kept.all(ICU)] == [2, 1], "a draft makes way for the next"
    assert (await web.house.floor_plans.ward_at(ICU, before)).drawn is None
    drawn = (await web.house.floor_plans.ward_at(ICU, then)).drawn
    assert drawn is not None and drawn.version == 1


async def test_another_process_draws_it_within_seconds(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    other = DrawnHospital(web.house.plan, FloorPlans(web.core.database))
    assert (await other.ward(ICU)).drawn is None
    await publish(await web.as_role(Role.ADMIN))
    monkeypatch.setattr("flow.web.floor_plans.REMEMBERED_SECONDS", 0.0)
    other.forget()
    assert (await other.ward(ICU)).drawn is not None


async def test_many_pages_at_once_look_once(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    looks, kept = [], web.house.floor_plans.kept
    shown = kept.shown

    async def counted() -> dict[WardId, int]:
        looks.append(1)
        return await shown()

    monkeypatch.setattr(kept, "shown", counted)
    web.house.floor_plans.forget()
    await asyncio.gather(*(web.house.floor_plans.plan() for _ in range(9)))
    assert len(looks) == 1


async def test_the_plan_stays_while_postgres_is_away(web: Web, dsn: str) -> None:
    await publish(await web.as_role(Role.ADMIN))
    database = await Database.connect(dsn, web.core.database.hospital, size=1)
    hospital = DrawnHospital(web.house.plan, FloorPlans(database))
    assert (await hospital.ward(ICU)).drawn is not None
    await database.close()
    hospital.forget()
    assert (await hospital.ward(ICU)).drawn is not None


async def test_a_bed_that_came_later_brings_the_generated_plan_back(web: Web) -> None:
    """A plan that leaves a bed out is shown to nobody, and the list says why."""
    kept, at = web.house.floor_plans.kept, web.core.clock.now()
    await publish(await web.as_role(Role.ADMIN))
    first = await kept.get(ICU, 1)
    assert first is not None
    version = await kept.add(ICU, first.drawing, {"s2": first.beds["s2"]}, "earlier", at)
    await kept.show(ICU, version, "earlier", at)
    web.house.floor_plans.forget()
    assert set((await drawn_on(web)).values()) == {False}
    assert f"Version {version} leaves out a bed" in (await (await web.as_role(Role.ADMIN)).get("/admin/floor-plans")).text


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<svg>", "line 1 is not well-formed"),
        (b'<!DOCTYPE svg [<!ENTITY a "b">]><svg/>', "entities of its own"),
        (b"<svg><!--" + b"x" * 250_000 + b"--></svg>", "240 KB is the most"),
        (b"x" * 300_000, "256 KiB at most"),
    ],
)
async def test_a_drawing_that_cannot_be_read_is_refused_in_words(web: Web, body: bytes, said: str) -> None:
    admin = await web.as_role(Role.ADMIN)
    answer = await upload(admin, body)
    assert answer.status_code in (409, 413) and said in answer.text
    assert await web.house.floor_plans.kept.all(ICU) == []


async def test_what_there_is_not_is_said(web: Web) -> None:
    admin = await web.as_role(Role.ADMIN)
    await upload(admin)
    assert (await say(admin, "s99", "ICU-I-01")).status_code == 404
    assert (await say(admin, "s2", "4B-A-01")).status_code == 422
    assert (await say(admin, "s2", "ICU-I-01", 9)).status_code == 404
    assert (await admin.get(f"{AT}?version=7")).status_code == 404
    assert (await admin.get("/admin/floor-plans/NOWHERE")).status_code == 404


@pytest.mark.parametrize("role", [Role.ADMISSIONS, Role.NURSE, Role.MANAGER, Role.DISPLAY, Role.AUDITOR, Role.SUPERVISOR])
async def test_only_an_administrator_draws(web: Web, role: Role) -> None:
    caller = await web.as_role(role, "ICU" if role in (Role.NURSE, Role.DISPLAY) else None)
    assert (await upload(caller)).status_code == 403
    assert (await caller.get(AT)).status_code == 403
    assert (await caller.post(f"{AT}/generated")).status_code == 403
