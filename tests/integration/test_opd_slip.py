"""The slip that reception prints and the page its code leads to: a number and times, no name, dead after the day, quiet to guessers."""

import re
from datetime import timedelta

import httpx

from flow.domain.ids import TokenId
from flow.domain.roles import Role
from flow.state.live import Live
from flow.vault import Vault
from flow.web.slips import Slips
from tests.integration.test_opd_ways import ENT, the
from tests.integration.test_signin import signed_in
from tests.integration.web_house import ORIGIN, Web, web

__all__ = ["web"]


async def own(web: Web, slip: str) -> tuple[httpx.AsyncClient, str]:
    """Somebody without a sign-in who scans the code, and the address on the slip."""
    found = re.search(rf"{ORIGIN}(/t/[\w-]{{22}})<", slip)
    assert found is not None
    return await web.client(), found[1]


async def test_a_slip_leads_to_the_patients_own_page(web: Web) -> None:
    api, opd = await web.as_role(Role.OPD), await signed_in(web, "clinic", Role.OPD)
    for _ in range(3):
        given = (await api.post(f"{ENT}/tokens", json={})).json()
    assert f'href="/opd/ENT/tokens/{given["id"]}/slip"' in (await opd.get("/opd/ENT")).text
    slip = (await opd.get(f"/opd/ENT/tokens/{given['id']}/slip")).text
    assert "E-003" in slip and "<svg" in slip and "Test Hospital" in slip and 'data-mm="80"' in slip
    assert 'lang="hi"' in slip and 'lang="ta"' in slip
    assert 'data-mm="58"' in (await opd.get("/opd/ENT/tokens/E-003/slip?mm=58")).text, "by its number, on another paper"
    somebody, path = await own(web, slip)
    page = await somebody.get(path)
    assert page.status_code == 200 and "E-003" in page.text and "2 before you" in page.text
    assert re.search(r"Most likely between \d\d:\d\d and \d\d:\d\d", page.text)
    assert page.headers["x-robots-tag"] == "noindex, nofollow" and page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store" and "set-cookie" not in page.headers
    await api.post(f"{ENT}/call-next", json={"room": "1"})
    assert "1 before you" in (await somebody.get(path)).text
    await api.post(f"{ENT}/call-next", json={"room": "2"})
    await api.post(f"/api/v1/opd/tokens/{the(web, 'E-001').id}/start")
    await api.post(f"{ENT}/call-next", json={"room": "1"})
    called = (await somebody.get(path)).text
    assert "Go in now" in called and 'data-status="called"' in called and "before you" not in called


async def test_the_page_speaks_the_readers_language(web: Web) -> None:
    opd = await web.as_role(Role.OPD)
    await opd.post(f"{ENT}/tokens", json={})
    somebody, path = await own(web, (await opd.get("/opd/ENT/tokens/E-001/slip")).text)
    tamil = (await somebody.get(path, headers={"accept-language": "ta-IN,ta;q=0.9,en;q=0.8"})).text
    assert 'lang="ta"' in tamil and "You are next" not in tamil
    assert '<html lang="hi">' in (await somebody.get(f"{path}?lang=hi", headers={"accept-language": "ta"})).text
    assert '<html lang="en">' in (await somebody.get(path, headers={"accept-language": "fr"})).text


async def test_nothing_of_the_patient_stands_on_either(web: Web) -> None:
    desk, opd = await web.as_role(Role.ADMISSIONS), await web.as_role(Role.OPD)
    person = {"name": "Canaria Canarita", "mrn": "CANARY1", "sex": "F", "birth_date": "1950-02-03"}
    visit = (await desk.post("/api/v1/visits", json={"visit": "CANARYV", "patient": person, "bed": "4B-A-01"})).json()
    assert visit["number"] == "CANARYV"
    await opd.post(f"{ENT}/tokens", json={"visit": "CANARYV", "group": "elderly"})
    slip = (await opd.get("/opd/ENT/tokens/E-001/slip")).text
    somebody, path = await own(web, slip)
    for text in (slip, (await somebody.get(path)).text):
        assert "E-001" in text and not re.search("canar|elderly|1950", text, re.IGNORECASE)


async def test_an_address_dies_with_its_day(web: Web) -> None:
    opd = await web.as_role(Role.OPD)
    await opd.post(f"{ENT}/tokens", json={})
    somebody, path = await own(web, (await opd.get("/opd/ENT/tokens/E-001/slip")).text)
    assert (await somebody.get(path)).status_code == 200
    web.core.clock.advance(timedelta(days=1))
    gone = await somebody.get(path)
    assert gone.status_code == 404 and "not of today" in gone.text and "E-001" not in gone.text
    assert gone.headers["x-robots-tag"] == "noindex, nofollow"


async def test_without_a_picture_nobody_is_told_that_the_slip_is_old(web: Web) -> None:
    opd = await web.as_role(Role.OPD)
    await opd.post(f"{ENT}/tokens", json={})
    somebody, path = await own(web, (await opd.get("/opd/ENT/tokens/E-001/slip")).text)
    web.house.live = Live()
    assert (await somebody.get(path)).status_code == 503


async def test_guessing_is_stopped_and_a_waiting_hall_is_not(web: Web) -> None:
    opd = await web.as_role(Role.OPD)
    for _ in range(3):
        await opd.post(f"{ENT}/tokens", json={})
    hall = [await own(web, (await opd.get(f"/opd/ENT/tokens/E-00{n}/slip")).text) for n in (1, 2, 3)]
    for _ in range(30):
        assert [(await somebody.get(path)).status_code for somebody, path in hall] == [200, 200, 200]
    somebody = hall[0][0]
    answers = [(await somebody.get(f"/t/{'A' * 21}{n % 10}")).status_code for n in range(21)]
    assert answers == [404] * 20 + [429]
    assert (await somebody.get(hall[1][1])).status_code == 200, "who has a slip is not shut out by a guesser beside them"
    for _ in range(20):
        last = await somebody.get(hall[2][1])
    assert last.status_code == 429


async def test_only_who_calls_numbers_prints_slips(web: Web) -> None:
    opd, nurse = await web.as_role(Role.OPD), await web.as_role(Role.NURSE, "4B")
    token = (await opd.post(f"{ENT}/tokens", json={})).json()
    assert (await nurse.get(f"/opd/ENT/tokens/{token['id']}/slip")).status_code in (303, 403)
    assert (await opd.get("/opd/ENT/tokens/E-999/slip")).status_code == 404


def test_a_code_is_the_tokens_own_and_outlives_a_restart() -> None:
    key = {1: bytes(range(32))}
    slips, again, other = Slips(Vault(key, 1)), Slips(Vault(key, 1)), Slips(Vault({1: bytes(32)}, 1))
    codes = {slips.code(TokenId(f"ENT-20261122-{n:03d}")) for n in range(300)}
    assert len(codes) == 300 and all(re.fullmatch(r"[\w-]{22}", code) for code in codes)
    assert again.code(TokenId("ENT-20261122-001")) in codes and other.code(TokenId("ENT-20261122-001")) not in codes
    assert again.find("x" * 22, ()) is None
