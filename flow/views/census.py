"""The census: who lies where, who is to come, which beds are dirty, as of one moment. What a house works from when its screens are dark.

Made of the desk's records and the people table by flow.census, which keeps the last one on disk; flow.views.census_page draws it for one
reader. Every time in it is a moment and no age: paper does not count minutes. Pure.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from flow.domain.bed import BedState, BedStatus, CleanKind, Stage
from flow.domain.hospital import Hospital
from flow.domain.ids import BedId, PatientId, RequestId, VisitId, WardId
from flow.domain.person import PersonDetails
from flow.domain.plan import Bed, Plan, Ward
from flow.domain.request import BedRequest, MadeBy
from flow.views.acuity_words import acuity_mark
from flow.views.bed_tile import WORDS, TileState, tile_state
from flow.views.census_clinics import CensusClinic, census_clinics
from flow.views.cleaning_jobs import Dirty, cleaning_jobs
from flow.views.places import beside, place_bed, places_in
from flow.views.request_form import words_of


@dataclass(frozen=True, slots=True)
class Whom:
    """A patient as the list names them; nothing but age and sex for whoever may not read names. repr shows neither name nor MRN.
    `patient` is the pseudonym of whoever is named."""

    name: str = field(default="", repr=False)
    mrn: str = field(default="", repr=False)
    age: int | None = None
    sex: str | None = None
    patient: PatientId | None = None


@dataclass(frozen=True, slots=True)
class CensusRow:
    """A bed or temporary place: what it is since when, who lies in it, what to know of them, and to whom it is promised. `leaves_at` is
    when the patient is expected to be out."""

    bed: BedId
    label: str
    state: TileState
    words: str
    since: datetime
    visit: VisitId | None = None
    whom: Whom | None = None
    notes: tuple[str, ...] = ()
    leaves_at: datetime | None = None
    comer: Whom | None = None
    comes_from: str = ""


@dataclass(frozen=True, slots=True)
class CensusDirty:
    """A bed that wants cleaning, in the order in which it should be done; `kind` is routine, isolation or STAT, `stage` how far it is."""

    bed: BedId
    name: str
    ward: WardId
    kind: str
    stage: str
    since: datetime
    promised: bool


@dataclass(frozen=True, slots=True)
class CensusWait:
    """Somebody who waits for a bed, or has one promised (`bed`) and has not come yet; `ward` asked for it."""

    whom: Whom
    priority: int
    wants: str
    where: str
    since: datetime
    bed: str = ""
    ward: WardId | None = None


@dataclass(frozen=True, slots=True)
class CensusAdrift:
    """Somebody who is in the house and in no bed of it; `claims` is the bed that the feed says."""

    whom: Whom
    visit: VisitId
    since: datetime | None
    claims: str = ""


@dataclass(frozen=True, slots=True)
class CensusWard:
    """One ward: its beds in the order of the hospital file, then the temporary places that stand there."""

    id: WardId
    name: str
    rows: tuple[CensusRow, ...]
    places: tuple[CensusRow, ...] = ()

    def count(self, *states: TileState) -> int:
        """How many beds show one of these states."""
        return sum(row.state in states for row in self.rows)


@dataclass(frozen=True, slots=True)
class Census:
    """The whole house as of `as_of`, the log's `seq` then; `heard` says when each feed last spoke."""

    hospital: str
    zone: str
    as_of: datetime
    seq: int
    wards: tuple[CensusWard, ...]
    waiting: tuple[CensusWait, ...] = ()
    dirty: tuple[CensusDirty, ...] = ()
    adrift: tuple[CensusAdrift, ...] = ()
    heard: tuple[tuple[str, datetime], ...] = ()
    clinics: tuple[CensusClinic, ...] = ()


Known = Mapping[PatientId, PersonDetails]


def patients_of(hospital: Hospital) -> set[PatientId]:
    """Everybody whom a census may name."""
    lying = {visit.patient for visit in hospital.visits.values() if visit.is_open}
    planned = {hospital.visits[key].patient for key in _promised(hospital.beds.values(), "visit") if key in hospital.visits}
    return lying | planned | {request.patient for request in hospital.requests.values() if request.is_live}


def names_in(made: Census) -> int:
    """How many patients a list names; one who is on it twice counts twice."""
    rows = [row for ward in made.wards for row in (*ward.rows, *ward.places)]
    whom = [each for row in rows for each in (row.whom, row.comer)] + [w.whom for w in made.waiting] + [a.whom for a in made.adrift]
    return sum(each is not None and each.patient is not None for each in whom)


def census(hospital: Hospital, known: Known, at: datetime, heard: Mapping[str, datetime] | None = None) -> Census:
    """The census of a hospital as it stands; `known` are the details of `patients_of` it."""
    plan = hospital.plan
    dirty = cleaning_jobs(plan, hospital.beds, hospital.requests.values(), ())
    waiting = sorted(
        (r for r in hospital.requests.values() if r.is_live and r.move is None), key=lambda r: (r.priority, r.clock_from, r.id)
    )
    adrift = sorted((v for v in hospital.visits.values() if v.is_open and v.bed is None), key=lambda visit: visit.id)
    return Census(
        hospital=plan.name,
        zone=plan.zone,
        as_of=at,
        seq=hospital.seq,
        wards=tuple(_ward(ward, hospital, known, at) for ward in plan.wards),
        waiting=tuple(_wait(request, plan, known) for request in waiting),
        dirty=tuple(_dirty(each, plan) for each in dirty),
        adrift=tuple(
            CensusAdrift(
                _whom(known.get(visit.patient), visit.age, visit.sex),
                visit.id,
                visit.course.movements[-1].start if visit.course.movements else None,
                plan.bed_name(visit.course.claim) if visit.course.claim else "",
            )
            for visit in adrift
        ),
        heard=tuple(sorted((heard or {}).items())),
        clinics=census_clinics(hospital, at),
    )


