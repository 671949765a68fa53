"""The auditor's page and its files. Who reads the trail is in the trail."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from flow.domain.audit import Kind
from flow.domain.ids import PatientId
from flow.history import audit as trail
from flow.history.audit import Found
from flow.views.audit_page import PAGE, RULES, Asked, AuditPage, Entry, audit_page, entry_of
from flow.views.exported import audit as exported
from flow.views.period import AskedPeriod
from flow.views.tables import Report, files
from flow.web.pages.form import form_of
from flow.web.pages.page import chrome, html
from flow.web.parts import house_of
from flow.web.period_asked import files_query, period_of
from flow.web.security.gate import Gate
from flow.witness import happened

MOST = 100_000
"""Entries of a file."""


async def page(request: Request) -> Response:
    """The audit trail: who signed in, saw names, changed something or was refused."""
    when = await period_of(request, RULES)
    view, found = await _view(request, when, PAGE)
    tables = exported.report(view, found, house_of(request).plan.zone)
    return html(request, "audit/page.html", replace(view, files=files(tables, files_query(request, when), "/audit")))


async def report(request: Request) -> Report:
    """The trail of a period."""
    view, found = await _view(request, await period_of(request, RULES, exact=True), MOST)
    return await asyncio.to_thread(exported.report, view, found, house_of(request).plan.zone)


async def patient(request: Request) -> Response:
    """Look for a patient by record number, which stays out of the address."""
    form, house = await form_of(request), house_of(request)
    kept = {name: form.text(name, longest=40) for name in ("range", "from", "to", "kind", "who", "address")}
    mrn = form.text("mrn", longest=80).strip()
    asked = {**kept, "patient": house.people.pseudonym(mrn) if mrn else ""}
    return RedirectResponse(f"/audit?{urlencode({name: value for name, value in asked.items() if value})}", 303)


async def _view(request: Request, when: AskedPeriod, most: int) -> tuple[AuditPage, list[Entry]]:
    """The page, and as many entries of its period."""
    house, asked = house_of(request), _asked(request)
    happened(Kind.SEARCHED, **asked.filters)
    period, zone = when.period, house.plan.zone
    kinds = [Kind(asked.kind)] if asked.kind else []
    wanted = trail.Asked(
        period.start, period.end, kinds, asked.actor, PatientId(asked.patient) if asked.patient else None, asked.address, asked.before
    )
    found = await house.audit.find(wanted, most + 1)
    entries = await _entries(request, found[:most])
    older = ""
    if len(found) > PAGE:
        older = f"/audit?{urlencode({**period.asked, **asked.filters, 'before': found[PAGE - 1].id})}"
    actors, seal = await house.audit.actors(period.start), await house.seals.last()
    frame = chrome(request, "Audit trail")
    return audit_page(frame, entries[:PAGE], asked, when, actors=actors, seal=seal, older=older, zone=zone), entries


async def _entries(request: Request, found: Sequence[Found]) -> list[Entry]:
    house, views = house_of(request), _views(request)
    commands = {number for each in found if isinstance(number := each.trace.detail.get("command"), int)}
    written = await house.audit.written(commands) if commands else {}
    return await asyncio.to_thread(lambda: [entry_of(each.id, each.trace, views, written, house.plan.zone) for each in found])


def _views(request: Request) -> Mapping[str, str]:
    """What each route is for, in the words of its handler."""
    doors = [route.endpoint.door for route in request.app.routes if isinstance(route, Route) and isinstance(route.endpoint, Gate)]
    return {f"{door.method} {door.path}": door.words for door in doors}


def _asked(request: Request) -> Asked:
    """What the address says wrongly is left out."""
    query = request.query_params
    kind, before = query.get("kind", ""), query.get("before", "")
    return Asked(
        kind if kind in set(Kind) else "",
        query.get("who", "")[:80],
        query.get("patient", "")[:80],
        query.get("address", "")[:80],
        int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None,
    )
