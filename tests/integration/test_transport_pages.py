"""Transports on the screens: a nurse asks, a porter accepts and delivers, a colleague is a tap too late, the manager looks on."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from flow.domain.bed import BedStatus
from flow.domain.check import Doubt
from flow.domain.discharge import Milestone, Way
from flow.domain.ids import VisitId
from flow.domain.roles import Role
from flow.domain.transport import Transport, TransportStatus
from flow.domain.transport_rules import TransportRules
from flow.history.transports import times
from tests.integration.test_checks import looked
from tests.integration.test_desk import open_house
from tests.integration.test_discharge_pages import begun, lying
from tests.integration.test_ward_places import _nurse
from tests.integration.web_house import Web, make_web, web
from tests.plans import small_plan

__all__ = ["web"]
HX = {"hx-request": "true"}
S = TransportStatus


async def asked(nurse: httpx.AsyncClient, **fields: str) -> str:
    """A porter is asked for A1; the page's answer."""
    data = {"bed": "4B-A-01", "to": "place:CT", "carried": "trolley", "priority": "2", **fields}
    answer = await nurse.post("/wards/4B/transports", data=data, headers=HX)
    assert answer.status_code == 200, answer.text
    return answer.text


def only_job(web: Web) -> Transport:
    (job,) = web.core.desk.hospital.transports.values()
    return job


async def taps(porter: httpx.AsyncClient, job: Transport, step: str) -> httpx.Response:
    return await porter.post(f"/porter/jobs/{job.id}/{step}", headers=HX)


async def test_from_the_nurses_tap_to_the_door(web: Web) -> None:
    nurse, porter = await _nurse(web), await web.as_role(Role.PORTER)
    await lying(web, nurse)
    assert "Nobody lies" not in (await nurse.get("/wards/4B")).text
    shown = await asked(nurse, oxygen="yes")
    assert "4B A1 → CT" in shown and "waits for a porter" in shown and "Porter asked for" in shown
    phone = (await porter.get("/porter")).text
    assert "4B A1" in phone and "CT" in phone and "I take it" in phone and "Meera" not in phone
    job = only_job(web)
    assert "Picked up" in (await taps(porter, job, "accept")).text
    assert "porter is coming" in (await nurse.get("/wards/4B/board")).text
    assert "Give back" not in (await taps(porter, job, "pick-up")).text
    assert "No transport" in (await taps(porter, job, "deliver")).text
    assert (only_job(web).status, only_job(web).oxygen) == (S.DELIVERED, True)
    assert "4B A1 → CT" not in (await nurse.get("/wards/4B/board")).text


async def test_two_porters_race_for_one_job(web: Web) -> None:
    nurse = await _nurse(web)
    await lying(web, nurse)
    await asked(nurse)
    porters = [await web.as_role(Role.PORTER) for _ in range(4)]
    answers = await asyncio.gather(*(taps(porter, only_job(web), "accept") for porter in porters))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    loser = next(answer for answer in answers if answer.status_code == 409)
    assert "A colleague has this job already. The next one is yours." in loser.text
    assert only_job(web).porter is not None


async def test_the_loser_reads_it_in_his_language(web: Web) -> None:
    nurse, first, second = await _nurse(web), await web.as_role(Role.PORTER), await web.as_role(Role.PORTER)
    await lying(web, nurse)
    await asked(nurse)
    answer = await second.get("/porter?lang=hi")
    assert answer.status_code == 303
    assert "व्हीलचेयर" in (await second.get("/porter")).text or "ट्रॉली" in (await second.get("/porter")).text
    await taps(first, only_job(web), "accept")
    assert "यह काम एक साथी के पास है" in (await taps(second, only_job(web), "accept")).text


async def test_taps_made_without_a_network_keep_their_time_and_are_counted_once(web: Web) -> None:
    nurse, porter = await _nurse(web), await web.as_role(Role.PORTER)
    await lying(web, nurse)
    await asked(nurse)
    job, at = only_job(web), web.core.clock.now()
    web.core.clock.advance(timedelta(minutes=30))
    headers = {**HX, "idempotency-key": "tap-0001-accept-one", "x-tapped-at": at.isoformat()}
    for _ in range(2):
        assert (await porter.post(f"/porter/jobs/{job.id}/accept", headers=headers)).status_code == 200
    assert only_job(web).accepted_at == at


