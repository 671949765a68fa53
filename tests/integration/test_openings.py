"""Names for a reason (break-glass): opened by who sees none, masked ones or those of own patients; on record first, shut to the second,
each look in the trail, and reviewed."""

import asyncio
import html
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog
from starlette.routing import Route

from flow.domain.audit import Kind
from flow.domain.opening import LASTS, REASONS
from flow.domain.person import Guard, PersonDetails
from flow.domain.roles import Role
from flow.history.pool import NotStored
from realtime.hub import Hub
from realtime.stream import Stream
from tests.exported import Shown
from tests.integration.test_audit import trail
from tests.integration.test_desk import NURSE, admit, open_house
from tests.integration.test_exports import assert_comma, assert_excel, assert_parquet, assert_screen, get, report_of
from tests.integration.test_signin import csrf, signed_in
from tests.integration.web_house import PASSWORD, Web, make_web, web
from tests.plans import small_plan

__all__ = ["web"]
WHY = {"reason": REASONS[2], "words": "The family of Canaria waits at the desk"}
NAMES = {"4B-A-01": "Asha Rao", "4B-A-02": "Meera Iyer", "ICU-I-01": "Ravi Das"}


async def lying(web: Web) -> None:
    """Two in 4B, one in the ICU."""
    people = {bed: PersonDetails(web.house.people.pseudonym(bed), name, f"MRN-{bed}", sex="F") for bed, name in NAMES.items()}
    await web.house.people.put(people.values(), web.core.clock.now())
    for bed, person in people.items():
        await web.core.desk.act(admit(f"V-{bed}", bed, patient=person.patient), NURSE)


async def opens(browser: httpx.AsyncClient, ward: str = "4B", **said: str) -> httpx.Response:
    """The form of the page, sent."""
    form = {"csrf": await csrf(browser, f"/names?ward={ward}"), "ward": ward, "from": f"/wards/{ward}", **WHY, **said}
    return await browser.post("/names", data=form)


async def test_a_manager_reads_a_wards_names_for_a_quarter_of_an_hour(web: Web) -> None:
    await lying(web)
    manager = await signed_in(web, "farah", Role.MANAGER)
    before = (await manager.get("/wards/4B")).text
    assert "Names are masked" in before and "A••• R•••" in before and "Asha Rao" not in before
    answer = await opens(manager)
    assert (answer.status_code, answer.headers["location"]) == (303, "/wards/4B")
    page = (await manager.get("/wards/4B")).text
    assert "Asha Rao" in page and "Names of ward 4B are open to you" in page and 'data-names-left="900"' in page
    assert "A••• R•••" not in page and "Ravi Das" not in page
    assert "R••• D•••" in (await manager.get("/wards/ICU")).text, "one ward, and no other"
    (visit,) = [each for each in (await manager.get("/api/v1/visits")).json()["items"] if each["number"] == "V-4B-A-01"]
    assert visit["person"]["name"] == "Asha Rao"
    assert "Asha Rao" in (await manager.get("/census/4B")).text
    web.core.clock.advance(LASTS - timedelta(seconds=1))
    assert 'data-names-left="1"' in (await manager.get("/wards/4B")).text
    web.core.clock.advance(timedelta(seconds=1))
    after = (await manager.get("/wards/4B")).text
    assert "Asha Rao" not in after and "Names are masked" in after
    assert "Asha Rao" not in (await manager.get("/census/4B")).text + (await manager.get("/api/v1/visits")).text


async def test_it_is_on_record_before_anything_is_shown_and_its_words_are_sealed(web: Web) -> None:
    await lying(web)
    manager = await signed_in(web, "farah", Role.MANAGER)
    with structlog.testing.capture_logs() as logged:
        await opens(manager)
    (opening,) = await web.house.openings.waiting(web.core.clock.now(), 10)
    assert (opening.actor, opening.role, opening.ward, opening.reason, opening.words) == ("farah", "manager", "4B", *WHY.values())
    assert (opening.names, opening.until - opening.at) == (0, LASTS), "nobody was shown yet"
    said = [each for each in logged if each["event"] == "names.opened"]
    assert said == [{"event": "names.opened", "opening": opening.id, "actor": "farah", "ward": "4B", "log_level": "warning"}]
    assert not re.search("Canaria|family", str(logged) + str(await trail(web)))
    async with web.house.database.read() as connection:
        assert b"Canaria" not in await connection.fetchval("select words from opening")
    with pytest.raises(NotStored, match="Privilege"):
        async with web.house.database.write() as connection:
            await connection.execute("update opening set actor = 'somebody'")
    with pytest.raises(NotStored, match="Privilege"):
        async with web.house.database.write() as connection:
            await connection.execute("delete from opening")


