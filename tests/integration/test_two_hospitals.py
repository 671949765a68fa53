"""Two hospitals in one database and one Redis: neither sees, opens or moves anything of the other's, by no query, page, call or stream."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from flow.domain.ids import BedId
from flow.domain.person import PersonDetails
from flow.domain.roles import MATRIX, May, Reach, Role
from flow.history.pool import Database
from flow.history.queries import load, nouns
from flow.web.door import Door
from flow.web.routes import API, PAGES
from tests.integration.test_desk import NURSE, admit, open_house
from tests.integration.test_signin import signed_in
from tests.integration.web_house import PASSWORD, Web, make_web
from tests.plans import small_plan

BY_ROWS = {"snapshot.lay_base", "snapshot.lay_stretches", "snapshot.lay_conditions"}
"""They lay rows down that a hospital's own snapshot holds, each with its hospital in it."""
BY_PLACE = {"forecasts.judge", "levels.change"}
"""They insert into all columns in their order, of which the first is the hospital."""
BY_FOUND = {"lapsing.doctors"}
"""They take away the rows that a part of theirs, which is bound, has found."""
CANARY = "Quetzalcanary"
ROLES = (Role.ADMISSIONS, Role.NURSE, Role.MANAGER, Role.ADMIN, Role.AUDITOR, Role.SUPERVISOR)
VALUES = {"ward": "4B", "bed": "4B-A-01", "clinic": "ENT", "clinics": "ENT", "audience": "staff", "visit": "V1"}
FILES = (".xlsx", ".parquet", ".csv", ".pdf")
FIGURES = (May.REPORTS, May.CASES)
"""Pages of sums, which name nobody."""


async def test_every_query_keeps_to_its_hospital(database: Database) -> None:
    """Each table that has a hospital is bound to one by each query that names it."""
    async with database.read() as connection:
        rows = await connection.fetch("select table_name from information_schema.columns where column_name = 'hospital'")
        firsts = {
            row["table_name"]
            for row in await connection.fetch(
                "select table_name from information_schema.columns where column_name = 'hospital' and ordinal_position = 1"
            )
        }
    tables = {row["table_name"] for row in rows}
    assert len(tables) > 60 and {"forecast_verdict", "level_change"} <= firsts
    loose = {f"{noun}.{name}" for noun in nouns() for name, text in load(noun).items() if unbound(text, tables)}
    assert loose == BY_ROWS | BY_PLACE | BY_FOUND


def unbound(text: str, tables: set[str]) -> list[str]:
    """The tables of a query that nothing binds to a hospital."""
    plain = re.sub(r"--[^\n]*", "", text).lower()
    named = re.findall(r"\b(?:from|join|update|into|using)\s+(?:only\s+)?([a-z_]+)(?:\s+as)?(?:[ \t]+([a-z]\w*))?", plain)
    return [
        table
        for table, alias in named
        if table in tables and not re.search(rf"\b(?:{alias or table}|{table})\.hospital\b|(?<![.\w])hospital\b", plain)
    ]


def test_a_query_without_its_hospital_is_found() -> None:
    assert unbound("select * from visit v where v.id = $1", {"visit"}) == ["visit"]
    assert unbound("select * from visit v join bed b on b.hospital = $1 where v.id = $2", {"visit", "bed"}) == ["visit"]
    assert unbound("select * from visit v where v.hospital = $1 -- its own", {"visit"}) == []


@pytest.fixture
async def both(dsn: str, redis_url: str, tmp_path: Path) -> AsyncIterator[tuple[Web, Web]]:
    """A hospital with a patient in a bed, and another of the same plan beside it."""
    async with AsyncExitStack() as stack:
        webs = []
        for name in ("here", "there"):
            core = await open_house(stack, dsn, redis_url, tmp_path, replace(small_plan(), id=name))
            webs.append(make_web(core, stack, tmp_path))
        here, there = webs
        patient = here.house.people.pseudonym("CNRY1")
        await here.house.people.put([PersonDetails(patient, CANARY, "CNRY1", sex="F")], here.core.clock.now())
        await here.core.desk.act(admit("V1", "4B-A-01", patient=patient), NURSE)
        yield here, there


def path_of(door: Door) -> str:
    return re.sub(r"{(\w+)}", lambda hit: VALUES.get(hit[1], "x1"), door.path)


def who_may(door: Door) -> Role:
    """One that the door opens to, for the whole house where there is such a one."""
    return next((role for role in ROLES if not isinstance(door.needs, May) or MATRIX[role][door.needs] is Reach.ALL), Role.NURSE)


async def test_no_page_or_call_of_one_tells_of_the_other(both: tuple[Web, Web]) -> None:
    here, there = both
    desk = await here.as_role(Role.ADMISSIONS)
    assert CANARY in (await desk.get("/api/v1/visits/V1")).text, "it sings at home"
    clients = {role: await there.as_role(role, "4B" if role is Role.NURSE else None) for role in ROLES}
    sang = []
    for door in (each for each in (*API, *PAGES) if each.method == "GET" and each.needs not in FIGURES and not each.path.endswith(FILES)):
        client = clients[who_may(door)]
        answer = await client.get(path_of(door))
        assert answer.status_code < 500, door.path
        sang += [door.path for word in (CANARY, "CNRY1") if word in answer.text]
    assert sang == []
    beds = (await (await there.as_role(Role.ADMISSIONS)).get("/api/v1/beds")).json()["items"]
    assert {bed["status"] for bed in beds} == {"available"}


async def test_what_opens_one_opens_nothing_of_the_other(both: tuple[Web, Web]) -> None:
    here, there = both
    browser = await signed_in(here, "asha", Role.ADMISSIONS)
    offer = await here.house.devices.offer("display", here.core.clock.now())
    for headers in (
        {"cookie": f"bedflow={browser.cookies['bedflow']}"},
        {"cookie": f"bedflow-device={offer.secret}"},
        {"authorization": f"Bearer {await here.house.tokens.create(Role.ADMISSIONS)}"},
    ):
        stranger = await there.client(headers)
        assert (await stranger.get("/api/v1/beds")).status_code == 401, headers
    known = await (await there.client()).post("/login", data={"account": "asha", "password": PASSWORD})
    assert known.status_code == 401
    assert await there.house.devices.offered(offer.code, there.core.clock.now()) is None
    desk = await there.as_role(Role.ADMISSIONS)
    gone = await desk.post("/api/v1/visits/V1/discharge", json={})
    assert gone.status_code in (404, 409), gone.text
    assert here.core.desk.hospital.beds[BedId("4B-A-01")].visit == "V1"


async def test_what_one_commits_reaches_no_screen_of_the_other(both: tuple[Web, Web]) -> None:
    here, there = both
    before = there.core.live.seq
    done = await here.core.desk.act(admit("V2", "4B-A-02"), NURSE)
    async with asyncio.timeout(10):
        while not await here.core.live.reached(done.seq):
            await asyncio.sleep(0)
    own = await there.core.desk.act(admit("V3", "4B-A-03"), NURSE)
    assert await there.core.live.reached(own.seq), "what it hears of itself came after"
    assert {bed.id for bed in there.core.live.beds.values() if bed.visit} == {BedId("4B-A-03")} and before <= there.core.live.seq
