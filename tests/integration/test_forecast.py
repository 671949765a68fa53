"""Forecasts on their way from the log to the managers' screen: issued before the huddle, judged as issued, shown as kept."""

import asyncio
import csv
import io
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import openpyxl
import pytest

from flow import main
from flow.domain.bed import BedStatus, OutOfUse
from flow.domain.commands import AssignBed, RequestBed, SetBedStatus
from flow.domain.forecast import FEWEST_JUDGED, ForecastState, Level
from flow.domain.ids import BedId, PatientId, RequestId, VisitId
from flow.domain.request import BedRequest, MadeBy
from flow.domain.roles import Role
from flow.history.forecasts import Forecasts, past
from flow.main import forecasting
from flow.main.forecasting import Forecasting
from flow.main.running import Running
from flow.settings import Settings
from flow.views.forecast_page import ordered
from flow.web.rooms import Managers
from tests.forecast_pasts import END, lived
from tests.integration.test_desk import NOW, NURSE, admit, discharge, open_house
from tests.integration.test_learning import _expected
from tests.integration.web_house import Web, make_web
from tests.plans import small_plan

HOUR = timedelta(hours=1)


@pytest.fixture
async def web(dsn: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Web]:
    async with AsyncExitStack() as stack:
        core = await open_house(stack, dsn, redis_url, tmp_path)
        yield make_web(core, stack, tmp_path, managers=Managers(forecast=Forecasting(core.desk.plan, core.database, core.clock)))


async def weeks(web: Web, days: int) -> None:
    """A hospital with a history, as the log's projection would have written it, and a log that is as old; now it is 14:30 there. Who still
    lies there leaves in a month."""
    database, late = web.core.database, NOW + timedelta(days=30)
    columns = ["hospital", "seq", "bed", "ward", "type", "status", "visit", "reserved", "from_at", "to_at", "recorded_at"]
    rows = [
        (database.hospital, -n, p.bed, p.ward, "general", "occupied", p.visit, False, p.start - 3 * HOUR, p.end and p.end - 3 * HOUR, NOW)
        for n, p in enumerate(lived(small_plan(), days, 4, daily=1.4).pieces, start=1)
    ]
    assert END - 3 * HOUR == NOW
    async with database.write() as connection:
        told = [(*row[:9], row[9] or late, row[8]) for row in rows]
        await connection.copy_records_to_table("bed_interval", records=told, columns=columns)
        first = "update log set recorded_at = $2 where hospital = $1 and seq = 1"
        await connection.execute("set local session_replication_role = replica")  # which the log's trigger does not heed
        await connection.execute(first, database.hospital, NOW - timedelta(days=days))


async def test_the_past_is_read_as_it_was(web: Web) -> None:
    desk, clock = web.core.desk, web.core.clock
    await desk.act(admit("V1", "4B-A-01", NOW - 50 * HOUR, "p1"), NURSE)
    await desk.act(admit("V2", "ICU-I-01", NOW - 3 * HOUR, "p2"), NURSE)
    await desk.act(SetBedStatus(BedId("4B-S-01"), BedStatus.MAINTENANCE, reason=OutOfUse.REPAIR), NURSE)
    clock.advance(HOUR)
    await desk.act(_expected("V1", clock.now(), clock.now() + 5 * HOUR), NURSE)
    clock.advance(4 * HOUR)
    left = clock.now()
    await desk.act(discharge("V1", left, "p1"), NURSE)
    clock.advance(HOUR)
    found = await past(web.core.database, small_plan(), clock.now(), 28)
    assert found.first is not None and found.first <= NOW
    own = sorted((p for p in found.pieces if p.visit == "V1"), key=lambda p: p.start)
    assert (own[0].expected, own[-1].expected, own[-1].end) == (None, NOW + 6 * HOUR, left)
    assert [(p.bed, p.end) for p in found.pieces if p.visit == "V2"] == [("ICU-I-01", None)]
    assert [(p.bed, p.end) for p in found.pieces if p.visit is None] == [("4B-S-01", None)]


