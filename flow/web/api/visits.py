"""Visits over the API: list and one; and admit, transfer, discharge for hospitals without a feed."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType
from starlette.requests import Request
from starlette.responses import Response

from flow.domain.acuity import Acuity, Level
from flow.domain.clinical import NoteKind
from flow.domain.commands import Chart, Person, Told
from flow.domain.ids import BedId, PatientId, VisitId
from flow.domain.roles import May
from flow.domain.visit import Act, Fact, Order, Visit, VisitStatus
from flow.history import patients, visits
from flow.web.act import Done, act
from flow.web.api.beds import Moment
from flow.web.api.request_models import Age, PersonAsked, Sex, Words
from flow.web.api.requests import enter, new_id
from flow.web.api.wire import Asked, Listed, answer, cursor_of, limit_of, listing, one_of, read, to_cursor
from flow.web.bed_said import said_bed
from flow.web.names import PersonOut, names_for
from flow.web.parts import House, house_of
from flow.web.problems import forbidden, invalid, unknown
from flow.web.security.principal import principal_of


class MovementOut(msgspec.Struct):
    """A stretch of the stay by event time; `to` is null while it lasts."""

    bed: str | None
    place: str | None
    start: datetime = msgspec.field(name="from")
    end: datetime | None = msgspec.field(name="to", default=None)


class ConflictOut(msgspec.Struct):
    """The visit claims a bed that another one holds."""

    bed: str
    held_by: str | None


class OrderOut(msgspec.Struct):
    """An order of the visit as last told (ORM, OMG, ORU, RDE, RDS); what a result says is not kept."""

    id: str
    kind: NoteKind
    code: str
    state: str
    at: datetime


class AcuityOut(msgspec.Struct):
    """How closely the patient must be watched: by an early-warning score, or, where `score` is null, by a nurse's tap; `since` when at
    this level, `unseen_since` when it turned high, until somebody has seen it."""

    level: Level
    at: datetime
    since: datetime
    score: int | None = None
    unseen_since: datetime | None = None


class VisitOut(msgspec.Struct):
    """A visit as it stands at `seq`; `bed` is the bed it holds, `place` what the feed calls where it is."""

    number: str
    status: VisitStatus
    bed: str | None
    place: str | None
    movements: list[MovementOut]
    conflicts: list[ConflictOut]
    seq: int
    ward: str | None = None
    since: datetime | None = None
    klass: str | None = msgspec.field(name="class", default=None)
    specialty: str | None = None
    reserved: str | None = None
    expected_free_at: datetime | None = None
    away: bool = False
    temporary: str | None = None
    expected_back: datetime | None = None
    merged_into: str | None = None
    feed: str | None = None
    sex: str | None = None
    age: int | None = None
    person: PersonOut | None = None
    acuity: AcuityOut | None = None
    orders: list[OrderOut] | UnsetType = UNSET
    command: int | UnsetType = UNSET


class AdmitAsked(Asked):
    """Admit a patient into a bed (its id, or as it is called) now, or `at` a moment past. `visit` is the HIS's number where there is
    one."""

    bed: Words
    patient: Annotated[str, Meta(min_length=1, max_length=60)] | PersonAsked
    visit: Annotated[str, Meta(pattern=r"^[A-Za-z0-9._/-]{1,40}$")] | None = None
    sex: Sex | None = None
    age: Age | None = None
    specialty: Words | None = None
    at: Moment | None = None


class TransferAsked(Asked):
    """Move the patient to another bed: its id, or as it is called, `A3` in the patient's own ward, `6A W5`."""

    bed: Words
    at: Moment | None = None


class DischargeAsked(Asked):
    """The patient has left."""

    at: Moment | None = None


async def list_visits(request: Request) -> Response:
    """Visits by number; a nurse sees those of the ward."""
    house, principal = house_of(request), principal_of(request)
    status = one_of(request, "status", list(VisitStatus))
    limit, only = limit_of(request), principal.only_ward(May.WAITING)
    found = await visits.page(house.database, [status] if status else None, cursor_of(request), limit)
    shown = [visit for visit in found if only is None or ward_of(house, visit) == only]
    names = await names_for(request, [(visit.patient, ward_of(house, visit)) for visit in shown])
    after = to_cursor(found[-1].id) if len(found) == limit else None
    items = [visit_out(house, visit, names.get(visit.patient)) for visit in shown]
    return listing(request, Listed(house.live.as_of, house.live.seq, items, after))


class SearchAsked(Asked):
    """The exact MRN. It travels in the body, so that no proxy's log keeps it."""

    mrn: Annotated[str, Meta(min_length=1, max_length=60)]


async def search(request: Request) -> Response:
    """The visits of one patient, by exact MRN; a nurse finds those of the ward."""
    asked = await read(request, SearchAsked)
    house, only = house_of(request), principal_of(request).only_ward(May.FIND)
    patient = await house.people.find_mrn(asked.mrn)
    found = await patients.visits_of(house.database, house.desk.hospital.survivor(patient)) if patient else []
    shown = [visit for visit in found if only is None or ward_of(house, visit) == only]
    names = await names_for(request, [(visit.patient, ward_of(house, visit)) for visit in shown])
    items = [visit_out(house, visit, names.get(visit.patient)) for visit in shown]
    return answer(Listed(house.live.as_of, house.live.seq, items))


async def get_visit(request: Request) -> Response:
    """One visit by its number, with its orders."""
    visit = await found_visit(request)
    out = await _out(request, visit)
    notes = await visits.orders(house_of(request).database, visit)
    out.orders = [OrderOut(note.id.rpartition("/")[2], note.kind, note.code, note.state, note.at) for note in notes]
    return answer(out)


