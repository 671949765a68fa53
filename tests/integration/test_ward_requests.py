"""A nurse asks for a bed on her ward's page, reads how it stands, and takes it back; other wards' requests are not hers."""

from flow.domain.commands import AssignBed
from flow.domain.ids import BedId, RequestId
from flow.domain.request import BedRequest, MadeBy, RequestStatus
from flow.domain.roles import Role
from tests.integration.test_desk import NURSE
from tests.integration.test_ward_places import _nurse
from tests.integration.web_house import Web, web

__all__ = ["web"]
ASK = "/wards/4B/requests"


def only(web: Web) -> BedRequest:
    (found,) = web.core.desk.hospital.requests.values()
    return found


async def test_a_bed_is_asked_for_a_patient_of_the_ward(web: Web) -> None:
    nurse = await _nurse(web)
    await nurse.post("/wards/4B/beds/4B-A-01/admit", data={"mrn": "MRN-4021", "name": "Meera Iyer", "sex": "F"})
    visit = web.core.desk.hospital.beds[BedId("4B-A-01")].visit
    asked = await nurse.post(ASK, data={"visit": visit, "type": "icu", "priority": "1"})
    assert asked.status_code == 200, asked.text
    made = only(web)
    assert (made.made_by, made.asked_by, made.visit, made.sex, made.origin, made.priority) == (MadeBy.WARD, "4B", visit, "F", "4B", 1)
    assert "waiting · 0 h 00" in asked.text
    again = await nurse.post(ASK, data={"visit": visit, "type": "icu"})
    assert again.status_code == 409
    done = await web.core.desk.act(AssignBed(made.id, BedId("ICU-I-01")), NURSE)
    await web.core.live.reached(done.seq)
    assert "ICU I1 promised · ready" in (await nurse.get("/wards/4B/board")).text
    await nurse.post("/wards/4B/beds/4B-A-01/transfer", data={"to": "4B-A-02"})
    gone = await nurse.post(f"{ASK}/{made.id}/cancel", data={})
    assert (gone.status_code, only(web).status) == (200, RequestStatus.CANCELLED)
    assert "This ward waits for no bed." in gone.text


async def test_a_bed_is_asked_for_somebody_new(web: Web) -> None:
    nurse = await _nurse(web)
    asked = await nurse.post(ASK, data={"type": "general", "mrn": "MRN-9", "name": "Asha Rao", "sex": "F", "origin": "ED"})
    assert "Asha Rao" in asked.text
    assert (only(web).asked_by, only(web).origin) == ("4B", "ED")
    assert (await nurse.post(ASK, data={"type": "general"})).status_code == 422, "somebody must be meant"


async def test_another_wards_patients_and_requests_are_left_alone(web: Web) -> None:
    icu, nurse, desk = await _nurse(web, "ICU"), await _nurse(web), await web.as_role(Role.ADMISSIONS)
    await icu.post("/wards/ICU/beds/ICU-I-01/admit", data={"mrn": "MRN-1", "name": "Ravi Nair", "sex": "M"})
    visit = web.core.desk.hospital.beds[BedId("ICU-I-01")].visit
    assert (await nurse.post(ASK, data={"visit": visit, "type": "general"})).status_code == 422
    assert (await nurse.post("/wards/ICU/requests", data={"visit": visit, "type": "general"})).status_code == 403
    made = (await desk.post("/api/v1/bed-requests", json={"type": "general", "patient": "MRN-7"})).json()["id"]
    assert (await nurse.post(f"{ASK}/{made}/cancel", data={})).status_code == 404
    assert web.core.desk.hospital.requests[RequestId(made)].is_live
    assert "MRN-7" not in (await nurse.get("/wards/4B/board")).text
