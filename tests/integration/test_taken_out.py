"""Names that leave otherwise than on a screen are in the trail: the list kept on disk, what the command prints from it, files, messages."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flow.cli import app
from flow.clock import FixedClock
from flow.domain.audit import Kind, Trace
from flow.domain.bed import BedStatus
from flow.domain.commands import AssignBed
from flow.domain.roles import Role
from flow.errors import Unavailable
from flow.taken_out import TakenOut
from tests.integration.test_audit import trail
from tests.integration.test_desk import DESK, NOW
from tests.integration.test_patient_messages import BED, PATIENT, PHONE, R1, Station, station
from tests.integration.test_roles import fill
from tests.integration.web_house import Web, web

__all__ = ["station", "web"]


async def left(web: Web) -> list[Trace]:
    return await trail(web, Kind.LEFT)


async def test_the_list_on_disk_and_what_is_printed_from_it(web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await fill(web)
    assert await web.house.census.keep()
    assert [(t.actor, t.view, t.detail) for t in await left(web)] == [("bedflow", "census kept on disk, sealed", {"names": 3})]
    monkeypatch.setenv("BEDFLOW_DATA_DIR", str(tmp_path))
    monkeypatch.setattr("flow.cli.census.load_plan", lambda path: web.core.desk.plan)
    monkeypatch.setattr("flow.cli.census.now", lambda: NOW + timedelta(minutes=1))
    printed = CliRunner().invoke(app, ["census", "--ward", "4B"])
    assert printed.exit_code == 0 and "Canaria" in printed.stdout
    written = (tmp_path / "census" / "taken-out.jsonl").read_text()
    assert "canar" not in written.lower() and len(written.splitlines()) == 1
    web.core.clock.advance(timedelta(minutes=5))
    assert await web.house.census.keep()
    _, kept, taken = sorted(await left(web), key=lambda trace: trace.view == "bedflow census")
    assert kept.actor == "bedflow"
    assert taken.actor.startswith("command line, ") and taken.at == NOW + timedelta(minutes=1)
    assert taken.detail == {"names": 2, "ward": "4B", "to": "standard output"}
    assert list((tmp_path / "census").glob("taken-out*")) == []


async def test_no_name_leaves_that_cannot_be_written_down(web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await fill(web)
    assert await web.house.census.keep()
    monkeypatch.setenv("BEDFLOW_DATA_DIR", str(tmp_path))
    monkeypatch.setattr("flow.cli.census.load_plan", lambda path: web.core.desk.plan)
    (tmp_path / "census" / "taken-out.jsonl").mkdir()
    refused = CliRunner().invoke(app, ["census"])
    assert refused.exit_code == 1 and "Canaria" not in refused.stdout and "so none do" in str(refused.exception)


async def test_what_could_not_be_taken_in_waits(web: Web, tmp_path: Path) -> None:
    class Away:
        async def note(self, traces: list[Trace]) -> None:
            raise Unavailable("away")

    (tmp_path / "census").mkdir()
    out = TakenOut(tmp_path)
    out.note(Trace(NOW, Kind.LEFT, "command line, x", view="bedflow census", detail={"names": 1}))
    await out.hand_over(Away())  # type: ignore[arg-type]
    out.note(Trace(NOW, Kind.LEFT, "command line, x", view="bedflow census", detail={"names": 2}))
    with (tmp_path / "census" / "taken-out.jsonl").open("a") as file:
        file.write('{"at": "2026-')
    await out.hand_over(web.house.audit)
    await out.hand_over(web.house.audit)
    await out.hand_over(web.house.audit)
    assert [trace.detail["names"] for trace in await left(web)] == [1, 2]


async def test_a_file_that_is_downloaded_is_told_of(web: Web) -> None:
    manager = await web.as_role(Role.MANAGER)
    assert (await manager.get("/manager/occupancy.csv")).status_code == 200
    assert (await manager.get("/manager/occupancy.csv?table=nothing")).status_code == 404
    (told,) = await left(web)
    assert (told.role, told.view, told.detail) == (Role.MANAGER, "GET /manager/occupancy.csv", {"file": "occupancy.csv", "names": 0})


async def test_a_message_to_a_patient_is_told_of_and_neither_its_words_nor_the_number(station: Station) -> None:
    await station.contacts.consent(PATIENT, PHONE, "desk", NOW)
    await station.core.desk.act(AssignBed(R1, BED), DESK)
    await station.round()
    assert len(station.sent) == 1 and isinstance(station.core.clock, FixedClock)
    assert station.core.desk.hospital.beds[BED].status is BedStatus.AVAILABLE
    async with station.core.database.read() as connection:
        rows = await connection.fetch("select actor, view, detail from audit where kind = 'left'")
    (told,) = rows
    detail = json.loads(told["detail"])
    assert (told["actor"], told["view"], detail["of"], detail["count"]) == ("bedflow", "message to a patient", R1, 1)
    assert PHONE not in str(detail) and "ready" not in str(detail)
