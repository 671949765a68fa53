"""Signing in and out, sessions and their limits, forged requests, devices let in, locked and shut out."""

import asyncio
import re
from datetime import timedelta
from typing import Any

import httpx
import pytest

from flow.domain.roles import Role
from flow.errors import Refused
from flow.history.accounts import Account
from tests.integration.web_house import ORIGIN, PASSWORD, Web, web

__all__ = ["web"]


LANDS = {Role.HOUSEKEEPING: "/housekeeping", Role.PORTER: "/porter"}
"""Who works on a phone comes to its page at once; all others to the home page."""


async def signed_in(web: Web, name: str, role: Role, ward: str | None = None) -> httpx.AsyncClient:
    """A browser with a session."""
    await web.account(name, role, ward)
    browser = await web.client()
    answer = await browser.post("/login", data={"account": name, "password": PASSWORD, "next": "/"})
    assert (answer.status_code, answer.headers["location"]) == (303, LANDS.get(role, "/")), answer.text
    return browser


async def csrf(browser: httpx.AsyncClient, page: str) -> str:
    found = re.search(r'name="csrf" value="(\w+)"', (await browser.get(page)).text)
    assert found
    return found[1]


async def test_a_page_without_a_session_leads_to_sign_in_and_back(web: Web) -> None:
    browser = await web.client()
    answer = await browser.get("/wards/4B?x=1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=/wards/4B%3Fx%3D1")
    assert (await browser.get("/api/v1/beds")).status_code == 401
    await web.account("asha", Role.ADMISSIONS)
    answer = await browser.post("/login", data={"account": "Asha ", "password": PASSWORD, "next": "/wards/4B"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/wards/4B")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=lax" in cookie and "path=/" in cookie
    assert (await browser.get("/wards/4B")).status_code == 200


@pytest.mark.parametrize("place", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"])
async def test_sign_in_leads_nowhere_else(web: Web, place: str) -> None:
    await web.account("asha", Role.ADMISSIONS)
    answer = await (await web.client()).post("/login", data={"account": "asha", "password": PASSWORD, "next": place})
    assert answer.headers["location"] == "/"


async def test_a_wrong_password_says_no_more_than_that(web: Web) -> None:
    await web.account("asha", Role.ADMISSIONS)
    browser = await web.client()
    wrong = await browser.post("/login", data={"account": "asha", "password": "wrong"})
    nobody = await browser.post("/login", data={"account": "nobody", "password": "wrong"})
    assert (wrong.status_code, nobody.status_code) == (401, 401)
    assert wrong.text.replace("asha", "") == nobody.text.replace("nobody", "")
    assert "set-cookie" not in wrong.headers


async def test_guessing_is_slowed_for_the_guesser_alone(web: Web) -> None:
    await web.account("asha", Role.ADMISSIONS)
    guesser = await web.client()
    tries = [(await guesser.post("/login", data={"account": "asha", "password": f"guess {n}"})).status_code for n in range(9)]
    assert tries == [401] * 8 + [429]
    other = httpx.ASGITransport(app=web.app, client=("198.51.100.4", 1))
    async with httpx.AsyncClient(transport=other, base_url=ORIGIN) as owner:
        assert (await owner.post("/login", data={"account": "asha", "password": PASSWORD})).status_code == 303


@pytest.mark.parametrize(("role", "page"), [(Role.HOUSEKEEPING, "/housekeeping"), (Role.PORTER, "/porter"), (Role.ADMISSIONS, "/")])
async def test_who_cleans_or_carries_lands_on_their_page(web: Web, role: Role, page: str) -> None:
    await web.account("asha", role)
    for after, there in (("/", page), ("/labels", "/labels")):
        answer = await (await web.client()).post("/login", data={"account": "asha", "password": PASSWORD, "next": after})
        assert (answer.status_code, answer.headers["location"]) == (303, there)


async def test_a_session_is_new_at_each_sign_in_and_ends_at_sign_out(web: Web) -> None:
    browser = await signed_in(web, "asha", Role.ADMISSIONS)
    first = browser.cookies["bedflow"]
    await browser.post("/login", data={"account": "asha", "password": PASSWORD}, headers={"x-csrf-token": await csrf(browser, "/")})
    second = browser.cookies["bedflow"]
    assert first != second
    thief = await web.client({"cookie": f"bedflow={first}"})
    assert (await thief.get("/api/v1/beds")).status_code == 401
    assert (await browser.post("/sign-out", data={"csrf": await csrf(browser, "/")})).status_code == 303
    thief = await web.client({"cookie": f"bedflow={second}"})
    assert (await thief.get("/api/v1/beds")).status_code == 401


async def test_a_token_in_a_cookie_and_a_cookie_for_a_token_are_nobody(web: Web) -> None:
    """Also while the house still knows the secret as what it is: a token's bearer is asked for no CSRF token, and so may be no browser."""
    browser, token = await signed_in(web, "asha", Role.ADMISSIONS), await web.house.tokens.create(Role.ADMISSIONS, None)
    programme = await web.client({"authorization": f"Bearer {token}"})
    for asking in (browser, programme):
        assert (await asking.get("/api/v1/beds")).status_code == 200
    for headers in (
        {"cookie": f"bedflow={token}"},
        {"cookie": f"bedflow-device={token}"},
        {"authorization": f"Bearer {browser.cookies['bedflow']}"},
    ):
        stranger = await web.client(headers)
        assert (await stranger.get("/api/v1/beds")).status_code == 401
        assert (await stranger.post("/api/v1/beds/4B-A-01/status", json={"status": "cleaning"})).status_code == 401
    for asking in (browser, programme):
        assert (await asking.get("/api/v1/beds")).status_code == 200


async def test_an_idle_session_ends_and_a_fetch_keeps_none_alive(web: Web) -> None:
    browser = await signed_in(web, "asha", Role.ADMISSIONS)
    tick = {"sec-fetch-mode": "cors"}
    for _ in range(5):
        web.core.clock.advance(timedelta(minutes=3))
        web.house.doorkeeper._known.clear()
        last = await browser.get("/api/v1/beds/availability", headers=tick)
    assert last.status_code == 200
    web.core.clock.advance(timedelta(seconds=1))
    web.house.doorkeeper._known.clear()
    assert (await browser.get("/api/v1/beds/availability", headers=tick)).status_code == 401


async def test_work_keeps_a_session_alive_but_not_for_ever(web: Web) -> None:
    browser = await signed_in(web, "asha", Role.ADMISSIONS)
    for minutes in range(0, 12 * 60, 10):
        web.house.doorkeeper._known.clear()
        assert (await browser.get("/api/v1/beds/availability")).status_code == 200, minutes
        web.core.clock.advance(timedelta(minutes=10))
    web.core.clock.advance(timedelta(seconds=1))
    web.house.doorkeeper._known.clear()
    assert (await browser.get("/api/v1/beds/availability")).status_code == 401


async def test_another_site_cannot_act_with_the_cookie(web: Web) -> None:
    browser = await signed_in(web, "asha", Role.ADMISSIONS)
    token = await csrf(browser, "/")
    form, path = {"status": "cleaning", "csrf": token}, "/wards/4B/beds/4B-A-01/status"
    forged = [
        ({"sec-fetch-site": "cross-site"}, form),
        ({"sec-fetch-site": "same-site"}, form),
        ({"origin": "https://evil.example"}, form),
        ({"origin": "null"}, form),
        ({}, {"status": "cleaning"}),
        ({}, {**form, "csrf": token[::-1]}),
    ]
    for headers, data in forged:
        answer = await browser.post(path, data=data, headers=headers)
        assert answer.status_code == 403, headers
    assert (await browser.post("/api/v1/beds/4B-A-01/status", json={"status": "cleaning"})).json()["code"] == "csrf"
    assert web.house.desk.hospital.beds["4B-A-01"].status == "available"  # type: ignore[index]
    good = await browser.post(path, data=form, headers={"sec-fetch-site": "same-origin", "origin": ORIGIN})
    assert (good.status_code, good.headers["location"]) == (303, "/wards/4B")
    assert (
        await browser.post("/api/v1/beds/4B-A-02/status", json={"status": "cleaning"}, headers={"x-csrf-token": token})
    ).status_code == 200


async def test_answers_bind_the_browser(web: Web) -> None:
    browser = await web.client()
    for path in ("/login", "/api/v1/beds", "/nowhere", "/static/css/none.css"):
        headers = (await browser.get(path)).headers
        assert headers["content-security-policy"].startswith("default-src 'none'; script-src 'self';"), path
        assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "same-origin")
    assert (await browser.get("/login")).headers["cache-control"] == "no-store"


async def test_a_weak_password_or_odd_name_makes_no_account(web: Web) -> None:
    with pytest.raises(Refused, match="12 characters"):
        await web.house.accounts.add(Account("asha", "Asha", Role.ADMISSIONS), "short")
    with pytest.raises(Refused, match="small letters"):
        await web.house.accounts.add(Account("As ha", "Asha", Role.ADMISSIONS), PASSWORD)


async def test_no_password_ends_by_its_age(web: Web) -> None:
    await web.account("asha", Role.ADMISSIONS)
    web.core.clock.advance(timedelta(days=10 * 365))
    old = await web.client()
    answer = await old.post("/login", data={"account": "asha", "password": PASSWORD, "next": "/admissions"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/admissions"), "not even asked for another"
    assert (await old.get("/admissions")).status_code == 200


async def test_a_closed_account_is_out(web: Web) -> None:
    browser, admin = await signed_in(web, "asha", Role.ADMISSIONS), await signed_in(web, "chief", Role.ADMIN)
    assert (await browser.get("/api/v1/beds")).status_code == 200
    closed = await admin.post("/admin/users/asha/disable", data={"csrf": await csrf(admin, "/admin")})
    assert closed.status_code == 303
    web.house.doorkeeper._known.clear()
    assert (await browser.get("/api/v1/beds")).status_code == 401
    assert (await browser.post("/login", data={"account": "asha", "password": PASSWORD})).status_code == 401


async def pair(web: Web, admin: httpx.AsyncClient, kind: str, **said: Any) -> httpx.AsyncClient:
    """A device that shows its code, which an administrator types in."""
    device = await web.client()
    page = (await device.get(f"/pair?kind={kind}")).text
    found = re.search(r">\s*(\d{3}) (\d{3})\s*<", page)
    assert found, page
    assert (await device.post("/pair/status")).status_code == 204
    proof = {"csrf": await csrf(admin, "/admin/devices/new"), "prove_password": PASSWORD}  # the sign-in may be long ago
    data = {"code": f"{found[1]}{found[2]}", "name": "Lift 4", **proof, **said}
    typed = await admin.post("/admin/devices/new", data=data)
    assert typed.status_code == 303, typed.text
    again = await admin.post("/admin/devices/new", data=data)
    assert again.status_code == 409 and "No screen shows this code" in again.text
    answer = await device.post("/pair/status")
    assert answer.status_code == 200
    device.headers["x-home"] = answer.json()["href"]
    return device


async def test_a_wall_display_is_let_in_sees_its_ward_and_is_shut_out(web: Web) -> None:
    admin = await signed_in(web, "chief", Role.ADMIN)
    wall = await pair(web, admin, "display", audience="public", ward="4B")
    assert wall.headers["x-home"] == "/displays/public/ward/4B"
    assert (await wall.get("/")).headers["location"] == "/displays/public/ward/4B"
    assert (await wall.get("/displays/public/ward/4B")).status_code == 200
    for path in ("/displays/staff/ward/4B", "/displays/public/ward/ICU", "/admissions", "/displays/public/opd/ENT", "/api/v1/visits"):
        assert (await wall.get(path)).status_code == 403, path
    assert (await wall.post("/api/v1/beds/4B-A-01/status", json={"status": "cleaning"})).status_code == 403
    (listed,) = await web.house.devices.all()
    assert (listed.name, listed.kind, listed.paired_by) == ("Lift 4", "display", "chief")
    assert (await admin.post(f"/admin/devices/{listed.id}/revoke", data={"csrf": await csrf(admin, "/admin")})).status_code == 303
    async with asyncio.timeout(5):
        while (await wall.get("/api/v1/beds/availability")).status_code != 401:
            await asyncio.sleep(0.2)


async def test_a_code_runs_out(web: Web) -> None:
    offer = await web.house.devices.offer("display", web.core.clock.now())
    web.core.clock.advance(timedelta(minutes=10, seconds=1))
    assert await web.house.devices.offered(offer.code, web.core.clock.now()) is None
    assert await web.house.devices.is_paired(offer.secret, web.core.clock.now()) is None
    waiting = await web.client({"cookie": f"bedflow-pairing={offer.secret}"})
    assert [(await waiting.post("/pair/status")).status_code, (await waiting.get("/pair/status")).status_code] == [410, 405]


async def test_a_phone_asks_for_its_pin_when_idle_and_locks_out(web: Web) -> None:
    admin = await signed_in(web, "chief", Role.ADMIN)
    phone = await pair(web, admin, "phone", pin="4711")
    assert phone.headers["x-home"] == "/housekeeping"
    assert (await phone.get("/housekeeping")).status_code == 200
    web.core.clock.advance(timedelta(minutes=2, seconds=1))
    locked = await phone.get("/housekeeping")
    assert (locked.status_code, locked.headers["location"]) == (303, "/housekeeping/unlock")
    assert (await phone.get("/api/v1/cleaning-jobs")).json()["code"] == "locked"
    token = await csrf(phone, "/housekeeping/unlock")
    wrong = await phone.post("/housekeeping/unlock", data={"pin": "0000", "csrf": token})
    assert wrong.status_code == 401
    right = await phone.post("/housekeeping/unlock", data={"pin": "4711", "csrf": token})
    assert (right.status_code, right.headers["location"]) == (303, "/housekeeping")
    assert (await phone.get("/housekeeping")).status_code == 200
    web.core.clock.advance(timedelta(minutes=3))
    for _ in range(5):
        await phone.post("/housekeeping/unlock", data={"pin": "1111", "csrf": token})
    out = await phone.post("/housekeeping/unlock", data={"pin": "4711", "csrf": token})
    assert (out.status_code, "Too many wrong PINs" in out.text) == (409, True)
    assert (await phone.get("/housekeeping")).status_code == 303


async def test_a_phone_without_a_pin_chooses_one_first(web: Web) -> None:
    admin = await signed_in(web, "chief", Role.ADMIN)
    phone = await pair(web, admin, "phone")
    assert (await phone.get("/housekeeping")).headers["location"] == "/housekeeping/unlock"
    token = await csrf(phone, "/housekeeping/unlock")
    assert (await phone.post("/housekeeping/unlock", data={"pin": "12", "csrf": token})).status_code == 422
    assert (await phone.post("/housekeeping/unlock", data={"pin": "2580", "csrf": token})).status_code == 303
    assert (await phone.get("/housekeeping")).status_code == 200


async def test_a_supervisor_pairs_phones_and_no_displays(web: Web) -> None:
    supervisor = await signed_in(web, "lead", Role.SUPERVISOR)
    assert (await pair(web, supervisor, "phone", pin="4711")).headers["x-home"] == "/housekeeping"
    with pytest.raises(AssertionError, match="Only an administrator"):
        await pair(web, supervisor, "display", ward="4B")


async def test_a_cookie_over_tls_is_bound_to_the_host(web: Web) -> None:
    web.house.secure = True
    await web.account("asha", Role.ADMISSIONS)
    answer = await (await web.client()).post("/login", data={"account": "asha", "password": PASSWORD})
    assert answer.headers["set-cookie"].startswith("__Host-bedflow=") and "; Secure" in answer.headers["set-cookie"]
