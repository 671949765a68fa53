"""How long what is kept, and the legal holds: an administrator sets and lifts them, an auditor reads."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from flow.domain.roles import May
from flow.history.cuts import kept_from
from flow.history.retention import due, runs
from flow.views.retention import RetentionPage, kept_rows, retention_page
from flow.web.pages.form import Form, form_of
from flow.web.pages.page import chrome, html
from flow.web.parts import House, house_of
from flow.web.problems import invalid, unknown
from flow.web.security.principal import principal_of
from flow.witness import told

RUNS = 12
PAGE = "/admin/retention"


async def page(request: Request) -> Response:
    """How long what is kept, what went, and what is held."""
    return html(request, "admin/retention.html", await _view(request))


async def _view(request: Request) -> RetentionPage:
    house, may_write = house_of(request), principal_of(request).may(May.USERS)
    now, zone, keeps = house.clock.now(), house.plan.zone, house.settings.keeps
    found = await due(house.database, keeps, now)
    return retention_page(
        chrome(request, "How long what is kept"),
        kept_rows(keeps, found, now, zone),
        await kept_from(house.database),
        await runs(house.database, RUNS),
        await house.holds.all(),
        zone=zone,
        may_write=may_write,
    )


async def hold_patient(request: Request) -> Response:
    """Keep everything of a patient, found by record number, until the hold is lifted."""
    form, house = await form_of(request), house_of(request)
    patient = await house.people.find_mrn(form.needed("mrn", longest=80).strip())
    if patient is None:
        raise unknown("unknown-patient", "No patient with that record number is known here.")
    number = await house.holds.hold_patient(patient, *_why(form), principal_of(request).id, house.clock.now())
    told(hold=number, of="patient")
    return RedirectResponse(PAGE, 303)


async def hold_period(request: Request) -> Response:
    """Keep everything of the whole house from a day on, up to a day or until the hold is lifted."""
    form, house = await form_of(request), house_of(request)
    first, last = form.day("from"), form.day("to")
    if first is None:
        raise invalid("missing", "Say from which day on.")
    start, end = _midnight(house, first), _midnight(house, last + timedelta(days=1)) if last is not None else None
    number = await house.holds.hold_period(start, end, *_why(form), principal_of(request).id, house.clock.now())
    told(hold=number, of="period")
    return RedirectResponse(PAGE, 303)


async def lift(request: Request) -> Response:
    """Let go of what was held; it goes with the next run where its time is over."""
    form, house, text = await form_of(request), house_of(request), request.path_params["hold"]
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
    if not await house.holds.lift(number, form.needed("reason", longest=200), principal_of(request).id, house.clock.now()):
        raise unknown("unknown-hold", "There is no such hold, or it was lifted already.")
    return RedirectResponse(PAGE, 303)


def _why(form: Form) -> tuple[str, str]:
    return form.needed("reason", longest=200), form.needed("asked_by", longest=100)


def _midnight(house: House, day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(house.plan.zone)).astimezone(UTC)
