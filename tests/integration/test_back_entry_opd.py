"""What an outpatient clinic did on paper: its page, its API, who may enter it, and what a ward's page takes besides."""

import re
from datetime import timedelta
from typing import Any

import httpx

from flow.desk import Actor
from flow.domain.back_entry import EnterTokenBack, TokenDeed
from flow.domain.bed import BedStatus
from flow.domain.commands import MarkToken
from flow.domain.ids import BedId, ClinicId, TokenId
from flow.domain.opd import TokenStatus
from flow.domain.roles import Role
from tests.integration.cleaning_house import HTMX, empty
from tests.integration.feed_house import fed, send
from tests.integration.test_again import Lived, lived
from tests.integration.test_appointments import siu
from tests.integration.test_back_entry import CAME
from tests.integration.test_back_entry import PAGE as WARD_PAGE
from tests.integration.test_back_entry import put as put_ward
from tests.integration.test_census import text
from tests.integration.test_signin import csrf, signed_in
from tests.integration.web_house import Web, web

__all__ = ["fed", "lived", "web"]
PAGE, API = "/back-entry/opd/ENT", "/api/v1/opd/clinics/ENT/back-entries"
ENT = ClinicId("ENT")


async def put(who: httpx.AsyncClient, deed: str, **said: str) -> httpx.Response:
    token = await csrf(who, PAGE)
    return await who.post(f"{PAGE}/{deed}", data={"csrf": token, "by": "AR 12", **said}, headers=HTMX)


async def test_a_clinic_enters_its_paper_line_by_line(web: Web) -> None:
    desk = await signed_in(web, "reception", Role.OPD)
    assert f'href="{PAGE}"' in (await desk.get("/opd/ENT")).text
    given = await put(desk, "given", rank="14", group="elderly", at="2026-11-21T14:05")
    assert given.status_code == 200, given.text
    assert "E-014: entered from paper" in text(given.text) and "21 Nov 14:05 E-014: given AR 12 14:30, reception" in text(given.text)
    again = await put(desk, "given", rank="14", at="2026-11-21T14:06")
    assert again.status_code == 409 and "has E-014 waiting already, since 21 Nov 14:05" in again.text
    early = await put(desk, "called", rank="14", room="1", at="2026-11-21T14:00")
    assert early.status_code == 409 and "look at the time" in early.text
    assert (await put(desk, "called", rank="14", room="1", at="2026-11-21T14:10")).status_code == 200
    assert "E-014: called into Room 1" in text((await put(desk, "finished", rank="14", at="2026-11-21T14:20")).text)
    (token,) = web.core.desk.hospital.tokens.values()
    assert (token.status, token.of) == (TokenStatus.FINISHED, "elderly")
    for wrong, status in (({"at": ""}, 422), ({"by": "the whole night shift"}, 422), ({"room": ""}, 422)):
        answer = await put(desk, "called", **{"rank": "14", "room": "1", "at": "2026-11-21T14:21", **wrong})
        assert answer.status_code == status, answer.text
    assert (await put(desk, "danced", at="2026-11-21T14:21")).status_code == 404


async def test_a_line_is_taken_back_from_the_page(web: Web) -> None:
    desk = await signed_in(web, "reception", Role.OPD)
    given = await put(desk, "given", at="2026-11-21T14:05")
    action = re.search(r'action="(/undo/\d+)"', given.text)
    assert action
    headers = {**HTMX, "hx-current-url": f"http://localhost:8000{PAGE}"}
    undone = await desk.post(action[1], data={"csrf": await csrf(desk, PAGE)}, headers=headers)
    assert undone.status_code == 200 and 'class="back-entry"' in undone.text
    assert [token.status for token in web.core.desk.hospital.tokens.values()] == [TokenStatus.SKIPPED]
    anew = await put(desk, "given", rank="1", at="2026-11-21T14:07")
    assert anew.status_code == 200, "the number is free again"
    (token,) = web.core.desk.hospital.tokens.values()
    assert (token.status, token.number) == (TokenStatus.WAITING, "E-001")


