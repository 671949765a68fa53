"""The past is drawn with the hospital file of its day: beds that were renamed, moved or taken out since stand as they stood."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path

import httpx

from flow import main
from flow.domain.ids import WardId
from flow.domain.roles import Role
from flow.history.hospital_files import HospitalFiles
from flow.main.running import Running
from flow.plan_file import parse_plan
from flow.settings import Settings
from flow.vault import open_vault
from tests.hospital_file import hospital_file
from tests.integration.test_desk import open_house
from tests.integration.test_display_audit import Screen, audit, plan, screen_of, states
from tests.integration.test_signin import signed_in
from tests.integration.web_house import Web, make_web

FIRST = hospital_file({"4B": {"A": 8}, "5A": {"C": 1}})
SECOND = FIRST.replace('"Ward 4B"', '"Surgical ward"').replace("beds = 8", 'label = "W"\nbeds = 7').replace("beds = 1", "beds = 2")
"""Another name, another bay, a bed less; and one more in the other ward."""
WITHOUT = hospital_file({"5A": {"C": 9}})
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1840 888"><rect id="bed-C1" x="20" y="20" width="300" height="300"/></svg>'


@asynccontextmanager
async def opened(dsn: str, redis_url: str, folder: Path, text: str, days: int = 0, *, kept: bool = True) -> AsyncIterator[Web]:
    """The house started with this file, so many days later."""
    async with AsyncExitStack() as stack:
        core = await open_house(stack, dsn, redis_url, folder, parse_plan(text, "x.toml"))
        core.clock.advance(timedelta(days=days))
        files = HospitalFiles(core.database, open_vault(folder))
        version = await files.keep(text, core.desk.hospital.seq, core.clock.now()) if kept else 0
        yield make_web(core, stack, folder, file=version)


@asynccontextmanager
async def screen(web: Web) -> AsyncIterator[tuple[httpx.AsyncClient, Screen]]:
    """The one wall, paired by an administrator."""
    admin = await signed_in(web, "chief", Role.ADMIN)
    yield admin, await screen_of(web, admin, audience="public", ward="4B")


async def again(web: Web, cookie: str) -> tuple[httpx.AsyncClient, Screen]:
    """The same wall after the server came back."""
    browser = await web.client()
    browser.cookies.set("bedflow-device", cookie)
    found = re.search(r'data-csrf="(\w+)"', (await browser.get("/displays/public/ward/4B")).text)
    assert found
    return await signed_in(web, "boss", Role.ADMIN), Screen(web, browser, found[1])


def labels(html: str) -> set[str]:
    """What stands on the beds."""
    return set(re.findall(r'aria-label="Bed (\w+)', plan(html)))


async def test_two_moments_are_drawn_with_the_file_of_each(dsn: str, redis_url: str, tmp_path: Path) -> None:
    async with opened(dsn, redis_url, tmp_path, FIRST) as web, screen(web) as (_, wall):
        await wall.shows_for(60)
        then, hung, cookie = web.core.clock.now(), (await wall.browser.get("/displays/public/ward/4B")).text, wall.cookie
        await wall.shows_for(60)
    async with opened(dsn, redis_url, tmp_path, SECOND, days=1) as web:
        admin, wall = await again(web, cookie)
        await wall.shows_for(60)
        now_hangs = (await wall.browser.get("/displays/public/ward/4B")).text
        await wall.says()
        old, new = [(await audit(web, admin, when)).text for when in (then, web.core.clock.now())]
    assert plan(old) == plan(hung) and plan(new) == plan(now_hangs)
    assert labels(old) == {f"A{n}" for n in range(1, 9)} and "4B-A-08" in states(old) and "Ward 4B" in old
    assert labels(new) == {f"W{n}" for n in range(1, 8)} and "Surgical ward" in new and "Surgical ward" not in old
    assert "in force then (from 21 Nov 14:30:00 to 22 Nov 14:30:00, not today&#39;s)" in old
    assert "in force then (since 22 Nov 14:30:00, today&#39;s)" in new
    async with opened(dsn, redis_url, tmp_path, WITHOUT, days=2) as web:
        page = await audit(web, await signed_in(web, "late", Role.ADMIN), then)
    assert page.status_code == 200 and plan(page.text) == plan(hung), "a ward that is no more"


async def test_of_a_time_before_any_was_kept_the_page_says_so(dsn: str, redis_url: str, tmp_path: Path) -> None:
    async with opened(dsn, redis_url, tmp_path, FIRST, kept=False) as web, screen(web) as (admin, wall):
        await wall.shows_for(60)
        then = web.core.clock.now()
        await wall.says()
        assert "No hospital file is kept." in (await audit(web, admin, then)).text
    async with opened(dsn, redis_url, tmp_path, SECOND, days=1) as web:
        page = (await audit(web, await signed_in(web, "boss", Role.ADMIN), then)).text
    assert "No hospital file of that time is kept" in page and "oldest known, of 22 Nov 14:30:00" in page
    assert labels(page) == {f"W{n}" for n in range(1, 8)}


async def test_a_wall_that_still_hangs_as_it_was_loaded_is_drawn_so_and_asked_to_load(dsn: str, redis_url: str, tmp_path: Path) -> None:
    async with opened(dsn, redis_url, tmp_path, FIRST) as web, screen(web) as (_, wall):
        assert 'data-file="1"' in (await wall.browser.get("/displays/public/ward/4B")).text
        assert (await wall.says(file="1")).status_code == 204
        cookie = wall.cookie
    async with opened(dsn, redis_url, tmp_path, SECOND, days=1) as web:
        admin, wall = await again(web, cookie)
        assert (await wall.says(file="1")).status_code == 205, "it draws beds that are no more"
        page = (await audit(web, admin, web.core.clock.now())).text
        assert "that the screen said it had loaded" in page and labels(page) == {f"A{n}" for n in range(1, 9)}
        web.core.clock.advance(timedelta(seconds=10))
        assert (await wall.says(file="2")).status_code == 204
        assert labels((await audit(web, admin, web.core.clock.now())).text) == {f"W{n}" for n in range(1, 8)}
        assert (await wall.says(file="9" * 18)).status_code == 205


async def test_a_file_that_this_release_cannot_read_is_called_so(dsn: str, redis_url: str, tmp_path: Path) -> None:
    async with opened(dsn, redis_url, tmp_path, FIRST) as web, screen(web) as (admin, wall):
        files = web.house.plans_then.kept
        await files.keep("[hospital]\nid = 7\n", 1, web.core.clock.now() + timedelta(seconds=1))
        await wall.shows_for(60)
        await wall.says()
        page = (await audit(web, admin, web.core.clock.now())).text
    assert "This release cannot read the hospital file of that time" in page and "A8" in labels(page)


async def test_a_change_is_laid_down_once_and_sealed(dsn: str, redis_url: str, tmp_path: Path) -> None:
    async with opened(dsn, redis_url, tmp_path, FIRST) as web:
        files, at = web.house.plans_then.kept, web.core.clock.now()
        hours = [at + timedelta(hours=n) for n in range(5)]
        texts = (FIRST, SECOND, SECOND, FIRST)
        assert [await files.keep(text, 10 + n, hours[n + 1]) for n, text in enumerate(texts)] == [1, 2, 2, 3]
        found = [await files.at(hour) for hour in hours]
        assert [kept and (kept.version, kept.text, kept.from_at, kept.until_at) for kept in found] == [
            (1, FIRST, at, hours[2]),
            (1, FIRST, at, hours[2]),
            (2, SECOND, hours[2], hours[4]),
            (2, SECOND, hours[2], hours[4]),
            (3, FIRST, hours[4], None),
        ]
        assert await asyncio.gather(*(files.keep(SECOND, 20, hours[4]) for _ in range(8))) == [4] * 8, "of many processes one lays it down"
        async with web.core.database.read() as connection:
            rows = await connection.fetch("select sealed from hospital_file")
        assert len(rows) == 4 and not any(b"Ward" in row["sealed"] for row in rows)


async def test_a_plan_that_somebody_drew_stands_with_the_beds_it_was_drawn_for(dsn: str, redis_url: str, tmp_path: Path) -> None:
    ward, at = WardId("5A"), "/admin/floor-plans/5A"
    async with opened(dsn, redis_url, tmp_path, FIRST) as web:
        admin = await web.as_role(Role.ADMIN)
        await admin.post(at, content=SVG, headers={"content-type": "image/svg+xml", "hx-request": "true"})
        assert (await admin.post(f"{at}/show", data={"version": "1"})).status_code == 303
        then = web.core.clock.now()
    async with opened(dsn, redis_url, tmp_path, SECOND, days=1) as web:
        built, _ = await web.house.plans_then.at(then)
        drawn = await web.house.floor_plans.ward_at(ward, then, built)
        assert drawn.drawn is not None and set(drawn.drawn.beds) == {bed.id for bed in drawn.beds} == {"5A-C-01"}
        assert (await web.house.floor_plans.ward_at(ward, web.core.clock.now())).drawn is None, "the new bed has no shape"


async def test_a_server_lays_its_file_down_when_it_opens(dsn: str, redis_url: str, tmp_path: Path) -> None:
    """As `bedflow serve` starts: the text that the plan was read from, not what the file says by then."""
    file = tmp_path / "hospital.toml"
    file.write_text(FIRST)
    said = {"DATABASE_URL": dsn, "REDIS_URL": redis_url, "BEDFLOW_DATA_DIR": str(tmp_path), "BEDFLOW_HOSPITAL": str(file)}
    versions = []
    for text in (FIRST, FIRST, SECOND):
        file.write_text(text)
        async with main.open_house(Settings.from_environ(said)) as house, AsyncExitStack() as stack:
            file.write_text("not read again")
            running = Running(house)
            await running.start(stack, frozenset({"worker"}))
            versions.append(running.file)
            kept = await HospitalFiles(house.database, house.vault).get(running.file)
            assert kept is not None and kept.text == text and kept.from_seq == house.desk.hospital.seq
    assert versions == [1, 1, 2]
