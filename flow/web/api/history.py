"""The past over the API: every bed at a moment as it is known at another, one bed's own story, and occupancy over time."""

from datetime import datetime

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from flow.domain.bed import BedState, BedStatus, CleanKind, OutOfUse, Stage
from flow.domain.events import Entry
from flow.domain.roles import May
from flow.history import past
from flow.web.api.beds import BedOut, bed_of, bed_out, reserved_for
from flow.web.api.wire import Listed, limit_of, listing, moment, number_cursor, page, to_cursor
from flow.web.door import MOST
from flow.web.parts import house_of
from flow.web.problems import bad_request, invalid
from flow.web.security.principal import principal_of


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


async def beds_at(request: Request) -> Response:
    """Every bed at a moment (`time`) as it is known at another (`known_at`, else now: as corrected since). At `known_at` = `time` it is
    what screens showed then. Otherwise `status`, `since` and who lies there are by event time, as letters and clicks told them up to
    `known_at`, with the `stage` and `reason` that stood then or came with them; promises and what else a bed shows are as at `time`."""
    house, principal = house_of(request), principal_of(request)
    text = request.query_params.get("time")
    if text is None:
        raise bad_request("time-missing", "Say which moment: ?time=2026-01-31T14:05:00+05:30.")
    then = moment(text, "time")
    known = _time(request, "known_at", now := house.clock.now())
    if max(then, known) > now:
        raise invalid("in-future", "That time has not come yet.")
    if known < then:
        raise invalid("known-before", "known_at lies before time: nothing was known of it yet.")
    seq, states = await past.known_at(house.database, then, known)
    only = principal.only_ward(May.CASES)
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


def _time(request: Request, name: str, usual: datetime) -> datetime:
    text = request.query_params.get(name)
    return usual if text is None else moment(text, name)
