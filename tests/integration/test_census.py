"""The downtime census: made of a house at work, kept on disk sealed, printed for each reader's eyes, and there when Postgres is not."""

import asyncio
import re
import stat
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from flow.census import CensusKeeper
from flow.cli import app
from flow.domain.hospital import Hospital
from flow.domain.ids import BedId, PatientId, RequestId
from flow.domain.request import BedRequest
from flow.domain.roles import Role
from flow.errors import Unavailable
from flow.vault import open_vault
from flow.views.bed_tile import TileState
from flow.views.census import census
from flow.views.census_page import census_sheets
from tests.integration.cleaning_house import empty
from tests.integration.test_desk import NOW
from tests.integration.web_house import Web, web
from tests.plans import small_plan

__all__ = ["web"]
MEERA = {"mrn": "MRN-4021", "name": "Meera Iyer", "birth_date": "1954-01-01", "sex": "F"}
ARUN = {"mrn": "MRN-4022", "name": "Arun Das", "birth_date": "1960-01-01", "sex": "M"}


async def fill(web: Web) -> None:
    """Somebody in A2, somebody promised B1, a dirty A1."""
    desk = await web.as_role(Role.ADMISSIONS)
    await empty(web)
    await desk.post("/api/v1/visits", json={"patient": MEERA, "bed": "4B-A-02"})
    asked = {"patient": ARUN, "type": "general", "from": "ED bay 3", "priority": 2}
    request = (await desk.post("/api/v1/bed-requests", json=asked)).json()["id"]
    answer = await desk.post(f"/api/v1/bed-requests/{request}/assignment", json={"bed": "4B-B-01"})
    assert answer.status_code == 200, answer.text


