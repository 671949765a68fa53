"""The auditor's page: who looked at whom, put together and one by one; its search, its files, and who read it."""

import html
import re
from datetime import timedelta

import pytest

from flow.domain.audit import Kind, Trace
from flow.domain.ids import PatientId
from flow.domain.roles import Role
from tests.exported import Shown
from tests.integration.test_audit import BROWSER, FROM, trail
from tests.integration.test_desk import DESK, NOW, admit
from tests.integration.test_exports import assert_comma, assert_excel, assert_parquet, assert_screen, get, parts_of, report_of
from tests.integration.web_house import PASSWORD, Web, web

__all__ = ["web"]


async def lived(web: Web) -> PatientId:
    """A nurse who looked at her ward again and again, an administrator who changed something, somebody who was turned away."""
    whom = web.house.people.pseudonym("MRN-7")
    ward = "GET /wards/{ward}"

    def look(minute: int, *patients: PatientId) -> Trace:
        return Trace(NOW + timedelta(minutes=minute - 30), Kind.READ, "asha", "nurse", "s1", FROM, ward, "4B", patients)

    nurse, later = look(0, whom, PatientId("p2")), [look(minute, PatientId(f"p{minute}")) for minute in (3, 9, 25)]
    code = {"code": "forbidden"}
    refused = Trace(NOW - timedelta(minutes=1), Kind.REFUSED, "ravi", "admin", "s2", "192.0.2.9", "GET /manager", detail=code)
    await web.house.audit.note([nurse, *later, refused])
    await web.core.desk.act(admit("V1", "4B-A-01"), DESK)
    await web.house.seals.seal(NOW)
    web.core.clock.advance(timedelta(minutes=1))
    return whom


async def test_looks_of_a_quarter_of_an_hour_stand_together(web: Web) -> None:
    await lived(web)
    auditor = await web.as_role(Role.AUDITOR)
    page = (await auditor.get("/audit")).text
    rows = re.findall(
        r"<th scope=\"row\">(.*?)</th>\s*<td>(\w+) <small>(\w*)</small></td>.*?<td>(\d+)</td>\s*<td>(\d+)</td>", page, re.DOTALL
    )
    seen = [(who, int(patients), int(entries)) for _, who, _, patients, entries in rows]
    assert ("asha", 4, 3) in seen and ("asha", 1, 1) in seen, "the look 25 minutes later stands by itself"
    assert "Sealed until" in page and "bed occupied: bed 4B-A-01" in page and "code forbidden" in page


async def test_a_patient_is_found_by_record_number_without_it_in_the_address(web: Web) -> None:
    whom = await lived(web)
    await web.account("lakshmi", Role.AUDITOR)
    browser = await web.client(BROWSER)
    await browser.post("/login", data={"account": "lakshmi", "password": PASSWORD})
    token = re.search(r'name="csrf" value="([^"]+)"', (await browser.get("/audit")).text)
    assert token is not None
    answer = await browser.post("/audit/patient", data={"csrf": token[1], "mrn": "MRN-7", "range": "24h"})
    assert answer.status_code == 303 and "MRN-7" not in answer.headers["location"]
    page = (await browser.get(answer.headers["location"])).text
    assert page.count('<th scope="row">') == 1 and whom[:8] in page
    searched = await trail(web, Kind.SEARCHED)
    assert searched[-1].actor == "lakshmi" and searched[-1].detail["patient"] == whom


async def test_each_filter_and_the_page_before(web: Web) -> None:
    await lived(web)
    auditor = await web.as_role(Role.AUDITOR)

    async def count(query: str) -> int:
        return (await auditor.get(f"/audit?{query}")).text.count('<th scope="row">')

    assert await count("kind=refused") == 1
    assert await count("who=asha") == 2
    assert await count("address=192.0.2.9") == 1
    assert "Nothing is known of days before" in (await auditor.get("/audit?from=2020-01-01&to=2020-01-02")).text
    assert await count("before=1") == 0
    assert await count("kind=nonsense&before=x") >= 4


async def test_the_files_have_every_entry_and_the_page_s_own_table(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    await lived(web)
    auditor = await web.as_role(Role.AUDITOR)
    page = (await auditor.get("/audit")).text
    links = [html.unescape(each) for each in re.findall(r'href="([^"]+)" download', page)]
    report = await report_of(auditor, next(link for link in links if ".csv" in link), monkeypatch)
    on_page, each = report.tables
    assert_screen(on_page, Shown(page))
    assert sum(row[2].value == "asha" for row in each.rows) == 4
    for link in links:
        kind, name = parts_of(link)
        content = await get(auditor, link)
        found = next((table for table in report.tables if table.id == name), on_page)
        if kind == "xlsx":
            assert_excel(report, content)
        elif kind == "csv":
            assert_comma(found, content)
        else:
            assert_parquet(report, found, content)


async def test_only_auditors_read_the_trail(web: Web) -> None:
    for role in Role:
        reader = await web.as_role(role, "4B" if role in (Role.NURSE, Role.DOCTOR, Role.DISPLAY) else None)
        answer = await reader.get("/audit", follow_redirects=False)
        assert (answer.status_code == 200) is (role is Role.AUDITOR), role
