"""Beds over the API: list, one, and setting a status; wards with the shape of their rooms."""

from collections.abc import Container
from dataclasses import replace
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType
from starlette.requests import Request
from starlette.responses import Response

from flow.domain.bed import BedState, BedStatus, CleanKind, OutOfUse, Stage
from flow.domain.commands import SetBedStatus
from flow.domain.confidence import Level, trust
from flow.domain.ids import BedId
from flow.domain.plan import Bed, Ward
from flow.domain.roles import May
from flow.web.act import act, check_move
from flow.web.api.wire import Asked, Listed, answer, encoded, listing, one_of, page, picture, read
from flow.web.door import MOST
from flow.web.finishing import check_finish
from flow.web.parts import House, house_of
from flow.web.problems import forbidden, unknown
from flow.web.security.principal import Principal, principal_of

Moment = Annotated[datetime, Meta(tz=True)]
"""A time with its offset."""


class ConfidenceOut(msgspec.Struct):
    """How far a bed's state can be believed: sure, likely, unsure or in_doubt, and `why` not further; by whose word it is what it is
    (`source`: feed:ID, person or system) and since when (`told_at`)."""

    level: Level
    source: str
    told_at: datetime
    why: str = ""


class ClosingOut(msgspec.Struct):
    """Why a bed goes out of use as soon as its patient has left and it is clean, and until about when."""

    reason: OutOfUse
    note: str
    until: datetime | None


class BedOut(msgspec.Struct):
    """A bed: as built, and as it stands at `seq`. `closing`: it goes out of use when empty. `visit` and the patient's `sex` and
    `age` are there for those who may see who lies in it. `command` is the handle to undo by, in the answer to a change."""

    id: str
    ward: str
    room: str
    label: str
    type: str
    features: list[str]
    metres: int
    aliases: list[str]
    status: BedStatus
    since: datetime
    source: str
    seq: int
    stage: Stage | None = None
    clean: CleanKind | None = None
    started_at: datetime | None = None
    cleaned_at: datetime | None = None
    reserved_for: str | None = None
    reserved_until: datetime | None = None
    reason: OutOfUse | None = None
    note: str = ""
    until: datetime | None = None
    away: bool = False
    on_leave: bool = False
    expected_back: datetime | None = None
    isolation: bool = False
    expected_free_at: datetime | None = None
    insurer_due: datetime | None = None
    discrepancy: str | None = None
    visit: str | None = None
    sex: str | None = None
    age: int | None = None
    confidence: ConfidenceOut | None = None
    closing: ClosingOut | None = None
    command: int | UnsetType = UNSET


class WardOut(msgspec.Struct):
    """A ward as built, and its beds' ids in the order of the hospital's file."""

    id: str
    name: str
    specialty: str
    floor: str
    type: str
    age_min: int
    age_max: int
    rooms: list[str]
    beds: list[str]


class StatusAsked(Asked):
    """What a bed shall be. `reason` (for maintenance): repair, staffing, infection_control or room_closed; any other words
    are kept as the note of a repair. `if_seq`: refuse when the bed has changed since this version."""

    status: BedStatus
    reason: Annotated[str, Meta(max_length=200)] | None = None
    note: Annotated[str, Meta(max_length=200)] = ""
    stage: Stage | None = None
    clean: CleanKind | None = None
    until: Moment | None = None
    if_seq: int | None = None


def bed_out(
    bed: Bed, state: BedState, principal: Principal, command: int | UnsetType = UNSET, *, confidence: ConfidenceOut | None = None
) -> BedOut:
    """A bed for this asker; `confidence` as it stands now, and none of a past moment."""
    who = principal.sees_names(bed.ward)
    now = state.now
    return BedOut(
        id=bed.id,
        ward=bed.ward,
        room=bed.room,
        label=bed.label,
        type=bed.type,
        features=sorted(bed.features),
        metres=bed.metres,
        aliases=list(bed.aliases),
        status=now.status,
        since=now.since,
        source=now.source if principal.audience is None else kind_of(now.source),
        seq=state.seq,
        stage=now.stage,
        clean=now.clean,
        started_at=now.started_at,
        cleaned_at=state.cleaned_at,
        reserved_for=reserved_for(state, names=who),
        reserved_until=state.reserved_until,
        reason=now.reason,
        note=now.note if principal.audience is None else "",
        until=now.until,
        away=state.away,
        on_leave=state.on_leave,
        expected_back=state.expected_back,
        isolation=state.isolation and principal.audience is None,
        expected_free_at=state.expected_free_at,
        insurer_due=state.insurer_due if principal.audience is None else None,
        discrepancy=state.discrepancy if principal.audience is None else None,
        visit=state.visit if who else None,
        sex=state.sex if who else None,
        age=state.age if who else None,
        confidence=confidence if principal.audience is None else None,
        closing=_closing(state) if principal.audience is None else None,
        command=command,
    )


def _closing(state: BedState) -> ClosingOut | None:
    closes = state.closes
    return ClosingOut(closes.reason, closes.note, closes.until) if closes is not None and closes.reason is not None else None


def confidence(house: House, state: BedState, checked: Container[BedId]) -> ConfidenceOut:
    """How far to believe a bed now."""
    found = trust(state, house.clock.now(), checked=state.id in checked, heard=house.live.feeds)
    source = found.source if found.source.startswith("feed:") else kind_of(found.source)
    return ConfidenceOut(found.level, source, found.told_at, found.why)


def kind_of(reference: str) -> str:
    """`person:asha` as `person`, `visit:V-1` as `visit`: that, and not who."""
    return reference.partition(":")[0]


