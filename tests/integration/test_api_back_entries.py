"""Back entry over the API: the same lines, the same refusals as on the page."""

from typing import Any

import httpx

from flow.domain.bed import BedStatus
from flow.domain.ids import BedId
from flow.domain.roles import Role
from tests.integration.test_back_entry import CAME, put
from tests.integration.test_signin import signed_in
from tests.integration.web_house import Web, web

__all__ = ["web"]
PATH = "/api/v1/wards/4B/back-entries"
PERSON = {"mrn": "77", "name": "Meera Iyer", "sex": "F"}
LINE = {"deed": "came", "bed": "A1", "at": "2026-11-21T14:05:00+05:30", "by": "AR 12", "patient": PERSON}


async def enter(who: httpx.AsyncClient, **said: Any) -> httpx.Response:
    return await who.post(PATH, json={**LINE, **said})


async def test_what_a_ward_did_on_paper_is_entered_and_told(web: Web) -> None:
    nurse, head = await web.as_role(Role.NURSE, "4B"), await web.as_role(Role.SUPERVISOR)
    came = await enter(nurse)
    assert came.status_code == 201, came.text
    said = came.json()
    assert (said["deed"], said["bed"], said["by"]) == ("came", "4B-A-01", "AR 12")
    assert (said["at"], said["recorded_at"][:16]) == ("2026-11-21T14:05:00+05:30", "2026-11-21T09:00")
    moved = await enter(nurse, deed="moved", to="4B A2", at="2026-11-21T08:40:00Z", patient=None)
    left = await enter(nurse, deed="left", bed="4B-A-02", at="2026-11-21T08:50:00Z", patient=None)
    cleaned = await enter(head, deed="cleaned", at="2026-11-21T08:55:00Z", by="K-7", patient=None)
    assert [answer.status_code for answer in (moved, left, cleaned)] == [201, 201, 201]
    beds = web.core.desk.hospital.beds
    assert (beds[BedId("4B-A-01")].status, beds[BedId("4B-A-02")].status) == (BedStatus.AVAILABLE, BedStatus.CLEANING)
    story = (await (await web.as_role(Role.MANAGER)).get("/api/v1/history/beds/4B-A-01")).json()["items"]
    assert {each["source"].partition(":")[0] for each in story[:3]} == {"paper"}
    first = (await nurse.get(f"{PATH}?limit=3")).json()
    rest = (await nurse.get(f"{PATH}?limit=3&cursor={first['next']}")).json()
    assert [line["deed"] for line in (*first["items"], *rest["items"])] == ["cleaned", "left", "moved", "came"]
    assert (rest["items"][0], rest["next"], "Meera" in str(first)) == (said, None, False)


async def test_what_the_page_refuses_the_api_refuses_in_the_same_words(web: Web) -> None:
    nurse = await web.as_role(Role.NURSE, "4B")
    assert (await enter(nurse)).status_code == 201
    again, page = await enter(nurse), await put(await signed_in(web, "asha", Role.NURSE, "4B"), "came", **CAME)
    assert (again.status_code, again.json()["code"], page.status_code) == (409, "told-already", 409)
    assert again.json()["detail"] in page.text
    for wrong, status, code in (
        ({"at": "2026-11-21T14:40:00+05:30"}, 409, "in-future"),
        ({"at": "2026-11-01T14:40:00+05:30"}, 409, "too-long-ago"),
        ({"at": "2026-11-21T14:05:00"}, 422, "invalid-field"),
        ({"by": "Sister Asha of the night shift"}, 422, "not-initials"),
        ({"deed": "danced"}, 422, "invalid-field"),
        ({"patient": None}, 409, "nobody-named"),
        ({"patient": {"name": "Nobody"}}, 422, "patient-missing"),
        ({"bed": "ICU-I-01"}, 403, "other-ward"),
        ({"bed": "Z9"}, 404, "unknown-bed"),
        ({"deed": "moved", "bed": "A1"}, 409, "same-bed"),
        ({"deed": "moved", "bed": "A1", "to": "ICU I1"}, 403, "other-ward"),
        ({"deed": "cleaned", "bed": "A2"}, 403, "other-ward"),
    ):
        answer = await enter(nurse, **{"bed": "A2", "patient": "78", **wrong})
        assert (answer.status_code, answer.json()["code"]) == (status, code), (wrong, answer.text)


async def test_the_same_key_enters_a_line_once_and_it_is_taken_back_by_its_command(web: Web) -> None:
    nurse = await web.as_role(Role.NURSE, "4B")
    first, again = [await nurse.post(PATH, json=LINE, headers={"idempotency-key": "line-1"}) for _ in range(2)]
    assert (first.status_code, again.status_code, first.content) == (201, 201, again.content)
    undone = await nurse.post(f"/api/v1/commands/{first.json()['command']}/undo")
    assert undone.status_code == 200, undone.text
    assert web.core.desk.hospital.beds[BedId("4B-A-01")].status is BedStatus.AVAILABLE


async def test_it_is_for_those_who_enter_on_the_page(web: Web) -> None:
    for role, ward in ((Role.MANAGER, None), (Role.HOUSEKEEPING, None), (Role.NURSE, "ICU")):
        who = await web.as_role(role, ward)
        assert ((await enter(who)).status_code, (await who.get(PATH)).status_code) == (403, 403), role
