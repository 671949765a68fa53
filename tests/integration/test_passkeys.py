"""Passkeys through the web room, by an authenticator in software: made, shown, named, taken away; and everything that must not pass."""

from dataclasses import replace
from datetime import timedelta

import httpx

from flow.domain.audit import Kind
from flow.domain.roles import Role
from tests.authenticator import Authenticator
from tests.integration.test_audit import trail
from tests.integration.test_second_factor import SECOND, field, half, web
from tests.integration.test_signin import csrf
from tests.integration.web_house import Web

__all__ = ["web"]
MINE = "/my-sign-in"


async def options(browser: httpx.AsyncClient, path: str, token: str = "") -> dict[str, object]:
    answer = await browser.post(f"{path}/options", headers={"x-csrf-token": token})
    assert answer.status_code == 200, answer.text
    found: dict[str, object] = answer.json()
    return found


async def with_passkey(web: Web, key: Authenticator, name: str = "asha", role: Role = Role.ADMISSIONS) -> httpx.AsyncClient:
    """Somebody whose second factor is a passkey, set up at the first sign-in."""
    await web.account(name, role)
    browser = await half(web, name)
    token = field((await browser.get(SECOND)).text, "csrf")
    made = key.make(await options(browser, f"{SECOND}/passkey", token))
    answer = await browser.post(f"{SECOND}/passkey", data={"csrf": token, "credential": made, "name": "Ward key", "next": "/admissions"})
    assert answer.status_code == 200 and "Your passkey is set up" in answer.text, answer.text
    return browser


async def show(web: Web, key: Authenticator) -> httpx.Response:
    """Sign in by it in another browser."""
    browser = await web.client()
    return await browser.post(
        "/login/passkey", data={"credential": key.show(await options(browser, "/login/passkey")), "next": "/admissions"}
    )


