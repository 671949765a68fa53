"""The joint plan on real stores: accepted all or some, stale rows refused one by one, taken back together."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from allocation.engine import Engine
from flow.desk import Actor
from flow.domain.bed import BedStatus
from flow.domain.commands import RequestBed, SetBedStatus
from flow.domain.ids import BedId, PatientId, RequestId
from flow.domain.plan import Plan
from flow.domain.request import BedRequest, MadeBy, RequestStatus
from flow.domain.roles import Role
from flow.main.choosing import choosing
from flow.views.times import moment_words
from tests.integration.test_desk import open_house
from tests.integration.web_house import Web, make_web

FORM = {"content-type": "application/x-www-form-urlencoded"}
ACCEPT = "/api/v1/joint-plan/accept"


@pytest.fixture
async def web(dsn: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Web]:
    """The web room with allocation put beside it, as the composition root does."""
    async with AsyncExitStack() as stack:
        yield await planning_web(stack, dsn, redis_url, tmp_path)


async def planning_web(stack: AsyncExitStack, dsn: str, redis_url: str, folder: Path, plan: Plan | None = None) -> Web:
    core = await open_house(stack, dsn, redis_url, folder, plan)
    engine = Engine(core.desk.plan)
    return make_web(core, stack, folder, admissions=choosing(engine, core.desk, core.clock))


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


async def test_nobody_s_planned_bed_is_waited_for_yet(web: Web) -> None:
    """Who is to come later has waited for nothing: the page says when the bed is needed."""
    desk, _ = await browser(web, Role.ADMISSIONS)
    later = web.core.clock.now() + timedelta(hours=5)
    request = BedRequest(RequestId("P1"), PatientId("p1"), web.core.clock.now(), "general", ready_at=later, made_by=MadeBy.PLAN)
    await web.core.desk.act(RequestBed(request), Actor("feed:his"))
    page = (await desk.get("/admissions/plan")).text
    needed = f"needed {moment_words(later.timestamp(), web.core.clock.now().timestamp(), web.core.desk.plan.zone)}"
    assert needed in page and "0 h 00" not in page


async def test_a_malformed_row_is_refused_and_the_others_are_done(web: Web) -> None:
    desk, headers = await browser(web, Role.ADMISSIONS)
    api = await web.as_role(Role.ADMISSIONS)
    await ask(api, 1)
    good = re.findall(r'name="placement" value="([^"]+)"', (await desk.get("/admissions/plan")).text)
    bad = [("move", "x|y|one|z|2"), ("move", "only words"), ("placement", "a|b|c|d"), ("placement", "|" * 9)]
    content = urlencode([*bad, *(("placement", key) for key in good)])
    answer = await desk.post("/admissions/plan/accept", content=content, headers=headers | FORM)
    text = " ".join(answer.text.split())
    assert answer.status_code == 200, text
    assert "1 accepted, 4 refused" in text and text.count("That is no row of a plan.") == 4


async def test_over_the_api_a_malformed_row_is_refused_alone(web: Web) -> None:
    desk = await web.as_role(Role.ADMISSIONS)
    for n in range(2):
        await ask(desk, n)
    first, second = rows(await planned(desk))
    bad = [{**first, "bed_seq": "soon"}, "only words", {**first, "more": 1}, {"bed": ["4B"]}]
    body = {"placements": [first, *bad, second], "moves": [{"visit": "V1", "to": "4B-A-01"}, None]}
    answer = await desk.post(ACCEPT, json=body)
    assert answer.status_code == 200, answer.text
    items = answer.json()["items"]
    assert [item["code"] for item in items] == [None, *["malformed"] * 4, None, *["malformed"] * 2]
    assert (items[1]["request"], items[1]["bed"], items[6]["request"], items[6]["bed"]) == (first["request"], first["bed"], "V1", "4B-A-01")
    assert "bed_seq" in items[1]["detail"] and (items[2]["request"], items[4]["bed"]) == ("", "")
    hospital = web.core.desk.hospital
    assert [hospital.requests[row["request"]].bed for row in (first, second)] == [first["bed"], second["bed"]]


@pytest.mark.parametrize("body", [{"placements": "all"}, {"placements": {"0": {}}}, {"moves": 7}, {"rows": []}, []])
async def test_over_the_api_what_is_no_list_is_refused_whole(web: Web, body: object) -> None:
    desk = await web.as_role(Role.ADMISSIONS)
    assert (await desk.post(ACCEPT, json=body)).status_code == 422