async def found_visit(request: Request) -> Visit:
    """The visit of the path; 404 when there is none that this asker may know of."""
    house, number = house_of(request), request.path_params["visit"]
    only = principal_of(request).only_ward(May.WAITING)
    visit = await visits.one(house.database, number)
    if visit is None or (only is not None and ward_of(house, visit) != only):
        raise unknown("unknown-visit", f"There is no visit {number[:40]}.")
    return visit


def ward_of(house: House, visit: Visit) -> str | None:
    """The ward of the bed a visit holds, or claims."""
    return house.ward_of(visit.bed or visit.course.claim)


async def _out(request: Request, visit: Visit, command: int | UnsetType = UNSET) -> VisitOut:
    house = house_of(request)
    names = await names_for(request, [(visit.patient, ward_of(house, visit))])
    return visit_out(house, visit, names.get(visit.patient), command)


async def visit_answer(request: Request, visit: Visit, done: Done) -> Response:
    """A visit as a change has left it."""
    return answer(await _out(request, visit, done.command))


def visit_out(house: House, visit: Visit, person: PersonOut | None, command: int | UnsetType = UNSET) -> VisitOut:
    """A visit for the wire."""
    course = visit.course
    return VisitOut(
        number=visit.id,
        status=course.status,
        bed=visit.bed,
        place=course.place,
        movements=[MovementOut(move.bed, move.place, move.start, move.end) for move in course.movements],
        conflicts=_conflicts(house, visit),
        seq=visit.seq,
        ward=ward_of(house, visit),
        since=visit.since,
        klass=course.klass,
        specialty=course.specialty,
        reserved=course.reserved,
        expected_free_at=course.expected_free_at,
        away=course.away,
        temporary=course.temporary,
        expected_back=course.expected_back,
        merged_into=visit.merged_into,
        feed=visit.feed,
        sex=visit.sex,
        age=visit.age,
        person=person,
        acuity=_acuity(visit.acuity),
        command=command,
    )


def _acuity(acuity: Acuity | None) -> AcuityOut | None:
    return AcuityOut(acuity.level, acuity.at, acuity.since, acuity.score, acuity.alarm_since) if acuity is not None else None


def _conflicts(house: House, visit: Visit) -> list[ConflictOut]:
    if not visit.in_conflict or visit.course.claim is None:
        return []
    state = house.bed(visit.course.claim)
    return [ConflictOut(visit.course.claim, state.visit if state else None)]


async def admit(request: Request) -> Response:
    """Admit a patient into a bed."""
    asked = await read(request, AdmitAsked)
    house = house_of(request)
    bed = check_bed(request, asked.bed, principal_of(request).ward)
    person = PersonAsked(asked.patient) if isinstance(asked.patient, str) else asked.patient
    patient, sex, age, _ = await enter(house, person)
    number = VisitId(asked.visit or new_id("M"))
    if await visits.one(house.database, number) is not None:
        raise invalid("visit-exists", f"There is a visit {number} already; transfer it instead.")
    whom = Person(patient, asked.sex or sex, age if asked.age is None else asked.age)
    done = await tell(request, number, whom, Act.ADMIT, asked.at, bed, asked.specialty)
    visit = done.one(Visit) or await visits.one(house.database, number)
    assert visit is not None
    return answer(await _out(request, visit, done.command), 201, {"location": f"/api/v1/visits/{visit.id}"})


def check_bed(request: Request, text: str, ward: str | None) -> BedId:
    """The bed named, looked for in `ward` first; 404 for one that is none, 403 for one outside the ward of whoever admits."""
    house = house_of(request)
    bed = said_bed(house, text, ward)
    if not principal_of(request).may(May.ADMIT, house.ward_of(bed)):
        raise forbidden("That bed is outside the ward of this sign-in.", "other-ward")
    return bed


async def tell(
    request: Request,
    number: VisitId,
    whom: Person,
    what: Act,
    at: datetime | None = None,
    bed: str | None = None,
    specialty: str | None = None,
) -> Done:
    """Chart one fact by hand; of two in one instant the later stands later. 422 for a time that has not come."""
    house = house_of(request)
    now = house.clock.now()
    if at is not None and at > now:
        raise invalid("in-future", "That time has not come yet.")
    order = Order(now, number=house.desk.hospital.seq)
    fact = Fact(what, at or now, order, place=bed, specialty=specialty)
    return await act(request, Chart((Told(number, whom, fact),), by_person=True))


async def transfer(request: Request) -> Response:
    """Move a patient to another bed."""
    asked = await read(request, TransferAsked)
    visit = await found_visit(request)
    bed = check_bed(request, asked.bed, ward_of(house_of(request), visit))
    done = await tell(request, visit.id, as_known(visit.patient), Act.TRANSFER, asked.at, bed)
    return answer(await _out(request, done.of(Visit, visit.id) or visit, done.command))


async def discharge(request: Request) -> Response:
    """A patient has left; the bed then wants cleaning."""
    asked = await read(request, DischargeAsked)
    visit = await found_visit(request)
    if not principal_of(request).may(May.ADMIT, ward_of(house_of(request), visit)):
        raise forbidden("That bed is outside the ward of this sign-in.", "other-ward")
    done = await tell(request, visit.id, as_known(visit.patient), Act.DISCHARGE, asked.at)
    return answer(await _out(request, done.of(Visit, visit.id) or visit, done.command))


def as_known(patient: PatientId) -> Person:
    """Somebody of whom nothing new is said."""
    return Person(patient)
