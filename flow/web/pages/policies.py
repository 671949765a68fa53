"""Other policies over a past day or week: what is worked out by now, and the weights to choose. Aggregates, no single patient."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.replayed import Stretch
from flow.domain.weights import Weights
from flow.history.came import stretch_of
from flow.views.exported import policies as exported
from flow.views.period import days_words
from flow.views.policies_page import CHOICES, DAYS, MOST, PoliciesPage, policies_page
from flow.views.tables import Report, files
from flow.web.pages.form import Form
from flow.web.pages.page import chrome, html
from flow.web.parts import House, house_of
from flow.web.problems import Denied, bad_request, invalid

LONGEST_AGO = timedelta(days=366)


async def page(request: Request) -> Response:
    """The page; what it asks for is begun."""
    view = _view(request, exact=False)
    menu = files(exported.report(view, house_of(request).plan.zone), view.query)
    return html(request, "manager/policies.html", replace(view, files=menu))


async def report(request: Request) -> Report:
    """The table of the page, as far as it is worked out."""
    return exported.report(_view(request, exact=True), house_of(request).plan.zone)


async def board(request: Request) -> Response:
    """The table alone, asked for again while more is being worked out."""
    return html(request, "manager/_policies.html", _view(request, exact=True))


def _view(request: Request, *, exact: bool) -> PoliciesPage:
    house, form = house_of(request), Form(request.query_params)
    now, zone = house.clock.now(), ZoneInfo(house.plan.zone)
    last = now.astimezone(zone).date() - timedelta(days=1)
    first, count, wrong = _days(form, last, exact=exact)
    chosen = _weights(form, house.plan.weights)
    found = None
    if house.managers.replay is not None:
        found = house.managers.replay((first.isoformat(), count, chosen), lambda: _read(house, first, count, zone, now))
    view = policies_page(chrome(request, "Other policies"), first, count, last, house.plan.weights, chosen, found)
    return replace(view, wrong=wrong)


def _days(form: Form, last: date, *, exact: bool) -> tuple[date, int, str]:
    """First day, how many, and what is wrong with those asked for: a page shows yesterday instead, a file (`exact`) is refused."""
    try:
        count, day = form.number("days") or DAYS[0], form.day("day")
    except Denied:
        count, day = 0, None
    if count in DAYS and last - LONGEST_AGO <= (first := day or _newest(count, last)) <= _newest(count, last):
        return first, count, ""
    wrong = _reach(count if count in DAYS else DAYS[0], last)
    if exact:
        raise bad_request("bad-period", wrong)
    return last, DAYS[0], f"{wrong} Shown is {days_words(last, last)}."


def _reach(count: int, last: date) -> str:
    """Which days can be chosen."""
    known, lengths = days_words(last - LONGEST_AGO, _newest(count, last)), " or ".join(map(_length, DAYS))
    return f"Such days cannot be compared. Of {_length(count)} the first can be {known}; {lengths} can be compared at once."


def _newest(count: int, last: date) -> date:
    """The first day of the newest stretch."""
    return last - timedelta(days=count - 1)


def _length(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"


async def _read(house: House, first: date, count: int, zone: ZoneInfo, now: datetime) -> Stretch:
    start, end = (datetime.combine(day, time(), zone).astimezone(UTC) for day in (first, first + timedelta(days=count)))
    return await stretch_of(house.database, house.plan, start, end, now)


def _weights(form: Form, usual: Weights) -> Weights:
    """The hospital's weights, with those that somebody chose."""
    told: dict[str, Any] = {name: number for name in CHOICES if (number := form.number(name)) is not None}
    if any(number > MOST for number in told.values()):
        raise invalid("no-such-weight", f"A weight is a whole number from 0 to {MOST}.")
    return replace(usual, **told)
