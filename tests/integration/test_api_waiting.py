"""A waiting patient's request over the API: edited, ready, expired and taken up again; somebody unknown is placed and identified."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from flow.domain.roles import Role
from flow.jobs import Jobs
from tests.integration.test_api_requests import ask
from tests.integration.web_house import Web, web

__all__ = ["web"]
PATH = "/api/v1/bed-requests"


async def test_everything_that_may_be_asked_for_is_told(web: Web) -> None:
    desk = await web.as_role(Role.ADMISSIONS)
    wanted: dict[str, Any] = {
        "insurer_limit": 4500,
        "entitlement": "semi_private",
        "room_choice": "private",
        "isolation_kind": "droplet",
        "organism": "influenza",
        "attendant": True,
        "rest": ["dementia"],
    }
    made = await ask(desk, **wanted, baby_of="MRN-78")
    assert {name: made[name] for name in wanted} == wanted
    assert (made["isolation"], made["baby"], made["mother"], made["made_by"]) == (True, True, False, "desk")
    assert made["due_at"] > made["clock_from"] == made["created_at"]
    assert "MRN-78" not in str(made)


async def test_a_nurse_s_request_is_the_ward_s(web: Web) -> None:
    nurse = await web.as_role(Role.NURSE, "4B")
    assert (await ask(nurse))["made_by"] == "ward"


async def test_a_request_is_edited_by_whoever_saw_it_last(web: Web) -> None:
    desk = await web.as_role(Role.ADMISSIONS)
    made = await ask(desk, needs=["oxygen"])
    path, seq = f"{PATH}/{made['id']}", made["seq"]
    edited = await desk.post(path, json={"if_seq": seq, "priority": 1, "needs": [], "from": "ED"})
    assert (edited.status_code, edited.json()["priority"], edited.json()["needs"], edited.json()["from"]) == (200, 1, [], "ED")
    assert edited.json()["due_at"] < made["due_at"]
    late = await desk.post(path, json={"if_seq": seq, "priority": 2})
    assert (late.status_code, late.json()["code"]) == (409, "stale")
    for body, code in (
        ({"if_seq": 1, "type": "hammock"}, "unknown-type"),
        ({"priority": 1}, "invalid-field"),
        ({"if_seq": 1, "x": 1}, "invalid-field"),
    ):
        bad = await desk.post(path, json=body)
        assert (bad.status_code, bad.json()["code"]) == (422, code)
    promised = (await desk.post(f"{path}/assignment", json={"bed": "4B-A-01"})).json()
    kept = await desk.post(path, json={"if_seq": promised["seq"], "type": "private"})
    assert (kept.status_code, kept.json()["code"]) == (409, "bed-promised")
    assert (await desk.post(path, json={"if_seq": promised["seq"], "rest": ["end_of_life"]})).json()["rest"] == ["end_of_life"]


async def test_the_same_edit_twice_is_one(web: Web) -> None:
    desk = await web.as_role(Role.ADMISSIONS)
    made = await ask(desk)
    body, key = {"if_seq": made["seq"], "priority": 1}, {"idempotency-key": "e1"}
    first = await desk.post(f"{PATH}/{made['id']}", json=body, headers=key)
    again = await desk.post(f"{PATH}/{made['id']}", json=body, headers=key)
    assert (first.status_code, again.status_code, again.json()["seq"]) == (200, 200, first.json()["seq"])


async def test_ready_now_later_and_not_after_all(web: Web) -> None:
    desk = await web.as_role(Role.ADMISSIONS)
    path = f"{PATH}/{(await ask(desk))['id']}"
    assert (await desk.post(f"{path}/ready", json={})).json()["status"] == "ready"
    assert (await desk.post(f"{path}/ready", json={"ready": False})).json()["status"] == "waiting"
    at = web.core.clock.now() + timedelta(minutes=30)
    assert (await desk.post(f"{path}/ready", json={"at": at.isoformat()})).json()["status"] == "waiting"
    jobs = Jobs(web.core.desk, web.house.inbox, web.core.clock)
    assert await jobs.wait() == 0
    web.core.clock.advance(timedelta(minutes=31))
    assert (await jobs.wait(), await jobs.wait()) == (1, 0)
    assert (await desk.get(path)).json()["status"] == "ready"


async def test_what_nobody_touches_lapses_and_is_taken_up_again(web: Web) -> None:
    desk = await web.as_role(Role.ADMISSIONS)
    made = await ask(desk)
    web.core.clock.advance(timedelta(hours=73))
    assert await Jobs(web.core.desk, web.house.inbox, web.core.clock).wait() == 1
    path = f"{PATH}/{made['id']}"
    assert (await desk.get(path)).json()["status"] == "expired"
    again = await desk.post(f"{path}/take-up")
    assert (again.status_code, again.json()["status"], again.json()["created_at"]) == (200, "waiting", made["created_at"])


async def test_unknown_persons_are_numbered_placed_and_identified(web: Web) -> None:
    desk = await web.as_role(Role.ADMISSIONS)
    names = [(await ask(desk, patient={"unknown": sex}, age=40))["person"]["name"] for sex in "MMFU"]
    assert names == ["Unknown male 1", "Unknown male 2", "Unknown female 1", "Unknown person 1"]
    listed = (await desk.get(PATH)).json()["items"]
    second = next(item for item in listed if item["person"]["name"] == "Unknown male 2")
    path = f"{PATH}/{second['id']}"
    assert (await desk.post(f"{path}/assignment", json={"bed": "4B-B-01"})).status_code == 200
    known = await desk.post(f"{path}/identity", json={"mrn": "MRN-5", "name": "Ravi Iyer"})
    assert (known.status_code, known.json()["person"]["name"], known.json()["bed"]) == (200, "Ravi Iyer", "4B-B-01")
    again = await desk.post(f"{path}/identity", json={"mrn": "MRN-6"})
    assert (again.status_code, again.json()["code"]) == (409, "known-already")
    nobody = await desk.post(PATH, json={"type": "general", "patient": {}})
    assert (nobody.status_code, nobody.json()["code"]) == (422, "patient-missing")


@pytest.mark.parametrize("role", [Role.MANAGER, Role.HOUSEKEEPING, Role.DISPLAY])
async def test_others_may_not(web: Web, role: Role) -> None:
    desk: httpx.AsyncClient = await web.as_role(Role.ADMISSIONS)
    other = await web.as_role(role, "4B" if role is Role.DISPLAY else None)
    path = f"{PATH}/{(await ask(desk))['id']}"
    for door in ("", "/ready", "/take-up", "/identity"):
        assert (await other.post(f"{path}{door}", json={})).status_code == 403
