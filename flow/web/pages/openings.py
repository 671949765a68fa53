"""The review of names and letters that were opened for a reason: the auditor's list, its files, and "reviewed" with a remark."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlencode

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from flow.domain.opening import Opening, Revealed
from flow.errors import Refused
from flow.history.openings import Openings
from flow.history.reveals import Reveals
from flow.views.exported import openings as exported
from flow.views.openings_page import EVERYTHING, LETTERS, NAMES, OF, PAGE, RULES, OpeningsPage, openings_page
from flow.views.tables import Report, files
from flow.web.pages.form import form_of
from flow.web.pages.page import chrome, html
from flow.web.parts import house_of
from flow.web.period_asked import cut_of, files_query, period_of
from flow.web.problems import unknown
from flow.web.security.principal import principal_of
from flow.witness import told

log = structlog.get_logger()
MOST = 10_000
"""Openings of a file."""
LONGEST_REMARK = 500
Review = Callable[[int, str, str, datetime], Awaitable[bool]]


async def page(request: Request) -> Response:
    """Who opened names and letters, when and why, and who has looked at it."""
    view = await _view(request, PAGE)
    tables = exported.report(view, house_of(request).plan.zone)
    when = await period_of(request, RULES)
    return html(request, "audit/openings.html", replace(view, files=files(tables, files_query(request, when, OF), "")))


async def report(request: Request) -> Report:
    """The same as a file."""
    view = await _view(request, MOST, exact=True)
    return await asyncio.to_thread(exported.report, view, house_of(request).plan.zone)


async def _view(request: Request, most: int, *, exact: bool = False) -> OpeningsPage:
    house, now = house_of(request), house_of(request).clock.now()
    when, new = await period_of(request, RULES, exact=exact), request.query_params.get("new") == "yes"
    of = cut_of(request, OF, EVERYTHING, exact=exact)
    rooms: dict[str, Openings | Reveals] = {NAMES: house.openings, LETTERS: house.reveals}
    kept = [room for kind, room in rooms.items() if of in (EVERYTHING, kind)]
    found: list[Opening | Revealed] = []
    for room in kept:
        found += await (room.waiting(now, most) if new else room.between(when.period.start, when.period.end, most))
    found = sorted(found, key=lambda one: one.at, reverse=True)[:most]
    unreviewed = sum([await room.unreviewed() for room in kept])
    frame = chrome(request, "Opened names and letters")
    return openings_page(frame, found, when, now, house.plan.zone, new=new, unreviewed=unreviewed, of=of)


async def review(request: Request) -> Response:
    """Somebody has looked at an opening of names, and says what they found."""
    return await _reviewed(request, house_of(request).openings.review, "opening")


async def review_letter(request: Request) -> Response:
    """Somebody has looked at why a letter was opened."""
    return await _reviewed(request, house_of(request).reveals.review, "reveal")


async def _reviewed(request: Request, carry_out: Review, what: str) -> Response:
    form, house, principal = await form_of(request), house_of(request), principal_of(request)
    text = request.path_params["opening"]
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise unknown("unknown-opening", "There is no such opening.")
    remark = form.needed("remark", longest=LONGEST_REMARK)
    if not await carry_out(int(text), principal.id, remark, house.clock.now()):
        said = "It cannot be reviewed: it goes on, was reviewed already, or was your own."
        raise Refused(said, code="not-to-review")
    house.doorkeeper.forget(principal)
    told(**{what: int(text)})
    log.info("names.reviewed", **{what: int(text)}, actor=principal.id)
    shown = {"new": "yes"} if form.text("new") else {}
    shown |= {"by": form.text("by")} if form.text("by") in OF[1:] else {}
    return RedirectResponse(f"/openings?{urlencode(shown)}" if shown else "/openings", 303)
