"""What the benchmark of a year asks: the managers' pages and the API, each as it asks Postgres, objects and all."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from flow.domain.data_quality import signs
from flow.domain.evidence import Shifts
from flow.domain.kpis.cases import Asked, counted
from flow.domain.kpis.table import By
from flow.domain.ledger import Owner
from flow.domain.ledger_behind import Wanted
from flow.history import past, replay
from flow.history.bed_hours import EVERYTHING, HOUR, Scope, hour_of
from flow.history.checks import looked
from flow.history.clean_jobs import times_by_ward
from flow.history.data_quality import entries
from flow.history.forecasts import Forecasts
from flow.history.forecasts import past as known_past
from flow.history.kept import log_head, one_moment
from flow.history.kpi_cases import cases_of, spoken_of
from flow.history.kpis import kpi_figures
from flow.history.ledger import ghost_beds, ledger_behind, minute_ledger
from flow.history.levels import Levels
from flow.history.queries import load
from flow.history.reports import census, occupancy_report, occupancy_samples
from flow.main.house import House
from flow.state.client import connect
from flow.state.picture import Picture
from flow.views.midnights_page import midnights_of

YEAR, WEEKS = 365, 28
PAGE, MINUTE, REDIS = 300.0, 50.0, 2000.0
"""Aims in milliseconds: a page of figures, every bed at a past minute, the live picture made anew."""


@dataclass(frozen=True, slots=True)
class Question:
    """Something a page or the API asks; `ask` returns how many rows the answer has. `raw` asks the same while nothing is kept."""

    words: str
    ask: Callable[[], Awaitable[int]]
    aim: float | None = PAGE
    raw: Callable[[], Awaitable[int]] | None = None


def questions(house: House, now: datetime) -> list[Question]:
    """All of them; `now` is when the made-up year ends."""
    return [*_occupancy(house, now), *_kpis(house, now), *_pages(house, now), *_past(house, now)]


def _occupancy(house: House, now: datetime) -> list[Question]:
    end = hour_of(now, house.plan.zone)
    start, weeks = end - timedelta(days=YEAR), end - timedelta(days=WEEKS)
    two = Scope(tuple(ward.id for ward in house.plan.wards[:2]), by="ward")
    plain = [
        ("occupancy page, a year", lambda: _report(house, end, YEAR, timedelta(days=1))),
        ("occupancy page, 28 days", lambda: _report(house, end, WEEKS, timedelta(hours=4))),
        ("house by hour, a year", lambda: _samples(house, start, end, EVERYTHING)),
        ("hour x ward, a year, all wards", lambda: _samples(house, start, end, Scope(by="ward"))),
        ("hour x ward, a year, two wards: a page of the API", lambda: _samples(house, start, end, two)),
        ("hour x ward, 28 days, all wards", lambda: _samples(house, weeks, end, Scope(by="ward"))),
        ("midnights by ward and type, a year", lambda: _nights(house, now, YEAR)),
        ("midnights by ward and type, 28 days", lambda: _nights(house, now, WEEKS)),
    ]
    return [Question(words, ask, raw=ask) for words, ask in plain]


def _kpis(house: House, now: datetime) -> list[Question]:
    def asked(days: int, by: By) -> Question:
        words = f"KPIs by {by}, {'a year' if days == YEAR else f'{days} days'}"
        raw = (lambda: _cases_read(house, now, days, by)) if (days, by) == (WEEKS, By.WARD) else None
        return Question(words, lambda: _figures(house, now, days, by), raw=raw)

    return [asked(days, by) for days in (WEEKS, YEAR) for by in (By.WARD, By.HOUR)]


def _pages(house: House, now: datetime) -> list[Question]:
    return [
        Question("minute ledger, 28 days", lambda: _ledger(house, now, WEEKS)),
        Question("minute ledger, a year", lambda: _ledger(house, now, YEAR)),
        Question("behind the ledger, a cause of 28 days", lambda: _behind(house, now, WEEKS)),
        Question("behind the ledger, a cause of a year", lambda: _behind(house, now, YEAR)),
        Question("data quality, 28 days", lambda: _signs(house, now, WEEKS)),
        Question("data quality, a year", lambda: _signs(house, now, YEAR)),
        Question("forecast page, what was issued and judged, the day before", lambda: _forecast(house, now)),
        Question("what a forecast is made from, once a minute", lambda: _forecast_past(house, now), None),
        Question("changes of the level, 28 days", lambda: _level(house, now, WEEKS)),
        Question("changes of the level, a year", lambda: _level(house, now, YEAR)),
    ]


def _past(house: House, now: datetime) -> list[Question]:
    chance, start = np.random.default_rng(1), now - timedelta(days=YEAR)

    def minute() -> datetime:
        return start + timedelta(minutes=int(chance.integers(1440, YEAR * 1440)))

    async def then() -> int:
        return len((await past.beds_at(house.database, minute()))[1])

    async def corrected() -> int:
        return len((await past.known_at(house.database, minute(), now))[1])

    async def day() -> int:
        zone = ZoneInfo(house.plan.zone)
        begun = datetime.combine(minute().astimezone(zone).date(), time(), zone).astimezone(UTC)
        return len((await replay.day_of(house.database, begun, begun + timedelta(days=1), now)).beds)

    async def redis() -> int:
        epoch, hospital = await house.desk.whole()
        client = connect(house.redis_url)
        await Picture(client, house.plan.id).rebuild(epoch, hospital.seq, hospital.live_records())
        await client.aclose()
        return len(hospital.beds)

    return [
        Question("any past minute, as known then", then, MINUTE),
        Question("any past minute, as corrected since", corrected, MINUTE),
        Question("replay, any day of the house", day),
        Question("Redis written anew", redis, REDIS),
    ]


async def _samples(house: House, start: datetime, end: datetime, scope: Scope) -> int:
    found = await occupancy_samples(house.database, house.plan.zone, start, end, HOUR, scope)
    return sum(map(len, found.values()))


async def _report(house: House, end: datetime, days: int, every: timedelta) -> int:
    found = await occupancy_report(house.database, house.plan, end - timedelta(days=days), end, every)
    return len(found.samples) + len(found.hours) + len(found.wards)


async def _nights(house: House, now: datetime, days: int) -> int:
    return len(await census(house.database, house.plan.zone, midnights_of(days, now, house.plan.zone)))


async def _figures(house: House, end: datetime, days: int, by: By) -> int:
    found = await kpi_figures(house.database, house.plan, end - timedelta(days=days), end, end, Asked(by=by))
    return sum(len(each) for _, each in found)


async def _cases_read(house: House, end: datetime, days: int, by: By) -> int:
    """The same KPIs, every case read from its record: of all that the log spoke of in these days."""
    start = end - timedelta(days=days)
    async with one_moment(house.database) as connection:
        after = await connection.fetchval(load("past")["seq_at"], house.plan.id, start)
        told = await spoken_of(connection, house.plan.id, after, await log_head(connection, house.plan.id))
        found = await cases_of(connection, house.plan, told, end)
    cases = [case for each in found if start <= each.at < end for case in each.cases]
    return sum(len(each) for _, each in counted(cases, Asked(by=by), house.plan.zone))


async def _ledger(house: House, end: datetime, days: int) -> int:
    database, start = house.database, end - timedelta(days=days)
    found = await minute_ledger(database, start, end, house.plan.zone)
    ghosts, _, cleans = (
        await ghost_beds(database, start, end),
        await looked(database, start, end),
        await times_by_ward(database, start, end),
    )
    return len(found.sums) + len(ghosts) + len(cleans)


async def _behind(house: House, end: datetime, days: int) -> int:
    wanted = Wanted(Owner.WAITING_FOR_CLEANING)
    return len(await ledger_behind(house.database, end - timedelta(days=days), end, house.plan.zone, wanted))


async def _signs(house: House, end: datetime, days: int) -> int:
    found = await entries(house.database, end - timedelta(days=days), end)
    return len(signs(found, Shifts(house.plan.cleaning.shifts, house.plan.zone)))


async def _forecast(house: House, now: datetime) -> int:
    forecasts = Forecasts(house.database)
    _, verdicts = await forecasts.judged()
    await forecasts.newest()
    found = await occupancy_samples(house.database, house.plan.zone, now - timedelta(days=1), now, HOUR, EVERYTHING)
    return len(verdicts) + sum(map(len, found.values()))


async def _forecast_past(house: House, now: datetime) -> int:
    found = await known_past(house.database, house.plan, now, WEEKS)
    return len(found.pieces) + len(found.planned)


async def _level(house: House, end: datetime, days: int) -> int:
    return len(await Levels(house.database).changes(end - timedelta(days=days), end))
