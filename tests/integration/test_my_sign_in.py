"""One's own sign-in: the password, where one is signed in; guessing that shuts nobody out; and asking again before what is dangerous."""

import re
from datetime import timedelta

import httpx

from flow.domain.audit import Kind
from flow.domain.roles import Role
from flow.web.routes import API, PAGES
from flow.web.security.principal import seat_of
from tests.authenticator import Authenticator
from tests.integration.test_audit import trail
from tests.integration.test_passkeys import options
from tests.integration.test_signin import csrf, pair, signed_in
from tests.integration.web_house import ORIGIN, PASSWORD, Web, web

__all__ = ["web"]
MINE = "/my-sign-in"
NEW = "a new and rather long one"


async def change(browser: httpx.AsyncClient, old: str, new: str, again: str | None = None) -> httpx.Response:
    sent = {"csrf": await csrf(browser, MINE), "old": old, "new": new, "again": new if again is None else again}
    return await browser.post(f"{MINE}/password", data=sent)


async def test_a_password_that_will_not_do_is_refused_in_words(web: Web) -> None:
    browser = await signed_in(web, "asha", Role.ADMISSIONS)
    for old, new, again, words in (
        ("wrong", NEW, NEW, "now is another one"),
        (PASSWORD, NEW, f"{NEW}r", "two ways"),
        (PASSWORD, "too short", "too short", "at least 12"),
        (PASSWORD, PASSWORD, PASSWORD, "have already"),
        (PASSWORD, "qwerty123456", "qwerty123456", "break-ins"),
    ):
        answer = await change(browser, old, new, again)
        assert answer.status_code == 422 and words in answer.text, words
    (trace,) = await trail(web, Kind.NOT_PROVEN)
    assert trace.actor == "asha"


async def test_the_other_browser_is_out_after_a_change(web: Web) -> None:
    browser, other = await signed_in(web, "asha", Role.ADMISSIONS), await web.client()
    await other.post("/login", data={"account": "asha", "password": PASSWORD})
    answer = await change(browser, PASSWORD, f" {NEW} ")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{MINE}?done=password")
    assert "is changed" in (await browser.get(answer.headers["location"])).text
    assert (await other.get("/api/v1/beds")).status_code == 401
    for password, status in ((PASSWORD, 401), (NEW, 401), (f" {NEW} ", 303)):
        assert (await (await web.client()).post("/login", data={"account": "asha", "password": password})).status_code == status, (
            "to the letter"
        )
    (trace,) = await trail(web, Kind.CREDENTIAL)
    assert (trace.actor, trace.detail["what"]) == ("asha", "password changed") and NEW not in str(await trail(web))


async def test_everybody_reaches_the_page_and_programmes_and_devices_do_not(web: Web) -> None:
    for role in (Role.ADMISSIONS, Role.AUDITOR, Role.BILLING, Role.SUPERVISOR):
        browser = await signed_in(web, f"one-{role}", role)
        assert f'href="{MINE}"' in (await browser.get(MINE)).text
    assert (await (await web.as_role(Role.ADMISSIONS)).get(MINE)).status_code == 403
    assert (await (await web.client()).get(MINE)).status_code == 303


async def test_whoever_signs_in_on_a_phones_page_reaches_it_and_a_device_is_not_led_there(web: Web) -> None:
    words = {"en": "My sign-in", "hi": "मेरा साइन-इन", "ta": "என் உள்நுழைவு"}
    for role, page in ((Role.HOUSEKEEPING, "/housekeeping"), (Role.PORTER, "/porter"), (Role.SUPERVISOR, "/housekeeping")):
        browser = await signed_in(web, f"one-{role}", role)
        for lang, said in words.items():
            await browser.get(f"{page}?lang={lang}")
            text = (await browser.get(page)).text
            assert f'href="{MINE}"' in text and said in text, (role, lang)
        assert (await browser.get(MINE)).status_code == 200
    phone = await pair(web, await signed_in(web, "chief", Role.ADMIN), "phone", pin="4711")
    assert MINE not in (await phone.get("/housekeeping")).text


async def test_a_nurses_own_pages_lead_to_it(web: Web) -> None:
    browser = await signed_in(web, "ravi", Role.NURSE, "4B")
    assert f'href="{MINE}"' in (await browser.get("/wards/4B")).text


