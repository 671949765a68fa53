"""Temporary places over the API: made, lain on, counted apart, taken away by hand and by the clock."""

from datetime import timedelta

from flow.domain.roles import Role
from flow.jobs import Jobs
from tests.integration.web_house import Web, web

__all__ = ["web"]
PATH = "/api/v1/wards/4B/temporary-places"


async def test_a_trolley_from_its_making_to_its_end(web: Web) -> None:
    nurse = await web.as_role(Role.NURSE, "4B")
    made = await nurse.post(PATH, json={"kind": "trolley", "near": "4B-A-01"})
    assert (made.status_code, made.json()["id"], made.json()["number"], made.json()["near"]) == (201, "4B:trolley-1", 1, "4B-A-01")
    visit = await nurse.post("/api/v1/visits", json={"patient": "MRN-1", "bed": "4B:trolley-1"})
    assert visit.status_code == 201, visit.text
    listed = (await nurse.get(PATH)).json()["items"]
    assert [(place["id"], place["occupied"]) for place in listed] == [("4B:trolley-1", True)]
    counts = (await nurse.get("/api/v1/beds/availability")).json()["totals"]
    assert (counts["temporary"], counts["occupied"]) == (1, 0)
    taken = await nurse.delete(f"{PATH}/4B:trolley-1")
    assert (taken.status_code, taken.json()["code"]) == (409, "bed-occupied")
    assert (await nurse.post(f"{visit.headers['location']}/transfer", json={"bed": "4B-A-01"})).status_code == 200
    jobs = Jobs(web.core.desk, web.house.inbox, web.core.clock)
    assert await jobs.clear_places() == 0
    web.core.clock.advance(timedelta(minutes=61))
    assert (await jobs.clear_places(), await jobs.clear_places()) == (1, 0)
    assert (await nurse.get(PATH)).json()["items"] == []


async def test_the_same_key_makes_one_place_and_others_may_not(web: Web) -> None:
    desk, other = await web.as_role(Role.ADMISSIONS), await web.as_role(Role.NURSE, "ICU")
    for _ in range(2):
        assert (await desk.post(PATH, json={"kind": "chair"}, headers={"idempotency-key": "c1"})).json()["number"] == 1
    assert (await other.post(PATH, json={"kind": "chair"})).status_code == 403
    assert (await desk.post(PATH, json={"kind": "hammock"})).status_code == 422
    assert (await desk.delete(f"{PATH}/4B:chair-1")).status_code == 200
    assert (await desk.delete(f"{PATH}/4B-A-01")).status_code == 404