async def test_who_leaves_with_a_porter_has_that_step_done(web: Web) -> None:
    nurse, porter = await _nurse(web), await web.as_role(Role.PORTER)
    visit = await begun(web, nurse, Way.CASH)
    await asked(nurse, to="exit", carried="wheelchair")
    for step in ("accept", "pick-up", "deliver"):
        assert (await taps(porter, only_job(web), step)).status_code == 200
    assert Milestone.TRANSPORT in web.core.desk.hospital.discharges[VisitId(visit)].marks


async def test_the_ward_and_the_desk_are_asked_at_once_whether_who_was_brought_out_has_left(web: Web) -> None:
    nurse, porter, desk = await _nurse(web), await web.as_role(Role.PORTER), await web.as_role(Role.ADMISSIONS)
    visit = VisitId(await begun(web, nurse, Way.CASH))
    await asked(nurse, to="exit")
    for step in ("accept", "pick-up", "deliver"):
        assert (await taps(porter, only_job(web), step)).status_code == 200
    out = web.core.clock.now()
    web.core.clock.advance(timedelta(minutes=7))
    check = await looked(web)
    assert (check.doubt, check.out_at) == (Doubt.BROUGHT_OUT, out)
    page = (await nurse.get("/wards/4B/board")).text
    assert "Has the patient left?" in page and "The porter has brought the patient out (Exit)." in page and "Still here" in page
    told = (await desk.get("/transports/board")).text
    assert "the ward is asked whether the patient has left" in told and "7 min" in told and "Meera" not in told
    done = await nurse.post(f"/wards/4B/checks/{check.id}", data={"seen": "empty_dirty"}, headers=HX)
    assert "A1: has left" in done.text and "/undo/" in done.text and "Has the patient left?" not in done.text
    discharge = web.core.desk.hospital.discharges[visit]
    assert (discharge.ended_at, discharge.marks[Milestone.EXIT].at) == (out, out)
    assert web.core.desk.hospital.beds[check.bed].status is BedStatus.CLEANING
    assert "is asked whether" not in (await desk.get("/transports/board")).text
    undo = done.text.partition('action="/undo/')[2].partition('"')[0]
    assert (await nurse.post(f"/undo/{undo}", headers={**HX, "referer": "http://localhost:8000/wards/4B"})).status_code == 200
    assert web.core.desk.hospital.beds[check.bed].visit == visit
    assert web.core.desk.hospital.discharges[visit].is_live


async def test_a_porter_who_says_empty_over_the_api_discharges_nobody(web: Web) -> None:
    nurse, porter = await _nurse(web), await web.as_role(Role.PORTER)
    visit = VisitId(await begun(web, nurse, Way.CASH))
    await asked(nurse, to="exit")
    for step in ("accept", "pick-up", "deliver"):
        await taps(porter, only_job(web), step)
    check = await looked(web)
    answer = await porter.post(f"/api/v1/checks/{check.id}/answer", json={"seen": "empty_dirty"})
    assert (answer.status_code, answer.json()["out_at"] is not None) == (200, True)
    assert (web.core.desk.hospital.visits[visit].is_open, web.core.desk.hospital.visits[visit].bed) == (True, None)


async def test_a_way_out_with_a_name_is_one_too(dsn: str, redis_url: str, tmp_path: Path) -> None:
    plan = replace(small_plan(), transport=TransportRules(exits=("Discharge lounge",)))
    async with AsyncExitStack() as stack:
        web = make_web(await open_house(stack, dsn, redis_url, tmp_path, plan), stack, tmp_path)
        nurse, porter = await _nurse(web), await web.as_role(Role.PORTER)
        await begun(web, nurse, Way.CASH)
        assert "Discharge lounge, leaves the house" in (await nurse.get("/wards/4B")).text
        refused = await nurse.post("/wards/4B/transports", data={"bed": "4B-A-01", "to": "exit:Nowhere"}, headers=HX)
        assert (refused.status_code, len(web.core.desk.hospital.transports)) == (422, 0)
        await asked(nurse, to="exit:Discharge lounge")
        assert "Discharge lounge" in (await porter.get("/porter")).text
        for step in ("accept", "pick-up", "deliver"):
            await taps(porter, only_job(web), step)
        check = await looked(web)
        assert (check.doubt, check.words) == (Doubt.BROUGHT_OUT, "The porter has brought the patient out (Discharge lounge).")


