"""An override on its way from the desk's choice to the managers' report: kept as of the moment it was made, judged by what came of it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from allocation.engine import Engine
from flow.desk import Actor
from flow.domain.bed import BedStatus, OutOfUse
from flow.domain.cause import Origin
from flow.domain.commands import AssignBed, Chart, Person, SetBedStatus, Told
from flow.domain.ids import BedId, RequestId, VisitId
from flow.domain.roles import Role
from flow.domain.visit import Act, Fact, Order
from flow.history.choices import judged
from flow.main.choosing import choosing
from tests.integration.test_desk import NURSE, admit, open_house
from tests.integration.web_house import Web, make_web
from tests.plans import small_plan


@pytest.fixture
async def web(dsn: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Web]:
    engine = Engine(small_plan())
    async with AsyncExitStack() as stack:
        core = await open_house(stack, dsn, redis_url, tmp_path)
        yield make_web(core, stack, tmp_path, admissions=choosing(engine, core.desk, core.clock))


async def _asked(desk: httpx.AsyncClient, mrn: str, **more: object) -> str:
    person = {"mrn": mrn, "name": "Meera Iyer", "sex": "F"}
    made = await desk.post("/api/v1/bed-requests", json={"type": "private", "specialty": "Medicine", "patient": person, **more})
    assert made.status_code == 201, made.text
    found: str = made.json()["id"]
    return found


async def _promise(desk: httpx.AsyncClient, request: str, bed: str, reason: str | None = None) -> httpx.Response:
    return await desk.post(f"/api/v1/bed-requests/{request}/assignment", json={"bed": bed, "override_reason": reason})


async def test_the_choice_is_kept_as_it_was_when_it_was_made(web: Web) -> None:
    desk = await web.as_role(Role.ADMISSIONS)
    request = await _asked(desk, "MRN-1")
    before = web.house.admissions.weigh(web.core.desk.hospital.requests[request], BedId("4B-A-01"))  # type: ignore[index]
    assert (await _promise(desk, request, "4B-A-01", "Meera Iyer wants company")).status_code == 200
    blocked = SetBedStatus(BedId("4B-S-01"), BedStatus.MAINTENANCE, reason=OutOfUse.REPAIR)
    await web.core.desk.act(blocked, NURSE)
    now = web.core.clock.now()
    ((found, patient),) = await judged(web.core.database, now - timedelta(days=1), now + timedelta(seconds=1))
    assert before is not None
    assert found.choice.weighed == before
    assert (found.choice.weighed.best, found.choice.is_override) == ("4B-S-01", True)
    assert found.outcome.arrived_at is None
    assert patient is not None


async def test_what_came_of_it_is_told(web: Web) -> None:
    desk, clock = await web.as_role(Role.ADMISSIONS), web.core.clock
    request = await _asked(desk, "MRN-1")
    await _promise(desk, request, "4B-A-01")
    patient = web.core.desk.hospital.requests[request].patient  # type: ignore[index]
    clock.advance(timedelta(hours=1))
    await web.core.desk.act(admit("V1", "4B-A-01", clock.now(), patient), NURSE)
    clock.advance(timedelta(hours=5))

    async def outcome() -> object:
        ((found, _),) = await judged(web.core.database, clock.now() - timedelta(days=9), clock.now())
        return found.outcome

    arrived = await outcome()
    assert (arrived.bed, arrived.moved_again) == ("4B-A-01", False)  # type: ignore[attr-defined]
    assert arrived.arrived_at == clock.now() - timedelta(hours=5)  # type: ignore[attr-defined]
    moved = await desk.post("/api/v1/visits/V1/transfer", json={"bed": "4B-S-01"})
    assert moved.status_code == 200, moved.text
    assert (await outcome()).moved_again  # type: ignore[attr-defined]


async def test_what_is_undone_at_once_is_no_override_and_what_is_released_is_given_up(web: Web) -> None:
    desk = await web.as_role(Role.ADMISSIONS)
    request = await _asked(desk, "MRN-1")
    command = (await _promise(desk, request, "4B-A-01")).json()["command"]
    assert (await desk.post(f"/api/v1/commands/{command}/undo")).status_code == 200
    now = web.core.clock.now() + timedelta(seconds=1)
    assert await judged(web.core.database, now - timedelta(days=1), now) == []
    await _promise(desk, request, "4B-A-02")
    await desk.delete(f"/api/v1/bed-requests/{request}/assignment")
    ((found, _),) = await judged(web.core.database, now - timedelta(days=1), now)
    assert found.outcome.given_up


async def _hold(web: Web, desk: httpx.AsyncClient, request: str, bed: str, reason: str | None = None) -> None:
    until = web.core.clock.now() + timedelta(minutes=15)
    asked = {"bed": bed, "until": until.isoformat(), "hold": True, "override_reason": reason}
    held = await desk.post(f"/api/v1/bed-requests/{request}/assignment", json=asked)
    assert held.status_code == 200, held.text


async def _found(web: Web) -> list[tuple[str, str]]:
    """The beds and reasons of the report, the oldest first."""
    now = web.core.clock.now() + timedelta(seconds=1)
    found = await judged(web.core.database, now - timedelta(days=1), now)
    return [(each.choice.weighed.bed, each.choice.reason) for each, _ in reversed(found)]


async def test_a_hold_counts_once_it_is_a_promise_with_the_reason_it_was_made_for(web: Web) -> None:
    desk = await web.as_role(Role.ADMISSIONS)
    request = await _asked(desk, "MRN-1")
    await _hold(web, desk, request, "4B-B-01", "no other room")
    assert await _found(web) == []
    assert (await _promise(desk, request, "4B-B-01")).status_code == 200
    assert await _found(web) == [("4B-B-01", "no other room")]
    await desk.delete(f"/api/v1/bed-requests/{request}/assignment")
    await _hold(web, desk, request, "4B-A-02")
    await desk.delete(f"/api/v1/bed-requests/{request}/assignment")
    assert [bed for bed, _ in await _found(web)] == ["4B-B-01"], "a hold that was let go is no assignment"


async def test_a_hold_that_the_his_confirms_or_fills_is_an_assignment(web: Web) -> None:
    desk, core, his = await web.as_role(Role.ADMISSIONS), web.core, Actor("his", Origin.FEED)
    for mrn, bed, act in (("MRN-1", "4B-A-01", Act.PLAN), ("MRN-2", "4B-A-02", Act.ADMIT)):
        request = RequestId(await _asked(desk, mrn))
        await _hold(web, desk, request, bed)
        before, now = len(await _found(web)), core.clock.now()
        patient = core.desk.hospital.requests[request].patient
        fact = Fact(act, now, Order(now), bed)
        await core.desk.act(Chart((Told(VisitId(f"V-{mrn}"), Person(patient, sex="F"), fact),), feed="his"), his)
        assert [found for found, _ in (await _found(web))[before:]] == [bed]


async def test_the_report_counts_promises_without_a_choice_of_their_own(web: Web) -> None:
    desk, boss, core = await web.as_role(Role.ADMISSIONS), await web.as_role(Role.MANAGER), web.core
    first, second = RequestId(await _asked(desk, "MRN-1")), RequestId(await _asked(desk, "MRN-2"))
    await core.desk.act(AssignBed(first, BedId("4B-A-01")), NURSE)  # not through the web room: nothing was suggested
    await _hold(web, desk, second, "4B-A-02")
    core.clock.advance(timedelta(minutes=1))
    page = (await boss.get("/manager/overrides?range=7d")).text
    assert "1 assignment, none with a recorded suggestion" in page
    assert "no assignment yet" not in page


async def test_the_same_key_is_one_choice(web: Web) -> None:
    desk = await web.as_role(Role.ADMISSIONS)
    request = await _asked(desk, "MRN-1")
    for _ in range(2):
        asked = {"bed": "4B-A-01"}
        await desk.post(f"/api/v1/bed-requests/{request}/assignment", json=asked, headers={"idempotency-key": "k"})
    now = web.core.clock.now() + timedelta(seconds=1)
    assert len(await judged(web.core.database, now - timedelta(days=1), now)) == 1


async def test_managers_read_it_without_names_and_others_sums_or_nothing(web: Web) -> None:
    desk, boss = await web.as_role(Role.ADMISSIONS), await web.as_role(Role.MANAGER)
    await _promise(desk, await _asked(desk, "MRN-77"), "4B-A-01", "Iyer wants company")
    web.core.clock.advance(timedelta(minutes=1))
    page = (await boss.get("/manager/overrides?range=7d")).text
    assert "••• wants company" in page
    assert "4B A1" in page
    assert not any(word in page for word in ("Iyer", "Meera", "MRN-77"))
    file = await boss.get("/manager/overrides.csv?range=7d")
    assert (file.headers["content-type"], file.text.count("\r\n")) == ("text/csv; charset=utf-8", 2)
    assert "Iyer" not in file.text
    assert "4B A1" not in (await desk.get("/manager/overrides")).text, "the desk reads aggregates alone"
    assert (await (await web.as_role(Role.HOUSEKEEPING)).get("/manager/overrides")).status_code == 403
    web.core.clock.advance(timedelta(days=8))
    assert "4B A1" not in (await boss.get("/manager/overrides?range=7d")).text