async def test_yesterdays_paper_finds_the_numbers_that_the_desk_has_forgotten(web: Web) -> None:
    desk = await signed_in(web, "reception", Role.OPD)
    lines: tuple[tuple[str, str, dict[str, str]], ...] = (("given", "05", {}), ("called", "10", {"room": "1"}), ("finished", "20", {}))
    for deed, minute, more in lines:
        assert (await put(desk, deed, rank="14", at=f"2026-11-21T14:{minute}", **more)).status_code == 200
    web.core.clock.advance(timedelta(hours=31))
    late = await signed_in(web, "late", Role.OPD)
    fourteen = TokenId("ENT-20261121-014")
    assert (await put(late, "given", rank="3", at="2026-11-22T20:00")).status_code == 200
    assert fourteen not in web.core.desk.hospital.tokens, "30 hours after it was given"
    again = await put(late, "given", rank="14", at="2026-11-21T14:05")
    assert again.status_code == 409 and "has E-014 finished already, since 21 Nov 14:20" in again.text, again.text
    assert web.core.desk.hospital.tokens[fourteen].status is TokenStatus.FINISHED
    following = await put(late, "given", at="2026-11-21T14:25")
    assert following.status_code == 200 and "E-015: entered from paper" in text(following.text), following.text


async def test_a_number_far_above_all_others_is_asked_for_again(web: Web) -> None:
    desk = await signed_in(web, "reception", Role.OPD)
    assert 'name="sure"' in (await put(desk, "given", rank="14", at="2026-11-21T14:05")).text
    slip = await put(desk, "given", rank="151", at="2026-11-21T14:06")
    assert slip.status_code == 409 and "is it really E-151?" in slip.text
    assert (await put(desk, "given", rank="151", sure="yes", at="2026-11-21T14:06")).status_code == 200
    api = await web.as_role(Role.OPD)
    line = {"deed": "given", "rank": 300, "by": "AR", "at": "2026-11-21T14:07:00+05:30"}
    assert (await api.post(API, json=line)).json()["code"] == "number-far-off"
    assert (await api.post(API, json=line | {"sure": True})).status_code == 201


async def test_what_paper_tells_is_not_called_out(web: Web) -> None:
    desk = await signed_in(web, "reception", Role.OPD)
    assert (await put(desk, "given", rank="14", at="2026-11-21T12:05")).status_code == 200
    called = await put(desk, "called", rank="14", room="1", at="2026-11-21T12:10")
    assert called.status_code == 200, called.text
    assert await web.core.live.reached(web.core.desk.hospital.seq)
    (token,) = web.core.desk.hospital.tokens.values()
    call = f"/api/v1/opd/halls/ENT/call?room=room:ENT/1&token={token.number}"
    wall = (await desk.get("/displays/public/opd/ENT")).text
    assert 'data-token="E-014"' in wall and 'data-show="now"' not in wall
    assert (await desk.get(call)).status_code == 404, "nobody says it"
    queue = (await desk.get("/opd/ENT")).text
    assert 'data-show="now"' in queue and "Call again" in queue, "the clinic says what became of it"
    await web.core.desk.act(MarkToken(token.id, TokenStatus.CALLED), Actor("reception"))
    assert await web.core.live.reached(web.core.desk.hospital.seq)
    assert 'data-show="now"' in (await desk.get("/displays/public/opd/ENT")).text
    assert (await desk.get(call)).status_code == 200


