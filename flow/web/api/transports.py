"""Porters' jobs over the API: those still to be done, one asked for, and the porter's taps from a handheld of another make."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from flow.domain.ids import BedId, TransportId, WardId
from flow.domain.roles import May
from flow.domain.transport import Carried, Transport, TransportStatus
from flow.domain.transport_commands import MoveTransport, Ride
from flow.web.act import act
from flow.web.api.wire import Asked, answer, listing, page, picture, read
from flow.web.pages.carrying import Wanted, ask_for
from flow.web.parts import house_of
from flow.web.problems import forbidden, invalid, unknown
from flow.web.security.principal import principal_of
from flow.web.who import who_of


class TransportOut(msgspec.Struct):
    """A porter's job as it stands at `seq`: places in words, times of each step. Never a name."""

    id: str
    ward: str
    origin: str = msgspec.field(name="from")
    to: str
    status: TransportStatus
    carried: Carried
    oxygen: bool
    leaving: bool
    priority: int
    requested_at: datetime
    seq: int
    porter: str | None = None
    accepted_at: datetime | None = None
    picked_up_at: datetime | None = None
    delivered_at: datetime | None = None
    command: int | None = None


class TransportAsked(Asked):
    """A porter to a bed's patient. `to`: `exit`, `exit:NAME` or `place:NAME` of the hospital file, or `ward:ID`; `priority` 1 (at once)
    to 4."""

    bed: Annotated[str, Meta(min_length=1, max_length=80)]
    to: Annotated[str, Meta(min_length=1, max_length=120)]
    carried: Carried = Carried.WHEELCHAIR
    oxygen: bool = False
    priority: Annotated[int, Meta(ge=1, le=4)] = 3


class RideAsked(Asked):
    """A tap; `at` is when it was made, where that was earlier."""

    at: datetime | None = None


async def list_transports(request: Request) -> Response:
    """Jobs still to be done, the longest waiting first."""
    house, only = house_of(request), principal_of(request).only_ward(May.TRANSPORTS)
    picture(house)
    found = sorted(
        (job for job in house.transports() if job.is_live and only in (None, job.ward)), key=lambda job: (job.requested_at, job.id)
    )
    listed = page(house, found, lambda job: job.id, request)
    return listing(request, msgspec.structs.replace(listed, items=[_out(job) for job in listed.items]))


async def ask_transport(request: Request) -> Response:
    """Ask for a porter."""
    asked, house = await read(request, TransportAsked), house_of(request)
    ward = house.ward_of(BedId(asked.bed)) if asked.bed in house.plan.beds or house.bed(BedId(asked.bed)) else None
    if ward is None:
        raise invalid("unknown-bed", "There is no such bed.")
    if not principal_of(request).may(May.ASK_TRANSPORT, ward):
        raise forbidden("That is outside the ward of this sign-in.", "other-ward")
    wanted = Wanted(BedId(asked.bed), asked.to, asked.carried, asked.oxygen, asked.priority)
    done = await ask_for(request, wanted, house.plan.ward[WardId(ward)])
    job = done.one(Transport)
    assert job is not None
    return answer(_out(job, done.command), status=201)


async def ride(request: Request) -> Response:
    """Accept, pick up, deliver or give back a job."""
    asked, number = await read(request, RideAsked), TransportId(request.path_params["transport"])
    if request.path_params["step"] not in list(Ride):
        raise unknown("unknown-step", f"A transport can be: {', '.join(Ride)}.")
    if asked.at is not None and asked.at.tzinfo is None:
        raise invalid("invalid-field", "at needs its offset from UTC.")
    porter = await who_of(request)
    done = await act(request, MoveTransport(number, Ride(request.path_params["step"]), porter.id, asked.at))
    job = done.one(Transport) or house_of(request).desk.hospital.transports[number]
    return answer(_out(job, done.command))


def _out(job: Transport, command: int | None = None) -> TransportOut:
    said = {name: getattr(job, name) for name in TransportOut.__struct_fields__ if name != "command"}
    return TransportOut(**said, command=command)