def reserved_for(state: BedState, *, names: bool) -> str | None:
    """Whom a bed is promised to: a request's number for all, a visit's for those with names."""
    holder = state.reserved_for
    return kind_of(holder) if holder is not None and holder.startswith("visit:") and not names else holder


async def list_beds(request: Request) -> Response:
    """Beds by ward, status and type, in the order of the hospital's file; kept as bytes for each Seq."""
    house, principal = house_of(request), principal_of(request)
    epoch = picture(house)
    beds = [bed for bed in _asked(request, house, principal) if bed.id in house.live.beds]
    listed = page(house, beds, lambda bed: bed.id, request, MOST)

    def make() -> bytes:
        checked, now = house.checked_beds(), house.live.beds
        items = [bed_out(bed, now[bed.id], principal, confidence=confidence(house, now[bed.id], checked)) for bed in listed.items]
        return encoded(Listed(listed.as_of, listed.seq, items, listed.next))

    return house.kept.answer(request, house.live, epoch, _key(request, principal), make)


def _key(request: Request, principal: Principal) -> str:
    """What an answer depends on: the question, and as whom it is asked."""
    asked = [request.query_params.get(name, "") for name in ("ward", "status", "type", "limit", "cursor")]
    opened = principal.opened and (principal.opened.id, principal.opened.ward)
    return repr(["beds", *asked, principal.ward, principal.reach(May.BEDS), principal.reach(May.NAMES), principal.audience, opened])


def _asked(request: Request, house: House, principal: Principal) -> list[Bed]:
    status = one_of(request, "status", list(BedStatus))
    wards, kind = _wards(request, house, principal), request.query_params.get("type")
    return [
        bed
        for ward in wards
        for bed in ward.beds
        if (kind is None or bed.type == kind) and (status is None or _status(house, bed) == status)
    ]


def _wards(request: Request, house: House, principal: Principal) -> list[Ward]:
    only, asked = principal.only_ward(May.BEDS), request.query_params.get("ward")
    if asked is not None:
        ward = check_ward(house, principal, asked, May.BEDS)
        return [ward]
    return [ward for ward in house.plan.wards if only in (None, ward.id)]


def check_ward(house: House, principal: Principal, ward_id: str, right: May) -> Ward:
    """The ward of an id; 404 when there is none, 403 when it is not this asker's."""
    found = next((ward for ward in house.plan.wards if ward.id == ward_id), None)
    if found is None:
        raise unknown("unknown-ward", f"There is no ward {ward_id[:40]}.")
    if not principal.may(right, found.id):
        raise forbidden("That is outside the ward of this sign-in.", "other-ward")
    return found


def _status(house: House, bed: Bed) -> str | None:
    state = house.live.beds.get(bed.id)
    return state.status if state else None


def bed_of(house: House, bed_id: str) -> tuple[Bed, BedState]:
    """A bed as built and as it stands; 404 when there is none."""
    bed = house.plan.beds.get(BedId(bed_id))
    state = house.bed(BedId(bed_id))
    if bed is None or state is None:
        raise unknown("unknown-bed", f"There is no bed {bed_id[:40]}.")
    return bed, state


async def get_bed(request: Request) -> Response:
    """One bed."""
    house, (bed, state) = house_of(request), bed_of(house_of(request), request.path_params["bed"])
    return answer(bed_out(bed, state, principal_of(request), confidence=confidence(house, state, house.checked_beds())))


async def set_status(request: Request) -> Response:
    """Set a bed's status or its cleaning stage; 409 with the reason where the hospital's rules or a newer version say no."""
    asked = await read(request, StatusAsked)
    principal = principal_of(request)
    bed, state = bed_of(house_of(request), request.path_params["bed"])
    check_move(principal, state.status, asked.status, bed.ward)
    check_finish(principal, state, asked.status)
    done = await act(request, to_command(bed.id, asked))
    return answer(bed_out(bed, done.of(BedState, bed.id) or state, principal, done.command))


def to_command(bed: BedId, asked: StatusAsked) -> SetBedStatus:
    """The command a body stands for."""
    command = SetBedStatus(bed, asked.status, stage=asked.stage, clean=asked.clean, note=asked.note, until=asked.until, if_seq=asked.if_seq)
    if asked.reason is None or asked.status is not BedStatus.MAINTENANCE:
        return command
    if asked.reason in list(OutOfUse):
        return replace(command, reason=OutOfUse(asked.reason))
    return replace(command, reason=OutOfUse.REPAIR, note=asked.note or asked.reason)


def _ward_out(ward: Ward) -> WardOut:
    rooms, beds = [room.id for room in ward.rooms], [bed.id for bed in ward.beds]
    return WardOut(ward.id, ward.name, ward.specialty, ward.floor, ward.type, ward.age_min, ward.age_max, [*rooms], [*beds])


async def list_wards(request: Request) -> Response:
    """The wards this asker may see."""
    house, principal = house_of(request), principal_of(request)
    wards = [ward for ward in house.plan.wards if principal.only_ward(May.BEDS) in (None, ward.id)]
    listed = page(house, wards, lambda ward: ward.id, request, MOST)
    return listing(request, Listed(listed.as_of, listed.seq, [_ward_out(ward) for ward in listed.items], listed.next))


async def get_ward(request: Request) -> Response:
    """One ward."""
    house = house_of(request)
    return answer(_ward_out(check_ward(house, principal_of(request), request.path_params["ward"], May.BEDS)))
