"""Bed requests over the API: who waits for a bed, the promise of a bed."""

import base64
import secrets
from collections.abc import Iterable
from typing import Annotated

from msgspec import UNSET, Meta, UnsetType
from starlette.requests import Request
from starlette.responses import Response

from flow.domain.commands import AssignBed, CancelRequest, ReleaseBed, RequestBed
from flow.domain.ids import BedId, PatientId, RequestId, VisitId
from flow.domain.person import PersonDetails, age_on
from flow.domain.plan import Plan
from flow.domain.request import LIVE, BedRequest, MadeBy, RequestStatus
from flow.domain.roles import May, Reach
from flow.history import visits
from flow.web.act import Done, act, act_beside
from flow.web.api.beds import Moment
from flow.web.api.request_models import PersonAsked, RequestAsked, RequestOut, Words, request_out
from flow.web.api.wire import Asked, Listed, answer, listing, one_of, page, picture, read
from flow.web.bed_said import said_bed
from flow.web.choices import remember
from flow.web.names import names_for
from flow.web.parts import House, house_of
from flow.web.problems import forbidden, invalid, unknown
from flow.web.security.principal import Principal, principal_of

EVER = 2**62
"""Above every Seq: the record as it stands now."""


class AssignmentAsked(Asked):
    """The bed to promise; `override_reason` where it breaks a rule (or always, for a manager). `until`: the promise ends then; `hold`: the
    bed is held until then and no more, and the HIS is not told."""

    bed: Words
    override_reason: Annotated[str, Meta(min_length=3, max_length=300)] | None = None
    until: Moment | None = None
    if_seq: int | None = None
    hold: bool = False


async def create_request(request: Request) -> Response:
    """Put a patient on the waiting list."""
    asked = await read(request, RequestAsked)
    house = house_of(request)
    wanted = await wanted_by(house, asked, MadeBy.WARD if principal_of(request).only_ward(May.ADMIT) else MadeBy.DESK)
    done = await act(request, RequestBed(wanted))
    made = done.one(BedRequest) or wanted
    body = await out(request, made, done.command)
    return answer(body, 201, {"location": f"/api/v1/bed-requests/{made.id}"})


async def wanted_by(house: House, asked: RequestAsked, made_by: MadeBy = MadeBy.DESK) -> BedRequest:
    """A new request out of a body. 422 for a bed type or feature that there is not, or nobody whom it is for."""
    check_possible(house.plan, asked.type, asked.needs)
    patient, sex, age, visit = await _whom(house, asked)
    await note_family(house, asked.mother_of, asked.baby_of)
    return BedRequest(
        id=new_id("R"),
        patient=patient,
        created_at=house.clock.now(),
        type=asked.type,
        needs=frozenset(asked.needs),
        wishes=frozenset(asked.wishes),
        sex=asked.sex or sex,
        age=age if asked.age is None else asked.age,
        specialty=asked.specialty,
        priority=asked.priority,
        origin=asked.origin[:100],
        isolation=asked.isolation or asked.isolation_kind is not None,
        ready_at=asked.ready_at,
        entitlement=asked.entitlement,
        visit=visit,
        made_by=made_by,
        insurer_limit=asked.insurer_limit,
        room_choice=asked.room_choice,
        isolation_kind=asked.isolation_kind,
        organism=asked.organism,
        attendant=asked.attendant,
        mother_of=house.people.pseudonym(asked.mother_of) if asked.mother_of else None,
        baby_of=house.people.pseudonym(asked.baby_of) if asked.baby_of else None,
        rest=frozenset(asked.rest),
    )


async def note_family(house: House, *mrns: str | UnsetType | None) -> None:
    """Write down the MRNs of mother and baby, so that whoever edits the request reads them again."""
    known = [PersonDetails(house.people.pseudonym(mrn), mrn=mrn.strip()) for mrn in mrns if isinstance(mrn, str)]
    await house.people.put(known, house.clock.now())


def check_possible(plan: Plan, kind: str, needs: Iterable[str]) -> None:
    """What no bed of the house has would be waited for in vain, and nobody would see why."""
    kinds = {bed.type for bed in plan.beds.values()}
    if kind not in kinds:
        raise invalid("unknown-type", f"There are no beds of type {kind}; the types are {', '.join(sorted(kinds))}.")
    features = {feature for bed in plan.beds.values() for feature in bed.features}
    for need in sorted({*needs} - features):
        raise invalid("unknown-feature", f"No bed has {need}; the features are {', '.join(sorted(features))}.")


def new_id(prefix: str) -> RequestId:
    """A short number that people can read out to each other: 40 random bits in base 32."""
    return RequestId(f"{prefix}-{base64.b32encode(secrets.token_bytes(5)).decode()}")


async def _whom(house: House, asked: RequestAsked) -> tuple[PatientId, str | None, int | None, VisitId | None]:
    """The patient, with sex and age as known, and the visit."""
    if asked.visit is not None:
        visit = await visits.one(house.database, asked.visit)
        if visit is None or not visit.is_open:
            raise invalid("unknown-visit", f"No patient is in the house under visit {asked.visit}.")
        return visit.patient, visit.sex, visit.age, visit.id
    if asked.patient is None:
        raise invalid("patient-missing", "Say who needs the bed: patient (an MRN or a person) or visit.")
    person = PersonAsked(asked.patient) if isinstance(asked.patient, str) else asked.patient
    return await enter(house, person)


