"""The second factor: set up, asked for, each code once, recovery codes, reset by an administrator, and what is written of it."""

import re
from base64 import b32decode
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from flow.domain import totp
from flow.domain.audit import Kind
from flow.domain.roles import Role, needs_second_factor
from tests.integration.test_audit import trail
from tests.integration.test_desk import open_house
from tests.integration.web_house import PASSWORD, Web, make_web

SECOND = "/login/second"


@pytest.fixture
async def web(dsn: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Web]:
    """A hospital that wants second factors."""
    async with AsyncExitStack() as stack:
        core = await open_house(stack, dsn, redis_url, tmp_path)
        yield make_web(core, stack, tmp_path, second_factor="required")


def field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, page
    return found[1]


async def half(web: Web, name: str = "asha", after: str = "/") -> httpx.AsyncClient:
    """A browser in which the password was right."""
    browser = await web.client()
    answer = await browser.post("/login", data={"account": name, "password": PASSWORD, "next": after})
    wanted = SECOND if after == "/" else f"{SECOND}?next={after}"
    assert (answer.status_code, answer.headers["location"]) == (303, wanted), answer.text
    return browser


class App:
    """Somebody's telephone."""

    def __init__(self, web: Web, page: str) -> None:
        shown = re.search(r'class="secret">([A-Z2-7 ]+)<', page)
        assert shown, page
        self.web, self.secret = web, b32decode(shown[1].replace(" ", ""))

    def code(self, later: int = 0) -> str:
        return totp.code_at(self.secret, totp.step_of(self.web.core.clock.now()) + later)


async def set_up(web: Web, role: Role = Role.ADMISSIONS, name: str = "asha") -> tuple[httpx.AsyncClient, App, list[str]]:
    """Somebody who has set an app up, the app, and the recovery codes."""
    await web.account(name, role)
    browser = await half(web, name)
    page = (await browser.get(SECOND)).text
    app = App(web, page)
    sent = {"csrf": field(page, "csrf"), "ticket": field(page, "ticket"), "code": app.code(), "next": "/"}
    answer = await browser.post(SECOND, data=sent)
    assert answer.status_code == 200, answer.text
    return browser, app, re.findall(r"<code>([a-z2-7-]{19})</code>", answer.text)


async def second(browser: httpx.AsyncClient, code: str, after: str = "/") -> httpx.Response:
    token = field((await browser.get(SECOND)).text, "csrf")
    return await browser.post(SECOND, data={"csrf": token, "code": code, "next": after})


def test_who_sees_names_or_rules_over_those_who_do_needs_one() -> None:
    needs = {role for role in Role if needs_second_factor(role)}
    assert needs == {Role.ADMISSIONS, Role.NURSE, Role.MANAGER, Role.DOCTOR, Role.OPD, Role.DISPLAY, Role.ADMIN, Role.AUDITOR}


async def test_nothing_opens_before_one_is_set_up(web: Web) -> None:
    await web.account("asha", Role.ADMISSIONS)
    browser = await half(web, after="/admissions")
    for path in ("/admissions", "/my-sign-in", "/wards/4B"):
        answer = await browser.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, f"{SECOND}?next={path}")
    assert (await browser.get("/")).headers["location"] == "/login"
    for path in ("/api/v1/beds", "/api/v1/visits", "/metrics"):
        assert (await browser.get(path)).status_code == 401, path
    page = await browser.get(f"{SECOND}?next=/admissions")
    assert "Set up a second factor" in page.text and "<svg" in page.text
    assert (await browser.post(SECOND, data={"code": "123456", "ticket": field(page.text, "ticket")})).status_code == 403
    stranger = await web.client()
    assert (await stranger.get(SECOND)).headers["location"] == "/login"


async def test_a_role_without_names_signs_in_with_a_password(web: Web) -> None:
    await web.account("meena", Role.HOUSEKEEPING)
    answer = await (await web.client()).post("/login", data={"account": "meena", "password": PASSWORD})
    assert answer.headers["location"] == "/housekeeping"


async def test_an_app_is_set_up_and_asked_for_ever_after(web: Web) -> None:
    browser, app, codes = await set_up(web)
    assert len(set(codes)) == 10
    assert (await browser.get("/admissions")).status_code == 200
    again = await half(web, after="/admissions")
    assert "Code from your app" in (await again.get(SECOND)).text
    assert (await second(again, app.code())).status_code == 401, "the code that set it up is used"
    web.core.clock.advance(timedelta(seconds=30))
    answer = await second(again, f"{app.code()[:3]} {app.code()[3:]}", "/admissions")
    assert (answer.status_code, answer.headers["location"]) == (303, "/admissions")
    assert (await again.get("/admissions")).status_code == 200
    told = [(trace.kind, trace.detail.get("what") or trace.detail.get("by")) for trace in await trail(web) if trace.kind is not Kind.READ]
    assert told == [
        (Kind.FIRST_FACTOR, None),
        (Kind.CREDENTIAL, "set up"),
        (Kind.FIRST_FACTOR, None),
        (Kind.NOT_PROVEN, None),
        (Kind.SIGNED_IN, "code"),
    ]
    assert app.code() not in str(await trail(web)) and codes[0] not in str(await trail(web))


