"""Ward stations: badge and PIN instead of name and password, bound to the station and its ward; idle, names are hidden; takeover, locks."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest

from flow.domain.audit import Kind
from flow.domain.ids import WardId
from flow.domain.roles import STATION_IDLE, Role
from flow.errors import Unavailable
from flow.history.badges import WRONG_PINS
from flow.history.bonds import Bond
from flow.history.devices import Grant
from flow.web.pages import badges as badges_page
from tests.integration.test_audit import trail
from tests.integration.test_roles import CANARY, streaming
from tests.integration.test_signin import csrf, pair, signed_in
from tests.integration.web_house import PASSWORD, Web, open_stream, web

__all__ = ["streaming", "web"]
PIN = "271828"
HOME, SCAN = "/wards/4B", "/station/scan"
TICK = {"sec-fetch-mode": "cors"}


async def stood(web: Web) -> httpx.AsyncClient:
    """A workstation of ward 4B that has been let in."""
    now = web.core.clock.now()
    offer = await web.house.devices.offer("station", now)
    await web.house.devices.pair(offer.code, Grant("Lift 4", ward=WardId("4B")), "chief", now)
    station = await web.client()
    station.cookies.set("bedflow-device", offer.secret)
    return station


async def badged(web: Web, name: str, role: Role = Role.NURSE, ward: str | None = "4B", pin: str = PIN) -> str:
    """Somebody with a badge and a PIN; its code."""
    await web.account(name, role, ward)
    code = await web.house.badges.issue(name, "chief", web.core.clock.now())
    await web.house.badges.choose_pin(name, pin)
    return code


async def scanned(station: httpx.AsyncClient, code: str, pin: str = PIN) -> str:
    """The word that says why not; empty where it opened."""
    answer = await station.post("/station/badge", data={"csrf": await csrf(station, SCAN), "badge": code, "pin": pin})
    assert answer.status_code == 303, answer.text
    where = answer.headers["location"]
    assert where.startswith(HOME)
    return where.removeprefix(HOME).removeprefix("?badge=")


async def lies_in(web: Web) -> None:
    desk = await web.as_role(Role.ADMISSIONS)
    assert (await desk.post("/api/v1/visits", json={"patient": CANARY, "bed": "4B-A-01"})).status_code == 201


async def shown(station: httpx.AsyncClient, path: str = HOME, **headers: str) -> str:
    answer = await station.get(path, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.text


async def test_badge_and_pin_show_names_and_the_trail_says_who_and_where(web: Web) -> None:
    station, code = await stood(web), await badged(web, "asha")
    await lies_in(web)
    page = await shown(station)
    assert (await station.get("/")).headers["location"] == HOME
    assert "C. C." in page and "Canaria" not in page and "CANARY" not in page and "Names are hidden" in page and "Sign out" not in page
    assert (await station.post("/wards/4B/beds/4B-A-02/status", data={"csrf": await csrf(station, HOME)})).status_code == 403
    assert await scanned(station, code.lower()) == ""
    page = await shown(station)
    assert "Canaria Canarita" in page and "Sign out" in page and "Another badge" in page
    sent = {"csrf": await csrf(station, HOME), "status": "cleaning"}
    assert (await station.post("/wards/4B/beds/4B-A-02/status", data=sent)).status_code == 303
    (listed,) = await web.house.devices.all()
    written = (await trail(web, Kind.WRITTEN))[-1]
    assert (written.actor, written.role, written.seat.split("/")[0]) == ("asha", Role.NURSE, listed.id)
    (came,) = await trail(web, Kind.BADGE_USED)
    assert (came.actor, came.role, came.detail["station"]) == ("asha", Role.NURSE, "Lift 4")
    read = (await trail(web, Kind.READ))[-1]
    assert (read.actor, read.detail["station"], read.seat.split("/")[0]) == ("asha", "Lift 4", listed.id)
    assert (await station.get("/wards/ICU")).status_code == 403
    assert code not in str(await trail(web)) and PIN not in str([trace.detail for trace in await trail(web)])
    out = await station.post("/sign-out", data={"csrf": await csrf(station, HOME)})
    assert (out.status_code, out.headers["location"]) == (303, HOME)
    assert "Canaria" not in await shown(station)


async def test_the_cookie_is_worth_nothing_away_from_its_station(web: Web) -> None:
    station, code = await stood(web), await badged(web, "asha")
    other = await stood(web)
    assert await scanned(station, code) == ""
    session, place = station.cookies["bedflow"], other.cookies["bedflow-device"]
    thief, neighbour = (
        await web.client({"cookie": f"bedflow={session}"}),
        await web.client({"cookie": f"bedflow={session}; bedflow-device={place}"}),
    )
    assert (await thief.get("/api/v1/visits")).status_code == 401
    assert (await thief.get(HOME)).headers["location"].startswith("/login")
    assert "Names are hidden" in await shown(neighbour)
    assert (await neighbour.get("/api/v1/visits")).status_code == 403
    assert (await station.get("/my-sign-in")).status_code == 200


async def test_names_go_when_nobody_does_anything_and_a_tick_is_nothing(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    station, code = await stood(web), await badged(web, "asha")
    await lies_in(web)
    assert await scanned(station, code) == ""
    token = await csrf(station, HOME)
    for _ in range(4):
        web.core.clock.advance(STATION_IDLE - timedelta(seconds=1))
        assert (await station.post("/session/active", data={"csrf": token})).status_code == 204, "somebody reads and scrolls"
    assert "Canaria" in await shown(station, **TICK)
    seat = (await station.get("/station/state", headers=TICK)).json()["who"]
    assert f'data-who="{seat}"' in await shown(station, **TICK)
    web.core.clock.advance(STATION_IDLE + timedelta(seconds=1))
    for path in (HOME, "/wards/4B/board"):
        page = await shown(station, path, **TICK)
        assert "C. C." in page and "Canaria" not in page and "4B-A-01" in page, path
    assert (await station.get("/station/state", headers=TICK)).json() == {"who": ""}
    assert (await station.get("/discharges")).status_code == 403
    assert "no-store" in (await station.get(HOME)).headers["cache-control"]
    assert "Canaria" not in await shown(station), "a page load after it brings nobody back"

    async def away(*_: Any) -> Any:
        raise Unavailable("away")

    assert await scanned(station, code) == "" and (await station.get("/station/state", headers=TICK)).json()["who"]
    monkeypatch.setattr(web.house.sessions, "find", away)
    web.core.clock.advance(STATION_IDLE + timedelta(seconds=1))
    assert (await station.get("/station/state", headers=TICK)).json() == {"who": ""}, "also while Postgres does not answer"


async def test_a_stream_of_somebody_who_left_ends_and_the_stations_own_is_for_the_ward(streaming: Web) -> None:
    station, code = await stood(streaming), await badged(streaming, "asha")
    assert await scanned(station, code) == ""
    cookies = "; ".join(f"{name}={value}" for name, value in station.cookies.items())
    stream, _ = await open_stream(streaming, "topics=ward:4B&audience=staff", cookie=cookies)
    streaming.core.clock.advance(STATION_IDLE + timedelta(seconds=1))
    await asyncio.wait_for(stream, 5)
    assert (await station.get("/api/v1/stream?topics=ward:4B&audience=staff")).status_code == 403
    assert (await station.get("/api/v1/stream?topics=ward:ICU")).status_code == 403


async def test_another_badge_takes_over(web: Web) -> None:
    station, asha, ravi = await stood(web), await badged(web, "asha"), await badged(web, "ravi", pin="918273")
    assert await scanned(station, asha) == ""
    first = {"cookie": "; ".join(f"{name}={value}" for name, value in station.cookies.items())}
    assert await scanned(station, ravi, PIN) == "wrong", "each with their own PIN"
    assert "Asha" in await shown(station), "who mistypes takes nothing over"
    assert await scanned(station, ravi, "918273") == ""
    assert "Ravi" in await shown(station) and "Asha" not in await shown(station)
    assert "Names are hidden" in await shown(await web.client(first)), "the former session is over"


async def test_five_wrong_pins_lock_the_badge_and_nothing_else(web: Web) -> None:
    station, code = await stood(web), await badged(web, "asha")
    guesses = [await scanned(station, code, f"4{n}9163") for n in range(WRONG_PINS)]
    assert guesses == ["wrong"] * (WRONG_PINS - 1) + ["locking"]
    assert await scanned(station, code) == "locked" and "five wrong PINs" in await shown(station, f"{HOME}?badge=locked")
    told = [(trace.kind, trace.actor) for trace in await trail(web, Kind.WRONG_PIN, Kind.LOCKED_OUT)]
    assert told == [(Kind.WRONG_PIN, "asha")] * 4 + [(Kind.LOCKED_OUT, "asha"), (Kind.WRONG_PIN, "asha")]
    owner = await web.client()
    assert (await owner.post("/login", data={"account": "asha", "password": PASSWORD})).status_code == 303, "the password opens as ever"
    assert await scanned(station, code) == "", "and so does the badge, after a full sign-in of its owner"


async def test_an_administrator_issues_unlocks_and_revokes_and_the_owner_chooses_the_pin(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    monkeypatch.setattr(badges_page, "code_of", lambda code: drawn.append(code) or "<svg></svg>")
    station, admin = await stood(web), await signed_in(web, "chief", Role.ADMIN)
    nurse = await signed_in(web, "asha", Role.NURSE, "4B")
    await web.account("boss", Role.MANAGER)
    token = {"csrf": await csrf(admin, "/admin")}
    mine = {"csrf": await csrf(nurse, "/my-sign-in")}
    assert "An administrator issues one" in (await nurse.get("/my-sign-in")).text
    assert (await nurse.post("/my-sign-in/badge-pin", data={**mine, "pin": PIN, "again": PIN})).status_code == 422
    assert (await admin.post("/admin/users/boss/badge", data=token)).status_code == 409
    assert (await nurse.post("/admin/users/asha/badge", data=mine)).status_code == 403
    slip = await admin.post("/admin/users/asha/badge", data=token)
    assert slip.status_code == 200 and "<svg></svg>" in slip.text and drawn[0] not in slip.text
    assert "no PIN yet" in (await admin.get("/admin")).text
    assert await scanned(station, drawn[0]) == "none-chosen"
    for pin, again, words in (("123456", "123456", "one of the first"), (PIN, "271829", "two ways"), ("12345", "12345", "6 to 12")):
        refused = await nurse.post("/my-sign-in/badge-pin", data={**mine, "pin": pin, "again": again})
        assert refused.status_code == 422 and words in refused.text
    assert (await nurse.post("/my-sign-in/badge-pin", data={**mine, "pin": PIN, "again": PIN})).headers["location"].endswith("?done=pin")
    assert await scanned(station, drawn[0]) == ""
    asked = await station.post("/my-sign-in/badge-pin", data={"csrf": await csrf(station, HOME), "pin": "918273", "again": "918273"})
    assert asked.status_code == 403 and "Is it still you?" in asked.text, "what is dangerous asks for more than a badge"
    async with web.core.database.read() as connection:
        kept = await connection.fetchrow("select digest, pin from badge")
    assert kept["pin"].startswith("$argon2id$") and drawn[0].encode() not in kept["digest"], "a copy of the table opens nothing"
    assert (await admin.post("/admin/users/asha/badge", data=token)).status_code == 200
    assert await scanned(station, drawn[0]) == "unknown", "the badge before opens nothing"
    for n in range(WRONG_PINS):
        await scanned(station, drawn[1], f"4{n}9163")
    assert (await admin.post("/admin/users/asha/badge/clear", data=token)).status_code == 303
    assert await scanned(station, drawn[1]) == ""
    assert (await admin.post("/admin/users/asha/badge/revoke", data=token)).status_code == 303
    assert "Names are hidden" in await shown(station) and await scanned(station, drawn[1]) == "unknown"
    assert (await admin.post("/admin/users/asha/badge/revoke", data=token)).status_code == 404
    told = [(trace.actor, trace.detail["what"], trace.detail["of"]) for trace in await trail(web, Kind.BADGE)]
    assert told == [("chief", what, "asha") for what in ("issued", "issued", "unlocked", "revoked")]
    assert "badge PIN chosen" in [trace.detail["what"] for trace in await trail(web, Kind.CREDENTIAL)]
    async with web.core.database.read() as connection:
        assert await connection.fetchval("select count(*) from badge") == 0


async def test_a_badge_opens_its_own_ward_and_rights_end_with_it(web: Web) -> None:
    station = await stood(web)
    for number, (role, ward) in enumerate(((Role.NURSE, "ICU"), (Role.NURSE, None), (Role.DOCTOR, "4B"), (Role.ADMISSIONS, None))):
        said = "" if number > 1 else "other-ward"
        assert await scanned(station, await badged(web, f"one{number}", role, ward)) == said, role
        page = await shown(station, f"{HOME}?badge={said}")
        assert ("not for this ward" in page, "Names are hidden" in page) == (bool(said), bool(said))
        assert (await station.get("/wards/ICU")).status_code == 403
        assert (await station.get("/admissions")).status_code == 403, "the whole house is not a ward's"
    await web.account("boss", Role.MANAGER)
    full = {"account": "boss", "password": PASSWORD, "next": "/manager", "csrf": await csrf(station, "/login")}
    assert (await station.post("/login", data=full)).headers["location"] == "/manager"
    assert (await station.get("/manager")).status_code == 200, "who signs in fully has their own rights"
    web.core.clock.advance(STATION_IDLE + timedelta(seconds=1))
    assert (await station.get("/manager")).status_code == 403, "and the station's patience"


async def test_a_station_that_is_shut_out_is_dark_and_whoever_was_there_is_out(web: Web) -> None:
    admin, code = await signed_in(web, "chief", Role.ADMIN), await badged(web, "asha")
    station = await pair(web, admin, "station", ward="4B")
    assert station.headers.pop("x-home") == HOME and await scanned(station, code) == ""
    (listed,) = await web.house.devices.all()
    assert "station for badges" in (await admin.get("/admin")).text
    assert (await admin.post(f"/admin/devices/{listed.id}/revoke", data={"csrf": await csrf(admin, "/admin")})).status_code == 303
    assert (await station.get("/api/v1/beds/availability")).status_code == 401
    (shut,) = await trail(web, Kind.SHUT_OUT)
    assert (shut.actor, shut.detail["of"], shut.detail["named"]) == ("chief", "station", "Lift 4")
    (paired,) = await trail(web, Kind.PAIRED)
    assert (paired.actor, paired.detail["of"], paired.detail["ward"], paired.detail["device"]) == ("chief", "station", "4B", listed.id)
    assert len(await trail(web, Kind.NOT_PAIRED)) == 1, "the code that was typed a second time"


async def test_a_badge_is_for_stations_and_a_station_is_a_wards(web: Web) -> None:
    code, admin = await badged(web, "asha"), await signed_in(web, "chief", Role.ADMIN)
    stranger, supervisor = await web.client(), await signed_in(web, "lead", Role.SUPERVISOR)
    assert (await stranger.post("/station/badge", data={"badge": code, "pin": PIN})).status_code == 401
    own = await admin.post("/station/badge", data={"csrf": await csrf(admin, "/admin"), "badge": code, "pin": PIN})
    assert own.status_code == 403 and "paired ward stations" in own.text
    with pytest.raises(AssertionError, match="Say in which ward"):
        await pair(web, admin, "station")
    with pytest.raises(AssertionError, match="Only an administrator"):
        await pair(web, supervisor, "station", ward="4B")
    assert (await stranger.get("/pair?kind=toaster")).status_code == 400
    station = await stood(web)
    data = {"csrf": await csrf(station, SCAN), "badge": "BDFL" + "B" * 32, "pin": PIN}
    assert [(await station.post("/station/badge", data=data)).status_code for _ in range(21)] == [303] * 20 + [429], "guessing is slowed"
    assert len(await trail(web, Kind.UNKNOWN_BADGE)) == 20


async def test_a_badge_opens_for_a_while_after_its_owners_provider_let_them_in(web: Web) -> None:
    """Who was closed there comes in here for that long at most; the page says what to do, and an account of our own has no such limit."""
    now, station, own = web.core.clock.now(), await stood(web), await badged(web, "asha")
    assert web.house.badges.vouched_for == timedelta(hours=24)
    web.house.badges.vouched_for = timedelta(hours=9)
    bond = Bond("https://provider.example", "sub-1", "ravi", "Ravi")
    await web.house.bonds.account(bond, Role.NURSE, WardId("4B"), now)
    code = await web.house.badges.issue("ravi", "chief", now)
    await web.house.badges.choose_pin("ravi", PIN)
    web.core.clock.advance(timedelta(hours=9))
    assert await scanned(station, code) == ""
    web.core.clock.advance(timedelta(seconds=1))
    assert await scanned(station, code, "000000") == "wrong", "who does not know the PIN learns nothing of the account"
    assert await scanned(station, code) == "not-vouched"
    page = await shown(station, f"{HOME}?badge=not-vouched")
    assert "Sign in with it once, and your badge opens again" in page
    assert (await trail(web, Kind.NOT_SIGNED_IN))[-1].detail["why"] == "provider"
    assert await scanned(station, own) == "", "of our own"
    await web.house.bonds.vouch("ravi", web.core.clock.now())
    await web.house.bonds.vouch("asha", web.core.clock.now())
    assert await scanned(station, code) == ""
    web.house.badges.vouched_for = timedelta(0)
    web.core.clock.advance(timedelta(seconds=1))
    await web.house.bonds.account(bond, Role.NURSE, WardId("4B"), web.core.clock.now())
    assert await scanned(station, code) == "", "signing in there is its word as well"
