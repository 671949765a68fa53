"""Names that are withheld: known to the admissions desk and to who cares for the patient in the ward, to nobody else on any screen; each
look at one is written down."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from flow.census import CensusFile
from flow.domain.audit import Kind, Trace
from flow.domain.ids import PatientId
from flow.domain.person import WITHHELD, Guard, PersonDetails
from flow.domain.roles import MATRIX, May, Reach, Role
from flow.history.audit import Asked
from flow.history.people import People
from flow.locale import words
from flow.vault import open_vault
from flow.views.census_page import census_sheets
from flow.web.names import CARERS, initialled
from flow.web.routes import API, PAGES
from tests.integration.test_desk import NOW
from tests.integration.test_opd_ways import ENT
from tests.integration.test_roles import CANARY, fill
from tests.integration.test_signin import signed_in
from tests.integration.web_house import Web, web

__all__ = ["web"]
NAME = re.compile("canar(ia|ita)|canarymrn", re.IGNORECASE)
BORN = re.compile("1980-01-01")
NOT_CARING = tuple(role for role in Role if MATRIX[role][May.NAMES] is not Reach.NO and role not in CARERS and role is not Role.DISPLAY)
"""Who may read names and none of these; who reads no names at all reads none in `test_no_name_in_any_byte_of_a_role_without_names`."""
CARING = ((Role.ADMISSIONS, None), (Role.NURSE, "4B"), (Role.DOCTOR, "4B"))


async def guarded(web: Web) -> tuple[str, str, PatientId]:
    """One in a bed, one who waits with a promised bed and one in the waiting hall, all withheld; returns request, visit and the first."""
    request, visit = await fill(web)
    opd = await web.as_role(Role.ADMISSIONS)
    assert (await opd.post(f"{ENT}/tokens", json={"mrn": CANARY["mrn"]})).status_code == 201
    for number in (1, 2):
        await guard(web, web.house.people.pseudonym(f"CANARYMRN{number}"), {Guard.VIP: True})
    assert await web.core.live.reached(web.house.desk.hospital.seq)
    return request, visit, web.house.people.pseudonym("CANARYMRN1")


async def guard(web: Web, patient: PatientId, said: dict[Guard, bool]) -> None:
    await web.house.people.put([PersonDetails(patient, guards=tuple(said.items()))], NOW)


def addresses(request: str, visit: str) -> list[str]:
    """Every GET of the route table about these; of a page's files one stands for all, which are of the same tables."""
    values = {"ward": "4B", "bed": "4B-A-01", "clinic": "ENT", "clinics": "ENT", "audience": "ward", "letter": "1", "feed": "his"}
    values |= {"request": request, "visit": visit, "problem": "0123456789abcdef", "cleaner": "c1", "token": "E-001", "slip": "x"}
    values |= {"day": "2026-11-20"}
    doors = [door.path for door in (*API, *PAGES) if door.method == "GET" and not door.path.endswith((".xlsx", ".parquet"))]
    return [re.sub(r"{(\w+)}", lambda hit: values.get(hit[1], "x"), path) for path in doors]


async def test_on_no_screen_beyond_those_who_care(web: Web) -> None:
    request, visit, _ = await guarded(web)
    assert NOT_CARING == (Role.MANAGER, Role.OPD)
    for role in NOT_CARING:
        caller = await web.as_role(role)
        for path in addresses(request, visit):
            answer = await caller.get(path)
            assert answer.status_code < 500, (role, path, answer.text)
            assert not NAME.search(answer.text) and not BORN.search(answer.text), (role, path)


async def test_who_cares_reads_the_name_and_never_on_paper(web: Web) -> None:
    await guarded(web)
    for role, ward in CARING:
        caller = await web.as_role(role, ward)
        assert role is Role.DOCTOR or NAME.search((await caller.get("/wards/4B")).text), (role, "a doctor names the own patients")
        for paper in ("/census", "/census/4B", "/census/4B?lang=hi"):
            answer = await caller.get(paper)
            assert answer.status_code == 200 and not NAME.search(answer.text), (role, paper)


