"""The desk's forms over the whole of a request's life: made with all its fields, edited, ready, of another priority, lapsed, identified."""

import re
from datetime import timedelta
from typing import Any

import httpx
import pytest
from starlette.requests import Request

from flow.domain.request import BedRequest
from flow.domain.roles import Role
from flow.web.pages.desk import requests
from tests.integration.test_api_pages import tap, undo_of
from tests.integration.test_signin import signed_in
from tests.integration.web_house import Web, web

__all__ = ["web"]
DESK = "/admissions"
ASKED = {
    "name": "Canaria Rao",
    "mrn": "CAN-0147",
    "sex": "F",
    "age": "67",
    "type": "general",
    "priority": "2",
    "need": "oxygen",
    "wish": "window",
    "specialty": "Medicine",
    "origin": "ED bay 6",
    "ready_at": "2026-11-21T14:00",
    "entitlement": "general",
    "insurer_limit": "4500",
    "room_choice": "private",
    "isolation": "droplet",
    "organism": "Influenza",
    "attendant": "on",
    "mother_of": "CAN-BABY",
    "rest": "end_of_life",
}


def the(web: Web) -> BedRequest:
    (found,) = web.house.desk.hospital.requests.values()
    return found


async def made(web: Web, **more: str) -> tuple[httpx.AsyncClient, BedRequest]:
    desk = await signed_in(web, "asha", Role.ADMISSIONS)
    answer = await tap(desk, DESK, f"{DESK}/requests", **(ASKED | more))
    assert answer.status_code == 200, answer.text
    return desk, the(web)