def text(page: str) -> str:
    """What a reader reads, in one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


async def test_a_census_says_who_lies_where_who_comes_and_what_is_dirty(web: Web) -> None:
    await fill(web)
    made = await web.house.census.make()
    ward = next(ward for ward in made.wards if ward.id == "4B")
    rows = {row.bed: row for row in ward.rows}
    lying = rows[BedId("4B-A-02")]
    assert lying.whom is not None
    assert (lying.whom.name, lying.whom.mrn, lying.whom.age, lying.state) == ("Meera Iyer", "MRN-4021", 72, TileState.OCCUPIED)
    coming = rows[BedId("4B-B-01")]
    assert coming.comer is not None
    assert (coming.comer.name, coming.comes_from, coming.state) == ("Arun Das", "ED bay 3", TileState.COMING)
    assert [(each.name, each.stage, each.promised) for each in made.dirty] == [("4B A1", "waits", False)]
    assert [(each.whom.name, each.bed) for each in made.waiting] == [("Arun Das", "4B B1")]
    assert "Meera" not in repr(made) and "4021" not in repr(made)


async def test_what_is_kept_is_sealed_and_for_its_owner_alone(web: Web, tmp_path: Path) -> None:
    await fill(web)
    assert await web.house.census.keep()
    path = tmp_path / "census" / "census.sealed"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert b"Meera" not in path.read_bytes() and b"4021" not in path.read_bytes()
    assert [file.name for file in path.parent.iterdir()] == ["census.sealed"]
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    assert web.house.census.file.get() is None


async def test_while_postgres_is_away_the_last_good_one_is_shown_and_says_its_age(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    await fill(web)
    desk = await web.as_role(Role.ADMISSIONS)
    assert "Meera Iyer" in (await desk.get("/census")).text
    assert await web.house.census.keep()

    async def away(self: CensusKeeper) -> None:
        raise Unavailable("PostgreSQL does not answer.")

    monkeypatch.setattr(CensusKeeper, "make", away)
    assert not await web.house.census.keep()
    web.core.clock.advance(timedelta(minutes=4))
    said = text((await desk.get("/census")).text)
    assert "4 min old" in said and "Meera Iyer" in said
    assert "data-old hidden" in (await desk.get("/census")).text
    tamil = (await desk.get("/census?lang=ta")).text
    assert '<html lang="ta">' in tamil and "படுக்கைப் பட்டியல்" in tamil and 'href="/census/4B?lang=ta"' in tamil
    assert 'href="/census?lang=hi"' in tamil and "Meera Iyer" in tamil
    web.core.clock.advance(timedelta(minutes=50))
    page = (await desk.get("/census")).text
    assert "54 min old" in text(page) and "OLD LIST" in text(page) and "data-old hidden" not in page


async def test_a_database_that_hangs_is_not_waited_for(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    await fill(web)
    keeper = web.house.census
    assert await keeper.keep()
    let_go = asyncio.Event()

    async def hangs(self: CensusKeeper) -> None:
        await let_go.wait()
        raise Unavailable("too late")

    monkeypatch.setattr(CensusKeeper, "make", hangs)
    found = await keeper.newest(patience=0.01)
    assert found is not None and found.seq == web.core.desk.hospital.seq
    let_go.set()
    keeper.file.path.unlink()
    assert await keeper.newest() is None


async def test_a_list_is_kept_every_five_minutes_and_tried_again_sooner(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    outcomes, pauses = iter([True, False, True]), list[float]()

    async def keeps(self: CensusKeeper) -> bool:
        return next(outcomes)

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            raise asyncio.CancelledError

    monkeypatch.setattr(CensusKeeper, "keep", keeps)
    monkeypatch.setattr("flow.census.asyncio", SimpleNamespace(sleep=pause))
    with pytest.raises(asyncio.CancelledError):
        await web.house.census.run()
    assert pauses == [300, 20, 300]


async def test_without_any_list_the_page_says_so(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(self: CensusKeeper) -> None:
        raise Unavailable("PostgreSQL does not answer.")

    monkeypatch.setattr(CensusKeeper, "make", away)
    assert "There is no list" in (await (await web.as_role(Role.ADMISSIONS)).get("/census")).text


async def test_each_reader_sees_their_own(web: Web) -> None:
    await fill(web)
    nurse, other = await web.as_role(Role.NURSE, "4B"), await web.as_role(Role.NURSE, "ICU")
    manager, admin = await web.as_role(Role.MANAGER), await web.as_role(Role.ADMIN)
    own = text((await nurse.get("/census")).text)
    assert "Meera Iyer" in own and "MRN-4021" in own and "Arun Das" in own and "ICU" not in own
    assert "Meera" not in (await other.get("/census")).text and (await other.get("/census/4B")).status_code == 403
    masked = text((await manager.get("/census/4B")).text)
    assert "M••• I•••" in masked and "Meera" not in masked and "MRN-4021" not in masked and "ED bay" not in masked
    nameless = text((await admin.get("/census")).text)
    assert "72 F" in nameless and "Meera" not in nameless and "sees no names" in nameless and "ED bay" not in nameless


async def test_the_pages_of_those_who_need_it_lead_to_it(web: Web) -> None:
    for role, ward, page in ((Role.NURSE, "4B", "/wards/4B"), (Role.ADMISSIONS, None, "/admissions"), (Role.ADMIN, None, "/admin")):
        assert 'href="/census"' in (await (await web.as_role(role, ward)).get(page)).text


async def test_the_command_prints_it_without_a_server(web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await fill(web)
    monkeypatch.setenv("BEDFLOW_DATA_DIR", str(tmp_path))
    monkeypatch.setattr("flow.cli.census.load_plan", lambda path: web.core.desk.plan)
    monkeypatch.setattr("flow.cli.census.now", lambda: web.core.clock.now() + timedelta(minutes=11))
    run = CliRunner()
    nothing = run.invoke(app, ["census"])
    assert nothing.exit_code == 1 and "holds no census of Test Hospital" in str(nothing.exception)
    assert await web.house.census.keep()
    out = tmp_path / "out.html"
    out.touch(mode=0o644)
    done = run.invoke(app, ["census", "--ward", "4B", "--to", str(out)])
    assert done.exit_code == 0, done.output
    page = out.read_text("utf-8")
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert "Meera Iyer" in page and "OLD LIST" in text(page) and "ICU" not in text(page)
    assert "@page { size: A4" in page and "src=" not in page and "href=" not in page
    assert "no ward 9Z" in str(run.invoke(app, ["census", "--ward", "9Z"]).exception)


async def test_a_clinic_has_its_numbers_and_lines_to_write_on(web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On the page and in the file alike; nobody is named, and a ward's own list has none of it."""
    await fill(web)
    desk, opd, clinic = await web.as_role(Role.ADMISSIONS), await web.as_role(Role.OPD), "/api/v1/opd/clinics/ENT"
    for asked in ({}, {"mrn": "MRN-4021"}, {"group": "emergency"}, {"booked": True}):
        assert (await opd.post(f"{clinic}/tokens", json=asked)).status_code == 201
    await opd.post(f"{clinic}/call-next", json={"room": "1"})
    monkeypatch.setenv("BEDFLOW_DATA_DIR", str(tmp_path))
    monkeypatch.setattr("flow.cli.census.load_plan", lambda path: web.core.desk.plan)
    assert await web.house.census.keep()
    for whole in ((await desk.get("/census")).text, CliRunner().invoke(app, ["census"]).stdout):
        sheet = whole.split('id="clinic-ENT"')[1]
        assert sheet.count('class="empty-line"') == 15 and "Meera" not in sheet and "4021" not in sheet
        assert "OPD ENT Test Hospital · 2 waiting · 1 booked · last number given: E-004" in text(sheet)
        waiting = "E-002 Waits for the call 14:33 E-001 Waits for the call 14:33"
        assert f"E-003 Called Room 1 14:33 {waiting} E-004 Booked" in text(sheet), "who is 72 is called before E-001"
    assert "clinic-ENT" not in (await desk.get("/census/4B")).text
    assert "पिछला दिया गया नंबर: E-004" in (await desk.get("/census?lang=hi")).text


def test_who_waits_is_said_once_and_a_plan_when_it_is_due() -> None:
    hospital = Hospital(small_plan())
    for number, when, kind in (("R1", NOW, "isolation"), ("R2", NOW + timedelta(hours=2), "general")):
        hospital.put(BedRequest(RequestId(number), PatientId("p"), when, kind, isolation=True))
    lines = census_sheets(census(hospital, {}, NOW), NOW).lists[0].lines
    assert [(line.cells[2], line.cells[4]) for line in lines] == [("isolation", "14:30"), ("general · isolation", "due 16:30")]


async def test_a_clock_that_lost_its_time_makes_a_list_old(web: Web) -> None:
    made = await web.house.census.make()
    assert [census_sheets(made, made.as_of + timedelta(minutes=m)).old for m in (-60, 0, 10, 11)] == [True, False, False, True]


async def test_a_key_is_not_made_where_there_is_no_house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEDFLOW_DATA_DIR", str(tmp_path / "elsewhere"))
    assert "set BEDFLOW_DATA_DIR" in str(CliRunner().invoke(app, ["census"]).exception)
    assert not (tmp_path / "elsewhere").exists()
    assert open_vault(tmp_path)
