"""Billing and the pharmacy see of a discharge their own step and what they need for it, and only discharges that wait or will wait for it:
on every page, in every answer, behind every door that is theirs."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from flow.domain.roles import MATRIX, May, Reach, Role
from flow.web.routes import API, PAGES
from tests.integration.web_house import Web, web

__all__ = ["web"]
V1 = "/api/v1"
CASH, CARE_HOME, DEAD = "4B-A-01", "4B-A-02", "4B-A-03"
"""Beds whose patients leave in cash (pharmacy, bill), to a care home (pharmacy alone), dead (bill alone)."""
WAYS = {CASH: "cash", CARE_HOME: "onward_3", DEAD: "death"}


async def leaving(web: Web) -> dict[str, str]:
    """The visits of three who are to leave, by their bed; another stays."""
    desk, nurse = await web.as_role(Role.ADMISSIONS), await web.as_role(Role.NURSE, "4B")
    visits = {}
    for number, bed in enumerate((*WAYS, "4B-S-01")):
        patient = {"mrn": f"M{number}", "name": f"Canaria {number}", "birth_date": "1950-01-01", "sex": "F"}
        made = await desk.post(f"{V1}/visits", json={"patient": patient, "bed": bed})
        assert made.status_code == 201, made.text
        visits[bed] = made.json()["number"]
    for bed, way in WAYS.items():
        begun = await nurse.post(f"{V1}/visits/{visits[bed]}/milestones", json={"way": way})
        assert begun.status_code == 200, begun.text
    return visits


async def listed(browser: httpx.AsyncClient) -> dict[str, Any]:
    return {each["bed"]: each for each in (await browser.get(f"{V1}/discharges")).json()["items"]}


@pytest.mark.parametrize(("role", "beds"), [(Role.PHARMACY, {CASH, CARE_HOME}), (Role.BILLING, {CASH, DEAD}), (Role.NURSE, set(WAYS))])
async def test_only_discharges_that_wait_for_them(web: Web, role: Role, beds: set[str]) -> None:
    visits = await leaving(web)
    reader = await web.as_role(role, "4B" if role is Role.NURSE else None)
    assert set(await listed(reader)) == beds
    page = (await reader.get("/discharges")).text
    assert {bed for bed, visit in visits.items() if f"leaving-{visit}" in page} == beds
    assert {bed for bed in visits if (await reader.get(f"{V1}/visits/{visits[bed]}/milestones")).status_code == 200} == beds


async def test_only_the_fields_they_need(web: Web) -> None:
    await leaving(web)
    pharmacy, billing = await web.as_role(Role.PHARMACY), await web.as_role(Role.BILLING)
    told, bill = (await listed(pharmacy))[CASH], (await listed(billing))[CASH]
    assert ([each["step"] for each in told["steps"]], told["open"]) == (["pharmacy"], ["pharmacy"])
    assert (told["way"], told["insurer"], told["preauth_at"]) == (None, None, None)
    assert ([each["step"] for each in bill["steps"]], bill["open"], bill["way"]) == (["billing"], [], "cash")
    for reader, shut in ((pharmacy, ("Summary", "Doctor", "Bill", "Cash", "Death")), (billing, ("Summary", "Doctor", "Pharmacy"))):
        page = (await reader.get("/discharges/board")).text
        rows = page.split("<article", 1)[1]
        assert "4B A1" in rows
        assert [word for word in shut if f">{word}" in rows.split("<details")[0] or f"<b>{word}" in rows] == []
        assert "Canaria" not in page and "76 F" not in page and "results awaited" not in page


async def test_a_step_that_is_done_leaves_the_list_in_an_hour(web: Web) -> None:
    visits = await leaving(web)
    pharmacy = await web.as_role(Role.PHARMACY)
    assert (await pharmacy.post(f"{V1}/visits/{visits[CASH]}/milestones/pharmacy", json={})).status_code == 200
    assert set(await listed(pharmacy)) == {CASH, CARE_HOME}, "a wrong tap can be taken back"
    web.core.clock.advance(timedelta(hours=1, seconds=1))
    assert set(await listed(pharmacy)) == {CARE_HOME}
    assert (await pharmacy.get(f"{V1}/visits/{visits[CASH]}/milestones")).status_code == 404
    assert (await pharmacy.post(f"{V1}/visits/{visits[CASH]}/milestones/pharmacy", json={"done": False})).status_code == 404


async def test_of_others_they_change_nothing_and_learn_nothing(web: Web) -> None:
    visits = await leaving(web)
    pharmacy, billing = await web.as_role(Role.PHARMACY), await web.as_role(Role.BILLING)
    for visit in (visits[DEAD], visits["4B-S-01"], "V-none"):
        answer = await pharmacy.post(f"{V1}/visits/{visit}/milestones/pharmacy", json={})
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown-visit"), "who lies there is told to nobody"
        assert (await pharmacy.post(f"/discharges/{visit}/step", data={"step": "pharmacy"})).status_code == 404
    for reader in (pharmacy, billing):
        for path in ("", f"/{visits[CASH]}/step"):
            form = {"visit": visits[CASH], "way": "cash", "step": "billing"}
            answer = await reader.post(f"/wards/4B/discharges{path}", data=form, headers={"hx-request": "true"})
            assert answer.status_code == 403 and "bed-row" not in answer.text, "the answer would be the ward's page"
    assert not {"billing", "pharmacy"} & {str(step) for step in marks(web, visits[CASH])}


def marks(web: Web, visit: str) -> Any:
    return web.core.desk.hospital.discharges[visit].marks  # type: ignore[index]


async def test_billing_says_how_a_patient_pays_before_there_is_an_order(web: Web) -> None:
    """Its own concern from the first day: the insurer is asked early."""
    visits = await leaving(web)
    billing, pharmacy = await web.as_role(Role.BILLING), await web.as_role(Role.PHARMACY)
    at = f"{V1}/visits/{visits['4B-S-01']}"
    asked = await billing.post(f"{at}/preauth", json={})
    assert asked.json()["insurer"]["awaited"] == "preauth"
    assert (await billing.post(f"{at}/milestones", json={"way": "pmjay", "ordered": False})).json()["way"] == "pmjay"
    assert "4B-S-01" in await listed(billing) and "4B-S-01" not in await listed(pharmacy)


def test_these_are_their_doors_and_no_others() -> None:
    """Whoever gives them another looks here at what its rows show."""
    rights = {right for right in May for role in (Role.BILLING, Role.PHARMACY) if MATRIX[role][right] is not Reach.NO}
    assert rights == {May.UNDO, May.DISCHARGES, May.DISCHARGE, May.ESCALATIONS}
    seen = {door.path for door in (*API, *PAGES) if door.method == "GET" and door.needs in rights}
    assert seen == {
        "/discharges",
        "/discharges/board",
        "/api/v1/discharges",
        "/api/v1/visits/{visit}/milestones",
        "/escalations",
        "/escalations/board",
        "/escalations/bell",
    }
