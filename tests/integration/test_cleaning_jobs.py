"""Cleaning jobs on real stores: from leaving to ready, problems with photos, the supervisor's board, the ward, the API."""

from datetime import timedelta

import httpx
import pytest

from flow.domain.bed import BedStatus, Stage
from flow.domain.ids import BedId, WardId
from flow.domain.roles import Role
from flow.history.clean_jobs import by_cleaner, latest, times, times_by_ward
from flow.history.clean_problems import LONGEST_PHOTO
from flow.history.cleaners import Described
from flow.history.models import remake
from tests.drawn_pictures import JPEG, JPEG_WITH_MORE
from tests.integration.cleaning_house import BED, HTMX, Phone, empty, job, phone
from tests.integration.test_desk import NOW, NURSE, admit
from tests.integration.test_signin import csrf, signed_in
from tests.integration.web_house import ORIGIN, Web, web
from tests.plans import small_plan

__all__ = ["web"]


@pytest.fixture
async def admin(web: Web) -> httpx.AsyncClient:
    return await signed_in(web, "chief", Role.ADMIN)


async def _digest(web: Web, who: Phone) -> bytes:
    async with web.house.database.read() as connection:
        found: bytes = await connection.fetchval("select digest from device where id = $1", (await _device(web, who)))
    return found


async def _device(web: Web, who: Phone) -> str:
    cleaner = await web.house.cleaners.find(who.cleaner.id)
    assert cleaner is not None and cleaner.device is not None
    return cleaner.device


async def test_from_leaving_to_ready_by_one_phone_and_its_times(web: Web, admin: httpx.AsyncClient) -> None:
    await empty(web)
    meena = await phone(web, admin, "Meena")
    assert f'data-bed="{BED}"' in await meena.board()
    begun = await meena.tap("start")
    assert begun.status_code == 200 and "Clean done" in begun.text
    for minutes, what in ((5, "pause"), (9, "start"), (15, "done")):
        web.core.clock.advance(timedelta(minutes=minutes))
        web.house.doorkeeper._known.clear()
        await web.house.devices.seen(await _digest(web, meena), web.core.clock.now(), used=True)
        assert (await meena.tap(what)).status_code == 200
    assert web.core.desk.hospital.beds[BED].status is BedStatus.AVAILABLE
    now = web.core.clock.now() + timedelta(minutes=1)
    by_ward = await times_by_ward(web.house.database, now - timedelta(hours=1), now)
    assert by_ward[WardId("4B")] == by_ward[None] and set(by_ward) == {None, "4B"}
    found = await times(web.house.database, now - timedelta(hours=1), now, [WardId("4B")])
    assert (found.done, found.clean.p50, found.response.count, found.turn.count) == (1, 20.0, 1, 1)
    assert (await by_cleaner(web.house.database, now - timedelta(hours=1), now))[meena.cleaner.id].clean_p50 == 20
    (finished,) = await latest(web.house.database, now - timedelta(hours=1))
    assert (finished.bed, finished.outcome, finished.cleaner) == (BED, "done", meena.cleaner.id)
    await remake(web.house.database, small_plan(), web.house.people.vault, lambda done, of: None)
    assert await latest(web.house.database, now - timedelta(hours=1)) == [finished]


async def test_an_isolation_clean_is_for_the_trained_and_goes_step_by_step(web: Web, admin: httpx.AsyncClient) -> None:
    supervisor = await web.as_role(Role.SUPERVISOR)
    asked = await supervisor.post(f"/api/v1/beds/{BED}/status", json={"status": "cleaning", "clean": "isolation"})
    assert asked.status_code == 200
    meena, ravi = await phone(web, admin, "Meena", trained=True), await phone(web, admin, "Ravi")
    assert f'data-bed="{BED}"' not in await ravi.board()
    assert f'data-bed="{BED}"' in await meena.board()
    refused = await ravi.tap("start")
    assert refused.status_code == 409 and "isolation clean by a trained colleague" in refused.text
    await meena.tap("start")
    assert (await meena.tap("done")).status_code == 409
    for step in job(web).steps:
        assert (await meena.tap("step", part=step)).status_code == 200
    assert (await meena.tap("done")).status_code == 200


