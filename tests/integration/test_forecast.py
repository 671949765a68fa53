"""Forecasts on their way from the log to the managers' screen: issued before the huddle, judged as issued, shown as kept."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from flow.domain.bed import BedStatus, OutOfUse
from flow.domain.commands import AssignBed, RequestBed, SetBedStatus
from flow.domain.forecast import FEWEST_JUDGED, Level, Piece
from flow.domain.ids import BedId, PatientId, RequestId, VisitId
from flow.domain.request import BedRequest, MadeBy
from flow.history.forecasts import Forecasts, past
from flow.history.pool import Database
from flow.main.forecasting import Forecasting
from tests.forecast_pasts import lived
from tests.integration.test_desk import NOW, NURSE, admit, discharge, open_house
from tests.integration.test_learning import _expected
from tests.integration.web_house import Web, make_web
from tests.plans import small_plan

HOUR = timedelta(hours=1)


@pytest.fixture
async def web(dsn: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Web]:
    async with AsyncExitStack() as stack:
        core = await open_house(stack, dsn, redis_url, tmp_path)
        yield make_web(core, stack, tmp_path, forecast=Forecasting(core.desk.plan, core.database, core.clock))


async def lay(database: Database, pieces: tuple[Piece, ...], first: datetime) -> None:
    """Stays as the log's projection would have written them, and a log that is as old."""
    columns = ["hospital", "seq", "bed", "ward", "type", "status", "visit", "reserved", "from_at", "to_at", "recorded_at"]
    rows = [
        (database.hospital, -n, p.bed, p.ward, "general", "occupied", p.visit, False, p.start, p.end, p.heard)
        for n, p in enumerate(pieces, start=1)
        if p.end is not None
    ]
    async with database.write() as connection:
        await connection.copy_records_to_table("bed_interval", records=rows, columns=columns)
        await connection.execute("update log set recorded_at = $2 where hospital = $1 and seq = 1", database.hospital, first)


async def weeks(web: Web, days: int) -> None:
    """A hospital with a history; the moment is 09:00 UTC, 14:30 at the hospital."""
    found = lived(small_plan(), days, 4, daily=1.4)
    shift = NOW - max(p.end for p in found.pieces if p.end is not None)
    moved = (replace(p, start=p.start + shift, end=p.end + shift if p.end else None, heard=p.heard + shift) for p in found.pieces)
    await lay(web.core.database, tuple(moved), NOW - timedelta(days=days))


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
    forecasting = Forecasting(small_plan(), web.core.database, clock)
    assert await forecasting.issue() is False, "the next huddle is at 16:00, an hour and a half ahead"
    clock.advance(timedelta(minutes=80))
    assert await forecasting.issue() is True
    assert await forecasting.issue() is False
    made = await kept.newest()
    assert made is not None and made.huddle is not None
    assert (made.huddle.isoformat(), made.at) == ("2026-11-21T10:30:00+00:00", NOW + timedelta(minutes=80))
    assert {(row.level, row.hours) for row in made.rows} == {(level, hours) for level in Level for hours in (4, 8, 24)}
    clock.advance(timedelta(hours=16))
    assert await forecasting.issue() is True, "the next morning's"
    assert len(await kept.issued(NOW)) == 2


async def test_under_four_weeks_nothing_is_issued(web: Web) -> None:
    await weeks(web, 27)
    forecasting = Forecasting(small_plan(), web.core.database, web.core.clock)
    web.core.clock.advance(timedelta(minutes=80))
    assert await forecasting.issue() is False
    assert await Forecasts(web.core.database).newest() is None


async def test_every_night_judges_what_was_issued(web: Web) -> None:
    await weeks(web, 60)
    clock, kept = web.core.clock, Forecasts(web.core.database)
    forecasting = Forecasting(small_plan(), web.core.database, clock)
    assert await forecasting.judge() is True
    assert await forecasting.judge() is False, "once a day"
    day, verdicts = await kept.judged()
    assert day == date(2026, 11, 21)
    house = {each.hours: each for each in verdicts if each.level is Level.HOUSE}
    assert (house[4].count > 80, house[4].issued) == (True, 0)
    clock.advance(timedelta(minutes=80))
    await forecasting.issue()
    clock.advance(timedelta(hours=10))
    assert await forecasting.judge() is True
    day, verdicts = await kept.judged()
    assert day == date(2026, 11, 22)
    found = {each.hours: each.issued for each in verdicts if each.level is Level.HOUSE}
    assert found == {4: 1, 8: 1, 24: 0}
    assert all(each.count >= FEWEST_JUDGED for each in verdicts)
