"""The forms that promise a bed, take a promise back, and say where a patient lies who has no bed."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.commands import ReleaseBed
from flow.domain.ids import BedId
from flow.domain.request import BedRequest
from flow.domain.visit import Act
from flow.errors import Refused
from flow.views.bed_words import bed_words
from flow.views.desk.conflict import conflict
from flow.web.act import act
from flow.web.api.requests import AssignmentAsked, found_request, promise
from flow.web.api.visits import as_known, found_visit, tell
from flow.web.pages.desk.view import show_changed
from flow.web.pages.form import form_of
from flow.web.pages.page import html
from flow.web.parts import house_of
from flow.web.problems import invalid
from flow.web.security.cookies import csrf_token
from flow.web.security.principal import principal_of

SHORTEST_REASON = 3
HOLD_MINUTES = 60
"""Nobody holds a bed for longer."""
LOST = frozenset({"beside", "bed-reserved", "bed-occupied", "bed-out-of-use", "stale", "rule-broken"})
"""Refusals that mean: the bed seen on the card is not to be had as it was seen."""


async def assign(request: Request) -> Response:
    """Promise a bed, or hold it for some minutes; 409 in place when somebody was faster, with the next best bed."""
    form, wanted, house = await form_of(request), await found_request(request), house_of(request)
    reason = form.text("override_reason")
    if 0 < len(reason) < SHORTEST_REASON:
        raise invalid("reason-missing", "Give a reason that others understand.")
    held = form.number("hold")
    until = house.clock.now() + timedelta(minutes=min(held, HOLD_MINUTES)) if held else None
    asked = AssignmentAsked(form.needed("bed", longest=60), reason or None, until, form.number("if_seq"), until is not None)
    try:
        done = await promise(request, wanted, asked)
    except Refused as refused:
        if asked.if_seq is None or refused.code not in LOST or "hx-request" not in request.headers:
            raise
        return lost(request, wanted, BedId(asked.bed), refused.reason)
    label = bed_words(BedId(asked.bed), house.plan)
    return await show_changed(request, done, f"{label} held for {held} minutes" if held else f"{label} promised")


def lost(request: Request, wanted: BedRequest, bed: BedId, refused: str) -> Response:
    """Who was faster, and the next best bed."""
    house = house_of(request)
    beds, at, csrf = house.desk.hospital.beds, house.clock.now(), csrf_token(principal_of(request).csrf)
    told = conflict(wanted.id, csrf, bed, refused, house.admissions.suggest(wanted, 2), beds, house.plan, at)
    return html(request, "desk/_conflict.html", told, 409)


async def place(request: Request) -> Response:
    """Say in which bed a patient lies who has none: settles a conflict or an unknown place; 409 in place when the bed is taken."""
    form, house = await form_of(request), house_of(request)
    visit = await found_visit(request)
    bed = form.needed("bed", longest=60)
    target = house.desk.hospital.bed_at(bed)
    if target is None:
        raise invalid("unknown-bed", f"There is no bed {bed[:40]}.")
    done = await tell(request, visit.id, as_known(visit.patient), Act.TRANSFER, bed=target)
    return await show_changed(request, done, f"{target}: patient placed")


async def release(request: Request) -> Response:
    """Take a promise back."""
    wanted = await found_request(request)
    return await show_changed(request, await act(request, ReleaseBed(wanted.id)), "Promise taken back", wanted.id)