async def enter(house: House, person: PersonAsked) -> tuple[PatientId, str | None, int | None, VisitId | None]:
    """Write a person's details down; returns the pseudonym, sex and age as now known."""
    at = house.clock.now()
    if person.mrn is None:
        if person.unknown is None:
            raise invalid("patient-missing", "Say who it is: mrn, or unknown (M, F or U) for somebody whom nobody knows.")
        unknown = await house.people.name_unknown(person.unknown, at)
        return unknown.patient, unknown.sex, None, None
    patient = house.people.pseudonym(person.mrn)
    await house.people.put([PersonDetails(patient, person.name, person.mrn.strip(), person.birth_date, person.sex)], at)
    known = (await house.people.get([patient]))[patient]
    return patient, known.sex, age_on(known.birth_date, at.date()), None


async def list_requests(request: Request) -> Response:
    """Who waits, longest first; a nurse sees those promised a bed of the ward."""
    house, principal = house_of(request), principal_of(request)
    picture(house)
    status = one_of(request, "status", list(RequestStatus))
    known = sorted(house.live.requests.values(), key=lambda r: (r.created_at, r.id))
    shown = [r for r in known if (r.status in LIVE if status is None else r.status == status) and _is_for(house, principal, r)]
    listed = page(house, shown, lambda r: r.id, request)
    names = await names_for(request, [(r.patient, ward_of(house, r)) for r in listed.items])
    items = [request_out(r, house.plan.requests, names.get(r.patient)) for r in listed.items]
    return listing(request, Listed(listed.as_of, listed.seq, items, listed.next))


def ward_of(house: House, wanted: BedRequest) -> str | None:
    """The ward of the promised bed."""
    return house.ward_of(wanted.bed)


def _is_for(house: House, principal: Principal, wanted: BedRequest) -> bool:
    only = principal.only_ward(May.WAITING)
    return only is None or ward_of(house, wanted) in (None, only)


async def found_request(request: Request) -> BedRequest:
    """The request of the path, open or closed; 404 when there is none that this asker may know of."""
    house, number = house_of(request), request.path_params["request"]
    wanted = house.request(number) or await house.desk.log.before("request", number, EVER)
    if not isinstance(wanted, BedRequest) or not _is_for(house, principal_of(request), wanted):
        raise unknown("unknown-request", f"There is no bed request {number[:40]}.")
    return wanted


async def get_request(request: Request) -> Response:
    """One bed request."""
    return answer(await out(request, await found_request(request)))


async def out(request: Request, wanted: BedRequest, command: int | UnsetType = UNSET) -> RequestOut:
    """A request for the wire, with the name where the asker may know it."""
    names = await names_for(request, [(wanted.patient, ward_of(house_of(request), wanted))])
    return request_out(wanted, house_of(request).plan.requests, names.get(wanted.patient), command)


async def cancel_request(request: Request) -> Response:
    """Take a patient off the waiting list."""
    wanted = await found_request(request)
    done = await act(request, CancelRequest(wanted.id))
    return answer(await out(request, done.one(BedRequest) or wanted, done.command))


async def assign(request: Request) -> Response:
    """Promise a bed to a request; 409 when somebody was faster."""
    asked = await read(request, AssignmentAsked)
    wanted = await found_request(request)
    done = await promise(request, wanted, asked)
    return answer(await out(request, done.one(BedRequest) or wanted, done.command))


async def promise(request: Request, wanted: BedRequest, asked: AssignmentAsked) -> Done:
    """Assign a bed, if this person may: in their own ward, a manager with a reason."""
    house, principal = house_of(request), principal_of(request)
    bed = house.plan.beds.get(said_bed(house, asked.bed, principal.ward))
    if bed is None:
        raise unknown("unknown-bed", f"There is no bed {asked.bed[:40]}.")
    if not principal.may(May.ASSIGN, bed.ward):
        raise forbidden("That bed is outside the ward of this sign-in.", "other-ward")
    if principal.reach(May.ASSIGN) is Reach.REASON and not asked.override_reason:
        raise invalid("reason-missing", "A manager's assignment needs its reason (override_reason).")
    if asked.hold and asked.until is None:
        raise invalid("until-missing", "A bed is held until a time (until).")
    weighed = house.admissions.weigh(wanted, bed.id)
    command = AssignBed(wanted.id, bed.id, (), asked.override_reason, asked.until, asked.if_seq, asked.hold)
    done, blocked = await act_beside(request, wanted, bed.id, command)
    await remember(house, wanted, weighed, done, blocked, asked.override_reason or _said(wanted, bed.id))
    return done


def _said(wanted: BedRequest, bed: BedId) -> str | None:
    """The reason for which this bed is held already."""
    return wanted.override_reason if wanted.bed == bed else None


async def release(request: Request) -> Response:
    """Take the promise back; the patient waits again."""
    wanted, principal, house = await found_request(request), principal_of(request), house_of(request)
    if not principal.may(May.ASSIGN, ward_of(house, wanted)):
        raise forbidden("That bed is outside the ward of this sign-in.", "other-ward")
    done = await act(request, ReleaseBed(wanted.id))
    return answer(await out(request, done.one(BedRequest) or wanted, done.command))
