"""Porters' phones: device, badge and PIN as a cleaner's; the badge says which page it shows, what rings and whose taps they are."""

from datetime import timedelta

import httpx
import pytest

from flow.domain.roles import Role
from flow.domain.transport import TransportStatus
from flow.history.cleaners import Cleaner, Described
from tests.integration.cleaning_house import empty
from tests.integration.test_discharge_pages import lying
from tests.integration.test_pushing import Rung, rung
from tests.integration.test_signin import csrf, pair, signed_in
from tests.integration.test_transport_pages import asked, only_job
from tests.integration.test_ward_places import _nurse
from tests.integration.web_house import Web, web

__all__ = ["rung", "web"]
HTMX = {"hx-request": "true"}


async def shown_by(web: Web, phone: httpx.AsyncClient, nick: str, trade: Role) -> Cleaner:
    """Somebody's badge is shown to the phone."""
    somebody, badge = await web.house.cleaners.add(Described(nick, trade=trade), "lata", web.core.clock.now())
    data = {"badge": badge, "pin": "2468", "csrf": await csrf(phone, "/housekeeping/unlock")}
    opened = await phone.post("/housekeeping/badge", data=data)
    home = "/porter" if trade is Role.PORTER else "/housekeeping"
    assert (opened.status_code, opened.headers["location"]) == (303, home), opened.text
    return somebody


@pytest.fixture
async def phone(web: Web) -> httpx.AsyncClient:
    """A paired phone that nobody has yet."""
    return await pair(web, await signed_in(web, "chief", Role.ADMIN), "phone", pin="4711")


async def ride(web: Web, phone: httpx.AsyncClient, step: str, **headers: str) -> httpx.Response:
    data = {"csrf": await csrf(phone, "/porter")}
    return await phone.post(f"/porter/jobs/{only_job(web).id}/{step}", data=data, headers={**HTMX, **headers})


async def test_a_badge_makes_a_phone_a_porters_and_the_next_one_a_cleaners(web: Web, phone: httpx.AsyncClient) -> None:
    suresh = await shown_by(web, phone, "Suresh", Role.PORTER)
    assert suresh.id.startswith("porter-") and "Suresh" in (await phone.get("/porter")).text
    for path in ("/", "/housekeeping"):
        assert (await phone.get(path)).headers["location"] == "/porter"
    assert (await phone.get("/api/v1/cleaning-jobs")).status_code == 403, "a porter's phone cleans nothing"
    meena = await shown_by(web, phone, "Meena", Role.HOUSEKEEPING)
    assert (await phone.get("/porter")).headers["location"] == "/housekeeping"
    assert "Meena" in (await phone.get("/housekeeping")).text
    assert [each.id for each in await web.house.cleaners.on_shift()] == [meena.id]
    assert await web.house.cleaners.on_shift(Role.PORTER) == [], "his shift ended with hers"


async def test_a_porters_taps_are_his_own_also_when_a_colleague_has_the_phone(web: Web, phone: httpx.AsyncClient) -> None:
    nurse = await _nurse(web)
    await lying(web, nurse)
    await asked(nurse)
    suresh = await shown_by(web, phone, "Suresh", Role.PORTER)
    assert "Picked up" in (await ride(web, phone, "accept")).text
    assert only_job(web).porter == suresh.id
    await shown_by(web, phone, "Anil", Role.PORTER)
    refused = await ride(web, phone, "pick-up")
    assert (refused.status_code, "A colleague has this job" in refused.text) == (409, True)
    assert (await ride(web, phone, "pick-up", **{"x-tapped-by": suresh.id})).status_code == 200
    assert (only_job(web).status, only_job(web).porter) == (TransportStatus.PICKED_UP, suresh.id)
    assert (await ride(web, phone, "deliver", **{"x-tapped-by": "porter-000000"})).status_code == 409


