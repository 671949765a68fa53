"""Signing in by a real provider (oidc-provider, on loopback), the whole road: away, its pages, back; and what must not pass."""

import asyncio
import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import pytest

from flow.domain.audit import Kind
from flow.domain.roles import Role
from flow.main.providing import called
from flow.oidc.provider import Client, Provider
from flow.web.security.leaving import HEADER, OF_PEOPLE
from tests.acceptance.house import free_port
from tests.integration.provider_house import (
    BACK,
    Ears,
    away,
    back_with,
    browser_of,
    ears,
    issuer,
    long_ago,
    refused,
    sign_in,
    there,
    trail,
    web,
)
from tests.integration.test_signin import csrf
from tests.integration.web_house import ORIGIN, PASSWORD, Web

__all__ = ["ears", "issuer", "web"]


async def test_the_whole_road_with_a_second_factor_there(web: Web, issuer: str) -> None:
    page = (await (await web.client()).get("/login")).text
    assert "Sign in with City General" in page
    browser, answer = await sign_in(web, issuer, "asha", "/admissions")
    assert (answer.status_code, answer.headers["location"]) == (303, "/admissions")
    assert (await browser.get("/admissions")).status_code == 200
    (account,) = await web.house.accounts.all()
    assert (account.id, account.name, account.role, account.ward, account.provider) == ("asha", "Asha Rao", Role.ADMISSIONS, None, True)
    (trace,) = await trail(web, Kind.SIGNED_IN)
    assert (trace.actor, trace.role, trace.detail["by"]) == ("asha", Role.ADMISSIONS, "provider-mfa")
    mine = (await browser.get("/my-sign-in")).text
    assert "second factor shown there" in mine and "your password is changed there" in mine and 'name="old"' not in mine
    first = browser.cookies["bedflow"]
    again = await browser.get(await back_with(web, browser, "asha"))
    assert again.status_code == 303 and browser.cookies["bedflow"] != first, "the session is another one"
    assert (await (await web.client({"cookie": f"bedflow={first}"})).get("/api/v1/beds")).status_code == 401
    assert [each.id for each in await web.house.accounts.all()] == ["asha"], "and the account is the same"


async def test_no_token_is_kept_or_handed_to_the_browser(web: Web, issuer: str) -> None:
    browser, _ = await sign_in(web, issuer, "asha")
    async with web.core.database.read() as connection:
        for table in ("account", "session", "audit", "passkey_challenge", "reply"):
            kept = await connection.fetchval(f"select coalesce(string_agg(t::text, ' '), '') from {table} t")
            assert "eyJ" not in kept, table
    assert "eyJ" not in str(browser.cookies) + (await browser.get("/my-sign-in")).text


async def test_without_one_there_it_is_asked_for_here_where_the_role_needs_one(web: Web, issuer: str) -> None:
    browser, answer = await sign_in(web, issuer, "ravi")
    assert answer.headers["location"] == "/login/second"
    assert (await browser.get("/wards/4B")).headers["location"].startswith("/login/second")
    assert "Set up a second factor" in (await browser.get("/login/second")).text
    (account,) = await web.house.accounts.all()
    assert (account.id, account.role, account.ward) == ("ravi-k", Role.NURSE, "4B"), "by the first group of the file"
    browser, answer = await sign_in(web, issuer, "meena")
    assert answer.headers["location"] == "/housekeeping", "who sees no names needs none"
    assert [trace.kind for trace in await trail(web)] == [Kind.FIRST_FACTOR, Kind.SIGNED_IN]