async def test_a_problem_with_its_photo_is_proposed_and_the_supervisor_blocks(web: Web, admin: httpx.AsyncClient) -> None:
    await empty(web)
    meena, ravi = await phone(web, admin, "Meena"), await phone(web, admin, "Ravi")
    number = "0123456789abcdef"
    assert (await meena.tap("problem", reason="repair", problem=number)).status_code == 200
    assert web.core.desk.hospital.beds[BED].status is BedStatus.CLEANING, "a cleaner proposes and blocks nothing"
    post = {"content-type": "image/jpeg", "x-csrf-token": meena.token}
    at = f"/housekeeping/problems/{number}/photo"
    assert (await ravi.client.post(at, content=JPEG, headers={**post, "x-csrf-token": ravi.token})).status_code == 404
    for body in (b"GIF89a" + b"\0" * 50, b"<svg onload=alert(1)>", b"\xff\xd8\xff" + b"\0" * LONGEST_PHOTO):
        assert (await meena.client.post(at, content=body, headers=post)).status_code in (409, 413)
    assert (await meena.client.post(at, content=JPEG_WITH_MORE, headers=post)).status_code == 204
    async with web.house.database.read() as connection:
        kept = await connection.fetchval("select photo from clean_problem where id = $1", number)
    assert JPEG[:40] not in kept, "sealed"
    lata = await signed_in(web, "lata", Role.SUPERVISOR)
    page = (await lata.get("/supervisor")).text
    assert f"/supervisor/problems/{number}/photo" in page and "Broken" in page
    shown = await lata.get(f"/supervisor/problems/{number}/photo")
    assert (shown.content, shown.headers["content-type"]) == (JPEG, "image/jpeg"), "nothing is kept but the picture"
    assert (await meena.client.get(f"/supervisor/problems/{number}/photo")).status_code == 403
    data = {"csrf": await csrf(lata, "/supervisor"), "verdict": "block"}
    done = await lata.post(f"/supervisor/problems/{number}", data=data, headers=HTMX)
    assert done.status_code == 200 and await web.house.problems.open() == []
    undo = done.text.split('action="/undo/')[1].split('"')[0]
    back = await lata.post(f"/undo/{undo}", data=data, headers={**HTMX, "hx-current-url": f"{ORIGIN}/supervisor"})
    assert back.status_code == 200 and f'id="problem-{number}"' in back.text, "who takes the block back has the report again"
    assert web.core.desk.hospital.beds[BED].status is BedStatus.CLEANING
    assert (await lata.post(f"/supervisor/problems/{number}", data=data, headers=HTMX)).status_code == 200
    bed = web.core.desk.hospital.beds[BED]
    assert (bed.status, bed.now.note) == (BedStatus.MAINTENANCE, "reported by housekeeping")
    assert (await lata.post(f"/supervisor/problems/{number}", data=data, headers=HTMX)).status_code == 409
    assert await web.house.problems.open() == []


async def test_two_taps_give_a_job_to_somebody_and_the_phone_shows_it(web: Web, admin: httpx.AsyncClient) -> None:
    await empty(web)
    await empty(web, BedId("4B-A-02"), "V2")
    meena = await phone(web, admin, "Meena")
    ravi = await phone(web, admin, "Ravi")
    lata = await signed_in(web, "lata", Role.SUPERVISOR)
    data = {"csrf": await csrf(lata, "/supervisor"), "bed": "4B-A-02", "cleaner": ravi.cleaner.id}
    given = await lata.post("/supervisor/give", data=data, headers=HTMX)
    assert given.status_code == 200 and "Offered, no answer yet" in given.text and "Ravi" in given.text
    assert 'data-ack="/housekeeping/beds/4B-A-02/coming"' in await ravi.board()
    assert 'data-bed="4B-A-02"' not in await meena.board()
    assert (await ravi.tap("coming", BedId("4B-A-02"))).status_code == 200
    assert "On the way" in (await lata.get("/supervisor/board", headers=HTMX)).text
    nobody = await lata.post("/supervisor/give", data={**data, "cleaner": "cleaner-none"}, headers=HTMX)
    assert nobody.status_code == 404


async def test_a_supervisor_asks_for_a_clean_by_hand(web: Web) -> None:
    lata = await signed_in(web, "lata", Role.SUPERVISOR)
    data = {"csrf": await csrf(lata, "/supervisor"), "bed": BED, "clean": "isolation"}
    assert (await lata.post("/supervisor/ask", data=data, headers=HTMX)).status_code == 200
    assert (job(web).why, len(job(web).steps), web.core.desk.hospital.beds[BED].status) == ("asked", 3, BedStatus.CLEANING)
    assert (await lata.post("/supervisor/ask", data={**data, "bed": "9Z"}, headers=HTMX)).status_code == 422