async def test_a_passkey_is_both_factors_and_signs_in_by_itself(web: Web) -> None:
    key = Authenticator()
    browser = await with_passkey(web, key)
    assert (await browser.get("/admissions")).status_code == 200
    stranger = await web.client()
    asked = await options(stranger, "/login/passkey")
    assert (asked["rpId"], asked["userVerification"], asked["allowCredentials"]) == ("localhost", "required", [])
    answer = await stranger.post("/login/passkey", data={"credential": key.show(asked), "next": "/admissions"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/admissions")
    assert (await stranger.get("/admissions")).status_code == 200
    assert (await trail(web, Kind.SIGNED_IN))[-1].detail["by"] == "passkey"


async def test_an_answer_counts_once_and_for_five_minutes(web: Web) -> None:
    key = Authenticator()
    await with_passkey(web, key)
    browser = await web.client()
    shown = key.show(await options(browser, "/login/passkey"))
    assert (await browser.post("/login/passkey", data={"credential": shown})).status_code == 303
    thief = await web.client()
    assert (await thief.post("/login/passkey", data={"credential": shown})).status_code == 401
    late = key.show(await options(thief, "/login/passkey"))
    web.core.clock.advance(timedelta(minutes=5, seconds=1))
    assert (await thief.post("/login/passkey", data={"credential": late})).status_code == 401


async def test_a_challenge_of_one_purpose_opens_no_other_door(web: Web) -> None:
    key = Authenticator()
    await with_passkey(web, key)
    browser = await half(web)
    token = field((await browser.get(SECOND)).text, "csrf")
    second = key.show(await options(browser, f"{SECOND}/passkey", token))
    stranger = await web.client()
    assert (await stranger.post("/login/passkey", data={"credential": second})).status_code == 401
    shown = key.show(await options(browser, f"{SECOND}/passkey", token))
    assert (await browser.post(f"{SECOND}/passkey", data={"csrf": token, "credential": shown, "next": "/"})).status_code == 303


WRONG = {"origin": "https://evil.example", "place": "evil.example", "verified": False, "uses": -1, "user": "AAAA", "id": b"another"}
"""Another site, a key that asked for no finger, one whose counter went back (a copy), another user's handle, an unknown key."""


async def test_what_is_not_right_in_every_part_is_refused(web: Web) -> None:
    key = Authenticator(uses=5)
    await with_passkey(web, key)
    for wrong, value in WRONG.items():
        answer = await show(web, replace(key, **{wrong: value}))
        assert answer.status_code == 401 and "was not accepted" in answer.text, wrong
    assert [trace.kind for trace in (await trail(web))[-len(WRONG) :]] == [Kind.NOT_SIGNED_IN] * len(WRONG)
    assert (await show(web, key)).status_code == 303


NONSENSE = ("", "{}", "[]", "not json", '{"rawId":"!","response":{"clientDataJSON":"e30"}}', "x" * 20_000, "\ufffd{}")


async def test_nonsense_is_refused_in_words(web: Web) -> None:
    browser = await web.client()
    for text in NONSENSE:
        answer = await browser.post("/login/passkey", data={"credential": text})
        assert answer.status_code == 401 and "was not accepted" in answer.text, text


async def test_a_key_that_asks_for_no_finger_is_not_kept(web: Web) -> None:
    await web.account("asha", Role.ADMISSIONS)
    browser = await half(web)
    token = field((await browser.get(SECOND)).text, "csrf")
    for key in (Authenticator(verified=False), Authenticator(origin="https://evil.example"), Authenticator(place="evil.example")):
        made = key.make(await options(browser, f"{SECOND}/passkey", token))
        assert (await browser.post(f"{SECOND}/passkey", data={"csrf": token, "credential": made})).status_code == 401
    assert not (await web.house.factors.of("asha")).any


async def test_half_a_sign_in_adds_no_passkey_to_an_account_that_has_one(web: Web) -> None:
    await with_passkey(web, Authenticator())
    browser, other = await half(web), Authenticator(id=b"thief")
    token = field((await browser.get(SECOND)).text, "csrf")
    asked = await options(browser, f"{SECOND}/passkey", token)
    made = other.make({**asked, "user": {"id": "AA"}})
    assert (await browser.post(f"{SECOND}/passkey", data={"csrf": token, "credential": made})).status_code == 401
    assert (await web.house.factors.of("asha")).passkeys == 1


async def test_several_are_named_and_taken_away_and_the_last_one_stays(web: Web) -> None:
    browser = await with_passkey(web, Authenticator())
    token, another = await csrf(browser, MINE), Authenticator(id=b"passkey-2")
    made = another.make(await options(browser, f"{MINE}/passkeys", token))
    assert (await browser.post(f"{MINE}/passkeys", data={"csrf": token, "credential": made, "name": "Old phone"})).status_code == 200
    token = await csrf(browser, MINE)
    first, second = (key.id.hex() for key in await web.house.passkeys.of("asha"))
    assert (await browser.post(f"{MINE}/passkeys/{second}/name", data={"csrf": token, "name": "My <phone>"})).status_code == 303
    page = (await browser.get(MINE)).text
    assert 'value="Ward key"' in page and 'value="My &lt;phone&gt;"' in page
    assert (await browser.post(f"{MINE}/passkeys/{second}/remove", data={"csrf": token})).status_code == 303
    assert (await show(web, another)).status_code == 401
    assert (await browser.post(f"{MINE}/passkeys/{first}/remove", data={"csrf": token})).status_code == 409
    assert (await browser.post(f"{MINE}/passkeys/00/remove", data={"csrf": token})).status_code in (404, 409)
    stranger = await with_passkey(web, Authenticator(id=b"ravi"), "ravi", Role.OPD)
    token = await csrf(stranger, MINE)
    assert (await stranger.post(f"{MINE}/passkeys/{first}/name", data={"csrf": token, "name": "x"})).status_code == 404


async def test_a_closed_account_has_no_passkey(web: Web) -> None:
    key = Authenticator()
    await with_passkey(web, key)
    await web.house.accounts.disable("asha", web.core.clock.now())
    assert (await show(web, key)).status_code == 401