async def test_who_is_of_no_group_stays_out_and_loses_what_was_open(web: Web, issuer: str) -> None:
    _, answer = await sign_in(web, issuer, "lost")
    assert answer.status_code == 403 and "none of your groups there may use Bedflow" in answer.text
    assert await web.house.accounts.all() == [] and await refused(web) == [("", "unknown-group")]
    browser, _ = await sign_in(web, issuer, "asha")
    rules = web.house.plan.sign_in
    object.__setattr__(web.house.plan, "sign_in", replace(rules, groups=()))
    try:
        _, answer = await sign_in(web, issuer, "asha")
    finally:
        object.__setattr__(web.house.plan, "sign_in", rules)
    assert answer.status_code == 403 and (await refused(web))[-1] == ("asha", "unknown-group")
    assert (await browser.get("/api/v1/beds")).status_code == 401


async def test_a_namesake_gets_an_account_of_their_own(web: Web, issuer: str) -> None:
    await web.account("asha", Role.ADMIN)
    _, answer = await sign_in(web, issuer, "asha")
    assert answer.status_code == 303
    assert [(each.id, each.role, each.provider) for each in await web.house.accounts.all()] == [
        ("asha", Role.ADMIN, False),
        ("asha-2", Role.ADMISSIONS, True),
    ]
    for word in (PASSWORD, "", "None"):
        answer = await (await web.client()).post("/login", data={"account": "asha-2", "password": word})
        assert answer.status_code == 401, "it has no password"


async def test_a_state_is_for_one_browser_once_and_not_for_ever(web: Web, issuer: str) -> None:
    browser = await browser_of(web, issuer)
    landed = await back_with(web, browser, "asha")
    stranger = await browser_of(web, issuer)
    assert (await stranger.get(landed)).status_code == 400, "somebody else's code in this browser"
    said = {name: value for name, (value,) in parse_qs(urlsplit(landed).query).items()}
    kept = browser.cookies["bedflow-provider"]
    for wrong in ({**said, "state": "0" * 64}, {**said, "state": "x"}, {key: said[key] for key in ("code", "iss")}):
        tampering = await browser_of(web, issuer)
        tampering.cookies.set("bedflow-provider", kept)
        assert (await tampering.get(f"{BACK}?{urlencode(wrong)}")).status_code == 400
    assert (await browser.get(landed)).status_code == 303
    again = await browser_of(web, issuer)
    again.cookies.set("bedflow-provider", kept)
    assert (await again.get(landed)).status_code == 400, "its state is used"
    assert set(await refused(web)) == {("", "state")}
    late = await browser_of(web, issuer)
    landed = await back_with(web, late, "asha")
    web.core.clock.advance(timedelta(minutes=10, seconds=1))
    assert (await late.get(landed)).status_code == 400


async def test_a_code_opens_once(web: Web, issuer: str) -> None:
    browser, answer = await sign_in(web, issuer, "meena")
    assert answer.status_code == 303
    browser = await browser_of(web, issuer)
    used = await back_with(web, browser, "meena")
    code = parse_qs(urlsplit(used).query)["code"][0]
    assert (await browser.get(used)).status_code == 303
    thief = await browser_of(web, issuer)
    state = parse_qs(urlsplit(await away(web, thief, next="/")).query)["state"][0]
    answer = await thief.get(f"{BACK}?{urlencode({'code': code, 'state': state, 'iss': issuer})}")
    assert answer.status_code == 401 and (await refused(web))[-1] == ("", "no-code")


async def test_what_does_not_fit_this_sign_in_is_not_believed(web: Web, issuer: str) -> None:
    for change, why in (("nonce", "bad-claim"), ("code_challenge", "no-code")):
        browser = await browser_of(web, issuer)
        address = await away(web, browser, next="/")
        swapped = re.sub(rf"{change}=[^&]+", f"{change}={'A' * 43}", address)
        assert swapped != address
        answer = await browser.get(await there(browser, swapped, "meena"))
        assert answer.status_code == 401 and (await refused(web))[-1] == ("", why), change
    browser = await browser_of(web, issuer)
    landed = await back_with(web, browser, "meena")
    other = landed.replace(urlencode({"iss": issuer}), "iss=https%3A%2F%2Fevil.example")
    assert other != landed
    assert (await browser.get(other)).status_code == 401 and (await refused(web))[-1] == ("", "other-issuer")
    browser = await browser_of(web, issuer)
    state = parse_qs(urlsplit(await away(web, browser, next="/")).query)["state"][0]
    answer = await browser.get(f"{BACK}?{urlencode({'error': 'access_denied', 'error_description': '<i>words', 'state': state})}")
    assert answer.status_code == 401 and "<i>words" not in answer.text and (await refused(web))[-1] == ("", "said-no")


