"""Moves for another patient's sake on real stores: asked of a ward, agreed, declined by either ward, withdrawn; the waiting patient gets
the bed; all of it there again after a restart."""

import re
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx

from flow.desk import Actor
from flow.domain.ids import BedId, RequestId, VisitId
from flow.domain.move_commands import AskMove
from flow.domain.request import Move, RequestStatus
from flow.domain.roles import Role
from flow.history import again as again_
from flow.jobs import Jobs
from flow.plan_file import parse_plan
from tests.hospital_file import hospital_file
from tests.integration.test_joint_plan import ACCEPT, FORM, ask, browser, planned, planning_web, rows, web
from tests.integration.web_house import Web

__all__ = ["web"]


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


async def test_alternatives_are_shown_as_such_and_one_is_asked_for(dsn: str, redis_url: str, tmp_path: Path) -> None:
    """Two lie under negative pressure with no need of it, and one waits for it: either is asked, whatever is posted."""
    text = hospital_file({"4B": {"A": 8, "T": 1, "U": 1}}, clinic=False)
    for bay in ("T", "U"):
        text = text.replace(f'name = "Bay {bay}"\n', f'name = "Bay {bay}"\nfeatures = ["negative_pressure"]\n')
    async with AsyncExitStack() as stack:
        web = await planning_web(stack, dsn, redis_url, tmp_path, parse_plan(text, "x.toml"))
        desk, headers = await browser(web, Role.ADMISSIONS)
        api = await web.as_role(Role.ADMISSIONS)
        for number, bed in enumerate(("4B-T-01", "4B-U-01"), 1):
            await lying(api, bed, number)
        await ask(api, 1, needs=["negative_pressure"], priority=1)
        page = (await desk.get("/admissions/plan")).text
        keys = re.findall(r'name="move" value="([^"]+)" data-take data-either="1"', page)
        assert len(keys) == 2 and "Either / or: ask for one of these 2" in page
        content = urlencode([("move", key) for key in keys])
        answer = await desk.post("/admissions/plan/accept", content=content, headers=headers | FORM)
        text = " ".join(answer.text.split())
        assert "1 accepted, 1 refused" in text and "Either this move or the other" in text
        moves = [one.move for one in web.core.desk.hospital.requests.values() if one.move is not None]
        assert len(moves) == 1


async def agreed(web: Web) -> tuple[httpx.AsyncClient, dict[str, str], str]:
    """The ward has agreed; the nurse's client, its headers, the move."""
    desk = await web.as_role(Role.ADMISSIONS)
    _, _, asked, _ = await asked_move(web, desk)
    nurse, headers = await browser(web, Role.NURSE, "4B")
    answer = await nurse.post(f"/wards/4B/moves/{asked}/answer", content="answer=agree", headers=headers | FORM)
    assert answer.status_code == 200, answer.text
    return nurse, headers, asked


async def test_a_flag_on_the_ward_s_page_ends_the_move_and_says_so(web: Web) -> None:
    nurse, headers, asked = await agreed(web)
    answer = await nurse.post("/wards/4B/beds/4B-S-01/rest", content="rest=dementia", headers=headers | FORM)
    said = "The patient is flagged dementia and is never moved to make room for another."
    assert answer.status_code == 200 and said in answer.text and "Never moved</span>" in answer.text
    assert web.core.desk.hospital.requests[RequestId(asked)].status is RequestStatus.CANCELLED
    desk = await web.as_role(Role.ADMISSIONS)
    page = (await desk.get("/admissions/plan")).text
    assert said in page and "Withdrawn" in page
    assert 'name="move"' not in page
    assert (await nurse.post("/wards/4B/beds/4B-A-03/rest", content="rest=dementia", headers=headers | FORM)).status_code == 409


async def test_the_desk_does_not_answer_for_the_ward(web: Web) -> None:
    desk, headers = await browser(web, Role.ADMISSIONS)
    _, _, asked, _ = await asked_move(web, await web.as_role(Role.ADMISSIONS))
    answer = await desk.post(f"/wards/4B/moves/{asked}/answer", content="answer=agree", headers=headers | FORM)
    assert answer.status_code == 403
    page = (await desk.get("/wards/4B")).text
    assert "May these patients move?" in page and 'value="agree"' not in page


async def test_the_night_and_a_need_that_is_gone_end_it_by_the_clock(web: Web) -> None:
    _, _, asked = await agreed(web)
    jobs = Jobs(web.core.desk, web.house.inbox, web.core.clock)
    assert await jobs.wait() == 0
    web.core.clock.advance(timedelta(hours=8))
    assert (await jobs.wait(), await jobs.wait()) == (1, 0)
    move = web.core.desk.hospital.requests[RequestId(asked)].move
    assert move is not None and "between 21:00 and 07:00" in str(move.withdrawn)


async def test_the_ward_that_gets_the_patient_sees_who_comes_and_may_decline(web: Web) -> None:
    """No plan of this small hospital moves anybody to intensive care: the question is put straight to the desk."""
    api = await web.as_role(Role.ADMISSIONS)
    visit, waits = VisitId(await lying(api, "4B-A-01", 1)), RequestId(await ask(api, 1, sex="M"))
    move = Move(BedId("4B-A-01"), BedId("ICU-I-01"), "Would lie as well in another bed", 300, (waits,))
    await web.core.desk.act(AskMove(RequestId("M-1"), visit, move), Actor("asha"))
    icu, headers = await browser(web, Role.NURSE, "ICU")
    assert "Inpatient 1" not in (await icu.get("/wards/ICU")).text, "nobody comes before their own ward has agreed"
    nurse, theirs = await browser(web, Role.NURSE, "4B")
    assert (await nurse.post("/wards/4B/moves/M-1/answer", content="answer=agree", headers=theirs | FORM)).status_code == 200
    page = (await icu.get("/wards/ICU")).text
    assert "Coming from other wards" in page and "Inpatient 1" in page and "4B A1" in page and 'value="agree"' not in page
    assert (await icu.post("/wards/ICU/moves/M-1/answer", content="answer=agree", headers=headers | FORM)).status_code == 409
    answer = await icu.post("/wards/ICU/moves/M-1/answer", content="answer=decline&reason=no+nurse", headers=headers | FORM)
    assert answer.status_code == 200, answer.text
    said = "ICU cannot take the patient: no nurse."
    pages = [(await nurse.get("/wards/4B")).text, (await api.get("/admissions/plan")).text, answer.text]
    assert all(said in page for page in pages)
    assert web.core.desk.hospital.beds[BedId("ICU-I-01")].reserved_for is None