def _promised(beds: Iterable[BedState], kind: str) -> list[VisitId]:
    found = [(state.reserved_for or "").partition(":") for state in beds]
    return [VisitId(number) for said, _, number in found if said == kind]


def _ward(ward: Ward, hospital: Hospital, known: Known, at: datetime) -> CensusWard:
    beds = hospital.plan.beds
    places = places_in(ward.id, hospital.beds.values())
    return CensusWard(
        ward.id,
        ward.name,
        tuple(_row(bed, hospital.beds[bed.id], hospital, known, at) for bed in ward.beds if bed.id in hospital.beds),
        tuple(_row(place_bed(state), state, hospital, known, at, near=beside(state, beds)) for state in places),
    )


def _row(bed: Bed, state: BedState, hospital: Hospital, known: Known, at: datetime, near: str = "") -> CensusRow:
    drawn = tile_state(state)
    comer, origin = _comer(state, hospital, known)
    visit = hospital.visits.get(state.visit) if state.visit is not None else None
    return CensusRow(
        bed=bed.id,
        label=bed.label,
        state=drawn,
        words=WORDS[drawn],
        since=state.now.since,
        visit=state.visit,
        whom=_whom(known.get(visit.patient) if visit else None, state.age, state.sex) if state.visit is not None else None,
        notes=tuple(part for part in (near, *_notes(state, hospital, at)) if part),
        leaves_at=state.expected_free_at if state.visit is not None else None,
        comer=comer,
        comes_from=origin,
    )


def _comer(state: BedState, hospital: Hospital, known: Known) -> tuple[Whom | None, str]:
    """To whom a bed is promised, and where they are."""
    kind, _, number = (state.reserved_for or "").partition(":")
    if kind == "request":
        request = hospital.requests.get(RequestId(number))
        if request is not None:
            return _whom(known.get(request.patient), request.age, request.sex), where_of(request)
    visit = hospital.visits.get(VisitId(number)) if kind == "visit" else None
    if visit is not None:
        return _whom(known.get(visit.patient), visit.age, visit.sex), "planned"
    return (Whom(sex=state.reserved_sex), "") if kind else (None, "")


def _whom(person: PersonDetails | None, age: int | None, sex: str | None) -> Whom:
    if person is None:
        return Whom(age=age, sex=sex)
    return Whom(person.name, person.mrn, age, sex or person.sex, None if person.withheld else person.patient)


def _notes(state: BedState, hospital: Hospital, at: datetime) -> tuple[str, ...]:
    """What whoever goes to the bed has to know."""
    care, now = state.care, state.now
    isolation = f"isolation: {care.isolation or 'yes'}" + (f" ({care.organism})" if care.organism else "")
    mark = acuity_mark(state.acuity) if state.acuity is not None and hospital.plan.station.counts(state.acuity, at) else ""
    return (
        isolation if state.isolation or care.isolation else "",
        f"watch {mark}" if mark else "",
        "on leave" if state.on_leave else "away, in the house" if state.away else "",
        "never moved" if care.never_moved else "",
        _clean(state) if now.status is BedStatus.CLEANING else "",
        now.note or (now.reason or "").replace("_", " ") if now.status is BedStatus.MAINTENANCE else "",
        "held" if state.held else "",
        "out of use when empty" if state.closes is not None else "",
        f"in doubt: {state.discrepancy}" if state.discrepancy else "",
    )


_STAGES: Mapping[Stage, str] = {
    Stage.WAITING: "waits",
    Stage.IN_PROGRESS: "begun",
    Stage.SUSPENDED: "paused",
    Stage.INSPECTION: "to be looked at",
}


def _clean(state: BedState) -> str:
    return f"{'isolation clean' if state.now.clean is CleanKind.ISOLATION else 'clean'} {_STAGES[state.now.stage or Stage.WAITING]}"


def _dirty(dirty: Dirty, plan: Plan) -> CensusDirty:
    state = dirty.state
    kind = "STAT" if dirty.stat else str(state.now.clean or CleanKind.ROUTINE)
    stage, bed = _STAGES[state.now.stage or Stage.WAITING], plan.beds[state.id]
    return CensusDirty(state.id, plan.bed_name(state.id), bed.ward, kind, stage, dirty.job.asked_at, state.reserved_for is not None)


def where_of(request: BedRequest) -> str:
    """Where a patient waits, in the desk's own words where it wrote any."""
    return request.origin or request.asked_by or {MadeBy.OPD: "OPD", MadeBy.PLAN: "planned"}.get(request.made_by, "")


def _wait(request: BedRequest, plan: Plan, known: Known) -> CensusWait:
    isolated = (request.isolation or request.isolation_kind) and request.type != "isolation"
    return CensusWait(
        whom=_whom(known.get(request.patient), request.age, request.sex),
        priority=request.priority,
        wants=f"{words_of(request.type)} · isolation" if isolated else words_of(request.type),
        where=where_of(request),
        since=request.clock_from,
        bed=plan.bed_name(request.bed) if request.bed is not None else "",
        ward=request.asked_by,
    )