async def test_a_closed_account_stays_closed(web: Web, issuer: str) -> None:
    browser, _ = await sign_in(web, issuer, "asha")
    assert await web.house.accounts.disable("asha", web.core.clock.now())
    web.house.doorkeeper._known.clear()
    assert (await browser.get("/api/v1/beds")).status_code == 401
    _, answer = await sign_in(web, issuer, "asha")
    assert answer.status_code == 403 and "is closed" in answer.text and await refused(web) == [("asha", "closed")]
    assert await web.house.accounts.open_again("asha")
    assert (await sign_in(web, issuer, "asha"))[1].status_code == 303


async def test_a_passkey_of_theirs_is_a_second_step_alone(web: Web, issuer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    await sign_in(web, issuer, "asha")
    (account,) = await web.house.accounts.all()

    async def shown(*_: object) -> object:
        return account

    monkeypatch.setattr("flow.web.security.passkey.shown", shown)
    answer = await (await web.client()).post("/login/passkey", data={"credential": "{}"})
    assert answer.status_code == 401 and "second step alone" in answer.text


async def test_what_is_dangerous_asks_the_provider_again_and_the_deed_goes_on(web: Web, issuer: str) -> None:
    chief, _ = await sign_in(web, issuer, "chief")
    asha, _ = await sign_in(web, issuer, "asha")
    await long_ago(web)
    token, before = await csrf(chief, "/admin"), chief.cookies["bedflow"]
    deed = {"csrf": token, "account": "lata", "name": "Lata", "role": "supervisor", "password": "a rather long first one"}
    asked = await chief.post("/admin/users", data=deed)
    assert asked.status_code == 403 and "Sign in once more with City General" in asked.text
    assert 'name="prove_password"' not in asked.text and 'value="a rather long first one"' in asked.text
    other = await chief.get(await there(chief, await away(web, chief, "/prove/provider"), "asha"))
    assert other.status_code == 403 and "somebody else" in other.text
    assert (await chief.post("/admin/users", data=deed)).status_code == 403
    address = await away(web, chief, "/prove/provider")
    assert "prompt=login" in address and "max_age=0" in address
    async with web.core.database.write() as connection:
        await connection.execute("update account set vouched_at = null")
    proven = await chief.get(await there(chief, address, "chief"))
    async with web.core.database.read() as connection:
        assert await connection.fetchval("select array_agg(id) from account where vouched_at is not null") == ["chief"]
    assert proven.status_code == 200 and "It is you" in proven.text and chief.cookies["bedflow"] == before
    assert (await chief.post("/admin/users", data=deed)).status_code == 303
    assert [trace.actor for trace in await trail(web, Kind.SIGNED_IN) if trace.detail.get("why") == "proven"] == ["chief"]
    codes = await asha.post("/my-sign-in/codes", data={"csrf": await csrf(asha, "/my-sign-in")})
    assert codes.status_code == 403, "it is one's own session that is proven"


async def test_a_password_alone_there_proves_nothing_to_who_needs_more(web: Web, issuer: str) -> None:
    browser, _ = await sign_in(web, issuer, "asha")
    async with web.core.database.write() as connection:
        await connection.execute("update account set oidc_subject = 'ravi' where id = 'asha'")
    address = await away(web, browser, "/prove/provider")
    answer = await browser.get(await there(browser, address, "ravi"))
    assert answer.status_code == 403 and "a password alone" in answer.text


async def test_a_provider_that_does_not_ask_again_proves_nothing(web: Web, issuer: str) -> None:
    chief, _ = await sign_in(web, issuer, "chief")
    address = await away(web, chief, "/prove/provider")
    quietly = re.sub(r"&(prompt|max_age)=\w+", "", address)
    landed = await there(chief, quietly, "chief")
    state = parse_qs(urlsplit(landed).query)["state"][0]
    tried = web.house.bonds.brought(chief.cookies["bedflow-provider"], state)
    assert tried is not None and quietly != address
    later = tried.__class__(tried.nonce, tried.verifier, tried.next, tried.begun + timedelta(minutes=2), tried.seat)
    del chief.cookies["bedflow-provider"]
    chief.cookies.set("bedflow-provider", web.house.bonds.carried(later, state), domain="localhost.local")
    assert (await chief.get(landed)).status_code == 401 and (await refused(web))[-1][1] == "too-long-ago"


async def test_signing_out_here_leads_to_signing_out_there(web: Web, issuer: str) -> None:
    browser, _ = await sign_in(web, issuer, "asha")
    address = await away(web, browser, "/sign-out")
    assert address == f"{issuer}/session/end?{urlencode({'client_id': 'bedflow', 'post_logout_redirect_uri': f'{ORIGIN}/login'})}"
    assert (await browser.get("/api/v1/beds")).status_code == 401


async def test_signing_out_there_ends_that_session_here(web: Web, issuer: str) -> None:
    browser, _ = await sign_in(web, issuer, "asha")
    other, _ = await sign_in(web, issuer, "asha")
    address = f"{issuer}/session/end?{urlencode({'client_id': 'bedflow', 'post_logout_redirect_uri': f'{ORIGIN}/login'})}"
    page = await browser.get(address)
    form, fields = re.search(r'<form[^>]* action="([^"]+)"', page.text), dict(re.findall(r'name="(xsrf)" value="(\w+)"', page.text))
    assert form, page.text
    Ears.heard.clear()
    done = await browser.post(urljoin(address, form[1]), data={**fields, "logout": "yes"})
    assert done.headers["location"].startswith(f"{ORIGIN}/login")
    async with asyncio.timeout(5):
        while not Ears.heard:
            await asyncio.sleep(0.02)
    (token,) = parse_qs(Ears.heard[0].decode())["logout_token"]
    behind = await web.client()
    for junk in ("", "a.b.c", token[:-6] + "AAAAAA"):
        assert (await behind.post("/login/provider/logout", data={"logout_token": junk})).status_code == 400
    assert (await browser.get("/api/v1/beds")).status_code == 200
    assert (await behind.post("/login/provider/logout", data={"logout_token": token})).status_code == 200
    ended = await browser.get("/api/v1/beds")
    assert (ended.status_code, ended.headers[HEADER]) == (401, OF_PEOPLE)
    assert (await other.get("/api/v1/beds")).status_code == 200, "which the provider holds for another session"
    assert [(trace.actor, trace.detail["by"]) for trace in await trail(web, Kind.SIGNED_OUT)] == [("asha", "provider")]


async def test_a_provider_that_is_away_leaves_the_other_ways_in(web: Web) -> None:
    client = Client(f"http://127.0.0.1:{free_port()}", "bedflow", "", BACK)
    web.house.provider = Provider(client, web.house.plan.sign_in, called, web.core.clock)
    await web.account("meena", Role.HOUSEKEEPING)
    browser = await web.client()
    answer = await browser.post("/login/provider", data={"next": "/"})
    assert answer.status_code == 503 and "cannot be reached now" in answer.text
    assert (await browser.post("/login", data={"account": "meena", "password": PASSWORD})).status_code == 303


async def test_no_other_site_begins_a_sign_in(web: Web) -> None:
    browser = await web.client()
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}):
        assert (await browser.post("/login/provider", data={"next": "/"}, headers=headers)).status_code == 403
    assert (await browser.get("/login/provider")).status_code == 405
