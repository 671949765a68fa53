"""The joint plan on real stores: accepted all or some, stale rows refused one by one, taken back together; moves asked of a ward, agreed,
and the waiting patient gets the bed; all of it there again after a restart."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from allocation.engine import Engine
from flow.desk import Actor
from flow.domain.bed import BedStatus
from flow.domain.commands import SetBedStatus
from flow.domain.ids import BedId, RequestId
from flow.domain.request import RequestStatus
from flow.domain.roles import Role
from flow.history import again as again_
from flow.main.planning import Planning
from tests.integration.test_desk import open_house
from tests.integration.web_house import Web, make_web

FORM = {"content-type": "application/x-www-form-urlencoded"}
ACCEPT = "/api/v1/joint-plan/accept"


@pytest.fixture
async def web(dsn: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Web]:
    """The web room with allocation put beside it, as the composition root does."""
    async with AsyncExitStack() as stack:
        core = await open_house(stack, dsn, redis_url, tmp_path)
        engine = Engine(core.desk.plan)
        yield make_web(
            core,
            stack,
            tmp_path,
            joint=Planning(engine, core.desk, core.clock).plan,
            broken=lambda request, bed: engine.broken(request, bed, core.desk.hospital, core.clock.now()),
        )


async def ask(desk: httpx.AsyncClient, number: int, **more: Any) -> str:
    person = {"mrn": f"MRN-{number}", "name": f"Patient {number}", "sex": more.pop("sex", "F")}
    answer = await desk.post("/api/v1/bed-requests", json={"patient": person, "type": "general", **more})
    assert answer.status_code == 201, answer.text
    found: str = answer.json()["id"]
    return found


async def planned(desk: httpx.AsyncClient) -> dict[str, Any]:
    answer = await desk.get("/api/v1/joint-plan")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def rows(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [{name: row[name] for name in ("request", "request_seq", "bed", "bed_seq")} for row in plan["placements"]]


async def test_all_of_the_plan_is_accepted_in_its_order(web: Web) -> None:
    desk = await web.as_role(Role.ADMISSIONS)
    numbers = [await ask(desk, n, sex="M" if n % 2 else "F", priority=1 + n % 3) for n in range(8)]
    plan = await planned(desk)
    assert {row["request"] for row in plan["placements"]} | {row["request"] for row in plan["without"]} == set(numbers)
    assert len({row["bed"] for row in plan["placements"]}) == len(plan["placements"]) == 7, "three women, three men, and the single"
    assert all(row["score"] == sum(term["points"] for term in row["terms"]) for row in plan["placements"])
    assert all(row["person"]["name"].startswith("Patient") for row in plan["placements"])
    items = (await desk.post(ACCEPT, json={"placements": rows(plan)})).json()["items"]
    assert [item["accepted"] for item in items] == [True] * 7
    assert all(web.core.desk.hospital.requests[row["request"]].bed == row["bed"] for row in plan["placements"])
    assert (await planned(desk))["placements"] == []


async def test_stale_rows_are_refused_one_by_one(web: Web) -> None:
    desk = await web.as_role(Role.ADMISSIONS)
    for n in range(4):
        await ask(desk, n)
    first, second, third, fourth = rows(await planned(desk))
    await web.core.desk.act(SetBedStatus(BedId(first["bed"]), BedStatus.CLEANING), Actor("asha"))
    await desk.delete(f"/api/v1/bed-requests/{second['request']}")
    edited = await desk.post(f"/api/v1/bed-requests/{third['request']}", json={"needs": ["oxygen"], "if_seq": third["request_seq"]})
    assert edited.status_code == 200, edited.text
    items = (await desk.post(ACCEPT, json={"placements": [first, second, third, fourth]})).json()["items"]
    assert [(item["accepted"], item["code"]) for item in items] == [
        (False, "stale"),
        (False, "request-closed"),
        (False, "stale"),
        (True, None),
    ]
    hospital = web.core.desk.hospital
    assert [hospital.requests[row["request"]].bed for row in (first, second, third, fourth)] == [None, None, None, fourth["bed"]]


async def test_some_of_it_is_accepted_and_twice_is_once(web: Web) -> None:
    desk = await web.as_role(Role.ADMISSIONS)
    for n in range(3):
        await ask(desk, n)
    chosen = rows(await planned(desk))[1:2]
    key = {"idempotency-key": "plan-1"}
    first = await desk.post(ACCEPT, json={"placements": chosen}, headers=key)
    async with web.core.database.write() as connection:
        await connection.execute("delete from reply")  # as after a crash between the commit and the answer
    again = await desk.post(ACCEPT, json={"placements": chosen}, headers=key)
    assert [item["accepted"] for item in (*first.json()["items"], *again.json()["items"])] == [True, True]
    assert sum(request.status is RequestStatus.ASSIGNED for request in web.core.desk.hospital.requests.values()) == 1


async def test_a_plan_is_not_accepted_without_the_right_or_a_reason(web: Web) -> None:
    desk, manager = await web.as_role(Role.ADMISSIONS), await web.as_role(Role.MANAGER)
    await ask(desk, 1)
    plan = await planned(manager)
    assert all("Patient" not in str(row["person"]) for row in plan["placements"])
    answer = await manager.post(ACCEPT, json={"placements": rows(plan)})
    assert (answer.status_code, answer.json()["code"]) == (422, "reason-missing")
    assert (await (await web.as_role(Role.NURSE, "4B")).get("/api/v1/joint-plan")).status_code == 403


async def browser(web: Web, role: Role, ward: str | None = None) -> tuple[httpx.AsyncClient, dict[str, str]]:
    """Somebody at the pages, as htmx speaks."""
    client = await web.as_role(role, ward)
    return client, {"hx-request": "true", "hx-current-url": "http://localhost:8000/admissions/plan"}


async def test_the_page_accepts_refuses_and_takes_back(web: Web) -> None:
    desk, headers = await browser(web, Role.ADMISSIONS)
    numbers = [await ask(desk, n) for n in range(3)]
    plan = await planned(desk)
    keys = [f"{row['request']}|{row['request_seq']}|{row['bed']}|{row['bed_seq']}" for row in plan["placements"]]
    shown = (await desk.get("/admissions/plan")).text
    assert all(f'value="{key}"' in shown for key in keys)
    await desk.delete(f"/api/v1/bed-requests/{plan['placements'][0]['request']}")
    answer = await desk.post(
        "/admissions/plan/accept", content=urlencode([*(("shown", key) for key in keys), ("all", "1")]), headers=headers | FORM
    )
    assert answer.status_code == 200, answer.text
    assert "2\n" in answer.text or "2 accepted" in answer.text
    assert "1 refused" in " ".join(answer.text.split()) and "This request is closed." in answer.text
    undo = answer.text.split('action="/admissions/plan/undo/')[1].split('"')[0]
    assert len(undo.split(",")) == 2
    back = await desk.post(f"/admissions/plan/undo/{undo}", headers=headers)
    assert back.status_code == 200
    waits = [web.core.desk.hospital.requests[RequestId(number)].status for number in numbers]
    assert sorted(waits) == ["cancelled", "waiting", "waiting"]


# -- moves


async def lying(desk: httpx.AsyncClient, bed: str, number: int) -> str:
    person = {"mrn": f"IN-{number}", "name": f"Inpatient {number}", "sex": "M" if "-B-" in bed else "F"}
    answer = await desk.post("/api/v1/visits", json={"patient": person, "bed": bed})
    assert answer.status_code == 201, answer.text
    found: str = answer.json()["number"]
    return found


async def asked_move(web: Web, desk: httpx.AsyncClient) -> tuple[str, str, str, dict[str, Any]]:
    """The men's bay is full and a woman lies in the single; a man waits: she could go to the women's bay. The ward is asked."""
    visit = await lying(desk, "4B-S-01", 1)
    for number in (1, 2, 3):
        await lying(desk, f"4B-B-0{number}", 1 + number)
    waits = await ask(desk, 1, sex="M", priority=1)
    plan = await planned(desk)
    assert [row["request"] for row in plan["without"]] == [waits]
    move = plan["moves"][0]
    body = {name: move[name] for name in ("visit", "bed", "bed_seq", "to", "to_seq")}
    items = (await desk.post(ACCEPT, json={"moves": [body]})).json()["items"]
    assert [item["accepted"] for item in items] == [True], items
    asked = next(request for request in web.core.desk.hospital.requests.values() if request.move is not None)
    return visit, waits, asked.id, move


async def test_a_move_names_whom_it_moves_and_whom_it_helps(web: Web) -> None:
    """By name, age or sex, and the end of the MRN: two of one name lie in one house."""
    desk, _ = await browser(web, Role.ADMISSIONS)
    api = await web.as_role(Role.ADMISSIONS)
    await lying(api, "4B-S-01", 1)
    for number in (1, 2, 3):
        await lying(api, f"4B-B-0{number}", 1 + number)
    await ask(api, 1, sex="M", priority=1)
    await ask(api, 2, sex="U", priority=4)
    page = re.sub(r"<[^>]+>|\s+", " ", (await desk.get("/admissions/plan")).text)
    page = re.sub(r" +", " ", page)
    assert "Inpatient 1 F …IN-1 " in page
    assert "For P1 Patient 1 M …RN-1" in page
    assert "sex not known: only alone or in intensive care" in page


async def test_a_move_frees_the_bed_for_who_waits(web: Web) -> None:
    desk = await web.as_role(Role.ADMISSIONS)
    visit, waits, asked, move = await asked_move(web, desk)
    assert (move["visit"], move["bed"], move["frees"]) == (visit, "4B-S-01", [waits])
    assert move["benefit"] == move["gain"] - move["loss"] - move["price"] > 0
    nurse, headers = await browser(web, Role.NURSE, "4B")
    page = (await nurse.get("/wards/4B")).text
    assert "May these patients move?" in page and "Inpatient 1" in page and "Patient 1<" not in page
    answer = await nurse.post(f"/wards/4B/moves/{asked}/answer", content="answer=agree", headers=headers | FORM)
    assert answer.status_code == 200, answer.text
    hospital = web.core.desk.hospital
    assert hospital.beds[BedId(move["to"])].reserved_for == f"request:{asked}"
    assert hospital.beds[BedId("4B-S-01")].expected_free_at is not None
    plan = await planned(desk)
    assert [(row["request"], row["bed"]) for row in plan["placements"]] == [(waits, "4B-S-01")]
    assert (await desk.post(ACCEPT, json={"placements": rows(plan)})).json()["items"][0]["accepted"]
    await desk.post(f"/api/v1/visits/{visit}/transfer", json={"bed": move["to"]})
    assert hospital.requests[RequestId(asked)].status is RequestStatus.ARRIVED
    assert hospital.beds[BedId("4B-S-01")].reserved_for == f"request:{waits}"


async def test_what_is_asked_and_agreed_survives_a_restart(web: Web) -> None:
    desk = await web.as_role(Role.ADMISSIONS)
    _, _, asked, _ = await asked_move(web, desk)
    nurse, headers = await browser(web, Role.NURSE, "4B")
    await nurse.post(f"/wards/4B/moves/{asked}/answer", content="answer=agree", headers=headers | FORM)
    _, again = await web.core.desk.whole()
    hospital = web.core.desk.hospital
    assert (again.requests, again.visits, again.beds) == (hospital.requests, hospital.visits, hospital.beds)
    assert web.core.live.requests[RequestId(asked)] == hospital.requests[RequestId(asked)]
    core = web.core
    verdict = await again_.check(core.database, core.desk.plan, core.desk.inbox, lambda *letter: None, lambda *progress: None)
    assert verdict.equal and verdict.commands > 6, "I7: the journal decided again gives the same hospital"


async def test_declined_it_is_not_proposed_again(web: Web) -> None:
    desk = await web.as_role(Role.ADMISSIONS)
    _, waits, asked, _ = await asked_move(web, desk)
    nurse, headers = await browser(web, Role.NURSE, "4B")
    assert (await nurse.post(f"/wards/4B/moves/{asked}/answer", content="answer=decline", headers=headers | FORM)).status_code == 409
    answer = await nurse.post(f"/wards/4B/moves/{asked}/answer", content="answer=decline&reason=just+settled", headers=headers | FORM)
    assert answer.status_code == 200, answer.text
    plan = await planned(desk)
    assert (plan["moves"], [row["request"] for row in plan["without"]]) == ([], [waits])


async def test_placements_and_a_move_are_accepted_together(web: Web) -> None:
    desk = await web.as_role(Role.ADMISSIONS)
    await lying(desk, "4B-S-01", 1)
    for number in (1, 2, 3):
        await lying(desk, f"4B-B-0{number}", 1 + number)
    women = [await ask(desk, number) for number in (2, 3)]
    man = await ask(desk, 1, sex="M")
    plan = await planned(desk)
    assert {row["request"] for row in plan["placements"]} == {*women}
    move = plan["moves"][0]
    assert move["frees"] == [man] and move["to"] not in {row["bed"] for row in plan["placements"]}
    body = {name: move[name] for name in ("visit", "bed", "bed_seq", "to", "to_seq")}
    items = (await desk.post(ACCEPT, json={"placements": rows(plan), "moves": [body]})).json()["items"]
    assert [item["accepted"] for item in items] == [True] * 3, items


async def test_another_ward_s_nurse_is_not_asked(web: Web) -> None:
    desk = await web.as_role(Role.ADMISSIONS)
    _, _, asked, _ = await asked_move(web, desk)
    nurse, headers = await browser(web, Role.NURSE, "ICU")
    answer = await nurse.post(f"/wards/ICU/moves/{asked}/answer", content="answer=agree", headers=headers | FORM)
    assert answer.status_code == 404
    assert "Inpatient" not in (await nurse.get("/wards/ICU")).text


async def test_a_move_that_has_gone_stale_is_refused(web: Web) -> None:
    desk = await web.as_role(Role.ADMISSIONS)
    *_, move = await asked_move(web, desk)
    body = {name: move[name] for name in ("visit", "bed", "bed_seq", "to", "to_seq")}
    items = (await desk.post(ACCEPT, json={"moves": [body]})).json()["items"]
    assert (items[0]["accepted"], items[0]["code"]) == (False, "stale")


async def test_one_ward_is_asked_for_one_who_waits(web: Web) -> None:
    """Two moves for the sake of the same patients, accepted together: the first ward is asked, the second is left in peace."""
    desk = await web.as_role(Role.ADMISSIONS)
    await lying(desk, "4B-S-01", 1)
    for number in (1, 2, 3):
        await lying(desk, f"4B-B-0{number}", 1 + number)
    await ask(desk, 1, sex="M", priority=1)
    move = (await planned(desk))["moves"][0]
    body = {name: move[name] for name in ("visit", "bed", "bed_seq", "to", "to_seq")}
    items = (await desk.post(ACCEPT, json={"moves": [body, body]})).json()["items"]
    assert [(item["accepted"], item["code"]) for item in items] == [(True, None), (False, "asked-already")]
