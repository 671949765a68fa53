"""A device that waits to be let in speaks the language of whoever stands before it; a wall is offered the house's own."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from flow.domain.roles import Role
from flow.domain.wall_looks import WallLooks
from flow.errors import Misconfigured
from flow.locale import words
from flow.plan_file import parse_plan
from tests.hospital_file import hospital_file
from tests.integration.test_desk import open_house
from tests.integration.test_signin import signed_in
from tests.integration.web_house import Web, make_web, web
from tests.plans import small_plan

__all__ = ["web"]
PHONE = "/pair?kind=phone"


async def test_a_phone_waits_in_its_own_language(web: Web) -> None:
    phone = await web.client({"accept-language": "fr-FR, ta-IN;q=0.9, en;q=0.8"})
    page = (await phone.get(PHONE)).text
    assert '<html lang="ta">' in page and words("ta").say("Let this phone in") in page and "noto-sans-tamil.woff2" in page
    assert 'href="/pair?kind=phone&amp;lang=hi"' in page and 'data-poll="/pair/status?lang=ta"' in page
    hindi = (await phone.get(f"{PHONE}&lang=hi")).text
    assert words("hi").say("Let this phone in") in hindi and words("hi").say("Show a new code") in hindi
    assert '<html lang="en">' in (await (await web.client()).get(PHONE)).text


async def test_the_phone_goes_on_in_the_language_in_which_it_waited(web: Web) -> None:
    phone, head = await web.client(), await signed_in(web, "lata", Role.SUPERVISOR)
    page = (await phone.get(f"{PHONE}&lang=hi")).text
    code = page.split('class="code" aria-label="')[1].split(": ")[1][:6]
    form = {
        "code": code,
        "name": "Phone 1",
        "csrf": (await head.get("/admin/devices/new")).text.split('name="csrf" value="')[1].split('"')[0],
    }
    assert (await head.post("/admin/devices/new", data=form)).status_code == 303
    paired = await phone.post("/pair/status?lang=hi")
    assert paired.status_code == 200
    cookies = [said for said in paired.headers.get_list("set-cookie") if said.startswith("lang=hi")]
    assert {said.split("Path=")[1].split(";")[0] for said in cookies} == {"/housekeeping", "/porter"}


@pytest.fixture
async def light(dsn: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Web]:
    async with AsyncExitStack() as stack:
        plan = replace(small_plan(), walls=WallLooks("ta", light=True))
        yield make_web(await open_house(stack, dsn, redis_url, tmp_path, plan), stack, tmp_path)


async def test_pairing_offers_the_houses_own_looks(light: Web) -> None:
    page = (await (await signed_in(light, "root", Role.ADMIN)).get("/admin/devices/new")).text
    assert '<option value="ta" lang="ta" selected>' in page and '<option value="light" selected>' in page


async def test_without_a_word_in_the_file_nothing_is_chosen(web: Web) -> None:
    page = (await (await signed_in(web, "root", Role.ADMIN)).get("/admin/devices/new")).text
    assert "selected>" not in page.split("Language of a screen")[1]


def test_the_file_says_how_walls_look() -> None:
    text = hospital_file({"4B": {"A": 1}})
    assert parse_plan(f'{text}\n[walls]\nlanguage = "hi"\ntheme = "light"\n', "small.toml").walls == WallLooks("hi", light=True)
    assert parse_plan(text, "small.toml").walls == WallLooks()
    with pytest.raises(Misconfigured, match="there are no words in 'xx'"):
        parse_plan(f'{text}\n[walls]\nlanguage = "xx"\n', "small.toml")
    with pytest.raises(Misconfigured, match="theme"):
        parse_plan(f'{text}\n[walls]\ntheme = "pink"\n', "small.toml")
