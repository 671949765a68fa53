"""What a nurse does with the beds of her ward: close a whole room and open it again, have one bed closed when its patient has left,
hold a bed for a patient who waits, let it go."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.bed import BedStatus, OutOfUse
from flow.domain.commands import MarkReady, ReleaseBed
from flow.domain.ids import RequestId, RoomId, WardId
from flow.domain.plan import Room, Ward
from flow.domain.request import RequestStatus
from flow.domain.ward_commands import CloseBed, CloseRoom, KeepBed, ReopenRoom
from flow.errors import Refused
from flow.web.act import act
from flow.web.api.requests import AssignmentAsked, promise
from flow.web.pages.form import form_of
from flow.web.pages.ward import lies_in, show_changed
from flow.web.pages.ward_asked import own_request
from flow.web.parts import house_of
from flow.web.problems import invalid, unknown

SHORTEST_REASON = 3
LONGEST_HOLD = 240
"""Minutes."""


async def close_room(request: Request) -> Response:
    """Every bed of a room out of use, with the reason and the expected end."""
    form, room = await form_of(request), _room(request)
    reason = form.word("reason", OutOfUse)
    if reason is None:
        raise invalid("reason-missing", "Say why the room is closed: repair, staffing, infection control or room closed.")
    until = form.moment("until", house_of(request).plan.zone)
    done = await act(request, CloseRoom(room.id, reason, form.text("note", longest=60), until))
    house = house_of(request)
    left = sum(house.desk.hospital.beds[bed].status is BedStatus.OCCUPIED for bed in house.plan.roommates[room.id])
    words = f"{room.name} closed" + (f"; {left} occupied, closed when empty" if left else "")
    return await show_changed(request, done, words)


async def reopen_room(request: Request) -> Response:
    """Every bed of a room in use again."""
    await form_of(request)
    room = _room(request)
    return await show_changed(request, await act(request, ReopenRoom(room.id)), f"{room.name} open again")


async def close_bed(request: Request) -> Response:
    """A bed in which somebody lies goes out of use when they have left."""
    form, (bed, _) = await form_of(request), lies_in(request)
    reason = form.word("reason", OutOfUse)
    if reason is None:
        raise invalid("reason-missing", "Say why the bed is to be closed: repair, staffing, infection control or room closed.")
    until = form.moment("until", house_of(request).plan.zone)
    command = CloseBed(bed.id, reason, form.text("note", longest=60), until, form.number("if_seq"))
    return await show_changed(request, await act(request, command), f"{bed.label}: out of use when empty")


async def keep_bed(request: Request) -> Response:
    """It stays in use after all."""
    await form_of(request)
    bed, _ = lies_in(request)
    return await show_changed(request, await act(request, KeepBed(bed.id)), f"{bed.label}: stays in use")


async def hold(request: Request) -> Response:
    """Hold a bed of the ward for some minutes for one of its patients who waits, or promise it."""
    form, (bed, _) = await form_of(request), lies_in(request)
    request.path_params["request"] = form.needed("request", longest=60)
    wanted = await own_request(request, _ward(request))
    minutes, reason = form.number("minutes"), form.text("reason", longest=200)
    if 0 < len(reason) < SHORTEST_REASON:
        raise invalid("reason-missing", "Give a reason that others understand.")
    until = house_of(request).clock.now() + timedelta(minutes=min(minutes, LONGEST_HOLD)) if minutes else None
    asked = AssignmentAsked(bed.id, reason or None, until, form.number("if_seq"), until is not None)
    done = await promise(request, wanted, asked)
    return await show_changed(request, done, f"{bed.label}: held for {minutes} minutes" if minutes else f"{bed.label}: promised")


async def let_go(request: Request) -> Response:
    """A bed of the ward is held or promised no longer; the patient waits again with the old clock."""
    form, (bed, state) = await form_of(request), lies_in(request)
    kind, _, number = (state.reserved_for or "").partition(":")
    if kind != "request":
        raise Refused(f"Bed {bed.label} is not held; the HIS plans who comes to it.", code="not-assigned")
    if number != form.needed("request", longest=60):
        raise Refused(f"Bed {bed.label} is promised to somebody else by now; look again.", code="stale")
    return await show_changed(request, await act(request, ReleaseBed(RequestId(number))), f"{bed.label}: not held any more")


async def ready(request: Request) -> Response:
    """A patient of the ward who waits for a bed can go now, or not yet after all. Said once more it stays as it was said first."""
    form, wanted = await form_of(request), await own_request(request, _ward(request))
    can_go = form.choice("ready", ("yes", "no")) == "yes"
    if not wanted.is_unplaced and wanted.status is not RequestStatus.ASSIGNED:
        raise Refused("This request is settled; look again.", code="request-closed")
    now = house_of(request).clock.now()
    done = await act(request, MarkReady(wanted.id, min(wanted.ready_at or now, now) if can_go else None))
    return await show_changed(request, done, "Ready to move" if can_go else "Not ready to move yet")


def _ward(request: Request) -> Ward:
    return house_of(request).plan.ward[WardId(request.path_params["ward"])]


def _room(request: Request) -> Room:
    """The room of the path; 404 when it is none of the ward's."""
    room = house_of(request).plan.rooms.get(RoomId(request.path_params["room"]))
    if room is None or room.ward != request.path_params["ward"]:
        raise unknown("unknown-room", "There is no such room in this ward.")
    return room
