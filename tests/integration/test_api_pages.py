"""The pages' forms: each answers with the region it changed and an undo, or with the reason why not, in place."""

import re

import httpx
import pytest

from flow.domain.roles import Role
from flow.web.routes import PAGES
from tests.integration.test_signin import csrf, signed_in
from tests.integration.web_house import Web, web

__all__ = ["web"]
HX = {"hx-request": "true"}


async def tap(browser: httpx.AsyncClient, page: str, path: str, **fields: str) -> httpx.Response:
    """What htmx sends when a form of a page is submitted."""
    token = await csrf(browser, page)
    headers = {**HX, "x-csrf-token": token, "hx-current-url": f"http://localhost:8000{page}", "sec-fetch-site": "same-origin"}
    return await browser.post(path, data={"csrf": token, **fields}, headers=headers)


def undo_of(text: str) -> str:
    found = re.search(r'action="(/undo/\d+)"', text)
    assert found, text[-600:]
    return found[1]


@pytest.mark.parametrize(
    ("role", "ward", "pages"),
    [
        (
            Role.ADMISSIONS,
            None,
            ["/", "/admissions", "/admissions/board", "/wards/4B", "/wards/ICU/board", "/opd/ENT", "/displays/staff/ward/4B"],
        ),
        (Role.NURSE, "4B", ["/", "/wards/4B", "/wards/4B/board", "/displays/ward/ward/4B"]),
        (Role.HOUSEKEEPING, None, ["/", "/housekeeping", "/housekeeping/board"]),
        (Role.OPD, None, ["/", "/opd/ENT", "/opd/ENT/board", "/displays/public/opd/ENT"]),
        (Role.MANAGER, None, ["/", "/manager", "/manager/board", "/manager?range=28d&ward=4B", "/admissions", "/manager/occupancy.csv"]),
        (Role.ADMIN, None, ["/", "/admin", "/integration", "/integration/letters", "/admin/devices/new", "/wards/4B"]),
        (Role.SUPERVISOR, None, ["/", "/housekeeping", "/admin", "/admin/devices/new"]),
        (Role.AUDITOR, None, ["/", "/admin", "/manager"]),
        (Role.BILLING, None, ["/discharges"]),
    ],
)
async def test_every_page_opens_for_its_people(web: Web, role: Role, ward: str | None, pages: list[str]) -> None:
    browser = await signed_in(web, "somebody", role, ward)
    for page in pages:
        answer = await browser.get(page)
        assert answer.status_code == 200, (page, answer.text[-500:])
        assert not re.search(r'\son\w+="|style="|<script(?! src)', answer.text), page
    home = (await browser.get("/")).text
    for link in re.findall(r"<nav.*?</nav>", home, re.DOTALL)[:1]:
        for href in re.findall(r'href="([^"]+)"', link):
            assert (await browser.get(href)).status_code == 200, href


async def test_a_tap_on_the_ward_is_undone_in_place(web: Web) -> None:
    nurse = await signed_in(web, "ravi", Role.NURSE, "4B")
    done = await tap(nurse, "/wards/4B", "/wards/4B/beds/4B-A-01/status", status="maintenance", reason="repair", until="2026-11-21T20:00")
    assert done.status_code == 200 and "data-board" in done.text
    assert web.house.desk.hospital.beds["4B-A-01"].status == "maintenance"  # type: ignore[index]
    back = await tap(nurse, "/wards/4B", undo_of(done.text))
    assert back.status_code == 200 and "data-board" in back.text and "/undo/" not in back.text
    assert web.house.desk.hospital.beds["4B-A-01"].status == "available"  # type: ignore[index]


async def test_a_patient_comes_moves_and_goes_by_hand(web: Web) -> None:
    nurse = await signed_in(web, "ravi", Role.NURSE, "4B")
    came = await tap(nurse, "/wards/4B", "/wards/4B/beds/4B-A-01/admit", name="Asha Rao", mrn="M-4711", sex="F", birth_date="1980-01-01")
    assert came.status_code == 200 and "Asha Rao" in came.text
    moved = await tap(nurse, "/wards/4B", "/wards/4B/beds/4B-A-01/transfer", to="4B-A-02")
    assert moved.status_code == 200
    outside = await tap(nurse, "/wards/4B", "/wards/4B/beds/4B-A-02/transfer", to="ICU-I-01")
    assert outside.status_code == 403
    gone = await tap(nurse, "/wards/4B", "/wards/4B/beds/4B-A-02/discharge")
    assert gone.status_code == 200 and "Asha Rao" not in gone.text
    empty = await tap(nurse, "/wards/4B", "/wards/4B/beds/4B-A-02/discharge")
    assert empty.status_code == 409 and "Nobody lies in bed 4B-A-02" in empty.text


