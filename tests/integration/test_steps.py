"""The nurse station on real stores: a score by letter or a tap, shown to those who stand there alone; the two lists and their tap."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from flow.domain.bed import BedState
from flow.domain.ids import BedId
from flow.domain.plan import Bed
from flow.domain.request import MadeBy, RequestStatus
from flow.domain.roles import Role
from flow.main.escalating import Escalating
from flow.main.house import interpreter
from flow.views.bed_tile import Audience, bed_tile
from tests.integration.feed_house import Came, send, stay
from tests.integration.test_desk import NOW, open_house
from tests.integration.test_ward_places import _nurse
from tests.integration.web_house import Web, make_web

A1, A3, I1 = BedId("4B-A-01"), BedId("4B-A-03"), BedId("ICU-I-01")
PAGE = "/step-up-down"


@pytest.fixture
async def web(dsn: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Web]:
    async with AsyncExitStack() as stack:
        core = await open_house(stack, dsn, redis_url, tmp_path)
        core.desk.interpret = core.desk._letters.interpret = interpreter(core.desk.people)
        core.clock.advance(timedelta(hours=14))
        yield make_web(core, stack, tmp_path)


def score(number: int, total: int, visit: str, mrn: str, minute: int) -> Came:
    """An ORU with the total alone."""
    at = NOW + timedelta(minutes=minute)
    stamp = f"{at:%Y%m%d%H%M%S}+0000"
    text = (
        f"MSH|^~\\&|EMR|H|BF|H|{stamp}||ORU^R01|S{number}|P|2.5\rPID|1||{mrn}^^^H^MR||Canarita^Canaria||19800101|F\r"
        f"PV1|1|I|||||||||||||||||{visit}\rOBR|1|||OBS\rOBX|1|NM|NEWS2||{total}||||||F|||{stamp}"
    )
    return Came(text.encode(), f"S{number}", "R01", at)


async def full(web: Web) -> None:
    """One who is very ill in the ward, one who has been well for 13 hours in intensive care."""
    await send(web, stay(1, "4B^A^3", visit="V1", mrn="71"), stay(2, "ICU^I^1", visit="V2", mrn="72"))
    await send(web, score(3, 9, "V1", "71", 13 * 60), score(4, 1, "V2", "72", 30), score(5, 2, "V2", "72", 13 * 60))
    await web.core.live.reached(web.core.desk.hospital.seq)


async def test_the_lists_name_those_who_should_move_and_a_tap_asks_for_the_bed(web: Web) -> None:
    await full(web)
    desk = await web.as_role(Role.ADMISSIONS)
    desk.headers["hx-request"] = "true"
    page = (await desk.get(PAGE)).text
    assert 'id="step-V1"' in page and 'id="step-V2"' in page and "Canarita" in page
    assert page.index("step-V1") < page.index("Step down") < page.index("step-V2")
    asked = await desk.post(f"{PAGE}/V1/ask", data={"type": "icu", "priority": "1"})
    assert asked.status_code == 200 and "ICU bed asked for" in asked.text, asked.text
    (made,) = web.core.desk.hospital.requests.values()
    assert (made.type, made.priority, made.visit, made.made_by, made.asked_by) == ("icu", 1, "V1", MadeBy.WARD, "4B")
    assert made.status is RequestStatus.READY
    assert 'name="type" value="icu"' not in asked.text, "asked for once"
    assert (await desk.post(f"{PAGE}/V1/ask", data={"type": "icu"})).status_code == 409
    assert (await desk.post(f"{PAGE}/V2/ask", data={"type": "maternity"})).status_code == 422
    assert (await desk.post(f"{PAGE}/V9/ask", data={"type": "icu"})).status_code == 404
    undo = asked.text.split('action="/undo/')[1].split('"')[0]
    desk.headers["hx-current-url"] = f"http://localhost:8000{PAGE}"
    back = await desk.post(f"/undo/{undo}")
    assert back.status_code == 200 and 'name="type" value="icu"' in back.text, "undone on its own page"


async def test_a_nurse_sees_and_asks_for_those_of_the_own_ward(web: Web) -> None:
    await full(web)
    nurse, manager, cleaner = await _nurse(web), await web.as_role(Role.MANAGER), await web.as_role(Role.HOUSEKEEPING)
    page = (await nurse.get(PAGE)).text
    assert 'id="step-V1"' in page and 'id="step-V2"' not in page
    assert "Intensive beds of the whole house" in page and page.count("patients of ward 4B") == 2
    assert (await nurse.post(f"{PAGE}/V2/ask", data={"type": "general"})).status_code == 403
    seen = (await manager.get(PAGE)).text
    assert 'id="step-V2"' in seen and "Canarita" not in seen and "patients of ward" not in seen and 'name="type"' not in seen
    assert (await cleaner.get(PAGE)).status_code == 403


async def test_a_score_and_a_tap_show_on_the_ward_page_and_a_nearer_bed_is_named(web: Web) -> None:
    await full(web)
    nurse = await _nurse(web)
    board = (await nurse.get("/wards/4B/board")).text
    assert "score 9 · high" in board and "!! 9" in board
    assert "Should lie nearer the station" in board and "<b>A1</b>" in board
    seq = web.core.desk.hospital.beds[A3].seq
    done = await nurse.post(f"/wards/4B/beds/{A3}/acuity", data={"level": "low", "if_seq": seq})
    assert done.status_code == 200 and "A3: low risk" in done.text and "!! 9" not in done.text
    assert 'id="step-V1"' not in (await nurse.get(PAGE)).text
    assert (await nurse.post(f"/wards/4B/beds/{A3}/acuity", data={"level": "high", "if_seq": seq})).status_code == 409
    assert (await nurse.post(f"/wards/4B/beds/{A1}/acuity", data={"level": "high"})).status_code == 409, "nobody lies there"


async def test_the_api_tells_it_to_those_who_may_read_visits(web: Web) -> None:
    await full(web)
    nurse = await _nurse(web)
    told = (await nurse.get("/api/v1/visits/V1")).json()["acuity"]
    assert (told["level"], told["score"]) == ("high", 9)


async def test_a_score_that_turned_high_waits_on_the_ward_page_until_it_is_seen(web: Web) -> None:
    await full(web)
    nurse, other = await _nurse(web), await web.as_role(Role.NURSE, "ICU")
    board = (await nurse.get("/wards/4B/board")).text
    assert "The score has turned high · 1" in board and f'id="risen-{A3}"' in board
    assert (await nurse.get("/api/v1/visits/V1")).json()["acuity"]["unseen_since"] is not None
    escalating = Escalating(web.core.desk, web.core.database, web.core.clock)
    assert await escalating.look() and await escalating.look()
    assert [(each.rule, each.words) for each in await web.house.escalations.standing()] == [("score-high", "4B A3")], "told once"
    assert "1" in (await nurse.get("/escalations/bell")).text
    assert (await other.post("/api/v1/visits/V1/acuity/seen", json={})).status_code == 404
    seen = await nurse.post(f"/wards/4B/beds/{A3}/acuity/seen", data={"if_seq": web.core.desk.hospital.beds[A3].seq})
    assert seen.status_code == 200 and "A3: high score seen" in seen.text and "risen-" not in seen.text
    assert await escalating.look() and await web.house.escalations.standing() == []
    undo = seen.text.split('action="/undo/')[1].split('"')[0]
    await nurse.post(f"/undo/{undo}")
    assert (await nurse.post("/api/v1/visits/V1/acuity/seen", json={})).json()["acuity"]["unseen_since"] is None


async def test_public_screens_say_nothing_of_it(web: Web) -> None:
    await full(web)
    bed, state = web.core.desk.plan.beds[A3], web.core.desk.hospital.beds[A3]
    assert (shown(bed, state, Audience.PUBLIC), shown(bed, state, Audience.WARD), shown(bed, state, Audience.STAFF)) == (
        None,
        "!! 9",
        "!! 9",
    )
    wall = await web.as_role(Role.DISPLAY, "4B")
    public = await wall.get("/displays/public/ward/4B")
    assert public.status_code == 200 and "!! 9" not in public.text and "watch closely" not in public.text


def shown(bed: Bed, state: BedState, audience: Audience) -> str | None:
    return bed_tile(bed, state, audience).watch


async def test_an_old_score_moves_nobody(web: Web) -> None:
    await full(web)
    web.core.clock.advance(timedelta(hours=13))
    desk = await web.as_role(Role.ADMISSIONS)
    page = (await desk.get(PAGE)).text
    assert "step-V1" not in page and "step-V2" not in page
