"""Taking back a tap: the answer is the live region of whichever page the tap was made on."""

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from flow.domain.roles import May
from flow.views.page import Undo
from flow.web.act import take_back
from flow.web.pages import (
    appointments,
    back_entry,
    back_entry_opd,
    desk,
    discharges,
    opd,
    phone,
    porter,
    steps,
    supervisor,
    transports,
    ward,
)
from flow.web.pages.page import Show, asked_from
from flow.web.parts import house_of
from flow.web.problems import unknown
from flow.web.security.principal import principal_of


async def _of_clinic(request: Request, undo: Undo | None) -> Response:
    """The queue, or reception's list, whichever the tap was made on."""
    on_list = asked_from(request).endswith("/appointments") and principal_of(request).may(May.CALL, request.path_params["clinic"])
    return await (appointments.after if on_list else opd.after)(request, undo)


_PAGES: dict[str, tuple[str, May, Show]] = {
    "wards": ("ward", May.BEDS, ward.after),
    "opd": ("clinic", May.QUEUE, _of_clinic),
    "admissions": ("", May.WAITING, desk.view.after),
    "discharges": ("", May.DISCHARGES, discharges.after),
    "housekeeping": ("", May.CLEAN, phone.after),
    "porter": ("", May.CARRY, porter.after),
    "step-up-down": ("", May.WAITING, steps.after),
    "transports": ("", May.TRANSPORTS, transports.after),
    "back-entry": ("ward", May.ENTER_BACK, back_entry.after),
    "back-entry/opd": ("clinic", May.CALL, back_entry_opd.after),
    "supervisor": ("", May.SUPERVISE, supervisor.after),
}
"""By the first part of the page's path: what its next part names, the right to see it, and how it is drawn again."""
_OF_A_CLINIC = "back-entry/opd"


async def undo(request: Request) -> Response:
    """Take one's own last tap back."""
    number: str = request.path_params["command"]
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        raise unknown("unknown-command", "There is no such command.")
    await take_back(request, int(number))
    came_from = asked_from(request)
    show = _region(request, came_from) if "hx-request" in request.headers else None
    return await show(request, None) if show is not None else RedirectResponse(came_from, 303)


def _region(request: Request, path: str) -> Show | None:
    """How the page's region is drawn; None for a page without one, or one that this person may not see."""
    parts = path.strip("/").split("/")
    if parts[:2] == _OF_A_CLINIC.split("/"):
        parts = [_OF_A_CLINIC, *parts[2:]]
    if parts[0] not in _PAGES:
        return None
    noun, right, show = _PAGES[parts[0]]
    if not noun:
        return show if principal_of(request).may(right) else None
    known: dict[str, Callable[[], Any]] = {"ward": lambda: house_of(request).plan.ward, "clinic": lambda: house_of(request).plan.clinic}
    if len(parts) < 2 or parts[1] not in known[noun]() or not principal_of(request).may(right, parts[1]):
        return None
    request.path_params[noun] = parts[1]
    return show
