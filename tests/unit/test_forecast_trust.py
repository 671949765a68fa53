"""A forecast whose bands did not hold says so wherever it is told, and the night that finds it out says it in the log."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from structlog.testing import capture_logs

from flow.clock import SystemClock
from flow.domain.forecast import Judged, Level, Outlook, Outlooks
from flow.domain.huddle import Basis, Sheet, Short
from flow.main import forecasting
from flow.main.forecasting import Forecasting
from flow.views.daily_report import _trust
from flow.views.huddle_words import range_words
from tests.plans import small_plan

AT = datetime(2026, 11, 21, 9, tzinfo=UTC)
HELD = Judged(Level.HOUSE, "", 8, 84, 84, 0.8, 0.9, 1, 2, 3, 1, 2, 3, 0, 0)
MISSED = replace(HELD, covered_80=0.61)
WORDS = "calibrating: these bands held in 61 % of the last four weeks"


def test_the_sheet_says_how_often_the_bands_held() -> None:
    sheet = Sheet(AT, AT + timedelta(hours=8), Basis.FORECAST, Short(3, 4, 5), 0, (), (), 30, 60, judged=MISSED)
    assert range_words(sheet) == f" · {WORDS}; this range is not widened"
    assert range_words(replace(sheet, judged=HELD)) == " in eight of ten cases"
    assert "nobody knows yet" in range_words(replace(sheet, judged=None))


def test_the_daily_report_says_how_often_the_bands_held() -> None:
    row = Outlook(Level.HOUSE, "", 8, 5, 9, 4, (0.5, 0.5), 0.0)
    found: Any = type("Day", (), {"forecast": Outlooks(AT, 40, (row,)), "verdicts": (MISSED,)})
    assert _trust(found, ZoneInfo("UTC")) == f"Sat 17:00 {WORDS}."
    found.verdicts = (HELD,)
    assert _trust(found, ZoneInfo("UTC")) == ""


class Kept:
    """The verdicts of the night before."""

    async def judged(self) -> tuple[date, tuple[Judged, ...]]:
        return date(2020, 1, 1), (HELD,)

    async def issued(self, since: datetime) -> list[Outlooks]:
        return []

    async def judge(self, day: date, verdicts: object) -> None:
        pass


@pytest.mark.parametrize("verdict", [MISSED, HELD])
async def test_the_night_that_finds_it_out_warns(monkeypatch: pytest.MonkeyPatch, verdict: Judged) -> None:
    async def past(*_: object) -> None:
        return None

    monkeypatch.setattr(forecasting, "past", past)
    monkeypatch.setattr(forecasting, "back_test", lambda *_: (verdict,))
    nothing: Any = None
    made_by = Forecasting.__new__(Forecasting)
    said: Any = Kept()
    made_by.plan, made_by.database, made_by.clock, made_by.kept = small_plan(), nothing, SystemClock(), said
    with capture_logs() as lines:
        assert await made_by.judge() is True
    told = [(line["log_level"], line["what"]) for line in lines if line["event"] == "forecast.calibrating"]
    assert told == ([("warning", ["house 8 h: held in 61 %"])] if verdict is MISSED else [])
    assert all(line["since"] for line in lines)


@pytest.mark.parametrize(("ahead", "hours"), [(0, 4), (5.9, 4), (6, 4), (6.1, 8), (15.9, 8), (16.1, 24), (40, 24)])
async def test_what_an_hour_is_trusted_by_is_the_horizon_next_to_it(ahead: float, hours: int) -> None:
    """Wards and specialties say nothing of the house; of two that are as near the shorter one counts."""

    class Now:
        def now(self) -> datetime:
            return AT

    class Kept:
        async def judged(self) -> tuple[date, tuple[Judged, ...]]:
            own = [replace(HELD, hours=each) for each in (4, 8, 24)]
            return date(2026, 11, 21), (replace(HELD, level=Level.WARD, name="4B", hours=round(ahead)), *own)

    said: Any = Kept()
    clock: Any = Now()
    made_by = Forecasting.__new__(Forecasting)
    made_by.clock, made_by.kept = clock, said
    found = await made_by.trust(AT + timedelta(hours=ahead))
    assert found is not None and (found.level, found.hours) == (Level.HOUSE, hours)


async def test_before_anybody_judged_there_is_nothing_to_trust_by() -> None:
    class Nothing:
        async def judged(self) -> tuple[None, tuple[Judged, ...]]:
            return None, ()

    said: Any = Nothing()
    made_by = Forecasting.__new__(Forecasting)
    made_by.clock, made_by.kept = SystemClock(), said
    assert await made_by.trust(AT) is None