async def test_one_sees_where_one_is_signed_in_and_ends_it(web: Web) -> None:
    browser = await signed_in(web, "asha", Role.ADMISSIONS)
    agent = "Mozilla/5.0 (Windows NT 10.0) <b>Gecko</b> Firefox/140.0"
    other = await web.client({"user-agent": agent})
    await other.post("/login", data={"account": "asha", "password": PASSWORD})
    await signed_in(web, "ravi", Role.OPD)
    page = (await browser.get(MINE)).text
    assert "Firefox on Windows" in page and "192.0.2.7" in page and "this one" in page and "signed in · 2" in page
    (seat,) = re.findall(rf'action="{MINE}/seats/(\w+)/end"', page)
    token = await csrf(browser, MINE)
    assert (await browser.post(f"{MINE}/seats/{seat}/end", data={"csrf": token})).status_code == 303
    assert (await other.get("/api/v1/beds")).status_code == 401
    assert (await browser.post(f"{MINE}/seats/{seat}/end", data={"csrf": token})).status_code == 404


async def test_nobody_ends_another_persons_sign_in(web: Web) -> None:
    asha, ravi = await signed_in(web, "asha", Role.ADMISSIONS), await signed_in(web, "ravi", Role.OPD)
    (seat,) = await web.house.sessions.of("asha", web.core.clock.now())
    answer = await ravi.post(f"{MINE}/seats/{seat_of(seat.digest)}/end", data={"csrf": await csrf(ravi, MINE)})
    assert answer.status_code == 404 and (await asha.get("/api/v1/beds")).status_code == 200


async def test_signing_out_everywhere_ends_every_session(web: Web) -> None:
    browsers = [await signed_in(web, "asha", Role.ADMISSIONS)]
    for _ in range(2):
        browsers.append(await web.client())
        await browsers[-1].post("/login", data={"account": "asha", "password": PASSWORD})
    answer = await browsers[0].post(f"{MINE}/sign-out-everywhere", data={"csrf": await csrf(browsers[0], MINE)})
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    assert [(await browser.get("/api/v1/beds")).status_code for browser in browsers] == [401] * 3
    assert (await trail(web, Kind.SIGNED_OUT))[-1].detail["everywhere"] is True


async def at(web: Web, number: int, cookies: httpx.Cookies | None = None) -> httpx.AsyncClient:
    """A browser at an address of its own."""
    transport = httpx.ASGITransport(app=web.app, raise_app_exceptions=False, client=(f"198.51.100.{number}", 1))
    return await web.stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url=ORIGIN, cookies=cookies))


async def test_guesses_from_many_addresses_are_slowed_and_a_known_browser_is_free(web: Web) -> None:
    owner = await signed_in(web, "asha", Role.ADMISSIONS)
    known = httpx.Cookies({"bedflow-known": owner.cookies["bedflow-known"]})
    guesses = [(await (await at(web, n)).post("/login", data={"account": "asha", "password": "guess"})).status_code for n in range(31)]
    assert guesses[:28] == [401] * 28 and guesses[-1] == 429
    stranger = await (await at(web, 99)).post("/login", data={"account": "Asha ", "password": PASSWORD})
    assert stranger.status_code == 429 and "never signed in with it" in stranger.text
    assert (await (await at(web, 100, known)).post("/login", data={"account": "asha", "password": PASSWORD})).status_code == 303
    await web.account("ravi", Role.OPD)
    assert (await (await at(web, 101)).post("/login", data={"account": "ravi", "password": PASSWORD})).status_code == 303, "another name"


async def test_a_known_browser_next_to_the_guesser_is_free_and_cannot_guess_either(web: Web) -> None:
    owner, guesser = await signed_in(web, "asha", Role.ADMISSIONS), await web.client()
    for _ in range(9):
        last = await guesser.post("/login", data={"account": "asha", "password": "guess"})
    assert last.status_code == 429
    known = await web.client()
    known.cookies.set("bedflow-known", owner.cookies["bedflow-known"])
    tries = [(await known.post("/login", data={"account": "asha", "password": "guess"})).status_code for _ in range(9)]
    assert tries == [401] * 8 + [429], "and then it is counted as a stranger"


