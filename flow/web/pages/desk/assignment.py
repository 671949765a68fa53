"""The forms that promise a bed, take a promise back, and say where a patient lies who has no bed."""

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.commands import ReleaseBed
from flow.domain.visit import Act
from flow.web.act import act
from flow.web.api.requests import AssignmentAsked, found_request, promise
from flow.web.api.visits import as_known, found_visit, tell
from flow.web.pages.desk.view import show_changed
from flow.web.pages.form import form_of
from flow.web.parts import house_of
from flow.web.problems import invalid


async def assign(request: Request) -> Response:
    """Promise a bed; 409 in place when somebody was faster."""
    form, wanted = await form_of(request), await found_request(request)
    asked = AssignmentAsked(form.needed("bed", longest=60), form.text("override_reason") or None, None, form.number("if_seq"))
    done = await promise(request, wanted, asked)
    return await show_changed(request, done, f"{asked.bed} promised")


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
