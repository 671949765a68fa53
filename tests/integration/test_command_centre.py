"""The command centre over the web: whose it is, what the API says of a house at work, the screen that shows it."""

import re

import pytest

from flow.domain.roles import Role
from tests.integration.cleaning_house import empty
from tests.integration.test_desk import NOW, NURSE, admit
from tests.integration.test_signin import csrf, pair, signed_in
from tests.integration.web_house import Web, web

__all__ = ["web"]
PAGES = ("/command-centre", "/displays/staff/command-centre", "/api/v1/command-centre")


@pytest.mark.parametrize(
    ("role", "ward", "status"),
    [
        (Role.ADMISSIONS, None, 200),
        (Role.MANAGER, None, 200),
        (Role.SUPERVISOR, None, 200),
        (Role.MANAGER, "4B", 403),
        (Role.NURSE, "4B", 403),
        (Role.HOUSEKEEPING, None, 403),
    ],
)
async def test_it_is_for_those_who_run_the_whole_house(web: Web, role: Role, ward: str | None, status: int) -> None:
    reader = await web.as_role(role, ward)
    assert [(await reader.get(page)).status_code for page in PAGES] == [status] * 3


async def test_the_api_says_how_the_house_stands(web: Web) -> None:
    manager = await web.as_role(Role.MANAGER)
    await empty(web)
    outcome = await web.core.desk.act(admit("V2", "4B-A-02"), NURSE)
    assert await web.core.live.reached(outcome.seq)
    said = (await manager.get("/api/v1/command-centre")).json()
    assert (said["level"]["number"], said["level"]["why"], said["version"]) == (1, "No threshold is reached.", 2)
    assert {name: said["sums"][name] for name in ("lain", "dirty", "late", "boarders")} == {"lain": 1, "dirty": 1, "late": 0, "boarders": 0}
    ward = next(ward for ward in said["wards"] if ward["ward"] == "4B")
    assert (ward["lain"], ward["dirty"], ward["free"], ward["occupancy"]) == (1, 1, 5, 14.3)
    assert said["as_of"] >= NOW.isoformat()[:10]


async def test_a_screen_of_staff_bound_to_no_ward_shows_it(web: Web) -> None:
    screen = await pair(web, await signed_in(web, "ravi", Role.ADMIN), "display", audience="staff")
    assert screen.headers["x-home"] == "/displays/staff/command-centre"
    assert [(await screen.get(page)).status_code for page in PAGES] == [200] * 3
    assert (await screen.get("/admissions")).status_code == 403


async def test_a_ward_s_screen_and_a_public_one_never_do(web: Web) -> None:
    admin = await signed_in(web, "ravi", Role.ADMIN)
    screen = await pair(web, admin, "display", audience="staff", ward="4B")
    assert [(await screen.get(page)).status_code for page in PAGES] == [403] * 3
    clinic = await pair(web, admin, "display", clinic="ENT")
    assert [(await clinic.get(page)).status_code for page in PAGES] == [403] * 3
    shown = re.search(r">\s*(\d{3}) (\d{3})\s*<", (await screen.get("/pair?kind=display")).text)
    assert shown
    said = {"code": "".join(shown.groups()), "name": "Hall", "audience": "public", "csrf": await csrf(admin, "/admin/devices/new")}
    refused = await admin.post("/admin/devices/new", data=said)
    assert refused.status_code == 409 and "for a screen of staff only" in refused.text