async def test_who_is_planned_is_read_with_what_became_of_it(web: Web) -> None:
    desk, clock = web.core.desk, web.core.clock
    for number in (1, 2):
        due = NOW + number * HOUR
        plan = BedRequest(RequestId(f"R{number}"), PatientId(f"p{number}"), NOW, "general", specialty="Medicine", sex="F", ready_at=due)
        plan = replace(plan, made_by=MadeBy.PLAN)
        await desk.act(RequestBed(replace(plan, visit=VisitId(f"V{number}"))), NURSE)
    await desk.act(RequestBed(BedRequest(RequestId("R3"), PatientId("p3"), NOW, "general", ready_at=NOW + HOUR)), NURSE)
    await desk.act(AssignBed(RequestId("R1"), BedId("4B-A-01")), NURSE)
    clock.advance(HOUR)
    await desk.act(admit("V1", "4B-A-01", clock.now(), "p1"), NURSE)
    came, waits = sorted((await past(web.core.database, small_plan(), clock.now(), 28)).planned, key=lambda one: one.due)
    assert (came.visit, came.ward, came.came, came.over) == ("V1", "4B", True, clock.now())
    assert (waits.visit, waits.ward, waits.specialty, waits.came, waits.over) == ("V2", None, "Medicine", False, None)


async def test_a_forecast_is_issued_once_in_the_quarter_before_its_huddle(web: Web) -> None:
    await weeks(web, 40)
    clock, kept = web.core.clock, Forecasts(web.core.database)
    made_by = Forecasting(small_plan(), web.core.database, clock)
    assert await made_by.issue() is False, "the next huddle is at 16:00, an hour and a half ahead"
    clock.advance(timedelta(minutes=80))
    assert await made_by.issue() is True
    assert await made_by.issue() is False
    made = await kept.newest()
    assert made is not None and made.huddle is not None
    assert (made.huddle.isoformat(), made.at) == ("2026-11-21T10:30:00+00:00", NOW + timedelta(minutes=80))
    assert {(row.level, row.hours) for row in made.rows} == {(level, hours) for level in Level for hours in (4, 8, 24)}
    clock.advance(timedelta(hours=16))
    assert await made_by.issue() is True, "the next morning's"
    assert len(await kept.issued(NOW)) == 2


async def test_under_four_weeks_nothing_is_issued(web: Web) -> None:
    await weeks(web, 27)
    made_by = Forecasting(small_plan(), web.core.database, web.core.clock)
    web.core.clock.advance(timedelta(minutes=80))
    assert await made_by.issue() is False
    assert await Forecasts(web.core.database).newest() is None


async def test_every_night_judges_what_was_issued(web: Web) -> None:
    await weeks(web, 60)
    clock, kept = web.core.clock, Forecasts(web.core.database)
    made_by = Forecasting(small_plan(), web.core.database, clock)
    assert await made_by.judge() is True
    assert await made_by.judge() is False, "once a day"
    day, verdicts = await kept.judged()
    assert day == date(2026, 11, 21)
    house = {each.hours: each for each in verdicts if each.level is Level.HOUSE}
    assert (house[4].count > 80, house[4].issued) == (True, 0)
    clock.advance(timedelta(minutes=80))
    await made_by.issue()
    clock.advance(timedelta(hours=10))
    assert await made_by.judge() is True
    day, verdicts = await kept.judged()
    assert day == date(2026, 11, 22)
    found = {each.hours: each.issued for each in verdicts if each.level is Level.HOUSE}
    assert found == {4: 1, 8: 1, 24: 0}
    assert all(each.count >= FEWEST_JUDGED for each in verdicts)


