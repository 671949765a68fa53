"""The first password is somebody else's choice: it opens nothing but the page on which its owner chooses another."""

from datetime import timedelta

import httpx

from flow.domain.audit import Kind
from flow.domain.roles import Role
from flow.history.accounts import Account
from flow.history.sessions import Proof
from flow.web.security.principal import wants
from tests.integration.test_audit import trail
from tests.integration.test_second_factor import App, field
from tests.integration.test_second_factor import web as wanting
from tests.integration.test_signin import csrf, signed_in
from tests.integration.web_house import PASSWORD, Web, web

__all__ = ["wanting", "web"]
FIRST = "/login/first-password"
OWN = "one that nobody else knows"


async def given(web: Web, role: Role = Role.SUPERVISOR, after: str = "/supervisor") -> httpx.AsyncClient:
    """A browser in which the password that an administrator gave was right."""
    await web.house.accounts.add(Account("lata", "Lata", role, given=True), PASSWORD, web.core.clock.now())
    browser = await web.client()
    answer = await browser.post("/login", data={"account": "lata", "password": PASSWORD, "next": after})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{FIRST}?next={after}")
    return browser


async def choose(browser: httpx.AsyncClient, new: str, again: str | None = None, after: str = "/supervisor") -> httpx.Response:
    token = field((await browser.get(FIRST)).text, "csrf")
    return await browser.post(FIRST, data={"csrf": token, "new": new, "again": new if again is None else again, "next": after})


async def test_nothing_opens_before_it_is_changed(web: Web) -> None:
    browser = await given(web)
    for path in ("/supervisor", "/my-sign-in", "/wards/4B"):
        answer = await browser.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, f"{FIRST}?next={path}")
    for path in ("/api/v1/beds", "/api/v1/cleaning-jobs", "/metrics"):
        assert (await browser.get(path)).status_code == 401, path
    assert (await browser.get("/login/second")).headers["location"] == FIRST
    assert (await browser.post(FIRST, data={"new": OWN, "again": OWN})).status_code == 403, "without its token"
    assert (await (await web.client()).get(FIRST)).headers["location"] == "/login"


async def test_another_is_chosen_and_the_first_one_is_void(web: Web) -> None:
    browser, other = await given(web), await given(web)
    for new, again, words in (
        (OWN, f"{OWN}!", "in two ways"),
        ("too short", None, "at least 12"),
        (PASSWORD, None, "the password you were given"),
        ("qwerty123456", None, "break-ins"),
    ):
        answer = await choose(browser, new, again)
        assert answer.status_code == 422 and words in answer.text, words
    answer = await choose(browser, OWN)
    assert (answer.status_code, answer.headers["location"]) == (303, "/supervisor")
    assert (await browser.get("/supervisor")).status_code == 200
    assert (await other.get(FIRST)).headers["location"] == "/login", "signed out"
    for password, status in ((PASSWORD, 401), (OWN, 303)):
        assert (await (await web.client()).post("/login", data={"account": "lata", "password": password})).status_code == status
    (trace,) = await trail(web, Kind.CREDENTIAL)
    assert (trace.actor, trace.detail["what"]) == ("lata", "first password changed") and OWN not in str(await trail(web))
    assert (await browser.get(FIRST)).status_code == 403, "it is not asked for again"


async def test_what_an_administrator_gives_is_changed_and_the_page_says_who_has_not(web: Web) -> None:
    chief = await signed_in(web, "chief", Role.ADMIN)
    said = {"account": "ravi", "name": "Ravi", "role": "manager", "password": PASSWORD, "csrf": await csrf(chief, "/admin")}
    assert (await chief.post("/admin/users", data=said)).status_code == 303
    assert "has to change the first password" in (await chief.get("/admin")).text
    answer = await (await web.client()).post("/login", data={"account": "ravi", "password": PASSWORD})
    assert answer.headers["location"] == FIRST


async def test_a_second_factor_is_asked_for_before_and_set_up_after(wanting: Web) -> None:
    web = wanting
    browser = await given(web, Role.ADMISSIONS, "/admissions")
    answer = await choose(browser, OWN, after="/admissions")
    assert answer.headers["location"] == "/login/second?next=/admissions", "which is set up then"
    page = (await browser.get("/login/second")).text
    app = App(web, page)
    sent = {"csrf": field(page, "csrf"), "ticket": field(page, "ticket"), "code": app.code(), "next": "/"}
    assert (await browser.post("/login/second", data=sent)).status_code == 200
    await web.house.accounts.add(Account("lata", "Lata", Role.ADMISSIONS, given=True), PASSWORD, web.core.clock.now())
    web.house.doorkeeper._known.clear()
    assert (await browser.get("/admissions")).headers["location"].startswith(FIRST), "of those who are in as well"
    web.core.clock.advance(timedelta(minutes=1))
    again = await web.client()
    assert (await again.post("/login", data={"account": "lata", "password": PASSWORD})).headers["location"] == "/login/second"
    assert (await again.get(FIRST)).status_code == 403, "the code comes first"
    token = field((await again.get("/login/second")).text, "csrf")
    answer = await again.post("/login/second", data={"csrf": token, "code": app.code()})
    assert answer.headers["location"] == FIRST
    answer = await choose(again, "yet another one of my own", after="/admissions")
    assert answer.headers["location"] == "/admissions" and (await again.get("/admissions")).status_code == 200


def test_what_is_missing_comes_in_its_order() -> None:
    def missing(proof: Proof, *, has_second: bool = False, given: bool = True) -> str:
        return wants(proof, Role.ADMISSIONS, has_second=has_second, required=True, given=given)

    assert [missing(proof, has_second=True) for proof in ("password", "code", "passkey")] == ["code", "new-password", "new-password"]
    assert [missing("password"), missing("password", given=False), missing("code", given=False)] == ["new-password", "set-up", ""]
    assert missing("badge") == "", "which has a PIN since its owner was in by a password of their own"
