"""The housekeeping board over the web: whose screens show it, that it names nobody, how a screen comes to show it."""

import re

import httpx
import pytest

from flow.domain.roles import Role
from tests.integration.cleaning_house import empty
from tests.integration.test_roles import fill, streaming
from tests.integration.test_signin import csrf, pair, signed_in
from tests.integration.web_house import Web, web

__all__ = ["streaming", "web"]
HOUSE, WARD = "/displays/staff/housekeeping", "/displays/ward/housekeeping/4B"


@pytest.mark.parametrize(
    ("role", "ward", "house", "own"),
    [
        (Role.ADMISSIONS, None, 200, 200),
        (Role.SUPERVISOR, None, 403, 200),
        (Role.NURSE, "4B", 403, 200),
        (Role.NURSE, "ICU", 403, 403),
        (Role.AUDITOR, None, 403, 403),
        (Role.DISPLAY, "4B", 403, 403),
    ],
)
async def test_it_is_for_those_who_clean_and_those_who_wait(web: Web, role: Role, ward: str | None, house: int, own: int) -> None:
    """A display's token is a public one; a supervisor reads no names and sees the ward's class."""
    reader = await web.as_role(role, ward)
    assert [(await reader.get(page)).status_code for page in (HOUSE, WARD)] == [house, own]


async def test_a_screen_is_let_in_for_the_board_and_shows_it(web: Web) -> None:
    admin = await signed_in(web, "ravi", Role.ADMIN)
    whole = await pair(web, admin, "display", audience="staff", shows="housekeeping")
    ward = await pair(web, admin, "display", audience="ward", ward="4B", shows="housekeeping")
    assert (whole.headers["x-home"], ward.headers["x-home"]) == (HOUSE, WARD)
    await fill(web)
    await empty(web, visit="V7", bed="4B-A-03")  # type: ignore[arg-type]
    for screen, page in ((whole, HOUSE), (ward, WARD)):
        said = (await screen.get(page)).text
        assert "4B A3" in said and not re.search("canar(ia|ita)|canarymrn", said, re.IGNORECASE)
    assert (await ward.get("/displays/ward/housekeeping")).status_code == 403, "its grant is for one ward"
    assert (await ward.get("/displays/staff/housekeeping/4B")).status_code == 403, "and for less than staff"
    assert "staff, whole house, housekeeping" in (await admin.get("/admin")).text


@pytest.mark.parametrize("where", [{"audience": "public", "ward": "4B"}, {"audience": "staff", "clinic": "ENT"}])
async def test_no_public_screen_is_let_in_for_it(web: Web, where: dict[str, str]) -> None:
    admin = await signed_in(web, "ravi", Role.ADMIN)
    found = re.search(r">\s*(\d{3}) (\d{3})\s*<", (await (await web.client()).get("/pair?kind=display")).text)
    assert found
    said = {"code": "".join(found.groups()), "name": "Hall", "shows": "housekeeping", "csrf": await csrf(admin, "/admin/devices/new")}
    refused = await admin.post("/admin/devices/new", data={**said, **where})
    assert refused.status_code == 409 and "for a ward" in refused.text and "for staff" in refused.text


async def listens(reader: httpx.AsyncClient, query: str) -> int:
    return (await reader.get(f"/api/v1/stream?topics={query}")).status_code


async def test_its_stream_is_for_the_same_eyes(streaming: Web) -> None:
    nurse, display = await streaming.as_role(Role.NURSE, "4B"), await streaming.as_role(Role.DISPLAY, "4B")
    auditor = await streaming.as_role(Role.AUDITOR)
    refused = [await listens(nurse, "cleaning"), await listens(nurse, "cleaning:ICU"), await listens(display, "cleaning:4B")]
    assert [*refused, await listens(auditor, "cleaning")] == [403] * 4
    assert await listens(await streaming.as_role(Role.SUPERVISOR), "cleaning:9Z") == 404
