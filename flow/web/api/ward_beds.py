"""What a ward does with its beds, over the API: hold one for a patient who waits, have one closed when its patient has left, close a whole
room. Pages do the same in `ward_rooms`.
"""

from datetime import timedelta
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType
from starlette.requests import Request
from starlette.responses import Response

from flow.domain.bed import BedState, BedStatus, OutOfUse
from flow.domain.commands import ReleaseBed
from flow.domain.ids import RequestId, RoomId
from flow.domain.plan import Room
from flow.domain.request import BedRequest
from flow.domain.ward_commands import CloseBed, CloseRoom, KeepBed, ReopenRoom
from flow.errors import Refused
from flow.web.act import Done, act
from flow.web.api.beds import Moment, bed_of, bed_out
from flow.web.api.request_models import Words
from flow.web.api.requests import AssignmentAsked, found_request, out, promise
from flow.web.api.wire import Asked, answer, read
from flow.web.parts import house_of
from flow.web.problems import unknown
from flow.web.security.principal import principal_of


class ClosingAsked(Asked):
    """Why a bed or a room goes out of use, and until about when. `if_seq` (of a bed): refuse when it has changed since this version."""

    reason: OutOfUse
    note: Annotated[str, Meta(max_length=60)] = ""
    until: Moment | None = None
    if_seq: int | None = None


class RoomOut(msgspec.Struct):
    """A room: of its `beds`, those out of use (`closed`) and those that follow when their patient has left (`closing`)."""

    id: str
    ward: str
    beds: list[str]
    closed: list[str]
    closing: list[str]
    command: int | UnsetType = UNSET


class HoldAsked(Asked):
    """For which bed request, and for how many minutes; without `minutes` the bed is promised. `override_reason` where it breaks a rule."""

    request: Words
    minutes: Annotated[int, Meta(ge=1, le=240)] | None = None
    override_reason: Annotated[str, Meta(min_length=3, max_length=300)] | None = None
    if_seq: int | None = None


async def close_bed(request: Request) -> Response:
    """A bed in which somebody lies goes out of use when they have left and it is clean."""
    asked = await read(request, ClosingAsked)
    bed, _ = bed_of(house_of(request), request.path_params["bed"])
    return _bed(request, await act(request, CloseBed(bed.id, asked.reason, asked.note, asked.until, asked.if_seq)))


async def keep_bed(request: Request) -> Response:
    """A bed that was to go out of use when empty stays in use."""
    bed, _ = bed_of(house_of(request), request.path_params["bed"])
    return _bed(request, await act(request, KeepBed(bed.id)))


def _bed(request: Request, done: Done) -> Response:
    bed, state = bed_of(house_of(request), request.path_params["bed"])
    return answer(bed_out(bed, done.of(BedState, bed.id) or state, principal_of(request), done.command))


async def hold(request: Request) -> Response:
    """Hold a bed for a patient who waits, or promise it; 409 when somebody was faster."""
    asked = await read(request, HoldAsked)
    house, (bed, _) = house_of(request), bed_of(house_of(request), request.path_params["bed"])
    request.path_params["request"] = asked.request
    wanted = await found_request(request)
    until = house.clock.now() + timedelta(minutes=asked.minutes) if asked.minutes is not None else None
    done = await promise(request, wanted, AssignmentAsked(bed.id, asked.override_reason, until, asked.if_seq, until is not None))
    return answer(await out(request, done.one(BedRequest) or wanted, done.command))


async def let_go(request: Request) -> Response:
    """The bed is held or promised no longer; the patient waits again with the old clock."""
    bed, state = bed_of(house_of(request), request.path_params["bed"])
    kind, _, number = (state.reserved_for or "").partition(":")
    if kind != "request":
        raise Refused(f"Bed {bed.id} is held for no request.", code="not-assigned")
    request.path_params["request"] = number
    wanted = await found_request(request)
    done = await act(request, ReleaseBed(RequestId(number)))
    return answer(await out(request, done.one(BedRequest) or wanted, done.command))


async def close_room(request: Request) -> Response:
    """Every bed of a room out of use in one go; those in which somebody lies, when they have left."""
    asked, room = await read(request, ClosingAsked), _room(request)
    return _answer(request, room, await act(request, CloseRoom(room.id, asked.reason, asked.note, asked.until)))


async def reopen_room(request: Request) -> Response:
    """Every bed of a room in use again."""
    room = _room(request)
    return _answer(request, room, await act(request, ReopenRoom(room.id)))


def _room(request: Request) -> Room:
    room = house_of(request).plan.rooms.get(RoomId(request.path_params["room"]))
    if room is None or room.ward != request.path_params["ward"]:
        raise unknown("unknown-room", "There is no such room in this ward.")
    return room


def _answer(request: Request, room: Room, done: Done) -> Response:
    house = house_of(request)
    beds = [house.desk.hospital.beds[bed] for bed in house.plan.roommates.get(room.id, ())]
    closed = [str(bed.id) for bed in beds if bed.status is BedStatus.MAINTENANCE]
    closing = [str(bed.id) for bed in beds if bed.closes is not None]
    return answer(RoomOut(room.id, room.ward, [str(bed.id) for bed in beds], closed, closing, done.command))
