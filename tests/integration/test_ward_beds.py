"""The nurse and the beds of her ward, on real stores: hold one for her patient who waits, say who can go, close a room and open it."""

from datetime import timedelta

from flow.domain.bed import BedStatus
from flow.domain.commands import RequestBed
from flow.domain.ids import BedId, RequestId, WardId
from flow.domain.request import BedRequest, RequestStatus
from flow.domain.roles import Role
from tests.integration.test_desk import NURSE
from tests.integration.test_ward_places import _nurse
from tests.integration.web_house import Web, web

__all__ = ["web"]
A1, A2 = BedId("4B-A-01"), BedId("4B-A-02")
R1 = RequestId("R1")
WARD = "/wards/4B"


async def waits(web: Web, ward: str = "4B") -> None:
    patient = web.house.people.pseudonym("MRN-1")
    asked = BedRequest(R1, patient, web.core.clock.now(), "general", sex="F", age=70, asked_by=WardId(ward))
    done = await web.core.desk.act(RequestBed(asked), NURSE)
    await web.core.live.reached(done.seq)


async def test_a_bed_is_held_for_a_patient_of_the_ward_and_let_go(web: Web) -> None:
    nurse = await _nurse(web)
    await waits(web)
    assert 'id="hold-4B-A-01"' in (await nurse.get(f"{WARD}/board")).text
    seq = web.core.desk.hospital.beds[A1].seq
    held = await nurse.post(f"{WARD}/beds/{A1}/hold", data={"request": R1, "minutes": "30", "if_seq": seq})
    bed = web.core.desk.hospital.beds[A1]
    assert held.status_code == 200 and "A1: held for 30 minutes" in held.text, held.text
    assert (bed.reserved_for, bed.held, bed.reserved_until) == (f"request:{R1}", True, web.core.clock.now() + timedelta(minutes=30))
    assert (await nurse.post(f"{WARD}/beds/{A1}/hold", data={"request": R1, "minutes": "30", "if_seq": seq})).status_code in (200, 409)
    promised = await nurse.post(f"{WARD}/beds/{A1}/hold", data={"request": R1, "minutes": ""})
    assert "A1: promised" in promised.text and not web.core.desk.hospital.beds[A1].held
    assert f'name="request" value="{R1}"' in promised.text
    old = await nurse.post(f"{WARD}/beds/{A1}/let-go", data={"request": "R-EARLIER"})
    assert old.status_code == 409 and "promised to somebody else" in old.text, "an old page takes nobody else's promise back"
    gone = await nurse.post(f"{WARD}/beds/{A1}/let-go", data={"request": R1})
    assert gone.status_code == 200 and web.core.desk.hospital.beds[A1].free
    assert web.core.desk.hospital.requests[R1].status is RequestStatus.WAITING
    assert (await nurse.post(f"{WARD}/beds/{A1}/let-go", data={"request": R1})).status_code == 409


async def test_another_wards_patient_and_bed_are_not_hers(web: Web) -> None:
    nurse = await _nurse(web)
    await waits(web, "ICU")
    assert (await nurse.post(f"{WARD}/beds/{A1}/hold", data={"request": R1, "minutes": "30"})).status_code == 404
    assert (await nurse.post("/wards/ICU/beds/ICU-I-01/hold", data={"request": R1})).status_code == 403
    assert (await nurse.post(f"{WARD}/beds/ICU-I-01/hold", data={"request": R1})).status_code == 404


async def test_a_patient_is_marked_ready_to_move_and_not_after_all(web: Web) -> None:
    nurse = await _nurse(web)
    await waits(web)
    done = await nurse.post(f"{WARD}/requests/{R1}/ready", data={"ready": "yes"})
    ready = web.core.desk.hospital.requests[R1]
    assert done.status_code == 200 and ready.status is RequestStatus.READY
    assert "ready to move ·" in done.text and "Not ready after all" in done.text and 'name="ready" value="no"' in done.text
    web.core.clock.advance(timedelta(minutes=5))
    assert (await nurse.post(f"{WARD}/requests/{R1}/ready", data={"ready": "yes"})).status_code == 200
    assert web.core.desk.hospital.requests[R1].ready_at == ready.ready_at, "a double tap, or two nurses: said once"
    assert (await nurse.post(f"{WARD}/requests/{R1}/ready", data={"ready": "no"})).status_code == 200
    assert web.core.desk.hospital.requests[R1].status is RequestStatus.WAITING


