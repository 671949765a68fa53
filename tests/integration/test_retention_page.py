"""The page of what is kept and held and its deeds; what pages say of days that are no longer kept."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flow.domain.audit import UNCUT, Cut, Kind
from flow.domain.person import PersonDetails
from flow.domain.roles import Role
from flow.history import audit, cuts
from flow.history.legal_holds import held
from flow.history.pool import Database
from flow.history.retention import Retention, Run
from tests.integration.feed_house import signed_in
from tests.integration.test_desk import NOW
from tests.integration.test_reseal import bedflow
from tests.integration.web_house import Web, web

__all__ = ["web"]
PAGE = "/admin/retention"
WHY = {"reason": "case 12", "asked_by": "District Court"}


async def test_an_administrator_holds_and_lifts_and_an_auditor_reads(web: Web) -> None:
    patient = web.house.people.pseudonym("MRN-7")
    await web.house.people.put([PersonDetails(patient, "Canary Name", "MRN-7")], NOW)
    admin, token = await signed_in(web, "root", Role.ADMIN)
    auditor, other = await signed_in(web, "aud", Role.AUDITOR)
    said = {"csrf": token, **WHY}
    assert "Nothing is held." in (await auditor.get(PAGE)).text
    assert (await admin.post(f"{PAGE}/holds/patient", data={**said, "mrn": "nobody"})).status_code == 404
    assert (await admin.post(f"{PAGE}/holds/patient", data={**said, "mrn": "MRN-7"})).status_code == 303
    assert (await admin.post(f"{PAGE}/holds/period", data={**said, "from": "2026-11-02", "to": "2026-11-01"})).status_code == 409
    assert (await admin.post(f"{PAGE}/holds/period", data={**said, "from": "2026-11-02"})).status_code == 303
    page = (await auditor.get(PAGE)).text
    assert f"patient {patient[:8]}" in page and "District Court" in page and "whole house, from 02 Nov 2026 on" in page
    assert "Canary" not in page and "MRN-7" not in page and "Hold this patient" not in page
    refused = await auditor.post(f"{PAGE}/holds/1/lift", data={"csrf": other, "reason": "x"})
    assert refused.status_code == 403
    async with web.core.database.write() as connection:
        assert (await held(connection, web.core.database.hospital, [patient])) is not None
    for status in (303, 404):
        assert (await admin.post(f"{PAGE}/holds/1/lift", data={"csrf": token, "reason": "case closed"})).status_code == status
    assert "lifted by root on" in (await auditor.get(PAGE)).text
    found = await web.house.audit.find(audit.Asked(NOW - timedelta(days=1), NOW + timedelta(days=1), [Kind.WRITTEN], "root"), 20)
    deeds = [each.trace.view for each in found if "retention" in each.trace.view]
    assert len(deeds) == 3 and all(view.startswith("POST /admin/retention/holds/") for view in deeds)


async def test_the_page_says_what_went_and_what_had_to_be_left(web: Web) -> None:
    retention = Retention(web.core.database, web.house.inbox, lambda letter: ())
    await retention.put(Run(NOW, NOW, "retention", {"letters": 12, "entries": 0}, ("Left for a reason.",)))
    auditor, _ = await signed_in(web, "aud", Role.AUDITOR)
    page = (await auditor.get(PAGE)).text
    assert "12 texts of letters" in page and "Left for a reason." in page and "0 entries" not in page
    assert (
        "BEDFLOW_KEEP_LETTERS" in page
        and "BEDFLOW_KEEP_OPENINGS" in page
        and "BEDFLOW_KEEP_DOCTORS" in page
        and "13 months" in page
        and "5 years" in page
    )
    assert "Every movement since the first bed was opened is kept." in page


async def test_pages_of_single_movements_say_what_is_no_longer_kept_and_sums_go_on(web: Web) -> None:
    begun_at, cut_at = NOW - timedelta(days=900), NOW - timedelta(days=10)
    first = web.house.plan.wards[0].beds[0].id
    async with web.core.database.write() as connection:
        cut = Cut(1, NOW, 0, b"", 1, 1, cut_at, begun_at, 0, 0, None, b"")
        await cuts.put(connection, web.core.database.hospital, web.house.people.vault, cut, UNCUT)
    manager, _ = await signed_in(web, "mgr", Role.MANAGER)
    asked = f"from={begun_at + timedelta(days=1):%Y-%m-%d}&to={begun_at + timedelta(days=3):%Y-%m-%d}"
    ledger = (await manager.get(f"/manager/ledger?{asked}")).text
    assert "Single movements before 11 Nov 2026 are no longer kept." in ledger
    assert (await manager.get(f"/manager/ledger.csv?{asked}")).status_code == 400
    assert "no longer kept" not in (await manager.get(f"/manager/kpis?{asked}")).text
    day = f"{begun_at:%Y-%m-%d}"
    for path in (f"/manager/replay?day={day}", f"/manager/beds/{first}?day={day}"):
        answer = await manager.get(path)
        assert answer.status_code == 422 and "no longer kept" in answer.text, path
    assert (await manager.get(f"/manager/replay?day={NOW:%Y-%m-%d}")).status_code == 200


async def test_the_command_line_says_what_is_over_and_throws_it_away(
    dsn: str, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"BEDFLOW_DATA_DIR": str(tmp_path), "DATABASE_URL": dsn, "REDIS_URL": redis_url}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("BEDFLOW_KEEP_LETTERS", "2 months")
    assert (await bedflow("retention")).exit_code == 0
    database = await Database.connect(dsn, "city-general", size=1)
    received = datetime.now(UTC) - timedelta(days=70)
    rows = [("old", received, "parked"), ("new", received + timedelta(days=60), "parked"), ("waits", received, "received")]
    for number, (control, at, state) in enumerate(rows):
        await database.pool.execute(
            "insert into letter (hospital, feed, sender, control_id, trigger, received_at, fingerprint, body, state)"
            " values ('city-general', 'his', 'S', $1, 'A01', $2, $3, 'sealed', $4)",
            *(control, at, bytes([number]), state),
        )
    for years, visit in ((6, "V-old"), (4, "V-new")):
        at = datetime.now(UTC) - timedelta(days=366 * years)
        await database.pool.execute(
            "insert into opening (hospital, seat, actor, role, reason, words, at, until, reviewed_by, reviewed_at, remark)"
            " values ('city-general', 's', 'asha', 'manager', 'r', 'sealed', $1, $2, 'aud', $2, 'sealed')",
            *(at, at + timedelta(minutes=15)),
        )
        await database.pool.execute("insert into practitioner values ('city-general', $1, 7, 'D01', $2)", visit, at)
    said = json.loads((await bedflow("retention", "--json")).stdout)
    assert said["over"]["openings"]["count"] == 1 and said["over"]["doctors"]["count"] == 1
    assert said["over"]["letters"]["count"] == 1 and said["runs"] == [] and said["holds"] == [] and said["kept_from"] is None
    ran = await bedflow("retention", "run")
    assert ran.exit_code == 0 and "Gone: 1 texts of letters, 1 openings of names, 1 doctors of visits that were over." in ran.stdout
    gone = await database.pool.fetch("select control_id from letter where gone = 'retained-out' and body is null")
    assert [row["control_id"] for row in gone] == ["old"], "what waits to be handled is not over"
    left = await database.pool.fetch("select visit from practitioner cross join opening")
    assert [row["visit"] for row in left] == ["V-new"]
    again = json.loads((await bedflow("retention", "run", "--json")).stdout)
    assert not any(again["gone"].values())
    told = (await bedflow("retention")).stdout
    assert "kept for 2 months (BEDFLOW_KEEP_LETTERS)" in told and "1 texts of letters" in told
    assert "Openings of names, once reviewed: kept for 5 years (BEDFLOW_KEEP_OPENINGS)" in told and "(BEDFLOW_KEEP_DOCTORS)" in told
    views = await database.pool.fetch("select view, actor from audit where view = 'retention, run'")
    assert len(views) == 2 and all(row["actor"].startswith("command line, ") for row in views)
    await database.close()
