"""Whose sign-in ends is forgotten by the browser as well: by each door out, at once or with the next answer; a device keeps its storage."""

from datetime import timedelta

from flow.domain.roles import STATION_IDLE, Role
from flow.web.security.leaving import HEADER, OF_DEVICES, OF_PEOPLE
from tests.integration.test_signin import csrf, pair, signed_in
from tests.integration.test_stations import HOME, TICK, badged, scanned, shown, stood
from tests.integration.web_house import PASSWORD, Web, web

__all__ = ["web"]
MINE = "/my-sign-in"


async def test_who_signs_out_leaves_nothing_in_the_browser(web: Web) -> None:
    browser = await signed_in(web, "asha", Role.ADMISSIONS)
    assert HEADER not in (await browser.get("/admissions")).headers
    out = await browser.post("/sign-out", data={"csrf": await csrf(browser, "/")})
    assert out.headers[HEADER] == OF_PEOPLE
    assert "cookies" not in OF_PEOPLE + OF_DEVICES, "a device's own would go with them"
    assert HEADER not in (await browser.get("/login")).headers
    assert HEADER not in (await browser.get("/admissions")).headers, "nobody left here"


async def test_so_does_who_is_signed_out_from_elsewhere_or_by_time(web: Web) -> None:
    here, there, idle = [await signed_in(web, name, Role.ADMISSIONS) for name in ("asha", "ravi", "mary")]
    other = await web.client()
    await other.post("/login", data={"account": "ravi", "password": PASSWORD})
    everywhere = await there.post(f"{MINE}/sign-out-everywhere", data={"csrf": await csrf(there, MINE)})
    assert everywhere.headers[HEADER] == OF_PEOPLE
    for path in ("/admissions", "/api/v1/beds"):
        assert (await other.get(path)).headers[HEADER] == OF_PEOPLE, "whoever is ended elsewhere (so does the provider) learns it here"
    assert HEADER not in (await here.get("/admissions")).headers
    web.core.clock.advance(timedelta(minutes=15, seconds=1))
    web.house.doorkeeper._known.clear()
    assert (await idle.get("/admissions")).headers[HEADER] == OF_PEOPLE
    assert HEADER not in (await other.get("/static/css/plain.css")).headers, "a file tells nobody that it is over"


async def test_a_station_keeps_its_own(web: Web) -> None:
    station, asha, ravi = await stood(web), await badged(web, "asha"), await badged(web, "ravi")
    assert await scanned(station, asha) == ""
    token = await csrf(station, HOME)
    taken = await station.post("/station/badge", data={"csrf": token, "badge": ravi, "pin": "271828"})
    assert taken.headers[HEADER] == OF_DEVICES, "whoever was there before"
    assert HEADER not in (await station.get("/station/state", headers=TICK)).headers
    web.core.clock.advance(STATION_IDLE + timedelta(seconds=1))
    idle = await station.get("/station/state", headers=TICK)
    assert (idle.json(), idle.headers[HEADER]) == ({"who": ""}, OF_DEVICES)
    assert "Names are hidden" in await shown(station)
    assert await scanned(station, asha) == ""
    out = await station.post("/sign-out", data={"csrf": await csrf(station, HOME)})
    assert out.headers[HEADER] == OF_DEVICES
    assert (await station.get(HOME)).status_code == 200, "the workstation is let in still"


async def test_a_phones_unsent_taps_stay_in_it(web: Web) -> None:
    """They lie in the browser's storage until they could be sent; the phone's lock and the end of a shift are no sign-out."""
    phone = await pair(web, await signed_in(web, "chief", Role.ADMIN), "phone", pin="4711")
    over = await phone.post("/housekeeping/shift-over", data={"csrf": await csrf(phone, "/housekeeping/unlock")})
    assert over.status_code == 303 and HEADER not in over.headers
    assert HEADER not in (await phone.get("/housekeeping")).headers, "locked"
    await web.account("lead", Role.SUPERVISOR)
    await phone.post("/login", data={"account": "lead", "password": PASSWORD, "csrf": await csrf(phone, "/login")})
    out = await phone.post("/sign-out", data={"csrf": await csrf(phone, MINE)})
    assert (out.status_code, out.headers[HEADER]) == (303, OF_DEVICES)
