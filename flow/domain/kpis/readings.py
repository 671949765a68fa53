"""Makes cases of what was read: beds counted, stays that ended, cleaning jobs, requests, discharges, tokens, ghosts. Pure.

Before it, `flow.history.kpis` read the rows; after it, `flow.domain.kpis.cases` adds the cases up. Clocks that began in the period are
followed until `now`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from flow.domain.bed import BedStatus
from flow.domain.cleaning_job import End, is_emergency
from flow.domain.discharge import Discharge, Milestone
from flow.domain.ghosts import Ghost
from flow.domain.ids import BedId
from flow.domain.kpis.cases import Case, Ending, span
from flow.domain.kpis.table import LONG_MINUTES
from flow.domain.opd import NOT_COME, Token, TokenStatus
from flow.domain.plan import Plan
from flow.domain.request import UNPLACED, BedRequest, MadeBy, RequestStatus

_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Period:
    """What is asked about, and when the question was put."""

    start: datetime
    end: datetime
    now: datetime

    def has(self, at: datetime | None) -> bool:
        """Whether a clock began in it."""
        return at is not None and self.start <= at < self.end


@dataclass(frozen=True, slots=True)
class Counted:
    """Beds of a ward and type: how many were occupied out of how many functional ones, at a moment or (as seconds) over the period."""

    ward: str
    type: str
    occupied: float
    functional: float
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Left:
    """A stay that ended for good, from the first bed to the leaving of the last."""

    bed: str
    came_at: datetime
    left_at: datetime


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A cleaning job, over or under way (`ended_at` None), and the minutes for which its work was paused."""

    bed: str
    asked_at: datetime
    started_at: datetime | None
    cleaned_at: datetime | None
    ended_at: datetime | None
    outcome: str | None
    paused: float


@dataclass(frozen=True, slots=True)
class Promise:
    """A request with its bed: since when the patient has lain in it, since when it has been clean, how it stands now."""

    request: BedRequest
    occupied_at: datetime | None
    clean_at: datetime | None
    status: str | None


def midnights(period: Period, zone: str) -> list[datetime]:
    """The midnights of the zone in the period; one that begins at midnight begins with the day after it."""
    local = ZoneInfo(zone)
    day = period.start.astimezone(local).date() + _DAY
    found = []
    while (at := datetime.combine(day, time(), local)) <= period.end:
        found.append(at)
        day += _DAY
    return found


def beds_now(counted: Iterable[Counted]) -> Iterator[Case]:
    """The beds as they are at the period's end."""
    for row in counted:
        yield Case("occupancy_now", row.ward, row.type, None, row.occupied, row.functional)


def census(counted: Iterable[Counted]) -> Iterator[Case]:
    """The beds of each midnight, which belongs to the day that it ends."""
    for row in counted:
        assert row.at is not None
        yield Case("bed_occupancy_rate", row.ward, row.type, row.at - _DAY / 2, row.occupied, row.functional)


def bed_time(counted: Iterable[Counted], period: Period) -> Iterator[Case]:
    """What turnover divides by, and the days in which functional beds stood empty; told apart by hour or weekday where `at` is told."""
    seconds = (period.end - period.start).total_seconds()
    for row in counted:
        yield Case("bed_turnover", row.ward, row.type, row.at, denominator=row.functional / seconds)
        yield Case("turnover_interval", row.ward, row.type, row.at, numerator=(row.functional - row.occupied) / _DAY.total_seconds())


def exits(stays: Iterable[Left], plan: Plan) -> Iterator[Case]:
    """Everybody who left the hospital from a bed."""
    local = ZoneInfo(plan.zone)
    for stay in stays:
        ward, kind = _place(stay.bed, plan)
        early = stay.left_at.astimezone(local).hour < 12
        yield Case("length_of_stay", ward, kind, stay.left_at, (stay.left_at - stay.came_at) / _DAY, 1)
        yield Case("bed_turnover", ward, kind, stay.left_at, numerator=1)
        yield Case("turnover_interval", ward, kind, stay.left_at, denominator=1)
        yield Case("exits_before_noon", ward, kind, stay.left_at, float(early), 1)


def cleans(jobs: Iterable[Cleaned], plan: Plan, now: datetime) -> Iterator[Case]:
    """The three spans of each job; what came to nothing because the patient had never left is none."""
    for job in jobs:
        if job.outcome == End.CANCELLED:
            continue
        where = _place(job.bed, plan)
        unfinished = Ending.OPEN if job.ended_at is None else Ending.GONE
        until = job.ended_at or now
        started = (job.started_at, Ending.OVER) if job.started_at is not None else (until, unfinished)
        yield span("evs_response", *where, job.asked_at, *started)
        if job.started_at is not None:
            cleaned = (job.cleaned_at, Ending.OVER) if job.cleaned_at is not None else (until, unfinished)
            yield span("evs_clean", *where, job.started_at, *cleaned, job.paused)
        yield span("evs_turn", *where, job.asked_at, until, Ending.OVER if job.outcome == End.DONE else unfinished)


def asked(promises: Iterable[Promise], plan: Plan, period: Period) -> Iterator[Case]:
    """Requests: until a bed was promised, until the patient lay in it, and how long those of the emergency department boarded."""
    for promise in promises:
        request = promise.request
        if request.made_by is MadeBy.MOVE or not period.has(request.clock_from):
            continue
        place = _waiting_in(request, plan)
        yield _assigned(request, place, period.now)
        yield from _occupied(promise, plan, period.now)
        if request.type != "emergency" and _from_emergency(request, plan):
            yield from _boarded(promise, place, period.now)