async def test_a_locked_porters_phone_rings_and_his_pin_opens_it(web: Web, phone: httpx.AsyncClient) -> None:
    nurse = await _nurse(web)
    await lying(web, nurse)
    await shown_by(web, phone, "Suresh", Role.PORTER)
    await asked(nurse, priority="1")
    web.core.clock.advance(timedelta(minutes=3))
    assert (await phone.get("/porter")).headers["location"] == "/housekeeping/unlock"
    told = (await phone.get("/housekeeping/call")).json()
    assert told == {"stat": [{"number": only_job(web).id, "label": "4B A1"}], "offered": False}
    token = await csrf(phone, "/housekeeping/unlock")
    assert (await phone.post("/housekeeping/unlock", data={"pin": "4711", "csrf": token})).status_code == 401, "not the phone's own"
    opened = await phone.post("/housekeeping/unlock", data={"pin": "2468", "csrf": token})
    assert opened.headers["location"] == "/porter"
    await ride(web, phone, "accept")
    assert (await phone.get("/housekeeping/call")).json()["stat"] == [], "somebody has taken it"
    over = await phone.post("/porter/shift-over", data={"csrf": await csrf(phone, "/porter")})
    assert over.headers["location"] == "/housekeeping/unlock" and await web.house.cleaners.on_shift(Role.PORTER) == []


async def test_a_language_chosen_before_the_badge_is_spoken_after_it(web: Web, phone: httpx.AsyncClient) -> None:
    await phone.get("/housekeeping/unlock?lang=hi")
    await shown_by(web, phone, "Suresh", Role.PORTER)
    assert 'lang="hi"' in (await phone.get("/porter")).text


async def test_the_supervisor_keeps_porters_too_and_gives_them_no_bed_to_clean(web: Web) -> None:
    lata = await signed_in(web, "lata", Role.SUPERVISOR)
    token = await csrf(lata, "/supervisor/cleaners")
    added = await lata.post("/supervisor/cleaners", data={"csrf": token, "nick": "Suresh", "trade": "porter", "trained": "yes"})
    assert added.status_code == 200 and "Badge of" in added.text
    (suresh,) = await web.house.cleaners.all(Role.PORTER)
    assert (suresh.trade, suresh.trained) == (Role.PORTER, False) and await web.house.cleaners.all() == []
    assert (await lata.post(f"/supervisor/cleaners/{suresh.id}/shift", data={"csrf": token, "to": "on"})).status_code == 303
    assert "Suresh" not in (await lata.get("/supervisor")).text
    await empty(web)
    given = await lata.post("/supervisor/give", data={"csrf": token, "bed": "4B-A-01", "cleaner": suresh.id}, headers=HTMX)
    assert given.status_code == 404
    assert (await lata.post("/supervisor/cleaners", data={"csrf": token, "nick": "X", "trade": "admin"})).status_code == 422


async def test_an_urgent_transport_rings_porters_phones_once_and_no_cleaners(rung: Rung) -> None:
    now, cleaners = rung.web.core.clock.now(), rung.web.house.cleaners
    device, browser = await rung.phone("porter")
    await rung.phone("nobody")
    suresh, _ = await cleaners.add(Described("Suresh", trade=Role.PORTER), "lata", now)
    await cleaners.come_on(suresh.id, device, now)
    nurse = await _nurse(rung.web)
    await lying(rung.web, nurse)
    await asked(nurse, priority="1")
    await rung.dirty("4B-A-02")
    assert [await rung.pushing.step() for _ in range(2)] == [2, 0], "the transport to the porter, the bed to the other phone"
    told = {address: body for address, body, _ in rung.service.came}
    assert browser.read(told[browser.subscription.endpoint])["label"] == "4B A1"


async def test_an_old_transport_and_another_wards_ring_no_more(rung: Rung) -> None:
    now, cleaners = rung.web.core.clock.now(), rung.web.house.cleaners
    device, _ = await rung.phone("icu", "ICU")
    suresh, _ = await cleaners.add(Described("Suresh", trade=Role.PORTER), "lata", now)
    await cleaners.come_on(suresh.id, device, now)
    nurse = await _nurse(rung.web)
    await lying(rung.web, nurse)
    await asked(nurse, priority="1")
    assert await rung.pushing.step() == 0
    other, _ = await rung.phone("late")
    await cleaners.come_on(suresh.id, other, now)
    rung.web.core.clock.advance(timedelta(minutes=11))
    assert await rung.pushing.step() == 0
