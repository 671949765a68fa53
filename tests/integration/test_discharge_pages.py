"""Discharges on the screens: the nurse begins one and taps its steps, billing and the pharmacy tap their own on the list of the house."""

import httpx
import pytest

from flow.domain.bed import BedStatus
from flow.domain.discharge import Discharge, Milestone, Way
from flow.domain.ids import BedId, VisitId
from flow.domain.roles import Role
from tests.integration.test_ward_places import _nurse
from tests.integration.web_house import Web, web

__all__ = ["web"]
A1 = BedId("4B-A-01")
M = Milestone


async def lying(web: Web, nurse: httpx.AsyncClient) -> VisitId:
    """A patient in A1."""
    await nurse.post("/wards/4B/beds/4B-A-01/admit", data={"mrn": "MRN-4021", "name": "Meera Iyer", "sex": "F"})
    visit = web.core.desk.hospital.beds[A1].visit
    assert visit is not None
    return visit


async def begun(web: Web, nurse: httpx.AsyncClient, way: Way = Way.CASHLESS) -> VisitId:
    visit = await lying(web, nurse)
    answer = await nurse.post("/wards/4B/discharges", data={"visit": visit, "way": way})
    assert answer.status_code == 200, answer.text
    return visit


def discharge(web: Web, visit: VisitId) -> Discharge:
    return web.core.desk.hospital.discharges[visit]


async def test_a_nurse_begins_a_discharge_and_taps_its_steps(web: Web) -> None:
    nurse = await _nurse(web)
    visit = await lying(web, nurse)
    page = (await nurse.get("/wards/4B/board")).text
    assert "Begin a discharge" in page and "A1 · Meera Iyer" in page
    shown = await nurse.post("/wards/4B/discharges", data={"visit": visit, "way": "cashless"})
    assert "waits for <b>Doctor</b>: Summary" in shown.text and "Discharge: Cashless" in shown.text
    tapped = await nurse.post(f"/wards/4B/discharges/{visit}/step", data={"step": "summary", "done": "yes"})
    assert tapped.status_code == 200 and M.SUMMARY in discharge(web, visit).marks
    assert "waits for <b>Pharmacy</b>" in tapped.text and "waits for <b>Doctor</b>" not in tapped.text
    bed = web.core.desk.hospital.beds[A1]
    assert (bed.status, bed.expected_free_at) == (BedStatus.OCCUPIED, discharge(web, visit).expected)
    undone = await nurse.post(f"/wards/4B/discharges/{visit}/step", data={"step": "summary", "done": "no"})
    assert "waits for <b>Doctor</b>" in undone.text


async def test_when_nothing_else_is_left_the_nurse_says_that_the_patient_has_left(web: Web) -> None:
    nurse = await _nurse(web)
    visit = await begun(web, nurse, Way.ONWARD_0)
    leave = "/wards/4B/beds/4B-A-01/discharge"
    assert f'action="{leave}"' not in (await nurse.get("/wards/4B/board")).text.split('id="leaving-title"')[1].split("</article>")[0]
    for step in ("summary", "pharmacy", "transport"):
        page = await nurse.post(f"/wards/4B/discharges/{visit}/step", data={"step": step})
    assert f'action="{leave}"' in page.text.split('id="leaving-title"')[1].split("</article>")[0]
    await nurse.post(leave, data={})
    assert web.core.desk.hospital.beds[A1].status is BedStatus.CLEANING
    assert not discharge(web, visit).is_live and M.EXIT in discharge(web, visit).marks


async def test_each_role_taps_its_own_steps_and_no_others(web: Web) -> None:
    nurse, billing, pharmacy = await _nurse(web), await web.as_role(Role.BILLING), await web.as_role(Role.PHARMACY)
    visit = await begun(web, nurse)
    at = f"/discharges/{visit}/step"
    home = await pharmacy.get("/")
    assert (home.status_code, home.headers["location"]) == (303, "/discharges"), "the one page there is for them"
    assert "Waiting for you · 1" in (await pharmacy.get("/discharges")).text
    assert "Waiting for you" not in (await billing.get("/discharges/board")).text
    assert (await billing.post(at, data={"step": "pharmacy"})).status_code == 403
    assert (await pharmacy.post(at, data={"step": "billing"})).status_code == 403
    assert (await pharmacy.post(at, data={"step": "pharmacy"})).status_code in (200, 303)
    assert (await billing.post(at, data={"step": "billing"})).status_code in (200, 303)
    assert {M.PHARMACY, M.BILLING} <= discharge(web, visit).marks.keys()
    page = (await billing.get("/discharges")).text
    assert "Insurer, final bill" in page and "3 h 00 left" in page
    assert page.count('<button class="step"') == 2, "the bill and the TPA's answer"
    assert "Meera" not in page and "MRN" not in page
    assert (await billing.post(at, data={"step": "tpa"})).status_code in (200, 303)
    assert web.core.desk.hospital.beds[A1].insurer_due is None