DANGEROUS = {
    "POST /admin/users",
    "POST /admin/tokens",
    "POST /admin/tokens/{number}/revoke",
    "POST /admin/users/{user}/disable",
    "POST /admin/users/{user}/practitioners",
    "POST /names",
    "POST /admin/users/{user}/second-factor/reset",
    "POST /admin/users/{user}/badge",
    "POST /admin/users/{user}/badge/clear",
    "POST /admin/users/{user}/badge/revoke",
    "POST /admin/retention/holds/patient",
    "POST /admin/retention/holds/period",
    "POST /admin/retention/holds/{hold}/lift",
    "POST /admin/erasures",
    "POST /admin/erasures/{erasure}/finish",
    "POST /admin/devices/new",
    "POST /admin/devices/{device}/revoke",
    "POST /integration/letters/{letter}/reveal",
    "POST /integration/letters/{letter}/replay",
    "POST /integration/tray/replay",
    "POST /api/v1/hl7/letters/replay",
    "POST /api/v1/hl7/letters/{letter}/replay",
}


def test_what_is_dangerous_asks_again() -> None:
    assert {f"{door.method} {door.path}" for door in (*API, *PAGES) if door.fresh and not door.path.startswith(MINE)} == DANGEROUS


async def stale_admin(web: Web) -> httpx.AsyncClient:
    """An administrator who signed in more than five minutes ago and has been at work since."""
    admin = await signed_in(web, "chief", Role.ADMIN)
    web.core.clock.advance(timedelta(minutes=5, seconds=1))
    web.house.doorkeeper._known.clear()
    return admin


SAID = {"account": "ravi", "name": "Ravi", "role": "opd", "ward": "", "password": "a long one <for> ravi"}


async def test_an_old_sign_in_is_asked_in_place_and_the_deed_goes_on(web: Web) -> None:
    admin = await stale_admin(web)
    token = await csrf(admin, "/admin")
    asked = await admin.post("/admin/users", data={**SAID, "csrf": token})
    assert asked.status_code == 403 and "Is it still you?" in asked.text and "&lt;for&gt;" in asked.text
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', asked.text))
    assert {name: fields[name] for name in SAID if name != "password"} == {k: v for k, v in SAID.items() if k != "password"}
    wrong = await admin.post("/admin/users", data={**SAID, "csrf": token, "prove_password": "wrong"})
    assert wrong.status_code == 403 and "not right" in wrong.text
    assert await web.house.accounts.named("ravi") == ""
    done = await admin.post("/admin/users", data={**SAID, "csrf": token, "prove_password": PASSWORD})
    assert done.status_code == 303 and await web.house.accounts.named("ravi") == "ravi"
    assert (await admin.post("/admin/users/ravi/disable", data={"csrf": token})).status_code == 303, "fresh for five minutes"
    kinds = [(trace.kind, trace.view, trace.detail.get("proven_by")) for trace in (await trail(web))[1:]]
    assert kinds == [
        (Kind.NOT_PROVEN, "POST /admin/users", None),
        (Kind.WRITTEN, "POST /admin/users", "password"),
        (Kind.WRITTEN, "POST /admin/users/{user}/disable", None),
    ]


async def test_who_has_a_second_factor_cannot_answer_with_the_password(web: Web) -> None:
    admin, key = await signed_in(web, "chief", Role.ADMIN), Authenticator()
    token = await csrf(admin, MINE)
    made = key.make(await options(admin, f"{MINE}/passkeys", token))
    assert (await admin.post(f"{MINE}/passkeys", data={"csrf": token, "credential": made})).status_code == 200
    web.core.clock.advance(timedelta(minutes=5, seconds=1))
    web.house.doorkeeper._known.clear()
    token = await csrf(admin, "/admin")
    asked = await admin.post("/admin/users", data={**SAID, "csrf": token, "prove_password": PASSWORD})
    assert asked.status_code == 403 and "Use a passkey" in asked.text and "prove_password" not in asked.text
    shown = key.show(await options(admin, "/prove/passkey", token))
    assert (await admin.post("/admin/users", data={**SAID, "csrf": token, "prove_credential": shown})).status_code == 303


async def test_a_part_of_a_page_is_asked_in_place_and_the_api_says_so(web: Web) -> None:
    admin = await stale_admin(web)
    token = await csrf(admin, "/admin")
    part = await admin.post("/integration/tray/replay", data={"csrf": token, "letter": "1"}, headers={"hx-request": "true"})
    assert (part.status_code, part.headers["hx-retarget"]) == (403, "#refusal")
    assert "<html" not in part.text and 'action="/integration/tray/replay"' in part.text
    answer = await admin.post("/api/v1/hl7/letters/1/replay", headers={"x-csrf-token": token})
    assert (answer.status_code, answer.json()["code"]) == (403, "prove-again")
    programme = await web.as_role(Role.ADMIN)
    assert (await programme.post("/api/v1/hl7/letters/1/replay")).status_code == 404, "programmes are not asked"