async def test_a_job_is_made_urgent_and_one_that_is_over_makes_no_clean_bed_dirty(web: Web) -> None:
    await empty(web)
    lata = await signed_in(web, "lata", Role.SUPERVISOR)
    data = {"csrf": await csrf(lata, "/supervisor"), "job": job(web).id}
    assert f'name="job" value="{job(web).id}"' in (await lata.get("/supervisor/board", headers=HTMX)).text
    assert (await lata.post(f"/supervisor/jobs/{BED}/stat", data=data, headers=HTMX)).status_code == 200 and job(web).stat
    for tap in ("start", "finish"):
        assert (await lata.post(f"/api/v1/cleaning-jobs/{BED}/{tap}", json={}, headers={"x-csrf-token": data["csrf"]})).status_code == 200
    late = await lata.post(f"/supervisor/jobs/{BED}/stat", data=data, headers=HTMX)
    assert late.status_code == 409 and "clean already" in late.text
    assert web.core.desk.hospital.beds[BED].status is BedStatus.AVAILABLE
    await web.core.desk.act(admit("V9", BED, NOW), NURSE)
    taken = await lata.post(f"/supervisor/jobs/{BED}/stat", data=data, headers=HTMX)
    assert taken.status_code == 409 and web.core.desk.hospital.beds[BED].daily_asked_at is None


async def test_an_undo_takes_the_finished_job_out_of_the_times(web: Web, admin: httpx.AsyncClient) -> None:
    await empty(web)
    meena = await phone(web, admin, "Meena")
    done = await meena.tap("done")
    undo = done.text.split('action="/undo/')[1].split('"')[0]
    headers = {**HTMX, "hx-current-url": "http://localhost:8000/housekeeping"}
    assert (await meena.client.post(f"/undo/{undo}", data={"csrf": meena.token}, headers=headers)).status_code == 200
    assert (web.core.desk.hospital.beds[BED].now.stage, job(web).is_open) == (Stage.WAITING, True)
    now = web.core.clock.now() + timedelta(minutes=1)
    assert (await times(web.house.database, now - timedelta(hours=1), now)).done == 0


async def test_a_daily_clean_and_a_bed_found_dirty_from_the_phone(web: Web, admin: httpx.AsyncClient) -> None:
    await web.core.desk.act(admit("V1", BED, NOW - timedelta(days=2)), NURSE)
    meena = await phone(web, admin, "Meena")
    assert f'id="daily-{BED}"' in await meena.board()
    data = {"csrf": meena.token}
    done = await meena.client.post(f"/housekeeping/beds/{BED}/daily", data=data, headers=HTMX)
    assert done.status_code == 200 and f'id="daily-{BED}"' not in done.text
    assert web.core.desk.hospital.beds[BED].status is BedStatus.OCCUPIED
    other = BedId("4B-A-02")
    dirty = await meena.client.post(f"/housekeeping/beds/{other}/dirty", data=data, headers=HTMX)
    assert dirty.status_code == 200 and "Found dirty" in dirty.text
    assert web.core.desk.hospital.beds[other].status is BedStatus.CLEANING


async def test_cleaners_are_added_with_a_badge_shown_once(web: Web) -> None:
    lata = await signed_in(web, "lata", Role.SUPERVISOR)
    token = await csrf(lata, "/supervisor/cleaners")
    added = await lata.post("/supervisor/cleaners", data={"csrf": token, "nick": "Meena", "trained": "yes"})
    assert added.status_code == 200 and "<svg" in added.text and "Badge of" in added.text
    (meena,) = await web.house.cleaners.all()
    assert (meena.nick, meena.trained) == ("Meena", True)
    page = (await lata.get("/supervisor/cleaners")).text
    assert "Badge of" not in page and "cleaner · Off shift · PIN none yet" in page
    assert page.index("Add somebody") < page.index("<h3>Meena</h3>") < page.index("Change, Meena"), "a line each, the rest folded"
    for what, data in (("shift", {"to": "on"}), ("pin", {}), ("", {"nick": "Meena K"})):
        path = f"/supervisor/cleaners/{meena.id}" + (f"/{what}" if what else "")
        assert (await lata.post(path, data={"csrf": token, **data})).status_code == 303
    (meena,) = await web.house.cleaners.all()
    assert (meena.nick, meena.trained, meena.on_shift) == ("Meena K", False, True)
    drawn = await lata.post(badge := f"/supervisor/cleaners/{meena.id}/badge", data={"csrf": token})
    assert "Badge of" in drawn.text and "data-print" in drawn.text
    assert (again := await lata.get(badge)).status_code == 303 and again.headers["location"] == "/supervisor/cleaners"
    assert (await lata.post(f"/supervisor/cleaners/{meena.id}/leave", data={"csrf": token})).status_code == 303
    assert await web.house.cleaners.all() == []


