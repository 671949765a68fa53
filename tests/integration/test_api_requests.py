"""The waiting list over the API: a request, the race for a bed, rules and their override, names for those who may see them."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx

from flow.domain.roles import Role
from tests.integration.web_house import Web, web

__all__ = ["web"]
ASHA = {"mrn": "MRN-77", "name": "Asha Rao", "birth_date": "1986-02-01", "sex": "F"}


async def ask(desk: httpx.AsyncClient, **more: Any) -> dict[str, Any]:
    answer = await desk.post("/api/v1/bed-requests", json={"patient": ASHA, "type": "general", **more})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_request_waits_is_promised_and_released(web: Web) -> None:
    desk = await web.as_role(Role.ADMISSIONS)
    made = await ask(desk, needs=["oxygen"], priority=1, **{"from": "ED"})
    assert (made["status"], made["from"], made["person"]["name"], made["sex"]) == ("waiting", "ED", "Asha Rao", "F")
    path = f"/api/v1/bed-requests/{made['id']}"
    promised = await desk.post(f"{path}/assignment", json={"bed": "4B-A-01"})
    assert (promised.status_code, promised.json()["status"], promised.json()["bed"]) == (200, "assigned", "4B-A-01")
    assert (await desk.get("/api/v1/beds/4B-A-01")).json()["reserved_for"] == f"request:{made['id']}"
    released = await desk.delete(f"{path}/assignment")
    assert (released.status_code, released.json()["status"]) == (200, "waiting")
    assert (await desk.delete(path)).json()["status"] == "cancelled"
    assert (await desk.get(path)).json()["status"] == "cancelled"
    assert (await desk.get("/api/v1/bed-requests")).json()["items"] == []


async def test_two_desks_never_get_one_bed(web: Web) -> None:
    desk = await web.as_role(Role.ADMISSIONS)
    asked = [await ask(desk, patient=f"MRN-{n}") for n in range(8)]
    answers = await asyncio.gather(*(desk.post(f"/api/v1/bed-requests/{r['id']}/assignment", json={"bed": "4B-A-01"}) for r in asked))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"bed-reserved"}


async def test_one_patient_waits_once(web: Web) -> None:
    desk = await web.as_role(Role.ADMISSIONS)
    await ask(desk)
    again = await desk.post("/api/v1/bed-requests", json={"patient": "MRN-77", "type": "general"})
    assert (again.status_code, again.json()["code"]) == (409, "already-waiting")


async def test_a_bad_request_says_what_is_wrong(web: Web) -> None:
    desk = await web.as_role(Role.ADMISSIONS)
    cases: list[tuple[dict[str, Any], str]] = [
        ({"patient": "M1"}, "invalid-field"),
        ({"patient": "M1", "type": "hammock"}, "unknown-type"),
        ({"patient": "M1", "type": "general", "needs": ["moonlight"]}, "unknown-feature"),
        ({"type": "general"}, "patient-missing"),
        ({"visit": "V-none", "type": "general"}, "unknown-visit"),
        ({"patient": "M1", "type": "general", "priority": 9}, "invalid-field"),
        ({"patient": "M1", "type": "general", "ready_at": "2026-11-21T10:00:00"}, "invalid-field"),
    ]
    for body, code in cases:
        answer = await desk.post("/api/v1/bed-requests", json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, code), body
    lost = await desk.post("/api/v1/bed-requests/R-NONE/assignment", json={"bed": "4B-A-01"})
    assert (lost.status_code, lost.json()["code"]) == (404, "unknown-request")


async def test_the_same_key_makes_one_request(web: Web) -> None:
    desk = await web.as_role(Role.ADMISSIONS)
    body, key = {"patient": ASHA, "type": "general"}, {"idempotency-key": "form-1"}
    first = await desk.post("/api/v1/bed-requests", json=body, headers=key)
    async with web.core.database.write() as connection:
        await connection.execute("delete from reply")  # as after a crash between the commit and the answer
    again = await desk.post("/api/v1/bed-requests", json=body, headers=key)
    assert (first.status_code, again.status_code, again.json()["id"]) == (201, 201, first.json()["id"])


async def test_names_go_to_those_who_may_see_them(web: Web) -> None:
    desk = await web.as_role(Role.ADMISSIONS)
    made = await ask(desk)
    manager, nurse = await web.as_role(Role.MANAGER), await web.as_role(Role.NURSE, "4B")
    path = f"/api/v1/bed-requests/{made['id']}"
    masked = {"name": "A••• R•••", "mrn": None, "birth_date": None, "age": None, "sex": None, "withheld": False}
    assert (await manager.get(path)).json()["person"] == masked
    assert (await nurse.get(path)).json()["person"] is None
    await desk.post(f"{path}/assignment", json={"bed": "ICU-I-01"})
    assert (await nurse.get(path)).status_code == 404
    await desk.post(f"{path}/assignment", json={"bed": "4B-A-01"})
    assert (await nurse.get(path)).json()["person"]["name"] == "Asha Rao"


async def test_a_manager_assigns_with_a_reason_only(web: Web) -> None:
    desk, manager = await web.as_role(Role.ADMISSIONS), await web.as_role(Role.MANAGER)
    path = f"/api/v1/bed-requests/{(await ask(desk))['id']}/assignment"
    bare = await manager.post(path, json={"bed": "4B-A-01"})
    assert (bare.status_code, bare.json()["code"]) == (422, "reason-missing")
    assert (await manager.post(path, json={"bed": "4B-A-01", "override_reason": "VIP in A"})).status_code == 200


async def test_a_bed_is_held_until_a_time_and_then_promised(web: Web) -> None:
    desk = await web.as_role(Role.ADMISSIONS)
    path = f"/api/v1/bed-requests/{(await ask(desk))['id']}/assignment"
    endless = await desk.post(path, json={"bed": "4B-A-01", "hold": True})
    assert (endless.status_code, endless.json()["code"]) == (422, "until-missing")
    until = (web.core.clock.now() + timedelta(minutes=15)).isoformat()
    held = (await desk.post(path, json={"bed": "4B-A-01", "hold": True, "until": until})).json()
    assert (held["bed"], held["status"], held["held_until"] is not None) == ("4B-A-01", "assigned", True)
    assert (await desk.post(path, json={"bed": "4B-A-01"})).json()["held_until"] is None


async def test_a_nurse_assigns_in_the_own_ward_only(web: Web) -> None:
    desk, nurse = await web.as_role(Role.ADMISSIONS), await web.as_role(Role.NURSE, "4B")
    path = f"/api/v1/bed-requests/{(await ask(desk))['id']}/assignment"
    assert (await nurse.post(path, json={"bed": "ICU-I-01"})).status_code == 403
    assert (await nurse.post(path, json={"bed": "4B-A-01"})).status_code == 200


async def test_suggestions_without_the_wing_are_none(web: Web) -> None:
    desk = await web.as_role(Role.ADMISSIONS)
    answer = await desk.get(f"/api/v1/bed-requests/{(await ask(desk))['id']}/suggestions?limit=3")
    assert (answer.status_code, answer.json()["items"], answer.json()["blocked"]) == (200, [], {})