async def test_the_session_gets_another_secret_with_the_second_factor(web: Web) -> None:
    _, app, _ = await set_up(web)
    web.core.clock.advance(timedelta(seconds=30))
    browser = await half(web)
    first = browser.cookies["bedflow"]
    assert (await second(browser, app.code())).status_code == 303
    assert browser.cookies["bedflow"] != first
    thief = await web.client({"cookie": f"bedflow={first}"})
    assert (await thief.get(SECOND)).headers["location"] == "/login"


async def test_a_code_opens_once_even_of_a_clock_that_is_ahead(web: Web) -> None:
    _, app, _ = await set_up(web)
    web.core.clock.advance(timedelta(minutes=2))
    one, other = await half(web), await half(web)
    ahead = app.code(later=1)
    assert (await second(one, ahead)).status_code == 303
    for used in (ahead, app.code(), app.code(later=-1)):
        assert (await second(other, used)).status_code == 401
    web.core.clock.advance(timedelta(minutes=1))
    assert (await second(other, app.code())).status_code == 303


async def test_another_sign_in_cannot_confirm_the_secret_that_was_shown(web: Web) -> None:
    await web.account("asha", Role.ADMISSIONS)
    one, other = await half(web), await half(web)
    page, own = (await one.get(SECOND)).text, (await other.get(SECOND)).text
    sent = {"csrf": field(own, "csrf"), "ticket": field(page, "ticket"), "code": App(web, page).code()}
    assert (await other.post(SECOND, data=sent)).status_code == 401
    assert not (await web.house.factors.of("asha")).any


async def test_a_wrong_first_code_shows_the_same_secret_again(web: Web) -> None:
    await web.account("asha", Role.ADMISSIONS)
    browser = await half(web)
    page = (await browser.get(SECOND)).text
    again = await browser.post(SECOND, data={"csrf": field(page, "csrf"), "ticket": field(page, "ticket"), "code": "000000x"})
    assert again.status_code == 401 and App(web, again.text).secret == App(web, page).secret


async def test_a_recovery_code_opens_once(web: Web) -> None:
    _, _, codes = await set_up(web)
    browser = await half(web)
    assert (await second(browser, codes[3].upper().replace("-", " "))).status_code == 303
    assert "9 of 10 are left" in (await browser.get("/my-sign-in")).text
    assert (await second(await half(web), codes[3])).status_code == 401
    await web.account("ravi", Role.OPD)
    assert not await web.house.factors.use_code("ravi", codes[4], web.core.clock.now()), "of another account"


async def test_the_tables_hold_no_secret_in_the_clear(web: Web) -> None:
    _, app, codes = await set_up(web)
    async with web.core.database.read() as connection:
        sealed = await connection.fetchval("select sealed from authenticator")
        digests = [row["digest"] for row in await connection.fetch("select digest from recovery_code")]
    assert app.secret not in sealed and len(digests) == 10
    assert not {code.replace("-", "") for code in codes} & set(digests)


async def test_guessing_codes_is_slowed(web: Web) -> None:
    await set_up(web)
    browser = await half(web)
    assert [(await second(browser, f"{n:06d}")).status_code for n in range(100, 106)] == [401] * 5 + [429]


async def test_an_administrator_resets_it_and_it_is_written_down(web: Web) -> None:
    chief, _, _ = await set_up(web, Role.ADMIN, "chief")
    browser, _, _ = await set_up(web)
    token = field((await chief.get("/admin")).text, "csrf")
    assert (await chief.post("/admin/users/chief/second-factor/reset", data={"csrf": token})).status_code == 409
    assert (await chief.post("/admin/users/asha/second-factor/reset", data={"csrf": token})).status_code == 303
    assert (await browser.get("/api/v1/beds")).status_code == 401
    assert "Set up a second factor" in (await (await half(web)).get(SECOND)).text
    (trace,) = [each for each in await trail(web, Kind.CREDENTIAL) if each.detail["what"] == "second factor reset"]
    assert (trace.actor, trace.detail["of"]) == ("chief", "asha")
    assert (await chief.post("/admin/users/asha/second-factor/reset", data={"csrf": token})).status_code == 404


async def test_a_session_of_before_is_asked_once_there_is_one(web: Web) -> None:
    """Whoever got in by a password alone is out of everything the moment that is not enough any more."""
    await web.account("meena", Role.HOUSEKEEPING)
    browser = await web.client()
    await browser.post("/login", data={"account": "meena", "password": PASSWORD})
    assert (await browser.get("/my-sign-in")).status_code == 200
    secret, _ = web.house.factors.offer("meena", b"")
    now = web.core.clock.now()
    assert await web.house.factors.confirm("meena", secret, totp.code_at(secret, totp.step_of(now)), now)
    web.house.doorkeeper._known.clear()
    assert (await browser.get("/my-sign-in")).headers["location"] == f"{SECOND}?next=/my-sign-in"