async def test_the_house_is_for_the_bed_manager_and_names_as_they_may_be_known(web: Web) -> None:
    nurse, desk, manager = await _nurse(web), await web.as_role(Role.ADMISSIONS), await web.as_role(Role.MANAGER)
    visit = await begun(web, nurse)
    assert "Meera Iyer" in (await desk.get("/discharges")).text
    page = (await manager.get("/discharges?ward=4B")).text
    assert "M••• I•••" in page and "4B A1" in page and '<button class="step"' not in page
    assert (await manager.post(f"/discharges/{visit}/step", data={"step": "summary"})).status_code == 403
    assert "4B A1" not in (await manager.get("/discharges?ward=ICU")).text
    assert "4B A1" in (await manager.get("/discharges?owner=Pharmacy")).text
    assert "4B A1" not in (await manager.get("/discharges?owner=Billing")).text
    assert (await manager.get("/discharges?ward=9")).status_code == 422


async def test_another_wards_nurse_sees_and_taps_nothing(web: Web) -> None:
    nurse, icu = await _nurse(web), await _nurse(web, "ICU")
    visit = await begun(web, nurse)
    assert visit not in (await icu.get("/discharges")).text
    for at in (f"/discharges/{visit}/step", f"/wards/ICU/discharges/{visit}/step"):
        assert (await icu.post(at, data={"step": "summary"})).status_code == 404
    assert (await icu.post(f"/wards/4B/discharges/{visit}/step", data={"step": "summary"})).status_code == 403
    assert (await icu.post("/wards/ICU/discharges", data={"visit": visit, "way": "cash"})).status_code == 404
    assert M.SUMMARY not in discharge(web, visit).marks


async def test_an_early_pre_authorisation_is_no_leaving(web: Web) -> None:
    nurse, billing = await _nurse(web), await web.as_role(Role.BILLING)
    visit = await lying(web, nurse)
    await billing.post(f"/discharges/{visit}/insurer", data={"answered": "no"})
    page = (await billing.get("/discharges")).text
    assert "Insurer asked, not ordered yet" in page and "1 h 00 left" in page
    assert web.core.desk.hospital.beds[A1].expected_free_at is None
    await billing.post(f"/discharges/{visit}/insurer", data={"answered": "yes"})
    assert discharge(web, visit).preauth_at is not None
    assert (await billing.post(f"/discharges/{visit}/way", data={"way": "pmjay"})).status_code in (200, 303)
    assert (discharge(web, visit).way, discharge(web, visit).is_ordered) == (Way.PMJAY, False), "the payer is no order"
    assert (await billing.post(f"/discharges/{visit}/way", data={"way": "pmjay", "step": "order"})).status_code == 403
    await nurse.post(f"/wards/4B/discharges/{visit}/way", data={"way": "pmjay", "step": "order"})
    assert discharge(web, visit).is_ordered


async def test_a_tap_is_taken_back_by_the_undo_bar(web: Web) -> None:
    await web.account("ravi", Role.NURSE, "4B")
    nurse = await _nurse(web)
    visit = await begun(web, nurse)
    await nurse.post(f"/wards/4B/discharges/{visit}/step", data={"step": "summary"})
    command = (await nurse.post(f"/wards/4B/discharges/{visit}/step", data={"step": "pharmacy"}, headers={"hx-request": "true"})).text
    number = command.split('action="/undo/')[1].split('"')[0]
    assert (await nurse.post(f"/undo/{number}")).status_code in (200, 303)
    assert M.PHARMACY not in discharge(web, visit).marks and M.SUMMARY in discharge(web, visit).marks


async def test_a_called_off_discharge_leaves_the_bed_as_it_was(web: Web) -> None:
    nurse = await _nurse(web)
    visit = await begun(web, nurse)
    seq = discharge(web, visit).seq
    assert (await nurse.post(f"/wards/4B/discharges/{visit}/call-off", data={"if_seq": seq - 1})).status_code == 409
    answer = await nurse.post(f"/wards/4B/discharges/{visit}/call-off", data={"if_seq": seq})
    assert "Nobody is about to leave." in answer.text
    assert web.core.desk.hospital.beds[A1].expected_free_at is None


@pytest.mark.parametrize("deed", ["sweep", ""])
async def test_what_is_no_deed_is_refused(web: Web, deed: str) -> None:
    nurse = await _nurse(web)
    visit = await begun(web, nurse)
    assert (await nurse.post(f"/discharges/{visit}/{deed}", data={})).status_code in (404, 405)
    assert (await nurse.post(f"/discharges/{visit}/step", data={"step": "dance"})).status_code == 422
    assert (await nurse.post(f"/discharges/{visit}/step", data={"step": "exit"})).status_code == 403
