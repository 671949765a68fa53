"""Visits, cleaning, the outpatient queue and the past over the API, as one day in a hospital without a feed."""

from datetime import timedelta

from flow.desk import Actor
from flow.domain.cause import Origin
from flow.domain.commands import Chart, Person, Told
from flow.domain.ids import PatientId, VisitId
from flow.domain.roles import Role
from flow.domain.visit import Act, Fact, Order
from tests.integration.web_house import Web, web

__all__ = ["web"]


async def test_a_stay_by_hand(web: Web) -> None:
    desk, cleaner = await web.as_role(Role.ADMISSIONS), await web.as_role(Role.HOUSEKEEPING)
    admitted = await desk.post("/api/v1/visits", json={"patient": {"mrn": "M1", "name": "Ravi Das", "sex": "M"}, "bed": "4B-B-01"})
    visit = admitted.json()
    assert (admitted.status_code, visit["status"], visit["bed"], visit["person"]["name"]) == (201, "in_progress", "4B-B-01", "Ravi Das")
    path = admitted.headers["location"]
    web.core.clock.advance(timedelta(hours=1))
    moved = (await desk.post(f"{path}/transfer", json={"bed": "ICU-I-01"})).json()
    assert (moved["bed"], [m["bed"] for m in moved["movements"]]) == ("ICU-I-01", ["4B-B-01", "ICU-I-01"])
    assert moved["movements"][0]["to"] == moved["movements"][1]["from"]
    web.core.clock.advance(timedelta(hours=1))
    left = (await desk.post(f"{path}/discharge", json={})).json()
    assert (left["status"], left["bed"]) == ("finished", None)
    jobs = (await cleaner.get("/api/v1/cleaning-jobs")).json()["items"]
    assert [(job["id"], job["stage"]) for job in jobs] == [("4B-B-01", "waiting"), ("ICU-I-01", "waiting")]
    started = (await cleaner.post("/api/v1/cleaning-jobs/ICU-I-01/start", json={})).json()
    assert (started["stage"], started["done"]) == ("in_progress", False)
    assert (await cleaner.post("/api/v1/cleaning-jobs/ICU-I-01/suspend")).json()["stage"] == "suspended"
    assert (await cleaner.post("/api/v1/cleaning-jobs/ICU-I-01/inspect")).json()["stage"] == "inspection"
    assert (await cleaner.post("/api/v1/cleaning-jobs/ICU-I-01/finish")).json()["done"] is True
    again = await cleaner.post("/api/v1/cleaning-jobs/ICU-I-01/finish")
    assert (again.status_code, again.json()["code"]) == (409, "no-job")


async def test_an_occupied_bed_is_not_set_but_left(web: Web) -> None:
    desk = await web.as_role(Role.ADMISSIONS)
    await desk.post("/api/v1/visits", json={"patient": "M1", "bed": "4B-B-01", "visit": "V-1"})
    refused = await desk.post("/api/v1/beds/4B-B-01/status", json={"status": "available"})
    assert (refused.status_code, refused.json()["code"]) == (409, "bed-occupied")
    second = await desk.post("/api/v1/visits", json={"patient": "M2", "bed": "4B-B-01"})
    assert (second.status_code, second.json()["code"]) == (409, "bed-occupied")
    twice = await desk.post("/api/v1/visits", json={"patient": "M3", "bed": "4B-B-02", "visit": "V-1"})
    assert (twice.status_code, twice.json()["code"]) == (422, "visit-exists")
    assert (await desk.post("/api/v1/visits/V-9/discharge", json={})).json()["code"] == "unknown-visit"


async def test_nobody_is_admitted_by_hand_into_a_second_bed(web: Web) -> None:
    desk = await web.as_role(Role.ADMISSIONS)
    await desk.post("/api/v1/visits", json={"patient": "M1", "bed": "4B-B-01", "visit": "V-1"})
    second = await desk.post("/api/v1/visits", json={"patient": "M1", "bed": "4B-B-02"})
    assert (second.status_code, second.json()["code"]) == (409, "already-in-a-bed")
    await desk.post("/api/v1/visits/V-1/discharge", json={})
    assert (await desk.post("/api/v1/visits", json={"patient": "M1", "bed": "4B-B-02"})).status_code == 201


async def test_visits_are_listed_by_status(web: Web) -> None:
    desk, nurse = await web.as_role(Role.ADMISSIONS), await web.as_role(Role.NURSE, "ICU")
    for number, bed in (("V-1", "4B-B-01"), ("V-2", "ICU-I-01")):
        assert (await desk.post("/api/v1/visits", json={"patient": number, "bed": bed, "visit": number})).status_code == 201
    await desk.post("/api/v1/visits/V-1/discharge", json={})
    listed = (await desk.get("/api/v1/visits?status=in_progress")).json()
    assert [visit["number"] for visit in listed["items"]] == ["V-2"]
    first = (await desk.get("/api/v1/visits?limit=1")).json()
    assert [v["number"] for v in (await desk.get(f"/api/v1/visits?cursor={first['next']}")).json()["items"]] == ["V-2"]
    assert [visit["number"] for visit in (await nurse.get("/api/v1/visits")).json()["items"]] == ["V-2"]
    assert (await nurse.get("/api/v1/visits/V-1")).status_code == 404
    assert (await nurse.post("/api/v1/visits/V-2/transfer", json={"bed": "4B-A-01"})).status_code == 403


