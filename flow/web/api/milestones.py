"""Discharges over the API: what holds each up, its steps done one after the other, the insurer's clocks."""

from datetime import datetime, timedelta
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType
from starlette.requests import Request
from starlette.responses import Response

from flow.domain.discharge import Discharge, Insurer, Milestone, Way
from flow.domain.discharge_commands import AskInsurer, BeginDischarge, CallOffDischarge, DischargeCommand, MarkMilestone
from flow.domain.ids import VisitId
from flow.domain.roles import May
from flow.history import discharges
from flow.views.discharge_row import Delay, delay_of, owner_of
from flow.web.act import act
from flow.web.api.beds import Moment
from flow.web.api.wire import Asked, Listed, answer, listing, page, picture, read
from flow.web.discharges import beds_of, check_known, check_tap, concerned, concerns, live_discharges, own_steps, sees_payment
from flow.web.parts import House, house_of
from flow.web.problems import unknown
from flow.web.security.principal import principal_of


class MilestoneOut(msgspec.Struct):
    """A step: done (`done_at`, by whose word), or since when it could be; `aim` in minutes, `owner` whom it waits for."""

    step: Milestone
    done_at: datetime | None
    source: str | None
    open_since: datetime | None
    aim: int
    owner: str
    delay: Delay


class InsurerOut(msgspec.Struct):
    """The answer of the insurer that is awaited."""

    awaited: Insurer
    since: datetime
    due: datetime


class DischargeOut(msgspec.Struct):
    """The discharge of a visit; `open` are the steps that hold the patient up. `expected` is when half of such patients are out, `latest`
    when nine of ten are. `assumed`: nobody has said which way; not `ordered`: only the insurer was asked early. Billing and the pharmacy
    are shown their own steps, of discharges that wait for these; the pharmacy neither `way` nor insurer."""

    visit: str
    way: Way | None
    assumed: bool
    ordered: bool
    begun_at: datetime
    steps: list[MilestoneOut]
    open: list[Milestone]
    expected: datetime | None
    latest: datetime | None
    insurer: InsurerOut | None
    preauth_asked_at: datetime | None
    preauth_at: datetime | None
    ended_at: datetime | None
    called_off: bool
    bed: str | None
    ward: str | None
    seq: int
    command: int | UnsetType = UNSET


class BeginAsked(Asked):
    """The patient is to leave, this way; one under way is told its way (`ordered` false: that alone). `at` is when it was ordered, if
    not now."""

    way: Way
    ordered: bool = True
    at: Moment | None = None
    if_seq: Annotated[int, Meta(ge=0)] | None = None


class StepAsked(Asked):
    """The step is done (`at`, if not now), or was not done after all."""

    done: bool = True
    at: Moment | None = None
    if_seq: Annotated[int, Meta(ge=0)] | None = None


class PreauthAsked(Asked):
    """The pre-authorisation was asked for, or has been answered."""

    answered: bool = False


async def list_discharges(request: Request) -> Response:
    """Discharges under way, the oldest order first; a nurse sees those of the ward."""
    house, principal = house_of(request), principal_of(request)
    picture(house)
    beds, known = beds_of(house), concerned(house, principal, live_discharges(house))
    wanted = principal.only_ward(May.DISCHARGES) or request.query_params.get("ward")
    wards = {number: house.ward_of(beds[number].id) if number in beds else None for number in known}
    found = [each for each in known.values() if wanted is None or wards.get(each.id) == wanted]
    listed = page(house, sorted(found, key=lambda each: (each.begun_at, each.id)), lambda each: each.id, request)
    items = [_out(request, each, str(beds[each.id].id) if each.id in beds else None, wards.get(each.id)) for each in listed.items]
    return listing(request, Listed(listed.as_of, listed.seq, items, listed.next))


