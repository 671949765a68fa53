"""Occupancy over time and the midnight census over the API: by house, ward, type or specialty."""

import operator
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from flow.domain.kpi import Sample
from flow.domain.kpis.readings import Period, midnights
from flow.domain.plan import Plan
from flow.domain.roles import May
from flow.history.bed_hours import Scope
from flow.history.reports import census, occupancy_samples
from flow.views.midnights_page import group_of, grouped, meant
from flow.views.occupancy_page import Chosen
from flow.web.api.beds import check_ward
from flow.web.api.wire import Listed, limit_of, listing, moment, number_cursor, one_of, to_cursor
from flow.web.occupancy_asked import chosen_of
from flow.web.parts import House, house_of
from flow.web.problems import invalid
from flow.web.security.principal import principal_of


class OccupancyOut(msgspec.Struct):
    """The beds at one moment, of a group (`name`: a ward, which `ward` says too, a type or specialty) or (null) of all: the parts add up;
    `percent` is occupied / not out of use."""

    time: datetime
    ward: str | None
    occupied: int
    free: int
    reserved: int
    cleaning: int
    maintenance: int
    staffed: int
    percent: float | None
    name: str | None = None


class CensusOut(msgspec.Struct):
    """The beds at the midnight that ends a day, of a ward, type or specialty (`name`), or (`name` null) of all that was asked for."""

    day: date
    time: datetime
    name: str | None
    occupied: int
    free: int
    reserved: int
    cleaning: int
    maintenance: int
    staffed: int
    percent: float | None


BUCKETS = {
    "5m": timedelta(minutes=5),
    "15m": timedelta(minutes=15),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
}
GROUPS = ("house", "ward", "type", "specialty")
MOST_SAMPLES = 10_000
"""Moments of which one question may speak, and figures of one answer."""
LONGEST = timedelta(days=366)


async def occupancy(request: Request) -> Response:
    """Occupancy at each moment of a grid: `from`, `to`, `bucket` (5m, 15m, hour, day), of a `ward`, `specialty` or `type`, told apart `by`
    house, ward, type or specialty. Group by group, each in order of time, at most `limit` figures; `next` goes on."""
    house, now = house_of(request), house_of(request).clock.now()
    end = min(_time(request, "to", now), now)
    start = _time(request, "from", end - timedelta(days=1))
    every = BUCKETS[one_of(request, "bucket", list(BUCKETS)) or "hour"]
    if not start < end or (end - start) / every > MOST_SAMPLES:
        raise invalid("bad-period", f"from lies before to, and has at most {MOST_SAMPLES} moments: take a larger bucket.")
    asked, by = _asked(request)
    names = _names(house.plan, asked, by)
    count, first = int((end - start) / every) + 1, number_cursor(request) or 0
    chosen = range(first, min(first + limit_of(request, MOST_SAMPLES), count * len(names)))
    found = await _groups(house, start, end, every, asked, by, names[first // count : -(-chosen.stop // count)])
    items = [_sample_out(found[names[n // count]][n % count], names[n // count], by) for n in chosen]
    after = to_cursor(chosen.stop) if chosen.stop < count * len(names) else None
    return listing(request, Listed(house.live.as_of, house.live.seq, items, after))


def _names(plan: Plan, asked: Chosen, by: str) -> list[str]:
    """What is told apart, in the order of the answer; of beds that a file names no more only the house knows."""
    wards = [ward.id for ward in plan.wards if asked.of_ward(ward.id, plan)]
    if by == "ward":
        return sorted(wards)
    if by == "specialty":
        return sorted({group_of((ward, ""), by, plan) for ward in wards})
    return sorted({bed.type for bed in plan.beds.values() if bed.ward in wards and asked.kind in ("", bed.type)}) if by == "type" else [""]


async def _groups(
    house: House, start: datetime, end: datetime, every: timedelta, asked: Chosen, by: str, names: Sequence[str]
) -> dict[str, tuple[Sample, ...]]:
    """The samples of the groups that an answer speaks of."""
    plan, wards = house.plan, asked.wards(house.plan)
    if by == "ward":
        wards = tuple(names)
    elif by == "specialty":
        wards = tuple(ward for name in names for ward in plan.wards_of(name) if asked.of_ward(ward, plan))
    scope = Scope(wards, asked.kind or None, {"house": "", "type": "type"}.get(by, "ward"))
    found = await occupancy_samples(house.database, plan.zone, start, end, every, scope)
    found = _specialties(found, plan) if by == "specialty" else found
    nobody = tuple(Sample(start + n * every) for n in range(int((end - start) / every) + 1))
    return {name: found.get(name, nobody) for name in names}


def _specialties(found: Mapping[str, tuple[Sample, ...]], plan: Plan) -> dict[str, tuple[Sample, ...]]:
    """The wards' samples added up."""
    groups: dict[str, tuple[Sample, ...]] = {}
    for ward, samples in found.items():
        name = group_of((ward, ""), "specialty", plan)
        groups[name] = tuple(map(operator.add, groups[name], samples)) if name in groups else samples
    return groups


def _asked(request: Request) -> tuple[Chosen, str]:
    """Whose beds, and what they are told apart by; who sees one ward alone gets that one."""
    house, principal = house_of(request), principal_of(request)
    asked, only = chosen_of(request), principal.only_ward(May.REPORTS)
    if asked.ward or only is not None:
        ward = check_ward(house, principal, asked.ward or str(only), May.REPORTS).id
        return Chosen(ward, kind=asked.kind), one_of(request, "by", GROUPS) or "ward"
    return asked, one_of(request, "by", GROUPS) or "house"


async def midnight_census(request: Request) -> Response:
    """The midnight census: the beds at each midnight of the hospital's zone from `from` to `to` (at most a year, usually the last 28), of a
    `ward`, `specialty` or `type`, told apart `by` house, ward, type or specialty. A midnight belongs to the day that it ends."""
    house, now = house_of(request), house_of(request).clock.now()
    end = min(_time(request, "to", now), now)
    start = _time(request, "from", end - timedelta(days=28))
    if not start < end <= start + LONGEST:
        raise invalid("bad-period", f"from lies before to, and at most {LONGEST.days} days before it.")
    asked, by = _asked(request)
    at = midnights(Period(start, end, now), house.plan.zone)
    found = meant(await census(house.database, house.plan.zone, at), asked, house.plan)
    groups = grouped(found, "" if by == "house" else by, house.plan)
    items = [_census_out(sample, name, house.plan.zone) for name, nights in groups.items() for _, sample in sorted(nights.items())]
    return listing(request, Listed(house.live.as_of, house.live.seq, items))


def _census_out(sample: Sample, name: str, zone: str) -> CensusOut:
    day = (sample.at.astimezone(ZoneInfo(zone)) - timedelta(hours=12)).date()
    parts = (sample.occupied, sample.free, sample.coming, sample.cleaning, sample.out, sample.staffed)
    return CensusOut(day, sample.at, name or None, *parts, _percent(sample))


def _sample_out(sample: Sample, name: str, by: str) -> OccupancyOut:
    parts = (sample.occupied, sample.free, sample.coming, sample.cleaning, sample.out)
    ward = name if by == "ward" else None
    return OccupancyOut(sample.at, ward, *parts, sample.staffed, _percent(sample), name or None)


def _percent(sample: Sample) -> float | None:
    return None if sample.percent is None else round(sample.percent, 2)


def _time(request: Request, name: str, usual: datetime) -> datetime:
    text = request.query_params.get(name)
    return usual if text is None else moment(text, name)