async def test_the_page_the_file_and_the_api_say_the_same(web: Web) -> None:
    await weeks(web, 60)
    manager = await web.as_role(Role.MANAGER)
    await Forecasting(small_plan(), web.core.database, web.core.clock).judge()
    page = (await manager.get("/manager/forecast?of=ward:4B&hours=4")).text
    rows = list(csv.DictReader(io.StringIO((await manager.get("/manager/forecast.csv?of=ward:4B")).text)))
    answer = (await manager.get("/api/v1/forecast")).json()
    assert len(rows) == len(answer["items"]) == 3 * 5
    for row, item in zip(rows, answer["items"], strict=True):
        assert (row["level"], row["name"], int(row["hours"])) == (item["level"], item["name"] or "all", item["hours"])
        names = ("expected", "staffed", "occupied_now")
        assert [int(row[name]) for name in names] == [item[name] for name in names]
        assert [int(row[name]) for name in ("low_80", "high_80", "low_90", "high_90")] == item["band_80"] + item["band_90"]
        assert float(row["chance_of_full"]) == pytest.approx(item["chance_of_full"], abs=1e-4)
        assert sum(item["chances"]) == pytest.approx(1, abs=1e-4)
    ward = next(item for item in answer["items"] if (item["name"], item["hours"]) == ("4B", 4))
    assert f"<b>{ward['expected']}</b>" in page
    assert f"{ward['band_80'][0]} to {ward['band_80'][1]} in eight of ten cases" in page
    judged = next(each for each in answer["judged"] if (each["name"], each["hours"]) == ("4B", 24))
    assert f"<td>{judged['count']} (0 issued)</td><td>{100 * judged['coverage_80']:.0f} %</td>" in page
    assert answer["judged_on"] == "2026-11-21"


async def test_what_is_shown_of_a_huddle_is_what_was_kept(web: Web) -> None:
    await weeks(web, 40)
    clock, manager = web.core.clock, await web.as_role(Role.MANAGER)
    clock.advance(timedelta(minutes=80))
    await Forecasting(small_plan(), web.core.database, clock).issue()
    made = await Forecasts(web.core.database).newest()
    assert made is not None
    made = ordered(made, small_plan())
    clock.advance(5 * HOUR)
    for number in range(3):
        await web.core.desk.act(admit(f"N{number}", f"4B-B-0{number + 1}", clock.now(), f"n{number}"), NURSE)
    issued, now = [(await manager.get(f"/api/v1/forecast?at={at}")).json() for at in ("issued", "now")]
    assert (issued["huddle"], issued["as_of"]) == ("2026-11-21T10:30:00Z", "2026-11-21T10:20:00Z")
    assert [tuple(item["band_80"]) for item in issued["items"]] == [row.band_80 for row in made.rows]
    assert [item["chances"] for item in issued["items"]] == [[round(each, 6) for each in row.chances] for row in made.rows]
    assert now["huddle"] is None
    assert now["items"][0]["occupied_now"] == issued["items"][0]["occupied_now"] + 3
    page = (await manager.get("/manager/forecast?at=issued&hours=24")).text
    assert "for the huddle at 16:00" in page
    house = next(row for row in made.rows if (row.level, row.hours) == (Level.HOUSE, 24))
    assert f"{house.band_80[0]} to {house.band_80[1]} in eight of ten cases" in page


async def test_the_states_are_said_in_plain_words(web: Web) -> None:
    manager = await web.as_role(Role.MANAGER)
    young = (await manager.get("/manager/forecast")).text
    assert "A forecast needs 28 days of history; there are none yet. The first is made on Sat 19 Dec." in young
    assert (await manager.get("/api/v1/forecast")).json()["state"] == ForecastState.NONE
    assert (await manager.get("/manager/forecast.csv")).text.count("\r\n") == 1


async def test_a_forecast_that_nobody_has_judged_says_so(web: Web) -> None:
    await weeks(web, 40)
    page = (await (await web.as_role(Role.MANAGER)).get("/manager/forecast")).text
    assert "<b>Calibrating</b> Nobody knows yet how well the bands hold: 0 forecasts came due, it takes 21." in page
    assert "Nothing has been judged yet." in page
    assert "Issued for" not in page


async def test_what_if_stands_in_the_address(web: Web) -> None:
    await weeks(web, 40)
    manager = await web.as_role(Role.MANAGER)
    page = (await manager.get("/manager/forecast?if_ward=4B&if_beds=-6&delay=8")).text
    assert "what if: 4B: 6 beds closed · planned admissions put off by 8 h" in page
    assert re.search(r'<b class="would">→ 1</b>', page), "one bed of seven is left staffed"
    closed = (await manager.get("/api/v1/forecast?if_ward=4B&if_beds=-6")).json()["items"]
    plain = (await manager.get("/api/v1/forecast")).json()["items"]
    full = [next(i["chance_of_full"] for i in items if (i["name"], i["hours"]) == ("4B", 8)) for items in (plain, closed)]
    assert full[0] < full[1]
    for wrong in (
        *("if_beds=2", "if_ward=4B&if_beds=x", "delay=49", "delay=-1", "if_ward=4B&if_beds=1000"),
        *("if_ward=4B&if_beds=1&if_beds=2", "if_ward=4B&if_beds=1&if_ward=&if_beds=3", "delayed=3"),
    ):
        assert (await manager.get(f"/manager/forecast?{wrong}")).status_code == 422, wrong
        assert (await manager.get(f"/api/v1/forecast?{wrong}")).status_code == 422, wrong
    for nowhere in ("of=ward:9Z", "of=specialty:None", "if_ward=9Z"):
        assert (await manager.get(f"/manager/forecast?{nowhere}")).status_code == 404