async def get_milestones(request: Request) -> Response:
    """The discharge of a visit, under way or over."""
    house, number = house_of(request), VisitId(request.path_params["visit"])
    found = live_discharges(house).get(number) or await discharges.one(house.database, number)
    bed, ward = _where(house, number)
    own = found is not None and concerns(house, principal_of(request), found, house.clock.now())
    if found is None or not own or not _within(request, May.DISCHARGES, ward):
        raise unknown("unknown-discharge", "No discharge of this visit is known here.")
    return answer(_out(request, found, bed, ward))


async def begin(request: Request) -> Response:
    """Begin a discharge, or say which way the patient leaves."""
    asked = await read(request, BeginAsked)
    return await _do(request, BeginDischarge(_visit(request), asked.way, asked.ordered, asked.at, asked.if_seq))


async def mark(request: Request) -> Response:
    """A step is done, or was not."""
    asked = await read(request, StepAsked)
    step = request.path_params["step"]
    if step not in list(Milestone):
        raise unknown("unknown-step", f"A step is one of {', '.join(Milestone)}.")
    return await _do(request, MarkMilestone(_visit(request), Milestone(step), asked.done, asked.at, asked.if_seq))


async def preauth(request: Request) -> Response:
    """The insurer was asked for the pre-authorisation, or answered."""
    asked = await read(request, PreauthAsked)
    return await _do(request, AskInsurer(_visit(request), asked.answered))


async def call_off(request: Request) -> Response:
    """The patient stays after all."""
    return await _do(request, CallOffDischarge(_visit(request)))


async def _do(request: Request, command: DischargeCommand) -> Response:
    house, number = house_of(request), _visit(request)
    bed, ward = _where(house, number)
    check_known(house, principal_of(request), number, beds_of(house).get(number))
    if not _within(request, May.DISCHARGE, ward):
        raise unknown("unknown-visit", "There is no such patient here.")
    check_tap(house, principal_of(request), command, ward)
    done = await act(request, command)
    found = done.of(Discharge, number) or house.desk.hospital.discharges[number]
    return answer(_out(request, found, bed, ward, done.command))


def _visit(request: Request) -> VisitId:
    return VisitId(request.path_params["visit"])


def _where(house: House, number: VisitId) -> tuple[str | None, str | None]:
    bed = beds_of(house).get(number)
    return (str(bed.id), house.ward_of(bed.id)) if bed is not None else (None, None)


def _within(request: Request, right: May, ward: str | None) -> bool:
    only = principal_of(request).only_ward(right)
    return only is None or only == ward


def _out(request: Request, found: Discharge, bed: str | None, ward: str | None, command: int | UnsetType = UNSET) -> DischargeOut:
    """As far as it is the reader's."""
    house, principal = house_of(request), principal_of(request)
    rules, now, own = house.plan.discharge, house.clock.now(), own_steps(house, principal, found)
    pays = sees_payment(house, principal)
    awaited = found.insurer if pays else None
    return DischargeOut(
        visit=found.id,
        way=found.way if pays else None,
        assumed=found.assumed and pays,
        ordered=found.is_ordered,
        begun_at=found.begun_at,
        steps=[_step(house, found, step, now) for step in own],
        open=[step for step in found.open if step in own] if found.is_live else [],
        expected=found.expected,
        latest=found.latest,
        insurer=InsurerOut(*awaited, awaited[1] + timedelta(minutes=rules.minutes(awaited[0]))) if awaited is not None else None,
        preauth_asked_at=found.preauth_asked_at if pays else None,
        preauth_at=found.preauth_at if pays else None,
        ended_at=found.ended_at,
        called_off=found.called_off,
        bed=bed,
        ward=ward,
        seq=found.seq,
        command=command,
    )


def _step(house: House, found: Discharge, step: Milestone, now: datetime) -> MilestoneOut:
    rules, done = house.plan.discharge, found.marks.get(step)
    late = delay_of(found, step, rules, done.at if done is not None else now)
    at, source = (done.at, done.source) if done is not None else (None, None)
    return MilestoneOut(step, at, source, found.open_since(step), rules.aims[step], owner_of(step, rules), late)
