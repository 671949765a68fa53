"""A bed request on the wire: what may be asked for, what may be changed, and the record as it is told."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from flow.domain.care import Isolation, Rest
from flow.domain.ids import PatientId
from flow.domain.request import BedRequest, MadeBy, Notice, RequestStatus
from flow.domain.request_rules import RequestRules
from flow.web.api.beds import Moment
from flow.web.api.wire import Asked
from flow.web.names import PersonOut

Words = Annotated[str, Meta(min_length=1, max_length=100)]
Sex = Annotated[str, Meta(pattern="^[FMOUA]$")]
Age = Annotated[int, Meta(ge=0, le=130)]
Mrn = Annotated[str, Meta(min_length=1, max_length=60)]
Money = Annotated[int, Meta(ge=0, le=100_000_000)]


class PersonAsked(Asked):
    """Whom it is about: the MRN, and what is known besides (kept sealed, apart from everything else). Of whom nothing is known, `unknown`
    says man, woman or neither: the hospital then numbers them ("Unknown male 3")."""

    mrn: Mrn | None = None
    name: Annotated[str, Meta(max_length=200)] = ""
    birth_date: date | None = None
    sex: Sex | None = None
    unknown: Literal["M", "F", "U"] | None = None


class RequestAsked(Asked):
    """A patient who needs a bed. `patient` is an MRN or a person, else `visit` names an open visit. `priority` 1 (now) to 4;
    `needs` are features the bed must have, `wishes` those it would be good to have. `ready_at` is when the patient can go,
    `entitlement` the room category that the insurer pays, up to `insurer_limit` a day, `room_choice` the one that the patient chose;
    `attendant`: somebody sleeps beside; `mother_of` and `baby_of` are MRNs; `rest`: never moved to make room."""

    type: Words
    patient: Annotated[str, Meta(min_length=1, max_length=60)] | PersonAsked | None = None
    visit: Annotated[str, Meta(min_length=1, max_length=60)] | None = None
    needs: list[Words] = []
    wishes: list[Words] = []
    sex: Sex | None = None
    age: Age | None = None
    specialty: Words | None = None
    priority: Annotated[int, Meta(ge=1, le=4)] = 3
    origin: str = msgspec.field(name="from", default="")
    isolation: bool = False
    ready_at: Moment | None = None
    entitlement: Words | None = None
    insurer_limit: Money | None = None
    room_choice: Words | None = None
    isolation_kind: Isolation | None = None
    organism: Words | None = None
    attendant: bool = False
    mother_of: Mrn | None = None
    baby_of: Mrn | None = None
    rest: list[Rest] = []


class RequestEdited(Asked):
    """What is to change; what is left out stays, null takes it back. `if_seq` is the Seq of the request as it was looked at."""

    if_seq: int
    type: Words | UnsetType = UNSET
    needs: list[Words] | UnsetType = UNSET
    wishes: list[Words] | UnsetType = UNSET
    sex: Sex | UnsetType | None = UNSET
    age: Age | UnsetType | None = UNSET
    specialty: Words | UnsetType | None = UNSET
    priority: Annotated[int, Meta(ge=1, le=4)] | UnsetType = UNSET
    origin: Annotated[str, Meta(max_length=100)] | UnsetType = msgspec.field(name="from", default=UNSET)
    isolation: bool | UnsetType = UNSET
    ready_at: Moment | UnsetType | None = UNSET
    entitlement: Words | UnsetType | None = UNSET
    insurer_limit: Money | UnsetType | None = UNSET
    room_choice: Words | UnsetType | None = UNSET
    isolation_kind: Isolation | UnsetType | None = UNSET
    organism: Words | UnsetType | None = UNSET
    attendant: bool | UnsetType = UNSET
    mother_of: Mrn | UnsetType | None = UNSET
    baby_of: Mrn | UnsetType | None = UNSET
    rest: list[Rest] | UnsetType = UNSET


def edited(request: BedRequest, asked: RequestEdited, pseudonym: Callable[[str], PatientId]) -> BedRequest:
    """The request as it should be; `pseudonym` is of an MRN."""
    said = {name: getattr(asked, name) for name in asked.__struct_fields__ if name != "if_seq"}
    changes: dict[str, Any] = {name: value for name, value in said.items() if value is not UNSET}
    sets = {name: frozenset(value) for name, value in changes.items() if isinstance(value, list)}
    persons = {name: pseudonym(changes[name]) for name in ("mother_of", "baby_of") if changes.get(name)}
    return replace(request, **(changes | sets | persons))


class RequestOut(msgspec.Struct):
    """A bed request as it stands at `seq`; `person` for those who may know. The waiting clock runs from `clock_from`; by `due_at` a bed
    should be promised. `held_until`: the bed is held, and no promise yet. `mother`, `baby`: the other of the two is, or needs to be, in
    a bed beside."""

    id: str
    status: RequestStatus
    type: str
    needs: list[str]
    wishes: list[str]
    priority: int
    created_at: datetime
    seq: int
    sex: str | None = None
    age: int | None = None
    specialty: str | None = None
    origin: str = msgspec.field(name="from", default="")
    isolation: bool = False
    ready_at: datetime | None = None
    entitlement: str | None = None
    visit: str | None = None
    bed: str | None = None
    assigned_at: datetime | None = None
    closed_at: datetime | None = None
    override_reason: str | None = None
    notice: Notice | None = None
    his_bed: str | None = None
    held_until: datetime | None = None
    person: PersonOut | None = None
    made_by: MadeBy = MadeBy.DESK
    clock_from: datetime | None = None
    due_at: datetime | None = None
    insurer_limit: int | None = None
    room_choice: str | None = None
    isolation_kind: Isolation | None = None
    organism: str | None = None
    attendant: bool = False
    mother: bool = False
    baby: bool = False
    rest: list[Rest] = []
    command: int | UnsetType = UNSET


def request_out(wanted: BedRequest, rules: RequestRules, person: PersonOut | None, command: int | UnsetType = UNSET) -> RequestOut:
    """A request for the wire."""
    return RequestOut(
        id=wanted.id,
        status=wanted.status,
        type=wanted.type,
        needs=sorted(wanted.needs),
        wishes=sorted(wanted.wishes),
        priority=wanted.priority,
        created_at=wanted.created_at,
        seq=wanted.seq,
        sex=wanted.sex,
        age=wanted.age,
        specialty=wanted.specialty,
        origin=wanted.origin,
        isolation=wanted.isolation,
        ready_at=wanted.ready_at,
        entitlement=wanted.entitlement,
        visit=wanted.visit,
        bed=wanted.bed,
        assigned_at=wanted.assigned_at,
        closed_at=wanted.closed_at,
        override_reason=wanted.override_reason,
        notice=wanted.notice,
        his_bed=wanted.his_bed,
        held_until=wanted.held_until,
        person=person,
        made_by=wanted.made_by,
        clock_from=wanted.clock_from,
        due_at=rules.due_at(wanted),
        insurer_limit=wanted.insurer_limit,
        room_choice=wanted.room_choice,
        isolation_kind=wanted.isolation_kind,
        organism=wanted.organism,
        attendant=wanted.attendant,
        mother=wanted.mother_of is not None,
        baby=wanted.baby_of is not None,
        rest=sorted(wanted.rest),
        command=command,
    )