async def test_a_porter_takes_a_tap_back(web: Web) -> None:
    nurse = await _nurse(web)
    porter = await web.as_role(Role.PORTER)
    await lying(web, nurse)
    await asked(nurse)
    answer = await taps(porter, only_job(web), "accept")
    undo = answer.text.partition('action="/undo/')[2].partition('"')[0]
    undone = await porter.post(f"/undo/{undo}", headers={**HX, "referer": "http://localhost:8000/porter"})
    assert undone.status_code == 200 and "I take it" in undone.text
    assert (only_job(web).status, only_job(web).porter) == (S.REQUESTED, None)


async def test_the_desk_asks_and_calls_off_and_the_manager_sees_the_times(web: Web) -> None:
    nurse, porter, desk, manager = await _nurse(web), *[await web.as_role(r) for r in (Role.PORTER, Role.ADMISSIONS, Role.MANAGER)]
    await lying(web, nurse)
    shown = await desk.post("/transports", data={"bed": "4B-A-01", "to": "ward:ICU", "carried": "bed", "priority": "1"}, headers=HX)
    assert "4B A1 → ICU" in shown.text and "At once" in shown.text
    again = await desk.post("/transports", data={"bed": "4B-A-01", "to": "place:CT", "carried": "bed"}, headers=HX)
    assert (again.status_code, "already" in again.text) == (409, True)
    called_off = await desk.post(f"/transports/{only_job(web).id}/cancel", headers=HX)
    assert "No porter is asked for." in called_off.text
    await desk.post("/transports", data={"bed": "4B-A-01", "to": "place:CT"}, headers=HX)
    job = next(job for job in web.core.desk.hospital.transports.values() if job.is_live)
    for step, minutes in (("accept", 5), ("pick-up", 10), ("deliver", 15)):
        web.core.clock.advance(timedelta(minutes=minutes))
        await taps(porter, job, step)
    web.core.clock.advance(timedelta(minutes=1))
    page = (await manager.get("/transports")).text
    assert "5 / 5 min" in page and "30 / 30 min" in page and "Ask for a porter" not in page
    now = web.core.clock.now()
    took = await times(web.core.database, now - timedelta(hours=1), now + timedelta(hours=1))
    assert (took.done, took.accept.p50, took.pick_up.p90, took.ride.p50, took.whole.p50) == (1, 5, 10, 15, 30)


@pytest.mark.parametrize("to", ["place:Meera Iyer", "Meera Iyer", "ward:9", ""])
async def test_a_place_that_the_file_does_not_name_is_refused(web: Web, to: str) -> None:
    nurse = await _nurse(web)
    await lying(web, nurse)
    answer = await nurse.post("/wards/4B/transports", data={"bed": "4B-A-01", "to": to}, headers=HX)
    assert answer.status_code in (400, 422) and not web.core.desk.hospital.transports


async def test_a_thing_is_fetched_from_the_ward(web: Web) -> None:
    nurse = await _nurse(web)
    answer = await nurse.post("/wards/4B/transports", data={"bed": "", "to": "place:Laboratory"}, headers=HX)
    assert "Ward 4B → Laboratory" in answer.text and "A thing" in answer.text


async def test_the_road_over_the_api(web: Web) -> None:
    nurse, porter, other = await _nurse(web), await web.as_role(Role.PORTER), await web.as_role(Role.NURSE, "ICU")
    await lying(web, nurse)
    asked = {"bed": "4B-A-01", "to": "place:CT", "carried": "trolley", "priority": 2}
    assert (await other.post("/api/v1/transports", json=asked)).status_code == 403
    desk = await web.as_role(Role.ADMISSIONS)
    assert (await desk.post("/api/v1/transports", json={**asked, "bed": "9Z"})).status_code == 422
    made = await desk.post("/api/v1/transports", json=asked)
    assert (made.status_code, made.json()["from"], made.json()["status"]) == (201, "4B A1", "requested")
    at = f"/api/v1/transports/{made.json()['id']}"
    accepted = await porter.post(f"{at}/accept", json={"at": web.core.clock.now().isoformat()})
    assert (accepted.status_code, accepted.json()["status"]) == (200, "accepted")
    assert (await porter.post(f"{at}/accept", json={"at": "2026-03-01T08:00:00"})).status_code == 422
    assert (await porter.post(f"{at}/fly", json={})).status_code == 404
    assert (await porter.post("/api/v1/transports/T-none/accept", json={})).status_code == 409
    assert [job["id"] for job in (await porter.get("/api/v1/transports")).json()["items"]] == [made.json()["id"]]
    assert (await other.get("/api/v1/transports")).json()["items"] == []
