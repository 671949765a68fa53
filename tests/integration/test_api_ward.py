"""What wards do by hand, over the API: swap, isolation, leave, arrived and left, a held bed, a bed and a room closed."""

from typing import Any

from flow.domain.bed import BedStatus
from flow.domain.ids import BedId
from flow.domain.roles import Role
from tests.integration.web_house import Web, web

__all__ = ["web"]
V1 = "/api/v1"
A1, A2, A3, ICU = "4B-A-01", "4B-A-02", "4B-A-03", "ICU-I-01"


async def admitted(caller: Any, bed: str, mrn: str) -> str:
    made = await caller.post(f"{V1}/visits", json={"patient": {"mrn": mrn, "name": "Meera Iyer", "sex": "F"}, "bed": bed})
    assert made.status_code == 201, made.text
    return str(made.json()["number"])


async def test_patients_swap_go_on_leave_and_are_isolated(web: Web) -> None:
    nurse, icu = await web.as_role(Role.NURSE, "4B"), await web.as_role(Role.NURSE, "ICU")
    one, two = await admitted(nurse, A1, "M1"), await admitted(nurse, A2, "M2")
    swapped = await nurse.post(f"{V1}/visits/{one}/swap", json={"with": "A2"})
    assert (swapped.status_code, swapped.json()["bed"]) == (200, A2), swapped.text
    assert web.core.desk.hospital.beds[BedId(A1)].visit == two
    assert (await nurse.post(f"{V1}/commands/{swapped.json()['command']}/undo")).status_code == 200
    assert web.core.desk.hospital.beds[BedId(A1)].visit == one
    assert (await nurse.post(f"{V1}/visits/{one}/swap", json={"with": A3})).status_code == 409
    assert (await nurse.post(f"{V1}/visits/{one}/swap", json={"with": ICU})).status_code == 403
    assert (await icu.post(f"{V1}/visits/{one}/isolation", json={"isolation": "contact"})).status_code == 404
    isolated = await nurse.post(f"{V1}/visits/{one}/isolation", json={"isolation": "contact", "organism": "MRSA"})
    assert isolated.status_code == 200 and (await nurse.get(f"{V1}/beds/{A1}")).json()["isolation"]
    assert (await nurse.post(f"{V1}/visits/{one}/isolation", json={"isolation": "none"})).status_code == 422
    assert (await nurse.post(f"{V1}/visits/{one}/isolation", json={"isolation": None})).status_code == 200
    assert not web.core.desk.hospital.beds[BedId(A1)].isolation
    assert (await nurse.post(f"{V1}/visits/{one}/leave", json={"back": "2020-01-01T08:00:00Z"})).status_code == 422
    assert (await nurse.post(f"{V1}/visits/{one}/leave", json={})).json()["status"] == "on_leave"
    assert (await nurse.delete(f"{V1}/visits/{one}/leave")).json()["status"] == "in_progress"


async def test_a_bed_is_held_arrived_in_and_left(web: Web) -> None:
    nurse = await web.as_role(Role.NURSE, "4B")
    asked = await nurse.post(f"{V1}/bed-requests", json={"patient": {"mrn": "M1", "name": "Meera Iyer", "sex": "F"}, "type": "general"})
    number = asked.json()["id"]
    held = await nurse.post(f"{V1}/beds/{A1}/hold", json={"request": number, "minutes": 30})
    assert held.status_code == 200 and web.core.desk.hospital.beds[BedId(A1)].held, held.text
    assert (await nurse.delete(f"{V1}/beds/{A1}/hold")).status_code == 200
    assert (await nurse.delete(f"{V1}/beds/{A1}/hold")).json()["code"] == "not-assigned"
    assert (await nurse.post(f"{V1}/beds/{ICU}/hold", json={"request": number})).status_code == 403
    assert (await nurse.post(f"{V1}/beds/{A1}/arrived", json={})).status_code == 409, "promised to nobody"
    assert (await nurse.post(f"{V1}/beds/{A1}/hold", json={"request": number})).status_code == 200
    come = await nurse.post(f"{V1}/beds/{A1}/arrived", json={})
    assert (come.status_code, come.json()["bed"], come.json()["status"]) == (200, A1, "in_progress"), come.text
    assert (await nurse.post(f"{V1}/beds/{A1}/left", json={"if_seq": 1})).json()["code"] == "stale"
    gone = await nurse.post(f"{V1}/beds/{A1}/left", json={})
    assert (gone.status_code, gone.json()["status"]) == (200, "finished")
    assert web.core.desk.hospital.beds[BedId(A1)].status is BedStatus.CLEANING
    assert (await nurse.post(f"{V1}/beds/{A1}/left", json={})).json()["code"] == "bed-empty"


async def test_a_bed_and_a_room_are_closed(web: Web) -> None:
    nurse, cleaner = await web.as_role(Role.NURSE, "4B"), await web.as_role(Role.HOUSEKEEPING)
    await admitted(nurse, A1, "M1")
    closing = await nurse.post(f"{V1}/beds/{A1}/closing", json={"reason": "repair", "note": "rail"})
    assert closing.json()["closing"] == {"reason": "repair", "note": "rail", "until": None}
    assert (await nurse.delete(f"{V1}/beds/{A1}/closing")).json()["closing"] is None
    assert (await nurse.post(f"{V1}/beds/{A2}/closing", json={"reason": "repair"})).json()["code"] == "bed-empty"
    assert (await nurse.post(f"{V1}/beds/{ICU}/closing", json={"reason": "repair"})).status_code == 403
    assert (await cleaner.post(f"{V1}/beds/{A1}/closing", json={"reason": "repair"})).status_code == 403
    room = f"{V1}/wards/4B/rooms/4B-A/closing"
    shut = (await nurse.post(room, json={"reason": "infection_control"})).json()
    assert (shut["closing"], A1 in shut["closed"], A2 in shut["closed"]) == ([A1], False, True)
    assert (await nurse.delete(room)).json()["closed"] == []
    assert (await nurse.post(f"{V1}/wards/4B/rooms/nowhere/closing", json={"reason": "repair"})).status_code == 404
    assert (await nurse.post(room, json={})).status_code == 422