async def test_a_room_is_closed_in_one_go_taken_back_and_opened(web: Web) -> None:
    nurse = await _nurse(web)
    await nurse.post(f"{WARD}/beds/{A1}/admit", data={"mrn": "MRN-1", "name": "Meera Iyer", "sex": "F"})
    close = {"reason": "infection_control", "note": "norovirus", "until": "2026-11-24T10:00"}
    done = await nurse.post(f"{WARD}/rooms/4B-A/close", data=close)
    assert done.status_code == 200 and "Bay A closed; 1 occupied, closed when empty" in done.text, done.text
    assert "Out of use as soon as it is empty:" in done.text and "Open again" in done.text
    beds = web.core.desk.hospital.beds
    assert (beds[A1].status, beds[A2].status, beds[A2].now.note) == (BedStatus.OCCUPIED, BedStatus.MAINTENANCE, "norovirus")
    undo = done.text.split('action="/undo/')[1].split('"')[0]
    assert (await nurse.post(f"/undo/{undo}")).status_code == 303
    assert web.core.desk.hospital.beds[A2].status is BedStatus.AVAILABLE
    await nurse.post(f"{WARD}/rooms/4B-A/close", data=close)
    back = await nurse.post(f"{WARD}/rooms/4B-A/reopen", data={})
    assert back.status_code == 200 and web.core.desk.hospital.beds[A2].status is BedStatus.AVAILABLE
    assert (await nurse.post(f"{WARD}/rooms/ICU-I/close", data=close)).status_code == 404
    assert (await nurse.post(f"{WARD}/rooms/4B-A/close", data={"note": "why not"})).status_code == 422
    far = await nurse.post(f"{WARD}/rooms/4B-A/close", data={**close, "until": "2099-01-01T10:00"})
    assert far.status_code == 409 and "01 Jan 2099, is more than 366 days away" in far.text


async def test_one_occupied_bed_is_closed_when_empty_and_kept(web: Web) -> None:
    nurse, manager = await _nurse(web), await web.as_role(Role.MANAGER)
    await nurse.post(f"{WARD}/beds/{A1}/admit", data={"mrn": "MRN-1", "name": "Meera Iyer", "sex": "F"})
    assert f'id="close-{A1}"' in (await nurse.get(f"{WARD}/beds/{A1}/row")).text
    assert f'id="close-{A2}"' not in (await nurse.get(f"{WARD}/beds/{A2}/row")).text
    close = {"reason": "repair", "note": "rail", "until": "2026-11-24T10:00"}
    done = await nurse.post(f"{WARD}/beds/{A1}/close", data=close)
    assert done.status_code == 200 and "A1: out of use when empty" in done.text, done.text
    assert "Out of use as soon as it is empty:" in done.text and "rail · until 24 Nov 10:00" in done.text
    undo = done.text.split('action="/undo/')[1].split('"')[0]
    assert (await nurse.post(f"/undo/{undo}")).status_code == 303
    assert web.core.desk.hospital.beds[A1].closes is None
    assert (await manager.post(f"/api/v1/beds/{A1}/closing", json={"reason": "repair", "note": "rail"})).status_code == 200
    assert "Keep in use" in (await nurse.get(f"{WARD}/board")).text
    assert (await nurse.post(f"{WARD}/beds/{A1}/keep", data={})).status_code == 200
    assert web.core.desk.hospital.beds[A1].closes is None
    await nurse.post(f"{WARD}/beds/{A1}/close", data=close)
    supervisor = await web.as_role(Role.SUPERVISOR)
    assert "Out of use when empty" in (await supervisor.get("/supervisor/board")).text
    assert (await supervisor.post(f"/supervisor/beds/{A1}/keep", data={})).status_code in (200, 303)
    assert web.core.desk.hospital.beds[A1].closes is None
    assert (await nurse.post(f"{WARD}/beds/{A2}/close", data=close)).status_code == 409
    assert (await nurse.post(f"{WARD}/beds/{A1}/close", data={"note": "why not"})).status_code == 422
    assert (await nurse.post("/wards/ICU/beds/ICU-I-01/close", data=close)).status_code == 403
    await nurse.post(f"{WARD}/beds/{A1}/close", data=close)
    await nurse.post(f"{WARD}/beds/{A1}/discharge", data={})
    cleaner = await web.as_role(Role.HOUSEKEEPING)
    assert (await cleaner.post(f"/api/v1/beds/{A1}/status", json={"status": "available"})).status_code == 200
    now = web.core.desk.hospital.beds[A1].now
    assert (now.status, now.note) == (BedStatus.MAINTENANCE, "rail")


async def test_the_forms_of_a_bed_come_when_they_are_wanted(web: Web) -> None:
    """Alone, with the board of whoever has them open, and with the page for a browser without scripts."""
    nurse = await _nurse(web)
    form = f'action="{WARD}/beds/{A1}/admit"'
    for asked in (f"{WARD}/beds/{A1}/row", f"{WARD}?open={A1}"):
        assert form in (await nurse.get(asked)).text, asked
    for asked in (WARD, f"{WARD}/board", f"{WARD}/beds/{A2}/row", f"{WARD}?open={A2}"):
        assert form not in (await nurse.get(asked)).text, asked
    assert form in (await nurse.get(f"{WARD}/board", headers={"x-open-beds": f"{A2},{A1}"})).text
    assert (await nurse.get(f"{WARD}/beds/ICU-I-01/row")).status_code == 404
    assert (await nurse.get("/wards/ICU/beds/ICU-I-01/row")).status_code == 403
