"""Temporary places over the API: a trolley, the floor, a chair or a shared bed made in one step, and taken away."""

from datetime import datetime

import msgspec
from msgspec import UNSET, UnsetType
from starlette.requests import Request
from starlette.responses import Response

from flow.domain.bed import BedState, PlaceKind
from flow.domain.commands import ClosePlace, OpenPlace
from flow.domain.ids import BedId, WardId
from flow.domain.roles import May
from flow.web.act import act
from flow.web.api.beds import check_ward
from flow.web.api.request_models import Words
from flow.web.api.wire import Asked, Listed, answer, listing, read
from flow.web.parts import house_of
from flow.web.problems import unknown
from flow.web.security.principal import principal_of


class PlaceAsked(Asked):
    """What the patient has to lie on, and beside which bed (of a shared bed: in which)."""

    kind: PlaceKind
    near: Words | None = None


class PlaceOut(msgspec.Struct):
    """A temporary place: its id is used like a bed's to admit and transfer. It counts in no number of beds."""

    id: str
    ward: str
    kind: PlaceKind
    number: int
    near: str | None
    since: datetime
    occupied: bool
    seq: int
    command: int | UnsetType = UNSET


async def make(request: Request) -> Response:
    """Make a temporary place in a ward; it is taken away by itself when it stands empty."""
    asked, ward = await read(request, PlaceAsked), request.path_params["ward"]
    done = await act(request, OpenPlace(WardId(ward), asked.kind, BedId(asked.near) if asked.near else None))
    made = done.one(BedState)
    assert made is not None
    return answer(_out(made, done.command), 201)


async def list_places(request: Request) -> Response:
    """The temporary places of a ward."""
    house = house_of(request)
    ward = check_ward(house, principal_of(request), request.path_params["ward"], May.BEDS)
    known = [bed for bed in house.desk.hospital.beds.values() if bed.temporary is not None and bed.temporary.ward == ward.id]
    items = [_out(bed) for bed in known if not bed.gone]
    return listing(request, Listed(house.clock.now(), house.desk.hospital.seq, items))


async def take_away(request: Request) -> Response:
    """Take an empty temporary place away; 409 while somebody lies there."""
    house, number = house_of(request), BedId(request.path_params["place"])
    place = house.desk.hospital.beds.get(number)
    if place is None or place.temporary is None or place.temporary.ward != request.path_params["ward"]:
        raise unknown("unknown-place", f"There is no temporary place {number[:40]}.")
    done = await act(request, ClosePlace(number))
    return answer(_out(done.one(BedState) or place, done.command))


def _out(bed: BedState, command: int | UnsetType = UNSET) -> PlaceOut:
    place = bed.temporary
    assert place is not None
    return PlaceOut(bed.id, place.ward, place.kind, place.number, place.near, bed.now.since, bed.visit is not None, bed.seq, command)
