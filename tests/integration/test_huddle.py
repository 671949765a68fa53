"""The huddle sheet on its way: issued once before its huddle, kept as it was, held against what came true at its hour, shown."""

import csv
import io
from datetime import timedelta

import pytest

from flow.domain.commands import RequestBed
from flow.domain.huddle import Basis, Deed
from flow.domain.ids import PatientId, RequestId
from flow.domain.request import BedRequest
from flow.domain.roles import Role
from flow.main.forecasting import Forecasting
from flow.main.huddling import LATEST, Huddling
from tests.integration.cleaning_house import empty
from tests.integration.test_desk import NOW, NURSE, admit, discharge
from tests.integration.test_forecast import weeks
from tests.integration.web_house import Web, web

__all__ = ["web"]
MINUTE = timedelta(minutes=1)
HUDDLE = NOW + 90 * MINUTE
"""16:00 in the hospital; its sheet counts to 17:00."""


def huddling(web: Web, forecasting: Forecasting | None = None) -> Huddling:
    return Huddling(web.core.desk, web.core.database, web.core.clock, forecasting)


async def wait_for_beds(web: Web, count: int, first: int = 0) -> None:
    """So many more wait than there are beds."""
    for number, bed in enumerate(list(web.core.desk.plan.beds)[1:] if not first else []):
        await web.core.desk.act(admit(f"N{number}", bed, NOW, f"n{number}"), NURSE)
    for number in range(first, count):
        asked = BedRequest(RequestId(f"R{number}"), PatientId(f"w{number}"), NOW, "general", specialty="Medicine")
        await web.core.desk.act(RequestBed(asked), NURSE)


async def test_a_sheet_is_issued_once_and_what_came_true_is_kept(web: Web) -> None:
    clock, made_by = web.core.clock, huddling(web)
    await empty(web)
    await wait_for_beds(web, 3)
    assert await made_by.issue() is False, "an hour and a half ahead"
    clock.set(HUDDLE - 15 * MINUTE)
    assert [await made_by.issue(), await huddling(web).issue()] == [True, False]
    kept = await web.house.huddles.sheet(HUDDLE)
    assert kept is not None and kept.came is None
    assert (kept.short.middle, kept.basis, kept.actions[0].deed, kept.actions[0].count) == (3, Basis.KNOWN, Deed.CLEAN, 1)
    assert await made_by.settle() == 0, "its hour is to come"
    clock.set(HUDDLE + 30 * MINUTE)
    await web.core.desk.act(discharge("N0", clock.now(), "n0"), NURSE)
    clock.set(HUDDLE + 61 * MINUTE)
    assert [await made_by.settle(), await made_by.settle()] == [1, 0]
    kept = await web.house.huddles.sheet(HUDDLE)
    assert kept is not None and kept.came is not None
    medicine = kept.came.lines[0]
    assert (kept.came.short, medicine.waiting, medicine.free, medicine.left, medicine.came) == (3, 3, 0, 1, 0)


async def test_what_nobody_saw_is_not_made_up(web: Web) -> None:
    clock, made_by = web.core.clock, huddling(web)
    clock.set(HUDDLE - 15 * MINUTE)
    await made_by.issue()
    clock.set(HUDDLE + 60 * MINUTE + LATEST + MINUTE)
    assert await made_by.settle() == 0
    page = (await (await web.as_role(Role.MANAGER)).get("/manager/huddle?at=2026-11-21T10:30Z")).text
    assert "Nobody looked at 17:00: what came true is not known." in page


async def test_the_page_shows_now_and_what_was_issued(web: Web) -> None:
    clock, manager = web.core.clock, await web.as_role(Role.MANAGER)
    await empty(web)
    await wait_for_beds(web, 2)
    clock.set(HUDDLE - 15 * MINUTE)
    await huddling(web).issue()
    clock.set(HUDDLE)
    await wait_for_beds(web, 5, first=2)
    now, issued = [(await manager.get(f"/manager/huddle{at}")).text for at in ("", "?at=2026-11-21T10:30Z")]
    assert '<p class="short-count">5</p>' in now and '<p class="short-count">2</p>' in issued
    assert "for the huddle at 16:00" in issued and "What came true is seen at 17:00." in issued
    assert "Clean 1 dirty bed that waits for somebody to begin." in issued
    assert "There is no forecast yet: only what is known by name is counted" in now
    rows = list(csv.DictReader(io.StringIO((await manager.get("/manager/huddle.csv?at=2026-11-21T10:30Z")).text)))
    assert [(row["name"], row["waiting"], row["short"]) for row in rows] == [
        ("Medicine", "2", "2"),
        ("Intensive care", "0", "0"),
        ("Whole house", "2", "2"),
    ]


async def test_the_forecast_is_in_it_once_there_is_one(web: Web) -> None:
    await weeks(web, 40)
    made = await huddling(web, Forecasting(web.core.desk.plan, web.core.database, web.core.clock))()
    assert made.basis is Basis.FORECAST
    assert all(line.coming > 0 for line in made.specialties)


@pytest.mark.parametrize(("at", "status"), [("2026-11-21T10:30Z", 404), ("soon", 400)])
async def test_a_huddle_without_a_sheet_is_told(web: Web, at: str, status: int) -> None:
    assert (await (await web.as_role(Role.MANAGER)).get(f"/manager/huddle?at={at}")).status_code == status