async def test_each_look_stands_in_the_trail_by_itself(web: Web) -> None:
    await lying(web)
    manager = await signed_in(web, "farah", Role.MANAGER)
    await opens(manager)
    for _ in range(3):
        await manager.get("/wards/4B")
    await manager.get("/wards/ICU")
    (opening,) = await web.house.openings.waiting(web.core.clock.now(), 10)
    reads = await trail(web, Kind.READ)
    assert [(read.place, len(read.patients), read.detail.get("opening")) for read in reads] == [
        *[("4B", 2, opening.id)] * 3,
        ("ICU", 1, None),
    ]
    assert opening.names == 2
    web.core.clock.advance(timedelta(hours=1))
    await web.house.trail.settle()
    assert await trail(web, Kind.READ_AGAIN) == []


async def test_it_can_be_ended_and_another_ward_ends_it_too(web: Web) -> None:
    await lying(web)
    manager = await signed_in(web, "farah", Role.MANAGER)
    await opens(manager)
    await opens(manager, "ICU")
    assert "Asha Rao" not in (await manager.get("/wards/4B")).text
    assert "Ravi Das" in (await manager.get("/wards/ICU")).text
    answer = await manager.post("/names/end", data={"csrf": await csrf(manager, "/wards/ICU"), "from": "/wards/ICU"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/wards/ICU")
    assert "Ravi Das" not in (await manager.get("/wards/ICU")).text
    now = web.core.clock.now()
    assert [each.over(now) for each in await web.house.openings.waiting(now, 10)] == [True, True]


async def test_who_signs_out_has_nothing_open_any_more(web: Web) -> None:
    manager = await signed_in(web, "farah", Role.MANAGER)
    await opens(manager)
    now = web.core.clock.now()
    (opened,) = await web.house.openings.waiting(now, 10)
    assert not opened.over(now)
    assert (await manager.post("/sign-out", data={"csrf": await csrf(manager, "/wards/4B")})).status_code == 303
    (opened,) = await web.house.openings.waiting(now, 10)
    assert opened.over(now) and opened.ended_at is not None


async def test_a_name_that_is_withheld_stays_so_for_who_does_not_care_for_its_bearer(web: Web) -> None:
    await lying(web)
    private = PersonDetails(web.house.people.pseudonym("4B-A-01"), "Asha Rao", "MRN-4B-A-01", guards=((Guard.VIP, True),))
    await web.house.people.put([private], web.core.clock.now())
    manager, doctor = await signed_in(web, "farah", Role.MANAGER), await signed_in(web, "menon", Role.DOCTOR, "4B")
    for browser, shown in ((manager, False), (doctor, True)):
        await opens(browser)
        page = (await browser.get("/wards/4B")).text
        assert "Meera Iyer" in page and ("Asha Rao" in page) is shown and ("Name withheld" in page) is not shown
    (first, second) = sorted(await web.house.openings.waiting(web.core.clock.now(), 10), key=lambda each: each.id)
    assert (first.names, second.names) == (1, 2), "whose name was withheld was not shown"


async def test_of_those_who_wait_for_a_bed_as_well(web: Web) -> None:
    desk, manager = await web.as_role(Role.ADMISSIONS), await signed_in(web, "farah", Role.MANAGER)
    patient = {"mrn": "M-9", "name": "Zoya Khan", "birth_date": "1980-01-01", "sex": "F"}
    await desk.post("/api/v1/bed-requests", json={"patient": patient, "type": "general"})
    assert "Zoya Khan" not in (await manager.get("/admissions")).text
    await opens(manager, "waiting")
    assert "Zoya Khan" in (await manager.get("/admissions")).text


@pytest.mark.parametrize(
    ("role", "ward", "usual"), [(Role.ADMIN, None, "Names are hidden"), (Role.DOCTOR, "4B", "You see the names of your own patients")]
)
async def test_an_administrator_and_a_doctor_as_well(web: Web, role: Role, ward: str | None, usual: str) -> None:
    await lying(web)
    somebody = await signed_in(web, "kim", role, ward)
    page = (await somebody.get("/wards/4B")).text
    assert usual in page and "Asha Rao" not in page
    assert (await opens(somebody)).status_code == 303
    assert "Asha Rao" in (await somebody.get("/wards/4B")).text


async def test_a_fresh_proof_a_reason_and_words_are_asked_for(web: Web) -> None:
    await lying(web)
    manager = await signed_in(web, "farah", Role.MANAGER)
    for missing in ({"reason": ""}, {"words": "  why  "}, {"reason": "because"}, {"words": "x" * 400}):
        assert (await opens(manager, **missing)).status_code == 422, missing
    assert (await opens(manager, "9Z")).status_code == 403
    web.core.clock.advance(timedelta(minutes=6))
    asked = await opens(manager)
    assert asked.status_code == 403 and "Is it still you?" in asked.text
    assert await web.house.openings.unreviewed() == 0
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', asked.text.split('class="prove card"')[1]))
    assert (await manager.post("/names", data=fields | {"prove_password": PASSWORD})).status_code == 303
    assert "Asha Rao" in (await manager.get("/wards/4B")).text


async def test_nobody_else_opens_names(web: Web) -> None:
    await lying(web)
    doctor = await signed_in(web, "menon", Role.DOCTOR, "4B")
    token = await csrf(doctor, "/names")
    assert (await doctor.post("/names", data={"csrf": token, "ward": "ICU", **WHY})).status_code == 403
    assert (await doctor.post("/names", data={"csrf": token, "ward": "waiting", **WHY})).status_code == 403
    for role in (Role.NURSE, Role.ADMISSIONS, Role.AUDITOR, Role.HOUSEKEEPING):
        somebody = await signed_in(web, f"a-{role}", role, "4B" if role is Role.NURSE else None)
        assert (await somebody.get("/names")).status_code == 403, role
    programme = await web.as_role(Role.MANAGER)
    assert (await programme.post("/names", data={"ward": "4B", **WHY})).status_code == 403, "a programme has no reasons"
    assert await web.house.openings.unreviewed() == 0


@pytest.mark.parametrize("place", ["//evil.example", "https://evil.example/x", "/\\evil.example"])
async def test_it_leads_back_to_a_page_of_ours(web: Web, place: str) -> None:
    manager = await signed_in(web, "farah", Role.MANAGER)
    assert (await opens(manager, **{"from": place})).headers["location"] == "/"


async def test_an_auditor_reviews_each_and_says_what_was_found(web: Web) -> None:
    await lying(web)
    manager, auditor = await signed_in(web, "farah", Role.MANAGER), await signed_in(web, "lakshmi", Role.AUDITOR)
    await opens(manager)
    await manager.get("/wards/4B")
    await web.house.trail.settle()
    (opening,) = await web.house.openings.waiting(web.core.clock.now(), 10)
    web.house.doorkeeper._known.clear()
    web.core.clock.advance(timedelta(minutes=1))
    page = (await auditor.get("/openings")).text
    assert "Openings · 1 new" in page and "Goes on: it can be reviewed when it is over." in page
    assert all(word in page for word in ("farah", "ward 4B", WHY["reason"], WHY["words"]))
    token, at = await csrf(auditor, "/openings"), f"/openings/{opening.id}/review"
    assert (await auditor.post(at, data={"csrf": token, "remark": "too early"})).status_code == 409
    web.core.clock.advance(timedelta(minutes=14))
    await auditor.get("/audit")
    web.core.clock.advance(timedelta(minutes=2))
    assert (await auditor.post(at, data={"csrf": token, "remark": ""})).status_code == 422
    assert (await auditor.post(at, data={"csrf": token, "remark": "Asked the family: right"})).status_code == 303
    assert (await auditor.post(at, data={"csrf": token, "remark": "again"})).status_code == 409
    page = (await auditor.get("/openings")).text
    assert "1 new" not in page and "Asked the family: right" in page and "lakshmi" in page
    assert "Nothing waits for review." in (await auditor.get("/openings?new=yes")).text
    (reviewed,) = await web.house.openings.between(opening.at, web.core.clock.now(), 10)
    assert (reviewed.reviewed_by, reviewed.remark, reviewed.names) == ("lakshmi", "Asked the family: right", 2)
    assert "family" not in str([each.detail for each in await trail(web, Kind.WRITTEN)])
    with pytest.raises(NotStored, match="Privilege"):
        async with web.house.database.write() as connection:
            await connection.execute("update opening set reviewed_at = now()")


async def test_nobody_reviews_what_they_opened_themselves(web: Web) -> None:
    await lying(web)
    manager = await signed_in(web, "farah", Role.MANAGER)
    await opens(manager)
    (opening,) = await web.house.openings.waiting(web.core.clock.now(), 10)
    later = web.core.clock.now() + timedelta(hours=1)
    assert not await web.house.openings.review(opening.id, "farah", "all well", later)
    assert await web.house.openings.review(opening.id, "lakshmi", "all well", later)


async def test_the_list_is_a_file_as_others(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    await lying(web)
    manager, auditor = await signed_in(web, "farah", Role.MANAGER), await web.as_role(Role.AUDITOR)
    for ward in ("ICU", "4B"):
        await opens(manager, ward)
        await manager.get(f"/wards/{ward}")
        web.core.clock.advance(timedelta(minutes=2))
    ((first, _),) = [(each.id, each) for each in await web.house.openings.waiting(web.core.clock.now(), 10) if each.ward == "ICU"]
    assert await web.house.openings.review(first, "lakshmi", "=as it should be", web.core.clock.now())
    page = (await auditor.get("/openings")).text
    links = [html.unescape(each) for each in re.findall(r'href="([^"]+)" download', page)]
    report = await report_of(auditor, next(link for link in links if ".csv" in link), monkeypatch)
    (found,) = report.tables
    assert_screen(found, Shown(page))
    assert [(row[1].value, row[6].value, row[7].value) for row in found.rows] == [("farah", 2, 2), ("farah", 2, 1)]
    for link in links:
        content = await get(auditor, link)
        if link.partition("?")[0].endswith("xlsx"):
            assert_excel(report, content)
        elif ".csv" in link:
            assert_comma(found, content)
        else:
            assert_parquet(report, found, content)


@pytest.fixture
async def streaming(dsn: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Web]:
    async with AsyncExitStack() as stack:
        core = await open_house(stack, dsn, redis_url, tmp_path)
        hub = Hub(core.live, small_plan())
        running = asyncio.ensure_future(hub.run())
        stack.callback(running.cancel)
        yield make_web(core, stack, tmp_path, stream=lambda allow: Route("/api/v1/stream", Stream(hub, allow)))


class Listening:
    """One open stream of a browser."""

    def __init__(self, web: Web, browser: httpx.AsyncClient) -> None:
        self.sent, self._first = b"", asyncio.Event()
        cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        scope: dict[str, Any] = {"type": "http", "method": "GET", "path": "/api/v1/stream", "query_string": b"topics=ward:4B"}
        scope |= {"headers": [(b"cookie", cookies.encode()), (b"host", b"localhost:8000")], "client": ("192.0.2.7", 1)}
        scope |= {"scheme": "http", "server": ("localhost", 8000), "root_path": "", "http_version": "1.1"}
        self.task = asyncio.ensure_future(web.app(scope, self._receive, self._send))

    async def _receive(self) -> Any:
        await asyncio.Event().wait()

    async def _send(self, message: Any) -> None:
        self.sent += message.get("body", b"")
        if b"snapshot" in self.sent:
            self._first.set()

    async def begun(self) -> bytes:
        await asyncio.wait_for(self._first.wait(), 5)
        return self.sent


@pytest.mark.parametrize("how", ["ended", "over"])
async def test_a_stream_shows_more_while_names_are_open_and_ends_with_them(streaming: Web, how: str) -> None:
    web = streaming
    await lying(web)
    assert await web.core.live.reached(web.core.desk.hospital.seq)
    manager = await signed_in(web, "farah", Role.MANAGER)
    usual = Listening(web, manager)
    assert b"V-4B-A-01" not in await usual.begun()
    await opens(manager)
    opened = Listening(web, manager)
    assert b"V-4B-A-01" in await opened.begun()
    if how == "ended":
        await manager.post("/names/end", data={"csrf": await csrf(manager, "/wards/4B"), "from": "/"})
    else:
        web.core.clock.advance(timedelta(minutes=10))
        await manager.get("/wards/4B")
        web.core.clock.advance(timedelta(minutes=5))
    await asyncio.wait_for(opened.task, 5)
    after = Listening(web, manager)
    assert b"V-4B-A-01" not in await after.begun()
    for each in (usual, after):
        each.task.cancel()
    await asyncio.gather(usual.task, after.task, return_exceptions=True)
