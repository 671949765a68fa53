"""One afternoon of a hospital with weeks behind it: the forecast issued for a huddle stands in the same figures on the forecast's page, in
the huddle sheet, in the level's rule and in the daily report; and where its bands did not hold, each of them says so."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from flow.domain.forecast import Judged, Level, Outlook, Outlooks
from flow.domain.huddle import Basis
from flow.domain.roles import Role
from flow.history.forecasts import Forecasts
from flow.main.forecasting import Forecasting
from flow.main.huddling import Huddling
from flow.main.levelling import Levelling
from flow.main.reporting import Reporting
from flow.web.rooms import Managers
from tests.integration.test_desk import NOW, open_house
from tests.integration.test_forecast import weeks
from tests.integration.web_house import Web, make_web

MINUTE = timedelta(minutes=1)
HUDDLE = "2026-11-21T10:30Z"
"""16:00 in the hospital; the sheet counts to 17:00."""
WORDS = "calibrating: these bands held in 61 % of the last four weeks"


@pytest.fixture
async def web(dsn: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Web]:
    async with AsyncExitStack() as stack:
        core = await open_house(stack, dsn, redis_url, tmp_path)
        yield make_web(core, stack, tmp_path, managers=Managers(forecast=Forecasting(core.desk.plan, core.database, core.clock)))


async def judged(web: Web, covered: float) -> None:
    """The night before has found the 80 % bands of the house to hold so often."""
    found = [
        Judged(Level.HOUSE, "", hours, 84, 60, covered, 0.9, 1.2, 2.0, 3.0, 0.4, 1.0, 1.5, 0.01, 0.02, 2, 3, 0.4) for hours in (4, 8, 24)
    ]
    await Forecasts(web.core.database).judge(date(2026, 11, 21), found)


async def afternoon(web: Web) -> Outlooks:
    """A quarter before the huddle forecast and sheet are issued, and somebody looks at the level."""
    await weeks(web, 40)
    web.core.clock.set(NOW + 80 * MINUTE)
    made_by = Forecasting(web.core.desk.plan, web.core.database, web.core.clock)
    huddling = Huddling(web.core.desk, web.core.database, web.core.clock, made_by)
    assert [await made_by.issue(), await huddling.issue()] == [True, True]
    assert await Levelling(web.core.desk, web.core.database, web.core.clock).look() is True
    web.core.clock.advance(MINUTE)
    made = await Forecasts(web.core.database).newest()
    assert made is not None
    return made


def house(made: Outlooks, hours: int) -> Outlook:
    return next(row for row in made.rows if (row.level, row.hours) == (Level.HOUSE, hours))


async def report(web: Web) -> str:
    """The day's report, as it is kept."""
    made = await Reporting(web.core.desk.plan, web.core.database, web.core.clock).make(date(2026, 11, 21), printed=False)
    return made.html


async def test_every_page_speaks_of_the_one_forecast(web: Web) -> None:
    await judged(web, 0.8)
    made, manager = await afternoon(web), await web.as_role(Role.MANAGER)
    page, sheet, level = [(await manager.get(path)).text for path in PATHS]
    four, eight = house(made, 4), house(made, 8)
    assert "for the huddle at 16:00" in page and "<b>Bands hold</b>" in page
    assert f"<b>{eight.median}</b>" in page and f"<td>{eight.band_80[0]} to {eight.band_80[1]}</td>" in page
    assert '<th scope="row">8</th><td>84 (60 issued)</td>' in page and "<td>60 %</td></tr>" in page, "leaning on the usual"
    kept = await web.house.huddles.sheet(datetime.fromisoformat(HUDDLE))
    assert kept is not None and (kept.basis, kept.judged and kept.judged.hours) == (Basis.FORECAST, 4), "17:00 is next to four hours"
    assert "Leavings and comings as the forecast expects them." in sheet and " in eight of ten cases" in sheet
    assert f"<td>{round(100 * eight.median / eight.staffed, 1):g}</td>" in level
    told = await report(web)
    assert f"<td>{four.median}</td><td>{four.band_80[0]} to {four.band_80[1]}</td><td>{four.staffed}</td>" in told
    assert not any("calibrating" in text for text in (re.sub(r"<dl>.*?</dl>", "", sheet, flags=re.DOTALL), told))


async def test_every_page_says_that_the_bands_did_not_hold(web: Web) -> None:
    await judged(web, 0.61)
    made, manager = await afternoon(web), await web.as_role(Role.MANAGER)
    page, sheet, _ = [(await manager.get(path)).text for path in PATHS]
    assert house(made, 8).widened == (2, 3)
    assert "<b>Calibrating</b>" in page and "held in 61 % of the last 84 forecasts" in page
    assert f"{WORDS}; this range is not widened" in sheet
    told = await report(web)
    assert f"<p>Sat 19:50 {WORDS}. Sat 23:50 {WORDS}. Sun 15:50 {WORDS}.</p>" in told


PATHS = ("/manager/forecast?at=issued&hours=8", f"/manager/huddle?at={HUDDLE}", "/manager/level?range=24h")


async def test_nobody_has_judged_it_yet(web: Web) -> None:
    made, manager = await afternoon(web), await web.as_role(Role.MANAGER)
    page, sheet, _ = [(await manager.get(path)).text for path in PATHS]
    assert made.rows and "Nobody knows yet how well the bands hold: 0 forecasts came due" in page
    assert "calibrating: nobody knows yet how well these bands hold" in sheet
    assert replace(house(made, 4), widened=(0, 0)) == house(made, 4), "what is not known is not widened"