async def test_what_if_takes_several_wards_at_once(web: Web) -> None:
    """As the form sends it, with a row left empty: six of seven beds closed in one ward, two opened in the other."""
    await weeks(web, 40)
    manager = await web.as_role(Role.MANAGER)
    asked = "if_ward=4B&if_beds=-6&if_ward=ICU&if_beds=2&if_ward=&if_beds=&delay=8&delayed=1"
    page = (await manager.get(f"/manager/forecast?{asked}")).text
    assert "what if: 4B: 6 beds closed · ICU: 2 beds opened · the next planned admission put off by 8 h" in page
    rows = {row[0].split()[0]: row[2:4] for row in await would(manager, asked) if row[1] == 8}
    assert [rows[name] for name in ("Whole", "4B", "ICU")] == [["9", "5"], ["7", "1"], ["2", "4"]]
    items = (await manager.get(f"/api/v1/forecast?{asked}")).json()["items"]
    assert {i["name"]: i["staffed"] for i in items if i["level"] == "ward" and i["hours"] == 8} == {"4B": 1, "ICU": 4}
    twice = (await manager.get("/api/v1/forecast?if_ward=ICU&if_beds=3&if_ward=ICU&if_beds=-1")).json()["items"]
    assert next(i["staffed"] for i in twice if i["name"] == "ICU") == 4, "said twice is added up"


async def would(manager: httpx.AsyncClient, asked: str) -> list[list[Any]]:
    """The rows of the table of what would be, as the file has it."""
    book = openpyxl.load_workbook(io.BytesIO((await manager.get(f"/manager/forecast.xlsx?{asked}")).content))
    return [list(row) for row in book["What would be"].iter_rows(min_row=2, values_only=True)]


async def test_who_reads_the_forecast(web: Web) -> None:
    await weeks(web, 40)
    nurse = await web.as_role(Role.NURSE, "4B")
    assert {(item["level"], item["name"]) for item in (await nurse.get("/api/v1/forecast")).json()["items"]} == {("ward", "4B")}
    assert (await nurse.get("/api/v1/forecast?ward=ICU")).status_code == 403
    assert (await nurse.get("/manager/forecast")).status_code == 403
    assert (await (await web.as_role(Role.HOUSEKEEPING)).get("/api/v1/forecast")).status_code == 403
    assert '<a href="/manager/forecast">' in (await (await web.as_role(Role.MANAGER)).get("/manager")).text


async def test_a_hospital_without_the_wing_says_so(web: Web, tmp_path: Path) -> None:
    plain = make_web(web.core, web.stack, tmp_path)
    page = (await (await plain.as_role(Role.MANAGER)).get("/manager/forecast")).text
    assert "This hospital runs without forecasts." in page


async def test_a_worker_issues_and_judges_by_itself(dsn: str, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As `bedflow serve` starts."""
    done = {name: asyncio.Event() for name in ("issue", "judge")}
    for name, event in done.items():
        monkeypatch.setattr(forecasting, f"{name.upper()}_AFTER", 0.01)
        monkeypatch.setattr(Forecasting, name, _sets(event))
    said = {"DATABASE_URL": dsn, "REDIS_URL": redis_url, "BEDFLOW_DATA_DIR": str(tmp_path)}
    async with main.open_house(Settings.from_environ(said)) as house, AsyncExitStack() as stack:
        await Running(house).start(stack, frozenset({"worker"}))
        await asyncio.wait_for(asyncio.gather(*(event.wait() for event in done.values())), 10)


def _sets(event: asyncio.Event) -> Callable[[object], Awaitable[bool]]:
    async def run(self: object) -> bool:
        event.set()
        return False

    return run