async def fields(desk: httpx.AsyncClient, request: BedRequest) -> dict[str, str]:
    """What the edit dialog would send, were nothing changed in it."""
    html = (await desk.get(f"{DESK}/requests/{request.id}/edit")).text
    said: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", html):
        if 'type="checkbox"' in tag and "checked" not in tag:
            continue
        name, value = re.search(r'name="(\w+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and " disabled" not in tag:
            said[name[1]] = value[1] if value else ""
    for name, options in re.findall(r'<select name="(\w+)"(?![^>]* disabled)[^>]*>(.*?)</select>', html, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        said[name] = chosen[1] if chosen else ""
    return said


async def test_a_request_is_made_with_all_that_a_bed_is_chosen_by(web: Web) -> None:
    _, request = await made(web)
    assert (request.priority, request.age, request.sex, request.specialty, request.origin) == (2, 67, "F", "Medicine", "ED bay 6")
    assert (request.needs, request.wishes, request.rest) == ({"oxygen"}, {"window"}, {"end_of_life"})
    assert (request.entitlement, request.insurer_limit, request.room_choice) == ("general", 4500, "private")
    assert (request.isolation, request.isolation_kind, request.organism, request.attendant) == (True, "droplet", "Influenza", True)
    assert request.mother_of == web.house.people.pseudonym("CAN-BABY")
    assert request.ready_at is not None
    assert f"{request.ready_at:%H:%M %z}" == "14:00 +0530"


async def test_an_edit_that_changes_nothing_changes_nothing(web: Web) -> None:
    desk, before = await made(web)
    answer = await tap(desk, DESK, f"{DESK}/requests/{before.id}/edit", **await fields(desk, before))
    assert answer.status_code == 200, answer.text
    assert the(web) == before


async def test_an_edit_is_of_the_version_looked_at_and_can_be_undone(web: Web) -> None:
    desk, before = await made(web)
    seen = await fields(desk, before)
    first = await tap(desk, DESK, f"{DESK}/requests/{before.id}/edit", **(seen | {"origin": "OPD 4", "isolation": ""}))
    assert (the(web).origin, the(web).isolation_kind, the(web).isolation) == ("OPD 4", None, False)
    late = await tap(desk, DESK, f"{DESK}/requests/{before.id}/edit", **(seen | {"origin": "ED"}))
    assert (late.status_code, "has changed since you looked" in late.text, the(web).origin) == (409, True, "OPD 4")
    assert (await tap(desk, DESK, undo_of(first.text))).status_code == 200
    assert the(web).origin == "ED bay 6"


async def test_what_chose_the_promised_bed_stays_and_the_rest_may_change(web: Web) -> None:
    desk, before = await made(web)
    await tap(desk, DESK, f"{DESK}/requests/{before.id}/assign", bed="4B-A-01", override_reason="nothing else")
    seen = await fields(desk, the(web))
    assert "type" not in seen
    assert "isolation" not in seen
    answer = await tap(desk, DESK, f"{DESK}/requests/{before.id}/edit", **(seen | {"priority": "1"}))
    assert answer.status_code == 200, answer.text
    assert (the(web).priority, the(web).isolation_kind, the(web).needs) == (1, "droplet", {"oxygen"})
    forced = await tap(desk, DESK, f"{DESK}/requests/{before.id}/edit", **(seen | {"if_seq": str(the(web).seq), "type": "icu"}))
    assert (forced.status_code, the(web).type) == (200, "general"), "a field that was disabled is not listened to"


async def test_a_tap_on_the_priority_takes_back_nobody_else_s_change(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read before another desk's change was committed, carried out after it: the one who taps is told."""
    desk, _ = await made(web, ready_at="")
    seen = the(web)

    async def as_seen(_: Request) -> BedRequest:
        return seen

    await tap(desk, DESK, f"{DESK}/requests/{seen.id}/ready", ready="yes")
    monkeypatch.setattr(requests, "found_request", as_seen)
    late = await tap(desk, DESK, f"{DESK}/requests/{seen.id}/priority", priority="1")
    assert (late.status_code, the(web).priority) == (409, seen.priority)
    assert the(web).ready_at is not None


async def test_priority_ready_and_not_ready_by_one_tap_each(web: Web) -> None:
    desk, request = await made(web, ready_at="")
    own = f"{DESK}/requests/{request.id}"
    raised = await tap(desk, DESK, f"{own}/priority", priority="1")
    assert (the(web).priority, "Priority 1" in raised.text) == (1, True)
    assert (await tap(desk, DESK, f"{own}/priority", priority="7")).status_code == 422
    assert "ready to move" in (await tap(desk, DESK, f"{own}/ready", ready="yes")).text
    assert the(web).status == "ready"
    await tap(desk, DESK, f"{own}/ready", ready="no")
    assert (the(web).status, the(web).ready_at) == ("waiting", None)


async def test_what_was_taken_off_lies_in_the_lapsed_list_for_a_day(web: Web) -> None:
    desk, request = await made(web)
    cancelled = await tap(desk, DESK, f"{DESK}/requests/{request.id}/cancel")
    assert f'id="lapsed-{request.id}"' in cancelled.text
    assert "Canaria Rao" in cancelled.text.split('id="lapsed"')[1]
    await tap(desk, DESK, undo_of(cancelled.text))
    assert the(web).is_unplaced
    again = await tap(desk, DESK, f"{DESK}/requests/{request.id}/cancel")
    back = await tap(desk, DESK, f"{DESK}/requests/{request.id}/take-up")
    assert (again.status_code, back.status_code, the(web).is_unplaced) == (200, 200, True)
    assert 'id="lapsed"' not in back.text
    await tap(desk, DESK, f"{DESK}/requests/{request.id}/cancel")
    web.core.clock.advance(timedelta(hours=25))
    later = await signed_in(web, "late", Role.ADMISSIONS)
    assert 'id="lapsed"' not in (await later.get(DESK)).text


async def test_the_lapsed_list_outlives_a_restart_and_keeps_its_names_to_itself(web: Web) -> None:
    desk, request = await made(web)
    await tap(desk, DESK, f"{DESK}/requests/{request.id}/cancel")
    del web.house.desk.hospital.requests[request.id]
    web.house.live.requests.pop(request.id, None)
    assert f'id="lapsed-{request.id}"' in (await desk.get(DESK)).text
    manager = await signed_in(web, "boss", Role.MANAGER)
    html = (await manager.get(DESK)).text
    assert f'id="lapsed-{request.id}"' in html
    assert "Canaria" not in html
    assert "take-up" not in html


async def test_somebody_whom_nobody_knows_is_placed_and_identified(web: Web) -> None:
    desk = await signed_in(web, "asha", Role.ADMISSIONS)
    nobody = await tap(desk, DESK, f"{DESK}/requests", unknown="on", sex="M", type="general", priority="1")
    assert "Unknown male 1" in nobody.text
    request = the(web)
    assert (await tap(desk, DESK, f"{DESK}/requests/{request.id}/assign", bed="4B-B-01", override_reason="now")).status_code == 200
    named = await tap(desk, DESK, f"{DESK}/requests/{request.id}/identity", mrn="CAN-77", name="Ravi Kumar")
    assert named.status_code == 200, named.text
    assert ("Ravi Kumar" in named.text, "Unknown male" in named.text) == (True, False)
    assert the(web).patient == web.house.people.pseudonym("CAN-77")
    twice = await tap(desk, DESK, f"{DESK}/requests/{request.id}/identity", mrn="CAN-78")
    assert (twice.status_code, "merged by the feed" in twice.text) == (409, True)


async def test_filters_stay_in_the_address_over_forms_and_refreshes(web: Web) -> None:
    desk, request = await made(web)
    await tap(desk, DESK, f"{DESK}/requests", name="Other Ola", mrn="O1", type="icu", priority="4")
    page = f"{DESK}?ward=4B&priority=2"
    html = (await desk.get(page)).text
    assert re.search(r'id="count"[^>]*>1 of 2</span>', html)
    answer = await tap(desk, page, f"{DESK}/requests/{request.id}/ready", ready="yes")
    assert f'hx-get="/admissions/board?request={request.id}&amp;ward=4B&amp;priority=2"' in answer.text
    none = (await desk.get(f"{DESK}?ward=ICU&priority=1")).text
    assert "Nobody on the list matches." in none
    assert 'id="clear-filters"' in none
