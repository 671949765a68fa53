"""A doctor reads the names of own patients: those whose visit names one of the codes by which the account goes. On every page and in every
answer, for as long as it is so."""

from datetime import timedelta

import httpx
import pytest

from flow.domain.audit import Kind
from flow.domain.ids import VisitId
from flow.domain.person import Doctors, PersonDetails
from flow.domain.roles import Role
from tests.integration.test_audit import trail
from tests.integration.test_desk import NURSE, admit, discharge
from tests.integration.test_signin import csrf, signed_in
from tests.integration.web_house import Web, web

__all__ = ["web"]
OWN, OTHERS, AWAY = "Asha Rao", "Meera Iyer", "Ravi Das"
BEDS = {OWN: "4B-A-01", OTHERS: "4B-A-02", AWAY: "ICU-I-01"}


async def told(web: Web, name: str, *codes: str, field: int = 7) -> None:
    """A letter about somebody's visit that names these doctors."""
    bed = BEDS[name]
    doctors = (Doctors(VisitId(f"V-{bed}"), field, frozenset(codes)),)
    person = PersonDetails(web.house.people.pseudonym(bed), name, f"MRN-{bed}", sex="F", doctors=doctors)
    await web.house.people.put([person], web.core.clock.now())


async def house_of_three(web: Web) -> None:
    for name, code in ((OWN, "D01"), (OTHERS, "D02"), (AWAY, "D01")):
        await told(web, name, code)
        await web.core.desk.act(admit(f"V-{BEDS[name]}", BEDS[name], patient=web.house.people.pseudonym(BEDS[name])), NURSE)


async def doctor(web: Web, ward: str | None = "4B", *codes: str) -> httpx.AsyncClient:
    browser = await signed_in(web, "menon", Role.DOCTOR, ward)
    await web.house.practitioners.bind("menon", codes or ["D01"])
    web.house.doorkeeper._known.clear()
    return browser


async def seen(web: Web, browser: httpx.AsyncClient, *paths: str) -> set[str]:
    """Whose names stand there now."""
    web.house.doorkeeper._known.clear()
    text = "".join([(await browser.get(path)).text for path in paths])
    return {name for name in BEDS if name in text}


PAGES = ("/wards/4B", "/wards/4B/board", "/census", "/census/4B", "/discharges", "/transports", "/api/v1/discharges", "/escalations")


async def test_a_doctor_sees_the_names_of_own_patients_alone(web: Web) -> None:
    await house_of_three(web)
    nurse = await web.as_role(Role.NURSE, "4B")
    for name in (OWN, OTHERS):
        await nurse.post("/wards/4B/discharges", data={"visit": f"V-{BEDS[name]}", "way": "cash"})
    menon = await doctor(web)
    for path in PAGES:
        assert await seen(web, menon, path) <= {OWN}, path
    for path in ("/wards/4B", "/census", "/discharges"):
        assert await seen(web, menon, path) == {OWN}, path
    page = (await menon.get("/wards/4B")).text
    assert "You see the names of your own patients" in page and "4B-A-02" in page
    assert (await menon.get("/wards/ICU")).status_code == 403
    (read, *_) = await trail(web, Kind.READ)
    assert (read.actor, read.patients) == ("menon", (web.house.people.pseudonym(BEDS[OWN]),))


async def test_of_the_whole_house_where_the_account_is_bound_to_no_ward(web: Web) -> None:
    await house_of_three(web)
    menon = await doctor(web, None)
    assert await seen(web, menon, "/wards/4B", "/wards/ICU") == {OWN, AWAY}
    assert await seen(web, menon, "/census") == {OWN, AWAY}
    assert (await menon.post("/wards/4B/discharges", data={"csrf": await csrf(menon, "/census"), "visit": "V"})).status_code == 403