async def test_the_api_takes_the_same_lines(fed: Web) -> None:
    await send(fed, siu("S12", "5", 24 * 60, "Raoova"))
    api = await fed.as_role(Role.OPD)

    async def line(**said: Any) -> httpx.Response:
        return await api.post(API, json={"by": "AR", "at": "2026-11-21T11:00:00Z", **said})

    given = await line(deed="given", mrn="MRN5", group="follow_up")
    assert given.status_code == 201, given.text
    assert (given.json()["number"], given.json()["deed"], given.json()["at"]) == ("E-001", "given", "2026-11-21T11:00:00Z")
    for said, status, code in (
        ({"deed": "given", "mrn": "MRN5"}, 409, "has-token"),
        ({"deed": "given", "mrn": "NOBODY"}, 404, "unknown-patient"),
        ({"deed": "called", "rank": 1, "room": "9"}, 404, "unknown-room"),
        ({"deed": "finished", "rank": 1}, 409, "illegal-transition"),
        ({"deed": "given", "rank": 0}, 422, "invalid-field"),
        ({"deed": "given", "by": "somebody of the night"}, 422, "not-initials"),
        ({"deed": "given", "at": "2026-11-21T14:00:00Z"}, 409, "in-future"),
    ):
        answer = await line(**said)
        assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert (await line(deed="absent", rank=1, at="2026-11-21T11:30:00Z")).status_code == 201
    listed = (await api.get(f"{API}?limit=1")).json()
    assert [each["deed"] for each in listed["items"]] == ["absent"] and listed["next"]
    assert "MRN5" not in (await api.get(API)).text
    for role in (Role.NURSE, Role.MANAGER, Role.DISPLAY):
        assert (await (await fed.as_role(role)).get(API)).status_code == 403


async def test_a_ward_enters_beds_out_of_use_and_isolation(web: Web) -> None:
    nurse, head = await signed_in(web, "asha", Role.NURSE, "4B"), await signed_in(web, "lata", Role.SUPERVISOR)
    await empty(web, BedId("4B-A-03"))
    assert (await put_ward(nurse, "came", **CAME)).status_code == 200
    page = (await nurse.get(WARD_PAGE)).text
    assert all(
        title in page for title in ("Somebody was isolated", "An isolation ended", "A bed went out of use", "A bed was in use again")
    )
    assert "A bed went out of use" not in (await head.get(WARD_PAGE)).text
    isolated = await put_ward(nurse, "isolated", bed="4B-A-01", isolation="droplet", organism="RSV", at="2026-11-21T14:15", by="AR")
    assert isolated.status_code == 200 and "4B A1: isolated (droplet)" in text(isolated.text), isolated.text
    blocked = await put_ward(nurse, "blocked", bed="4B-A-02", reason="repair", note="lamp", at="2026-11-21T14:20", by="AR")
    assert blocked.status_code == 200 and "4B A2: out of use (repair)" in text(blocked.text), blocked.text
    assert (await put_ward(head, "opened", bed="4B-A-02", at="2026-11-21T14:25", by="K-7")).status_code == 403
    assert (await put_ward(nurse, "opened", bed="4B-A-02", at="2026-11-21T14:10", by="AR")).status_code == 409
    assert (await put_ward(nurse, "opened", bed="4B-A-02", at="2026-11-21T14:25", by="AR")).status_code == 200
    beds = web.core.desk.hospital.beds
    assert (beds[BedId("4B-A-01")].isolation, beds[BedId("4B-A-02")].status) == (True, BedStatus.AVAILABLE)
    api = await web.as_role(Role.NURSE, "4B")
    lines = (await api.get("/api/v1/wards/4B/back-entries")).json()["items"]
    assert [(line["deed"], line["reason"], line["isolation"]) for line in lines[:3]] == [
        ("opened", None, None),
        ("blocked", "repair", None),
        ("isolated", None, "droplet"),
    ]
    again = await api.post(
        "/api/v1/wards/4B/back-entries",
        json={"deed": "cleared", "bed": "A1", "at": "2026-11-21T14:28:00+05:30", "by": "AR"},
    )
    assert again.status_code == 201, again.text
    assert not web.core.desk.hospital.beds[BedId("4B-A-01")].isolation


async def test_the_journal_decided_again_gives_what_the_clinic_entered(lived: Lived) -> None:
    await lived.expire()
    lived.clock.advance(timedelta(hours=3))
    now = lived.clock.now()
    rank = 1 + max((t.rank for t in lived.desk.hospital.tokens.values() if t.clinic == ENT), default=0) + 10
    for deed, minutes, room in ((TokenDeed.GIVEN, 50, None), (TokenDeed.CALLED, 40, "1"), (TokenDeed.FINISHED, 30, None)):
        line = EnterTokenBack(deed, ENT, now - timedelta(minutes=minutes), "AR", rank, room)
        assert await lived.act(line) is not None, deed
    verdict = await lived.decided_again()
    assert (verdict.differences, verdict.surprises) == ([], [])
