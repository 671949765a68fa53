"""Temporary places on the ward page: made with two taps, taken away with one. Patients get there by the beds' own forms."""

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.bed import BedState, PlaceKind
from flow.domain.commands import ClosePlace, OpenPlace
from flow.domain.ids import BedId, WardId
from flow.views.places import place_name
from flow.web.act import act
from flow.web.pages.form import form_of
from flow.web.pages.ward import bed_or_place, show_changed
from flow.web.parts import house_of
from flow.web.problems import invalid, unknown


async def make(request: Request) -> Response:
    """Make a place in the ward; of a shared bed beside whoever lies there."""
    form = await form_of(request)
    kind, near = form.word("kind", PlaceKind), form.text("near", longest=60)
    if kind is None:
        raise invalid("missing", "Say what the patient is to lie on.")
    done = await act(request, OpenPlace(WardId(request.path_params["ward"]), kind, BedId(near) if near else None))
    made = done.one(BedState)
    assert made is not None
    assert made.temporary is not None
    return await show_changed(request, done, f"{place_name(made.temporary)} made")


async def take_away(request: Request) -> Response:
    """Take an empty place away; 409 in place while somebody lies there."""
    place, _ = bed_or_place(house_of(request), request.path_params["place"])
    if place.ward != request.path_params["ward"]:
        raise unknown("unknown-place", f"There is no temporary place {place.id} in this ward.")
    done = await act(request, ClosePlace(BedId(place.id)))
    return await show_changed(request, done, f"{place.label} taken away")