async def test_whoever_the_newest_letter_names_and_as_long_as_the_visit_goes_on(web: Web) -> None:
    await house_of_three(web)
    menon = await doctor(web)
    await told(web, OTHERS, "D01", "D09", field=9)
    assert await seen(web, menon, "/wards/4B") == {OWN, OTHERS}, "consulting besides"
    await told(web, OTHERS, field=9)
    await told(web, OWN, "D02")
    assert await seen(web, menon, "/wards/4B") == set()
    await told(web, OWN, "D01", field=17)
    assert await seen(web, menon, "/wards/4B") == {OWN}, "admitting"
    web.core.clock.advance(timedelta(minutes=5))
    patient = web.house.people.pseudonym(BEDS[OWN])
    await web.core.desk.act(discharge(f"V-{BEDS[OWN]}", web.core.clock.now(), patient=patient), NURSE)
    assert await web.house.practitioners.patients("menon") == {web.house.people.pseudonym(BEDS[AWAY])}


async def test_without_a_code_no_name_at_all(web: Web) -> None:
    await house_of_three(web)
    browser = await signed_in(web, "menon", Role.DOCTOR, "4B")
    assert await seen(web, browser, "/wards/4B", "/census") == set()


async def test_an_administrator_says_which_codes_are_whose(web: Web) -> None:
    await house_of_three(web)
    menon, admin = await signed_in(web, "menon", Role.DOCTOR, "4B"), await signed_in(web, "root", Role.ADMIN)
    await web.account("ravi", Role.NURSE, "4B")
    page = (await admin.get("/admin")).text
    assert "none: sees no names" in page and "D01 (2), D02 (1)" in page
    form = {"csrf": await csrf(admin, "/admin"), "codes": " d02, D05 "}
    assert (await admin.post("/admin/users/menon/practitioners", data=form)).status_code == 303
    assert await seen(web, menon, "/wards/4B") == {OTHERS}
    assert 'value="D02, D05"' in (await admin.get("/admin")).text
    assert (await admin.post("/admin/users/ravi/practitioners", data=form)).status_code == 409
    assert (await admin.post("/admin/users/nobody/practitioners", data=form)).status_code == 404
    assert (await admin.post("/admin/users/menon/practitioners", data=form | {"codes": "x" * 200})).status_code == 409
    (changed,) = await trail(web, Kind.CREDENTIAL)
    assert (changed.actor, changed.detail["of"], changed.detail["codes"]) == ("root", "menon", ["D02", "D05"])


async def test_a_name_that_is_given_away_anew_takes_no_patients_along(web: Web) -> None:
    await house_of_three(web)
    await doctor(web)
    await web.account("menon", Role.DOCTOR, "4B")
    assert await web.house.practitioners.codes() == {"menon": ["D01"]}, "another password only"
    await web.house.accounts.disable("menon", web.core.clock.now())
    await web.account("menon", Role.DOCTOR, "4B")
    assert await web.house.practitioners.codes() == {}


async def test_a_colleagues_patients_are_covered_by_saying_why(web: Web) -> None:
    await house_of_three(web)
    menon = await doctor(web)
    form = {"csrf": await csrf(menon, "/names"), "ward": "4B", "from": "/wards/4B"}
    form |= {"reason": "Look after a colleague's patients", "words": "On call until eight"}
    assert (await menon.post("/names", data=form)).status_code == 303
    assert await seen(web, menon, "/wards/4B") == {OWN, OTHERS}
    reads = {read.detail.get("opening") is not None: read.patients for read in await trail(web, Kind.READ)}
    assert reads == {False: (web.house.people.pseudonym(BEDS[OWN]),), True: (web.house.people.pseudonym(BEDS[OTHERS]),)}


@pytest.mark.parametrize("bed", ["4B-A-01", "4B-A-02"])
async def test_other_patients_have_beds_without_who_they_are(web: Web, bed: str) -> None:
    """A bed's record tells neither visit nor age nor sex; the names of own patients stand on the pages."""
    await house_of_three(web)
    menon = await doctor(web)
    assert await web.core.live.reached(web.core.desk.hospital.seq)
    found = (await menon.get(f"/api/v1/beds/{bed}")).json()
    assert (found["status"], found["visit"], found["age"], found["sex"]) == ("occupied", None, None, None)
