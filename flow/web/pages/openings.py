"""The review of names that were opened for a reason: the auditor's list, its files, and "reviewed" with a remark."""

import asyncio
from dataclasses import replace

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from flow.errors import Refused
from flow.views.exported import openings as exported
from flow.views.openings_page import PAGE, RULES, OpeningsPage, openings_page
from flow.views.tables import Report, files
from flow.web.pages.form import form_of
from flow.web.pages.page import chrome, html
from flow.web.parts import house_of
from flow.web.period_asked import files_query, period_of
from flow.web.problems import unknown
from flow.web.security.principal import principal_of
from flow.witness import told

log = structlog.get_logger()
MOST = 10_000
"""Openings of a file."""
LONGEST_REMARK = 500


async def page(request: Request) -> Response:
    """Who opened names, when and why, and who has looked at it."""
    view = await _view(request, PAGE)
    tables = exported.report(view, house_of(request).plan.zone)
    when = await period_of(request, RULES)
    return html(request, "audit/openings.html", replace(view, files=files(tables, files_query(request, when), "")))


async def report(request: Request) -> Report:
    """The same as a file."""
    view = await _view(request, MOST, exact=True)
    return await asyncio.to_thread(exported.report, view, house_of(request).plan.zone)


async def _view(request: Request, most: int, *, exact: bool = False) -> OpeningsPage:
    house, now = house_of(request), house_of(request).clock.now()
    when, new = await period_of(request, RULES, exact=exact), request.query_params.get("new") == "yes"
    period = when.period
    found = await (house.openings.waiting(now, most) if new else house.openings.between(period.start, period.end, most))
    unreviewed = await house.openings.unreviewed()
    frame = chrome(request, "Opened names")
    return openings_page(frame, found, when, now, house.plan.zone, new=new, unreviewed=unreviewed)


async def review(request: Request) -> Response:
    """Somebody has looked at an opening, and says what they found."""
    form, house, principal = await form_of(request), house_of(request), principal_of(request)
    text = request.path_params["opening"]
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise unknown("unknown-opening", "There is no such opening.")
    remark = form.needed("remark", longest=LONGEST_REMARK)
    if not await house.openings.review(int(text), principal.id, remark, house.clock.now()):
        said = "It cannot be reviewed: it goes on, was reviewed already, or was your own."
        raise Refused(said, code="not-to-review")
    house.doorkeeper.forget(principal)
    told(opening=int(text))
    log.info("names.reviewed", opening=int(text), actor=principal.id)
    return RedirectResponse("/openings?new=yes" if form.text("new") else "/openings", 303)
