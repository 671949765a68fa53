"""The nurse's deeds by the forms of her page, on real stores; and nurse and feed at odds, in both orders and at the same moment."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from adt_feed.explain import explain
from allocation.engine import Engine
from flow.domain.bed import BedState, BedStatus
from flow.domain.care import Isolation
from flow.domain.commands import AssignBed, RequestBed
from flow.domain.ids import BedId, RequestId, VisitId
from flow.domain.request import BedRequest, RequestStatus
from flow.domain.visit import VisitStatus
from flow.main.choosing import choosing
from flow.main.house import interpreter
from flow.web.rooms import Integration
from tests.integration.feed_house import send, settled, stay
from tests.integration.test_desk import NURSE, open_house
from tests.integration.test_ward_places import _nurse
from tests.integration.web_house import Web, make_web

A1, A2, A3 = BedId("4B-A-01"), BedId("4B-A-02"), BedId("4B-A-03")
BEDS = "/wards/4B/beds"
TAPPED = 180
"""The nurse's clock stands so many minutes after the letters' first."""


@pytest.fixture
async def web(dsn: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Web]:
    """With letters that are read, and the hard rules."""
    async with AsyncExitStack() as stack:
        core = await open_house(stack, dsn, redis_url, tmp_path)
        core.desk.interpret = core.desk._letters.interpret = interpreter(core.desk.people)
        core.clock.advance(timedelta(minutes=TAPPED))
        engine = Engine(core.desk.plan)
        yield make_web(
            core,
            stack,
            tmp_path,
            integration=Integration(explain=explain),
            admissions=choosing(engine, core.desk, core.clock),
        )


def bed(web: Web, number: BedId) -> BedState:
    return web.core.desk.hospital.beds[number]


async def admitted(web: Web, nurse: Any, number: str, mrn: str, name: str, sex: str = "F") -> VisitId:
    answer = await nurse.post(f"{BEDS}/{number}/admit", data={"mrn": mrn, "name": name, "sex": sex})
    assert answer.status_code == 200, answer.text
    visit = bed(web, BedId(number)).visit
    assert visit is not None
    return visit


async def promised(web: Web, mrn: str, number: BedId = A2) -> None:
    """A bed is promised to the patient of that MRN."""
    patient = web.house.people.pseudonym(mrn)
    await web.core.desk.act(RequestBed(BedRequest(RequestId("R1"), patient, web.core.clock.now(), "general", sex="F")), NURSE)
    done = await web.core.desk.act(AssignBed(RequestId("R1"), number), NURSE)
    await web.core.live.reached(done.seq)


# -- by hand


async def test_two_patients_swap_and_it_is_taken_back(web: Web) -> None:
    nurse = await _nurse(web)
    one = await admitted(web, nurse, A1, "MRN-1", "Meera Iyer")
    other = await admitted(web, nurse, A2, "MRN-2", "Asha Rao")
    page = await nurse.get("/wards/4B/board")
    assert f'<option value="{A2}">A2 · Asha Rao · F</option>' in page.text
    done = await nurse.post(f"{BEDS}/{A1}/swap", data={"with": A2, "if_seq": bed(web, A1).seq})
    assert (done.status_code, bed(web, A1).visit, bed(web, A2).visit) == (200, other, one), done.text
    assert "A1 and A2: swapped" in done.text
    undo = done.text.split('action="/undo/')[1].split('"')[0]
    assert (await nurse.post(f"/undo/{undo}")).status_code == 303
    assert (bed(web, A1).visit, bed(web, A2).visit) == (one, other)
    assert (await nurse.post(f"{BEDS}/{A1}/swap", data={"with": A3})).status_code == 409
    said = await nurse.post(f"{BEDS}/{A1}/swap", data={"with": "a 2"})
    assert (said.status_code, "A1 and A2: swapped" in said.text) == (200, True), "as people say it"
    assert (await nurse.post(f"{BEDS}/{A1}/transfer", data={"to": "bed A3"})).status_code == 200 and bed(web, A3).visit is not None
    assert "Say it as it stands on its door" in (await nurse.post(f"{BEDS}/{A3}/transfer", data={"to": "Z9"})).text
    assert (await nurse.post(f"{BEDS}/{A1}/swap", data={"with": "ICU-I-01"})).status_code == 403


async def test_the_rules_are_asked_of_a_transfer_and_of_both_who_swap(web: Web) -> None:
    nurse = await _nurse(web)
    await admitted(web, nurse, A1, "MRN-1", "Meera Iyer")
    await admitted(web, nurse, "4B-B-01", "MRN-2", "Ravi Nair", "M")
    refused = await nurse.post(f"{BEDS}/{A1}/transfer", data={"to": "4B-B-02"})
    assert (refused.status_code, "men" in refused.text) == (409, True), refused.text
    assert (await nurse.post(f"{BEDS}/{A1}/swap", data={"with": "4B-B-01"})).status_code == 409
    assert (await nurse.post(f"{BEDS}/{A1}/transfer", data={"to": "4B-B-02", "reason": "x"})).status_code == 422
    moved = await nurse.post(f"{BEDS}/{A1}/transfer", data={"to": "4B-B-02", "reason": "screens are up"})
    assert moved.status_code == 200 and bed(web, BedId("4B-B-02")).status is BedStatus.OCCUPIED
    assert "screens are up" in moved.text


async def test_isolation_is_set_by_the_nurse_and_heeded_by_the_rules(web: Web) -> None:
    nurse = await _nurse(web)
    await admitted(web, nurse, A1, "MRN-1", "Meera Iyer")
    done = await nurse.post(f"{BEDS}/{A1}/isolation", data={"isolation": "contact", "organism": "MRSA", "if_seq": bed(web, A1).seq})
    assert done.status_code == 200 and "Isolation · Contact · MRSA" in done.text, done.text
    assert (bed(web, A1).isolation, bed(web, A1).care.isolation) == (True, Isolation.CONTACT)
    await admitted(web, nurse, "4B-B-01", "MRN-2", "Asha Rao")
    beside = await nurse.post(f"{BEDS}/4B-B-01/transfer", data={"to": A2})
    assert (beside.status_code, "infectious patient in the bay" in beside.text) == (409, True), "the engine knows at once"
    assert (await nurse.post(f"{BEDS}/{A1}/isolation", data={"isolation": ""})).status_code == 200
    assert (await nurse.post(f"{BEDS}/4B-B-01/transfer", data={"to": A2})).status_code == 200
    assert (await nurse.post(f"{BEDS}/{A3}/isolation", data={"isolation": "contact"})).status_code == 409


async def test_leave_of_absence_out_and_back(web: Web) -> None:
    nurse = await _nurse(web)
    visit = await admitted(web, nurse, A1, "MRN-1", "Meera Iyer")
    out = await nurse.post(f"{BEDS}/{A1}/leave", data={"back": "2026-11-22T18:00"})
    assert out.status_code == 200 and "On leave · back" in out.text, out.text
    assert (bed(web, A1).on_leave, web.core.desk.hospital.visits[visit].course.status) == (True, VisitStatus.ON_LEAVE)
    back = await nurse.post(f"{BEDS}/{A1}/leave", data={})
    assert back.status_code == 200 and not bed(web, A1).on_leave
    assert (await nurse.post(f"{BEDS}/{A1}/leave", data={"back": "2020-01-01T10:00"})).status_code == 422


# -- with the feed


async def test_who_comes_is_named_and_confirmed_with_a_tap_and_the_feed_agrees(web: Web) -> None:
    nurse = await _nurse(web)
    await send(web, stay(1, "ICU^I^1", visit="V1", mrn="77"))
    await promised(web, "77")
    page = await nurse.get("/wards/4B/board")
    assert "Canarita" in page.text and "Has arrived" in page.text
    done = await nurse.post(f"{BEDS}/{A2}/arrived", data={"if_seq": bed(web, A2).seq})
    assert (done.status_code, bed(web, A2).visit) == (200, "V1"), done.text
    assert "the HIS has not said so yet" in done.text
    seq = web.core.desk.hospital.beds[A2].seq
    await send(web, stay(2, "4B^A^2", "A02", visit="V1", mrn="77", minute=TAPPED + 5))
    assert (bed(web, A2).visit, bed(web, A2).seq, bed(web, A2).discrepancy) == ("V1", seq, None)
    assert "the HIS has not said so yet" not in (await nurse.get("/wards/4B/board")).text


async def test_a_stay_opened_by_hand_becomes_the_feeds(web: Web) -> None:
    nurse = await _nurse(web)
    await promised(web, "77")
    await nurse.post(f"{BEDS}/{A2}/arrived", data={})
    own = bed(web, A2).visit
    assert own is not None and own.startswith("M-")
    await send(web, stay(2, "4B^A^2", visit="N7", mrn="77", minute=TAPPED + 5))
    assert (bed(web, A2).visit, bed(web, A2).discrepancy) == ("N7", None)
    assert web.core.desk.hospital.visits[own].merged_into == "N7"
    rows = await web.core.database.pool.fetch("select holder from occupancy where bed = $1 and to_at is null and seq_to is null", A2)
    assert [row["holder"] for row in rows] == ["N7"], "one open stay"


async def test_the_feed_contradicts_the_nurse_and_both_beds_say_so(web: Web) -> None:
    nurse = await _nurse(web)
    await send(web, stay(1, "ICU^I^1", visit="V1", mrn="77"))
    await promised(web, "77")
    await nurse.post(f"{BEDS}/{A2}/arrived", data={})
    await send(web, stay(2, "4B^A^3", "A02", visit="V1", mrn="77", minute=TAPPED + 5))
    page = (await nurse.get("/wards/4B/board")).text
    assert "the ward saw this patient in 4B A2" in page and "the HIS has the patient seen here in 4B A3" in page


async def test_the_feed_was_faster(web: Web) -> None:
    nurse = await _nurse(web)
    await send(web, stay(1, "ICU^I^1", visit="V1", mrn="77"))
    await promised(web, "77")
    seen = bed(web, A2).seq
    await send(web, stay(2, "4B^A^3", "A02", visit="V1", mrn="77", minute=TAPPED))
    late = await nurse.post(f"{BEDS}/{A2}/arrived", data={"if_seq": seen})
    assert (late.status_code, bed(web, A3).visit, bed(web, A2).status) == (409, "V1", BedStatus.AVAILABLE), late.text
    await send(web, stay(3, "", "A03", visit="V1", mrn="77", minute=TAPPED + 1))
    gone = await nurse.post(f"{BEDS}/{A3}/discharge", data={})
    assert (gone.status_code, bed(web, A3).status) == (409, BedStatus.CLEANING)


async def test_left_by_the_nurse_and_then_by_the_feed_is_once(web: Web) -> None:
    nurse = await _nurse(web)
    await send(web, stay(1, "4B^A^1", visit="V1", mrn="77"))
    assert (await nurse.post(f"{BEDS}/{A1}/discharge", data={})).status_code == 200
    was = bed(web, A1)
    await send(web, stay(2, "4B^A^1", "A03", visit="V1", mrn="77", minute=TAPPED + 2))
    assert bed(web, A1) == was and was.status is BedStatus.CLEANING


@pytest.mark.parametrize("place", ["4B^A^2", "4B^A^3"])
@pytest.mark.parametrize("minute", [TAPPED - 1, TAPPED + 1])
async def test_nurse_and_feed_at_the_same_moment(web: Web, place: str, minute: int) -> None:
    """Whoever is first: one patient, one bed, the promise used up; a tap that came too late is told so; two words that differ are seen."""
    nurse = await _nurse(web)
    await send(web, stay(1, "ICU^I^1", visit="V1", mrn="77"))
    await promised(web, "77")
    letter = stay(2, place, "A02", visit="V1", mrn="77", minute=minute)
    tapped, _ = await asyncio.gather(nurse.post(f"{BEDS}/{A2}/arrived", data={"if_seq": bed(web, A2).seq}), web.house.inbox.keep([letter]))
    await settled(web)
    hospital = web.core.desk.hospital
    lies = [number for number, state in hospital.beds.items() if state.visit == "V1"]
    assert lies == [hospital.visits[VisitId("V1")].bed] and tapped.status_code in (200, 409)
    assert hospital.requests[RequestId("R1")].status is RequestStatus.ARRIVED
    doubts = [state.discrepancy for state in hospital.beds.values() if state.discrepancy]
    assert bool(doubts) == (place == "4B^A^3" and tapped.status_code == 200), doubts
    if tapped.status_code == 409:
        assert lies == [A3 if place == "4B^A^3" else A2]


async def test_who_is_isolated_in_a_bay_is_named_and_one_tap_asks_for_the_right_bed(web: Web) -> None:
    nurse = await _nurse(web)
    nurse.headers["hx-request"] = "true"
    await admitted(web, nurse, A1, "71", "Rao, Asha")
    assert (await nurse.post(f"{BEDS}/{A1}/apart")).status_code == 409, "not isolated"
    said = await nurse.post(f"{BEDS}/{A1}/isolation", data={"isolation": "droplet", "organism": "Influenza", "if_seq": bed(web, A1).seq})
    assert said.text.count("Isolated in a bed that is not for it") == 1 and "not a single room" in said.text
    assert f'action="{BEDS}/{A1}/apart"' in said.text
    asked = await nurse.post(f"{BEDS}/{A1}/apart")
    assert "A1: droplet isolation bed asked for" in asked.text and "another bed is asked for" in asked.text
    assert "/apart" not in asked.text, "asked for once"
    (made,) = web.core.desk.hospital.requests.values()
    assert (made.type, made.priority, made.isolation, made.isolation_kind, made.organism) == ("general", 2, True, "droplet", "Influenza")
    assert (made.visit, made.asked_by, made.status) == (bed(web, A1).visit, "4B", RequestStatus.READY)
    assert (await nurse.post(f"{BEDS}/{A1}/apart")).status_code == 409
    await admitted(web, nurse, A2, "72", "Iyer, Devi")
    both = await nurse.post(f"{BEDS}/{A2}/isolation", data={"isolation": "droplet", "organism": "Influenza", "if_seq": bed(web, A2).seq})
    assert "Isolated in a bed that is not for it" not in both.text, "two with the same organism may share a bay"
    await nurse.post("/wards/4B/places", data={"kind": "trolley"})
    out = await nurse.post(f"{BEDS}/{A2}/transfer", data={"to": "4B:trolley-1", "reason": "the bed is broken"})
    assert out.status_code == 200, out.text
    hints = out.text.split("Isolated in a bed that is not for it")
    assert "not a single room" in hints[1] and f'action="{BEDS}/4B:trolley-1/apart"' in hints[1], "nor is a trolley"
    assert "droplet isolation bed asked for" in (await nurse.post(f"{BEDS}/4B:trolley-1/apart")).text
