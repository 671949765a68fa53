"""The past over the API: every bed at a moment as it is known at another, one bed's own story, and occupancy over time."""

from datetime import datetime, timedelta

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from flow.domain.bed import BedState, BedStatus, CleanKind, OutOfUse, Stage
from flow.domain.events import Entry
from flow.domain.kpi import Sample
from flow.domain.roles import May
from flow.history import past
from flow.history.bed_hours import Scope
from flow.history.reports import occupancy_samples
from flow.web.api.beds import BedOut, bed_of, bed_out, check_ward, reserved_for
from flow.web.api.wire import MOST, Listed, limit_of, listing, moment, number_cursor, one_of, page, to_cursor
from flow.web.parts import House, house_of
from flow.web.problems import bad_request
from flow.web.security.principal import Principal, principal_of


class StoryOut(msgspec.Struct):
    """One entry of the log about a bed: what happened (`kind`) when (`at`), when it was recorded and by whom, and what it left."""

    seq: int
    kind: str
    at: datetime
    recorded_at: datetime
    source: str
    status: BedStatus
    since: datetime
    stage: Stage | None = None
    clean: CleanKind | None = None
    reason: OutOfUse | None = None
    reserved_for: str | None = None
    visit: str | None = None


class OccupancyOut(msgspec.Struct):
    """The beds at one moment, of a ward or (`ward` null) of all: the parts add up; `percent` is occupied / not out of use."""

    time: datetime
    ward: str | None
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
MOST_SAMPLES = 10_000


async def beds_at(request: Request) -> Response:
    """Every bed at a moment (`time`) as it is known at another (`known_at`, else now: as corrected since). At `known_at` = `time` it is
    what screens showed then. Otherwise `status`, `since`, `stage`, `reason` and who lies there are by event time, as letters and clicks
    told them up to `known_at`; promises (`reserved_for`) and what else a bed shows are as they stood at `time`."""
    house, principal = house_of(request), principal_of(request)
    text = request.query_params.get("time")
    if text is None:
        raise bad_request("time-missing", "Say which moment: ?time=2026-01-31T14:05:00+05:30.")
    then = moment(text, "time")
    known = _time(request, "known_at", now := house.clock.now())
    if max(then, known) > now:
        raise bad_request("in-future", "That time has not come yet.")
    if known < then:
        raise bad_request("known-before", "known_at lies before time: nothing was known of it yet.")
    seq, states = await past.known_at(house.database, then, known)
    only = principal.only_ward(May.REPORTS)
    beds = [bed for bed in house.plan.beds.values() if bed.id in states and only in (None, bed.ward)]
    listed = page(house, beds, lambda bed: bed.id, request, MOST)
    items: list[BedOut] = [bed_out(bed, states[bed.id], principal) for bed in listed.items]
    return listing(request, Listed(then, seq, items, listed.next))


async def bed_story(request: Request) -> Response:
    """What happened to a bed, newest first."""
    house, principal = house_of(request), principal_of(request)
    bed, _ = bed_of(house, request.path_params["bed"])
    limit = limit_of(request)
    entries = await past.of_bed(house.database, bed.id, number_cursor(request), limit)
    items = [_told(entry, entry.event.record, names=principal.sees_names(bed.ward)) for entry in entries]
    after = to_cursor(entries[-1].seq) if len(entries) == limit else None
    return listing(request, Listed(house.live.as_of, house.live.seq, items, after))


def _told(entry: Entry, state: object, *, names: bool) -> StoryOut:
    assert isinstance(state, BedState)
    now, cause = state.now, entry.cause
    return StoryOut(
        seq=entry.seq,
        kind=entry.event.kind,
        at=entry.event.at,
        recorded_at=cause.recorded_at,
        source=cause.source,
        status=now.status,
        since=now.since,
        stage=now.stage,
        clean=now.clean,
        reason=now.reason,
        reserved_for=reserved_for(state, names=names),
        visit=state.visit if names else None,
    )


async def occupancy(request: Request) -> Response:
    """Occupancy at each moment of a grid: `from`, `to`, `bucket` (5m, 15m, hour, day), `by` (house, ward), `ward`."""
    house, principal = house_of(request), principal_of(request)
    now = house.clock.now()
    end = min(_time(request, "to", now), now)
    start = _time(request, "from", end - timedelta(days=1))
    every = BUCKETS[one_of(request, "bucket", list(BUCKETS)) or "hour"]
    wards = _wards(request, house, principal)
    if not start < end or (end - start) / every * len(wards) > MOST_SAMPLES:
        raise bad_request("bad-period", f"from lies before to, and the answer has at most {MOST_SAMPLES} figures: take a larger bucket.")
    items = []
    for ward in wards:
        samples = await occupancy_samples(house.database, house.plan.zone, start, end, every, Scope((ward,) if ward is not None else None))
        items += [_sample_out(sample, ward) for sample in samples[""]]
    return listing(request, Listed(house.live.as_of, house.live.seq, items))


def _time(request: Request, name: str, usual: datetime) -> datetime:
    text = request.query_params.get(name)
    return usual if text is None else moment(text, name)


def _wards(request: Request, house: House, principal: Principal) -> list[str | None]:
    """What is counted: one ward, each ward, or the whole house (None)."""
    only, asked = principal.only_ward(May.REPORTS), request.query_params.get("ward")
    if asked is not None:
        return [check_ward(house, principal, asked, May.REPORTS).id]
    if only is not None:
        return [only]
    by_ward = one_of(request, "by", ("house", "ward")) == "ward"
    return [ward.id for ward in house.plan.wards] if by_ward else [None]


def _sample_out(sample: Sample, ward: str | None) -> OccupancyOut:
    percent = None if sample.percent is None else round(sample.percent, 2)
    parts = (sample.occupied, sample.free, sample.coming, sample.cleaning, sample.out)
    return OccupancyOut(sample.at, ward, *parts, sample.staffed, percent)