async def test_others_read_that_it_is_withheld_and_carers_a_mark(web: Web) -> None:
    request, visit, _ = await guarded(web)
    desk, manager, clinic = await web.as_role(Role.ADMISSIONS), await web.as_role(Role.MANAGER), await web.as_role(Role.OPD)
    assert "Canaria Canarita (private)" in (await desk.get("/admissions")).text
    assert WITHHELD in (await manager.get("/admissions")).text
    listed = (await clinic.get("/opd/ENT/appointments")).text
    assert WITHHELD in listed and "E-001" in listed
    told = (await desk.get(f"/api/v1/bed-requests/{request}")).json()["person"]
    assert (told["name"], told["withheld"]) == ("Canaria Canarita", True)
    assert (await manager.get(f"/api/v1/visits/{visit}")).json()["person"] == {
        "name": WITHHELD,
        "mrn": None,
        "birth_date": None,
        "age": None,
        "sex": "F",
        "withheld": True,
    }


def test_a_station_that_nobody_stands_at_shows_no_initials_of_them() -> None:
    person = PersonDetails(PatientId("p1"), "Asha Rao", "M-1")
    assert (initialled(person).name, initialled(replace(person, guards=((Guard.VIP, True),))).name) == ("A. R.", WITHHELD)


async def test_two_private_people_are_not_taken_for_namesakes(web: Web) -> None:
    desk = await web.as_role(Role.ADMISSIONS)
    for mrn, name in (("M-1", "Meera Iyer"), ("M-2", "Mohan Das")):
        await desk.post("/api/v1/bed-requests", json={"patient": {"mrn": mrn, "name": name}, "type": "general"})
        await guard(web, web.house.people.pseudonym(mrn), {Guard.DESK: True})
    page = (await desk.get("/admissions")).text
    assert "Meera Iyer (private)" in page and "Same name" not in page


async def test_the_list_for_dark_screens_names_nobody_who_is_withheld(web: Web, tmp_path: Path) -> None:
    await guarded(web)
    await web.house.census.keep()
    made = CensusFile(tmp_path, open_vault(tmp_path), web.house.plan.id).get()
    assert made is not None
    for lang, said in (("en", WITHHELD), ("hi", "नाम गोपनीय"), ("ta", "பெயர் மறைக்கப்பட்டுள்ளது")):
        sheets = census_sheets(made, NOW, words(lang))
        assert not NAME.search(repr(sheets)) and said in repr(sheets)


async def reads(web: Web) -> list[Trace]:
    asked = Asked(NOW - timedelta(days=1), NOW + timedelta(days=1), (Kind.READ,))
    return [found.trace for found in reversed(await web.house.audit.find(asked, 1000))]


async def test_each_look_at_a_withheld_name_is_written_down_and_none_of_who_was_shown_none(web: Web) -> None:
    _, visit, patient = await guarded(web)
    desk, manager = await web.as_role(Role.ADMISSIONS), await web.as_role(Role.MANAGER)
    before = len(await reads(web))
    for _ in range(3):
        await desk.get(f"/api/v1/visits/{visit}")
        await manager.get(f"/api/v1/visits/{visit}")
    found = (await reads(web))[before:]
    assert [(trace.role, trace.patients, trace.detail.get("withheld")) for trace in found] == [(Role.ADMISSIONS, (patient,), 1)] * 3
    await guard(web, patient, {Guard.VIP: False})
    for _ in range(3):
        await manager.get(f"/api/v1/visits/{visit}")
    assert [trace.role for trace in (await reads(web))[before + 3 :]] == [Role.MANAGER], "as with anybody"


