"""Temporary places on the ward page, by its forms: made, lain on, left, taken away, taken back; the walls are told."""

import asyncio

import pytest

from flow.domain.bed import BedStatus
from flow.domain.ids import BedId
from flow.domain.roles import Role
from flow.views.bed_tile import Audience
from realtime.hub import Hub
from realtime.topics import Topic
from tests.integration.web_house import ORIGIN, Web, web
from tests.plans import small_plan

__all__ = ["web"]
MADE = "/wards/4B/places"
FIRST = BedId("4B:trolley-1")


async def _nurse(web: Web, ward: str = "4B"):  # type: ignore[no-untyped-def]
    found = await web.as_role(Role.NURSE, ward)
    found.headers["hx-request"] = "true"
    return found


async def test_a_trolley_is_made_lain_on_left_and_taken_away(web: Web) -> None:
    nurse = await _nurse(web)
    made = await nurse.post(MADE, data={"kind": "trolley"})
    assert made.status_code == 200, made.text
    assert 'id="row-4B:trolley-1"' in made.text
    beds = f"/wards/4B/beds/{FIRST}"
    lain = await nurse.post(f"{beds}/admit", data={"mrn": "MRN-1", "name": "Meera Iyer", "sex": "F"})
    assert "7 beds · 0 occupied + 1 in temporary places" in lain.text
    assert "Meera Iyer" in lain.text
    assert (await nurse.post(f"{MADE}/{FIRST}/close", data={})).status_code == 409
    moved = await nurse.post(f"{beds}/transfer", data={"to": "4B-A-01"})
    assert "7 beds · 1 occupied" in moved.text
    back = await nurse.post("/wards/4B/beds/4B-A-01/transfer", data={"to": FIRST})
    assert web.core.desk.hospital.beds[FIRST].status is BedStatus.OCCUPIED, back.text
    assert (await nurse.post(f"{beds}/discharge", data={})).status_code == 200
    gone = await nurse.post(f"{MADE}/{FIRST}/close", data={})
    assert 'id="row-4B:trolley-1"' not in gone.text


async def test_making_one_is_taken_back(web: Web) -> None:
    nurse = await _nurse(web)
    made = (await nurse.post(MADE, data={"kind": "chair"})).text
    undo = made.partition('action="/undo/')[2].partition('"')[0]
    assert undo, made
    assert (await nurse.post(f"/undo/{undo}", data={})).status_code in (200, 303)
    assert web.core.desk.hospital.beds[BedId("4B:chair-1")].gone
    assert (await nurse.post(MADE, data={"kind": "chair"})).status_code == 200, "its number is given again"


async def test_others_and_other_wards_make_none(web: Web) -> None:
    assert (await (await _nurse(web, "ICU")).post(MADE, data={"kind": "chair"})).status_code == 403
    nurse = await _nurse(web)
    assert (await nurse.post(MADE, data={})).status_code == 422
    assert (await nurse.post(MADE, data={"kind": "shared", "near": "ICU-I-01"})).status_code == 404
    assert (await nurse.post(f"{MADE}/4B-A-01/close", data={})).status_code == 409, "a bed stays"
    assert (await nurse.post("/wards/4B/beds/4B:trolley-9/discharge", data={})).status_code == 404


async def test_the_walls_are_told_what_comes_and_goes(web: Web) -> None:
    hub, nurse = Hub(web.core.live, small_plan()), await _nurse(web)
    mailbox = hub.join(frozenset({Topic("ward", "4B")}), Audience.PUBLIC)
    await mailbox.take()
    await nurse.post(MADE, data={"kind": "floor"})
    hub.flush()
    async with asyncio.timeout(2):
        assert b'"key":"place:4B:floor-1"' in (data := (await mailbox.take())[0])
    assert b'"state":"free"' in data
    await nurse.post(f"{MADE}/4B:floor-1/close", data={})
    hub.flush()
    assert b'"state":"out"' in (await mailbox.take())[0]


@pytest.mark.parametrize("path", ["/admissions", "/manager"])
async def test_the_desk_and_the_managers_count_them_apart(web: Web, path: str) -> None:
    nurse = await _nurse(web)
    await nurse.post(MADE, data={"kind": "trolley"})
    await nurse.post(f"/wards/4B/beds/{FIRST}/admit", data={"mrn": "MRN-1", "name": "Meera Iyer", "sex": "F"})
    await web.account("boss", Role.MANAGER)
    await web.account("desk", Role.ADMISSIONS)
    reader = await web.client({"origin": ORIGIN})
    await reader.post("/login", data={"account": "boss" if path == "/manager" else "desk", "password": "correct horse battery"})
    text = (await reader.get(path)).text
    assert "1 in temporary places" in text