async def test_the_api_gives_a_job_looks_at_a_clean_and_says_how_long_it_took(web: Web) -> None:
    await empty(web)
    cleaner, supervisor = await web.as_role(Role.HOUSEKEEPING), await web.as_role(Role.SUPERVISOR)
    at = f"/api/v1/cleaning-jobs/{BED}"
    found = (await cleaner.get(at)).json()
    assert (found["why"], found["stat"], found["cleaner"]) == ("left", False, None)
    meena, _ = await web.house.cleaners.add(Described("Meena"), "lata", web.core.clock.now())
    given = (await supervisor.post(f"{at}/give", json={"job": found["job"], "cleaner": meena.id})).json()
    assert given["cleaner"] == meena.id and given["offered_at"]
    assert (await cleaner.post(f"{at}/give", json={"job": found["job"]})).status_code == 403
    await supervisor.post(f"{at}/give", json={"job": found["job"]})
    assert (await cleaner.post(f"{at}/coming", json={"job": found["job"]})).json()["acknowledged_at"]
    web.core.clock.advance(timedelta(minutes=5))
    await cleaner.post(f"{at}/start", json={})
    await cleaner.post(f"{at}/inspect", json={})
    again = (await supervisor.post(f"{at}/verdict", json={"job": found["job"], "good": False})).json()
    assert (again["stage"], again["done"]) == ("waiting", False)
    await cleaner.post(f"{at}/start", json={})
    waits = (await cleaner.post(f"{at}/finish", json={})).json()
    assert waits["stage"] == "inspection", "what was not good is looked at again"
    assert (await cleaner.post(f"{at}/finish", json={})).json()["code"] == "already-clean", "and not by whoever cleaned it"
    assert (await supervisor.post(f"{at}/verdict", json={"job": found["job"], "good": True})).json()["done"] is True
    web.core.clock.advance(timedelta(seconds=1))
    took = (await supervisor.get("/api/v1/cleaning-jobs/times")).json()
    assert (took["done"], took["inspected"], took["failed"], took["response"]["aim"]) == (1, 1, 1, 30)
    assert took["response"]["p50"] == pytest.approx(8, abs=0.1)
    assert (await supervisor.get("/api/v1/cleaning-jobs/times?from=")).json()["code"] == "bad-time"


async def test_a_nurse_finds_a_bed_dirty_and_settles_a_report_of_her_ward(web: Web, admin: httpx.AsyncClient) -> None:
    meena = await phone(web, admin, "Meena")
    nurse = await signed_in(web, "ravi", Role.NURSE, "4B")
    token = await csrf(nurse, "/wards/4B")
    found = await nurse.post("/wards/4B/dirty", data={"csrf": token, "bed": BED}, headers=HTMX)
    assert found.status_code == 200 and job(web).why == "found_dirty"
    assert (await nurse.post("/wards/4B/dirty", data={"csrf": token, "bed": "ICU-I-01"}, headers=HTMX)).status_code == 404
    number = "fedcba9876543210"
    await meena.tap("problem", reason="infection_control", problem=number)
    post = {"content-type": "image/jpeg", "x-csrf-token": meena.token}
    await meena.client.post(f"/housekeeping/problems/{number}/photo", content=JPEG, headers=post)
    assert "Reported by housekeeping" in (await nurse.get("/wards/4B")).text
    assert (await nurse.get(f"/wards/4B/problems/{number}/photo")).content == JPEG
    other = await signed_in(web, "anu", Role.NURSE, "ICU")
    assert (await other.get(f"/wards/ICU/problems/{number}/photo")).status_code == 404
    data = {"csrf": token, "verdict": "dismiss"}
    assert (await nurse.post(f"/wards/4B/problems/{number}", data=data, headers=HTMX)).status_code == 200
    assert (job(web).problem, web.core.desk.hospital.beds[BED].status) == (None, BedStatus.CLEANING)
    assert "Reported by housekeeping" not in (await nurse.get("/wards/4B")).text


async def test_a_status_alone_does_not_pass_the_steps_of_an_isolation_clean(web: Web) -> None:
    cleaner, supervisor = await web.as_role(Role.HOUSEKEEPING), await web.as_role(Role.SUPERVISOR)
    at = f"/api/v1/beds/{BED}/status"
    assert (await supervisor.post(at, json={"status": "cleaning", "clean": "isolation"})).status_code == 200
    refused = await cleaner.post(at, json={"status": "available"})
    assert (refused.status_code, refused.json()["code"]) == (409, "steps-left")
    assert (await supervisor.post(at, json={"status": "available"})).json()["status"] == "available"


async def test_no_cleaners_nick_is_in_the_log_or_in_redis(web: Web, admin: httpx.AsyncClient) -> None:
    await empty(web)
    canary = await phone(web, admin, "Zebedee")
    await canary.tap("start")
    await canary.tap("done")
    async with web.house.database.read() as connection:
        told = [row["body"] for row in await connection.fetch("select body::text as body from log")]
        told += [row["body"] for row in await connection.fetch("select body::text as body from command")]
    assert any(canary.cleaner.id in body for body in told) and "Zebedee" not in "".join(told)
    assert "Zebedee" not in repr(web.core.live.beds)