async def test_the_cleaner_sees_whom_the_clean_unblocks_and_no_name(web: Web) -> None:
    desk, cleaner = await web.as_role(Role.ADMISSIONS), await web.as_role(Role.HOUSEKEEPING)
    for bed in ("4B-A-01", "4B-A-02"):
        assert (await desk.post(f"/api/v1/beds/{bed}/status", json={"status": "cleaning"})).status_code == 200
    person = {"mrn": "CANARY-MRN", "name": "Canary Name"}
    made = (await desk.post("/api/v1/bed-requests", json={"patient": person, "type": "general", "priority": 1})).json()
    assert (await desk.post(f"/api/v1/bed-requests/{made['id']}/assignment", json={"bed": "4B-A-02"})).status_code == 200
    answer = await cleaner.get("/api/v1/cleaning-jobs")
    jobs = answer.json()["items"]
    assert [job["id"] for job in jobs] == ["4B-A-02", "4B-A-01"]
    assert (jobs[0]["unblocks"]["request"], jobs[1]["unblocks"]) == (made["id"], None)
    assert "canary" not in answer.text.lower()


async def test_a_token_goes_through_the_clinic(web: Web) -> None:
    opd = await web.as_role(Role.OPD)
    clinic = "/api/v1/opd/clinics/ENT"
    numbers = [(await opd.post(f"{clinic}/tokens", json={"priority": p})).json()["number"] for p in (3, 1)]
    assert numbers == ["E-001", "E-002"]
    assert [t["number"] for t in (await opd.get(f"{clinic}/queue")).json()["items"]] == ["E-002", "E-001"]
    called = (await opd.post(f"{clinic}/call-next", json={"room": "1"})).json()
    assert (called["number"], called["status"], called["room"]) == ("E-002", "called", "1")
    token = f"/api/v1/opd/tokens/{called['id']}"
    assert (await opd.post(f"{token}/start")).json()["status"] == "in_room"
    refused = await opd.post(f"{token}/skip")
    assert (refused.status_code, refused.json()["code"]) == (409, "illegal-transition")
    assert (await opd.post(f"{token}/finish")).json()["status"] == "finished"
    assert (await opd.post(f"{token}/dance")).status_code == 404
    away = (await opd.post(f"{clinic}/rooms/1", json={"back_at": "2026-11-21T16:00:00+05:30"})).json()
    assert away["back_at"] == "2026-11-21T16:00:00+05:30"
    assert (await opd.get("/api/v1/opd/clinics")).json()["items"][0]["waiting"] == 1


async def test_any_past_moment_is_known(web: Web) -> None:
    desk, manager = await web.as_role(Role.ADMISSIONS), await web.as_role(Role.MANAGER)
    then = web.core.clock.now()
    web.core.clock.advance(timedelta(minutes=5))
    await desk.post("/api/v1/visits", json={"patient": "M1", "bed": "4B-B-01"})
    before = (await manager.get("/api/v1/history/at", params={"time": then.isoformat()})).json()
    now = (await manager.get("/api/v1/history/at", params={"time": web.core.clock.now().isoformat()})).json()
    statuses = [{bed["id"]: bed["status"] for bed in page["items"]}["4B-B-01"] for page in (before, now)]
    assert statuses == ["available", "occupied"]
    story = (await manager.get("/api/v1/history/beds/4B-B-01")).json()["items"]
    assert [(entry["kind"], entry["status"], entry["visit"]) for entry in story] == [
        ("bed-occupied", "occupied", None),
        ("bed-opened", "available", None),
    ]
    for query, status in (("", 400), ("?time=yesterday", 400), ("?time=2026-11-21T10:00:00", 400), ("?time=2030-01-01T00:00:00Z", 422)):
        assert (await manager.get(f"/api/v1/history/at{query}")).status_code == status


async def test_a_past_moment_is_known_better_later(web: Web) -> None:
    manager = await web.as_role(Role.MANAGER)
    web.core.clock.advance(timedelta(minutes=5))
    then = web.core.clock.now()
    web.core.clock.advance(timedelta(hours=1))
    fact = Fact(Act.ADMIT, then - timedelta(minutes=1), Order(then), place="4B-B-01")
    await web.core.desk.act(Chart((Told(VisitId("V-9"), Person(PatientId("p9"), "F", 40), fact),), feed="his"), Actor("his", Origin.FEED))
    asked = [{"time": then.isoformat(), **known} for known in ({"known_at": then.isoformat()}, {})]
    readings = [(await manager.get("/api/v1/history/at", params=query)).json() for query in asked]
    beds = [{bed["id"]: bed for bed in page["items"]}["4B-B-01"] for page in readings]
    assert [bed["status"] for bed in beds] == ["available", "occupied"] and beds[1]["visit"] is None, "managers see nobody"
    assert readings[0]["seq"] < readings[1]["seq"]
    early = {"time": then.isoformat(), "known_at": (then - timedelta(minutes=1)).isoformat()}
    assert "known_at lies before time" in (await manager.get("/api/v1/history/at", params=early)).text


async def test_a_patient_is_found_by_the_exact_mrn(web: Web) -> None:
    desk, nurse, other = await web.as_role(Role.ADMISSIONS), await web.as_role(Role.NURSE, "4B"), await web.as_role(Role.NURSE, "ICU")
    await desk.post("/api/v1/visits", json={"patient": {"mrn": "M-77", "name": "Asha Rao"}, "bed": "4B-A-01", "visit": "V-1"})
    found = {
        who: await caller.post("/api/v1/visits/search", json={"mrn": " M-77 "})
        for who, caller in (("desk", desk), ("own", nurse), ("other", other))
    }
    assert {who: [visit["number"] for visit in answer.json()["items"]] for who, answer in found.items()} == {
        "desk": ["V-1"],
        "own": ["V-1"],
        "other": [],
    }
    assert (await desk.post("/api/v1/visits/search", json={"mrn": "M-7"})).json()["items"] == []
    assert (await (await web.as_role(Role.MANAGER)).post("/api/v1/visits/search", json={"mrn": "M-77"})).status_code == 403