async def test_it_is_taken_back_by_who_asked_for_it(web: Web) -> None:
    people: People = web.house.people
    patient = people.pseudonym("M-9")
    whole = PersonDetails(patient, "Asha Rao", "M-9", NOW.date(), "F")
    await people.put([whole], NOW)
    for said, standing in (
        ({Guard.VIP: True}, (Guard.VIP,)),
        ({Guard.PERSON: True, Guard.VISIT: False}, (Guard.PERSON, Guard.VIP)),
        ({}, (Guard.PERSON, Guard.VIP)),
        ({Guard.VIP: False}, (Guard.PERSON,)),
        ({Guard.PERSON: False}, ()),
    ):
        await people.put([whole if not said else PersonDetails(patient, guards=tuple(said.items()))], NOW)
        known = (await people.get([patient]))[patient]
        assert (tuple(sorted(known.guarded_by)), known.name, known.withheld) == (standing, "Asha Rao", bool(standing))


async def test_a_merge_takes_nobodys_guard_away(web: Web) -> None:
    people: People = web.house.people
    old, new = people.pseudonym("M-OLD"), people.pseudonym("M-NEW")
    await people.put([PersonDetails(old, "Asha Rao", "M-OLD", NOW.date(), "F", guards=((Guard.VIP, True),))], NOW)
    await people.put([PersonDetails(new, "Asha Rao", "M-NEW", NOW.date(), "F", once=old)], NOW)
    assert (await people.get([new]))[new].withheld


async def test_that_somebody_is_private_is_itself_sealed(web: Web) -> None:
    await guarded(web)
    async with web.core.database.read() as connection:
        rows = await connection.fetch("select sealed, guards from person")
    assert any(row["guards"] for row in rows) and not any(b"vip" in row["sealed"] + (row["guards"] or b"") for row in rows)


async def test_the_desk_withholds_a_name_by_hand_and_takes_its_word_back(web: Web) -> None:
    request, _ = await fill(web)
    desk = await signed_in(web, "asha", Role.ADMISSIONS)
    manager = await web.as_role(Role.MANAGER)
    assert "/admissions/privacy" in (await desk.get("/admissions")).text
    opened = await desk.get(f"/admissions/requests/{request}/privacy")
    panel = opened.headers["location"]
    assert (opened.status_code, panel) == (303, f"/admissions/privacy/{web.house.people.pseudonym('CANARYMRN2')}")
    for said, shown in (("yes", WITHHELD), ("no", "C••• C•••")):
        page = (await desk.get(panel)).text
        assert "Canaria Canarita" in page and f'name="withhold" value="{said}"' in page
        csrf = re.search(r'name="csrf" value="([^"]+)"', page)
        assert csrf is not None
        assert (await desk.post(f"{panel}/name", data={"csrf": csrf[1], "withhold": said})).status_code == 303
        assert (await manager.get(f"/api/v1/bed-requests/{request}")).json()["person"]["name"] == shown
    trace = [t for t in await written(web) if t.view.endswith("/name")]
    assert [t.detail["withhold"] for t in trace] == ["yes", "no"] and {t.actor for t in trace} == {"asha"}
    assert (await desk.get("/admissions/privacy/nobody")).status_code == 404
    assert (await manager.get(panel)).status_code == 403


async def written(web: Web) -> list[Trace]:
    asked = Asked(NOW - timedelta(days=1), NOW + timedelta(days=1), (Kind.WRITTEN,))
    return [found.trace for found in reversed(await web.house.audit.find(asked, 1000))]


async def test_the_desk_finds_a_person_by_number_and_never_in_the_address(web: Web) -> None:
    await fill(web)
    desk = await signed_in(web, "asha", Role.ADMISSIONS)
    csrf: Any = re.search(r'name="csrf" value="([^"]+)"', (await desk.get("/admissions/privacy")).text)
    found = await desk.post("/admissions/privacy", data={"csrf": csrf[1], "mrn": "CANARYMRN1"})
    assert found.status_code == 303 and not NAME.search(found.headers["location"])
    missed = await desk.post("/admissions/privacy", data={"csrf": csrf[1], "mrn": "M-NOBODY"})
    assert missed.status_code == 404 and "Nobody is known by this MRN" in missed.text