def _waiting_in(request: BedRequest, plan: Plan) -> str:
    """The ward in which the patient waits: that which asked, or which the request names as the place, or the only one for emergencies."""
    if request.asked_by is not None:
        return request.asked_by
    said = request.origin.strip().casefold()
    named = [ward.id for ward in plan.wards if said in (ward.id.casefold(), ward.name.casefold())]
    own = named or [ward.id for ward in plan.wards if ward.type == "emergency" and is_emergency(said)]
    return own[0] if len(own) == 1 else ""


def _assigned(request: BedRequest, place: str, now: datetime) -> Case:
    """What was promised before the clock began took no time."""
    kind = ("request_to_assign", place, request.type, request.clock_from)
    if request.assigned_at is not None and request.status not in UNPLACED:
        return span(*kind, max(request.assigned_at, request.clock_from), Ending.OVER)
    return span(*kind, *_unmet(request, now))


def _unmet(request: BedRequest, now: datetime) -> tuple[datetime, Ending]:
    if request.is_live:
        return max(now, request.clock_from), Ending.OPEN
    return max(request.closed_at or now, request.clock_from), Ending.GONE


def _occupied(promise: Promise, plan: Plan, now: datetime) -> Iterator[Case]:
    """From the last of ready, assigned and clean: a promised bed that is not clean yet has not begun to wait."""
    request = promise.request
    if request.assigned_at is None or request.bed is None:
        return
    from_ = max(at for at in (_ready(promise), request.assigned_at, promise.clean_at) if at is not None)
    place = _place(request.bed, plan)
    if request.status is RequestStatus.ARRIVED and promise.occupied_at is not None:
        yield span("assign_to_occupy", *place, from_, promise.occupied_at, Ending.OVER)
    elif request.status is RequestStatus.ASSIGNED and promise.status == BedStatus.AVAILABLE and from_ <= now:
        yield span("assign_to_occupy", *place, from_, now, Ending.OPEN)


def _ready(promise: Promise) -> datetime:
    """When the patient could go. A plan's hour is a guess, and was none for whoever came before it."""
    request, came = promise.request, promise.occupied_at
    ready = request.ready_at or request.clock_from
    return request.created_at if request.made_by is MadeBy.PLAN and came is not None and came < ready else ready


def _from_emergency(request: BedRequest, plan: Plan) -> bool:
    ward = plan.ward.get(request.asked_by) if request.asked_by is not None else None
    return is_emergency(request.origin) or (ward is not None and ward.type == "emergency")


def _boarded(promise: Promise, place: str, now: datetime) -> Iterator[Case]:
    request = promise.request
    if request.status is RequestStatus.ARRIVED:
        end, ending = promise.occupied_at or request.closed_at or now, Ending.OVER
    else:
        end, ending = _unmet(request, now)
    found = span("boarding", place, request.type, request.created_at, end, ending)
    yield found
    if found.ending is Ending.INVALID:
        return
    long = found.minutes > LONG_MINUTES
    known = long or ending is Ending.OVER
    yield Case("boarding_long", place, request.type, request.created_at, float(long), float(known), None if known else ending)


def leavings(discharges: Iterable[tuple[Discharge, str | None]], plan: Plan, period: Period) -> Iterator[Case]:
    """From the order to the exit; each with the bed that the patient lay in last."""
    for discharge, bed in discharges:
        ordered = discharge.marks.get(Milestone.ORDER)
        if ordered is None or discharge.called_off or not period.has(ordered.at):
            continue
        ending = Ending.OVER if discharge.ended_at is not None else Ending.OPEN
        yield span("order_to_exit", *_place(bed, plan), ordered.at, discharge.ended_at or max(period.now, ordered.at), ending)


def clinics(tokens: Iterable[Token], zone: str, period: Period) -> Iterator[Case]:
    """Outpatients: their wait, who did not come when called, who went uncalled."""
    local = ZoneInfo(zone)
    for token in tokens:
        at = token.arrived_at or token.due_at or token.issued_at
        if not period.has(at) or token.status in (TokenStatus.CANCELLED, TokenStatus.BOOKED):
            continue
        absent = token.status is TokenStatus.NO_SHOW or (token.status is TokenStatus.SKIPPED and token.called_at is not None)
        yield Case("opd_no_show", token.clinic, "", at, float(absent), 1)
        if token.arrived_at is not None and token.status not in NOT_COME:
            yield from _waited(token, token.arrived_at, period.now, datetime.combine(token.day + _DAY, time(), local))


def _waited(token: Token, came: datetime, now: datetime, midnight: datetime) -> Iterator[Case]:
    """The wait of who came; nobody waits longer than their day."""
    left = token.called_at is None and token.status is TokenStatus.SKIPPED
    yield Case("opd_left", token.clinic, "", came, float(left), 1)
    if token.called_at is not None:
        yield span("opd_wait", token.clinic, "", came, token.called_at, Ending.OVER)
    elif token.status is TokenStatus.WAITING and now < midnight:
        yield span("opd_wait", token.clinic, "", came, max(came, now), Ending.OPEN)
    else:
        yield span("opd_wait", token.clinic, "", came, max(came, token.closed_at or min(now, midnight)), Ending.GONE)


def shown_wrongly(ghosts: Iterable[Ghost], plan: Plan) -> Iterator[Case]:
    """Bed-hours of ghosts."""
    for ghost in ghosts:
        yield Case("ghost_hours", ghost.ward, _place(ghost.bed, plan)[1], ghost.start, (ghost.end - ghost.start) / _HOUR, 1)


def _place(bed: str | None, plan: Plan) -> tuple[str, str]:
    """Ward and type of a bed; nothing for one that the file does not name."""
    found = plan.beds.get(BedId(bed)) if bed is not None else None
    return (found.ward, found.type) if found is not None else ("", "")