async def test_a_refusal_is_said_where_the_person_looks(web: Web) -> None:
    desk = await signed_in(web, "asha", Role.ADMISSIONS)
    asked = {"type": "general", "name": "A", "priority": "2"}
    for mrn in ("M1", "M2"):
        assert (await tap(desk, "/admissions", "/admissions/requests", mrn=mrn, **asked)).status_code == 200
    first, second = sorted(web.house.desk.hospital.requests)
    won = await tap(desk, "/admissions", f"/admissions/requests/{first}/assign", bed="4B-A-01")
    lost = await tap(desk, "/admissions", f"/admissions/requests/{second}/assign", bed="4B-A-01")
    assert (won.status_code, lost.status_code) == (200, 409)
    assert "Somebody was faster" in lost.text and "<html" not in lost.text
    assert (await tap(desk, "/admissions", undo_of(won.text))).status_code == 200
    assert web.house.desk.hospital.requests[first].status == "waiting"
    for step in ("release", "cancel"):
        answer = await tap(desk, "/admissions", f"/admissions/requests/{second}/{step}")
        assert answer.status_code == (409 if step == "release" else 200)
    missing = await tap(desk, "/admissions", "/admissions/requests", type="general", name="A")
    assert (missing.status_code, "MRN is missing" in missing.text) == (422, True)


async def test_a_cleaner_cleans_and_reports(web: Web) -> None:
    cleaner, nurse = await signed_in(web, "meena", Role.HOUSEKEEPING), await web.as_role(Role.NURSE, "4B")
    await nurse.post("/api/v1/beds/4B-A-01/status", json={"status": "cleaning"})
    bed = "/housekeeping/beds/4B-A-01"
    for step in ("start", "pause", "start", "done"):
        answer = await tap(cleaner, "/housekeeping", f"{bed}/{step}")
        assert answer.status_code == 200, (step, answer.text)
    assert (await tap(cleaner, "/housekeeping", undo_of(answer.text))).status_code == 200
    assert web.house.desk.hospital.beds["4B-A-01"].now.stage == "in_progress"  # type: ignore[index]
    assert (await tap(cleaner, "/housekeeping", f"{bed}/problem", reason="repair")).status_code == 200
    assert (await tap(cleaner, "/housekeeping", f"{bed}/done")).status_code == 409
    assert (await tap(cleaner, "/housekeeping", f"{bed}/polish")).status_code == 404
    hindi = await cleaner.get("/housekeeping?lang=hi")
    assert (hindi.status_code, cleaner.cookies.get("lang", path="/housekeeping")) == (303, "hi")
    assert 'lang="hi"' in (await cleaner.get("/housekeeping")).text


async def test_a_tap_sent_twice_counts_once(web: Web) -> None:
    cleaner, nurse = await signed_in(web, "meena", Role.HOUSEKEEPING), await web.as_role(Role.NURSE, "4B")
    await nurse.post("/api/v1/beds/4B-A-01/status", json={"status": "cleaning"})
    token = await csrf(cleaner, "/housekeeping")
    headers = {**HX, "x-csrf-token": token, "idempotency-key": "tap-0001"}
    answers = [await cleaner.post("/housekeeping/beds/4B-A-01/done", data={"csrf": token}, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].text == answers[1].text


async def test_the_clinic_calls_and_pauses(web: Web) -> None:
    opd = await signed_in(web, "clinic", Role.OPD)
    for _ in range(2):
        assert (await tap(opd, "/opd/ENT", "/opd/ENT/tokens", priority="3")).status_code == 200
    called = await tap(opd, "/opd/ENT", "/opd/ENT/rooms/1/call-next")
    assert called.status_code == 200 and "E-001" in called.text
    token = next(t.id for t in web.house.desk.hospital.tokens.values() if t.status == "called")
    assert (await tap(opd, "/opd/ENT", f"/opd/ENT/tokens/{token}/start")).status_code == 200
    assert (await tap(opd, "/opd/ENT", "/opd/ENT/rooms/1/away", back_at="18:30")).status_code == 200
    refused = await tap(opd, "/opd/ENT", "/opd/ENT/rooms/1/away", back_at="14:00")
    assert refused.status_code == 409 and "It is 14:30 already: give a later time than 14:00, up to 23:59." in refused.text
    assert (await tap(opd, "/opd/ENT", "/opd/ENT/rooms/1/away", back_at="")).status_code == 200
    assert (await tap(opd, "/opd/ENT", "/opd/ENT/rooms/9/call-next")).status_code == 404


def test_every_form_of_the_pages_has_its_right() -> None:
    assert all(door.method in ("GET", "POST") for door in PAGES)


async def test_an_administrator_adds_somebody(web: Web) -> None:
    admin = await signed_in(web, "chief", Role.ADMIN)
    token = await csrf(admin, "/admin")
    said = {"csrf": token, "account": "ravi", "name": "Ravi", "role": "nurse", "ward": "4B", "password": "long enough to keep"}
    assert (await admin.post("/admin/users", data=said)).status_code == 303
    assert (await admin.post("/admin/users", data=said)).status_code == 409
    assert (await admin.post("/admin/users", data={**said, "account": "x", "password": "short"})).status_code == 422
    assert (await admin.post("/admin/users/chief/disable", data={"csrf": token})).status_code == 409
    ravi = await web.client()
    assert (await ravi.post("/login", data={"account": "ravi", "password": "long enough to keep"})).status_code == 303
    page = await ravi.get("/wards/4B")
    assert (page.status_code, page.headers["location"].partition("?")[0]) == (303, "/login/first-password")
