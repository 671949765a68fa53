"""A past day of a ward or the whole house on the floor plan, and the day's changes for the scrubber: statuses, no persons."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.ids import WardId
from flow.domain.plan import Plan, Ward
from flow.history.replay import PastDay, day_of
from flow.views.display_past import FileThen, file_words
from flow.views.exported import replay as exported
from flow.views.replay_page import Asked, Reading, ReplayPage, day_json, replay_page
from flow.views.tables import Report, files
from flow.web.api.wire import JSON, encoded
from flow.web.pages.form import Form
from flow.web.pages.page import chrome, html
from flow.web.parts import House, house_of
from flow.web.period_asked import refuse_gone
from flow.web.problems import invalid, unknown
from flow.web.zipped import zipped

LONGEST = timedelta(days=3660)


async def page(request: Request) -> Response:
    """One minute of the day; the script plays the others."""
    view, plan, _, found, asked = await _seen(request)
    menu = files(exported.report(view, plan, (), found, asked), asked.query)  # names alone: five hundred beds' rows are for who asks
    return html(request, "manager/replay.html", replace(view, files=menu))


async def report(request: Request) -> Report:
    """The tables of the day and its minute."""
    return exported.report(*await _seen(request))


async def _seen(request: Request) -> tuple[ReplayPage, Plan, Sequence[Ward], PastDay, Asked]:
    house = house_of(request)
    asked = _asked(request, house)
    plan, file = await _plan_of(house, asked)
    found, shown = await _day(house, plan, asked), tuple(_wards(plan, asked.ward))
    drawn = [await house.floor_plans.ward_at(ward.id, asked.at.astimezone(UTC), plan) for ward in shown]
    today = house.clock.now().astimezone(ZoneInfo(plan.zone)).date()
    view = replay_page(chrome(request, "Replay"), plan, drawn, file_words(file, plan.zone), found, asked, today)
    return view, plan, shown, found, asked


async def data(request: Request) -> Response:
    """The whole day as JSON."""
    house = house_of(request)
    asked = _asked(request, house)
    plan, _ = await _plan_of(house, asked)
    found = await _day(house, plan, asked)
    beds = [bed.id for ward in _wards(plan, asked.ward) for bed in ward.beds]
    return zipped(request.headers, encoded(day_json(found, beds)), JSON)


def _asked(request: Request, house: House) -> Asked:
    """The day of the address, else today; its minute, else the first of a past day and the last of today."""
    zone, form = ZoneInfo(house.plan.zone), Form(request.query_params)
    now = house.clock.now().astimezone(zone)
    day = form.day("day") or now.date()
    if not now.date() - LONGEST <= day <= now.date():
        raise invalid("no-such-day", "Choose a day that has begun, of the last ten years.")
    at = _minute(form, day, zone)
    if at is None:
        at = datetime.combine(day, time(12), zone)
    return Asked(day, min(at, now.replace(second=0, microsecond=0)), WardId(form.text("ward")) or None, _reading(form))


def _reading(form: Form) -> Reading:
    return form.word("known", Reading) or Reading.THEN


def _minute(form: Form, day: date, zone: ZoneInfo) -> datetime | None:
    text = form.text("at")
    try:
        return datetime.combine(day, time.fromisoformat(text).replace(tzinfo=None, microsecond=0), zone) if text else None
    except ValueError:
        raise invalid("no-time", "at is a time of the day: 14:05.") from None


async def _plan_of(house: House, asked: Asked) -> tuple[Plan, FileThen]:
    """The hospital as it was built then. 404 for a ward that it did not have."""
    await refuse_gone(house, asked.day)
    plan, file = await house.plans_then.at(asked.at.astimezone(UTC))
    if asked.ward is not None and asked.ward not in plan.ward:
        raise unknown("unknown-ward", "There was no such ward.")
    return plan, file


def _wards(plan: Plan, ward: WardId | None) -> Iterable[Ward]:
    return plan.wards if ward is None else [plan.ward[ward]]


async def _day(house: House, plan: Plan, asked: Asked) -> PastDay:
    zone, now = ZoneInfo(plan.zone), house.clock.now()
    start = datetime.combine(asked.day, time(), zone).astimezone(UTC)
    end = min(datetime.combine(asked.day + timedelta(days=1), time(), zone).astimezone(UTC), now)
    beds = None if asked.ward is None else [bed.id for bed in plan.ward[asked.ward].beds]
    return await day_of(house.database, start, max(end, start + timedelta(minutes=1)), now, beds)
