"""A ward's own word about its patients: placed in another bed, swapped, come to the bed that was promised, isolated.

Everything here ends in facts of visits or in their care; `charting` and `settling` do the rest, as for a letter.
"""

from dataclasses import replace
from datetime import datetime

from flow.domain.bed import BedState
from flow.domain.care import Care, Isolation
from flow.domain.commands import Chart, Person, Told
from flow.domain.decide.charting import chart_visits
from flow.domain.decide.draft import Draft
from flow.domain.decide.promises import check_beside
from flow.domain.events import Kind
from flow.domain.ids import BedId, PatientId, RequestId, VisitId
from flow.domain.visit import OPEN, Act, Fact, Order, Visit, VisitStatus
from flow.domain.ward_commands import ConfirmArrival, MarkIsolation, PlacePatient, SwapPatients
from flow.errors import Refused

_OUTPATIENT = "O"


def place(draft: Draft, command: PlacePatient) -> None:
    """To a free bed. A rule is broken with a reason, which stays with the visit as long as it lies there."""
    visit = _lying(draft, command.visit)
    _check_seq(draft, visit.bed, command.if_seq)
    check_beside(draft, command.bed, command.as_of)
    _check_rules(command.blocked_by, command.override_reason)
    _chart(draft, _told(draft, visit, Act.TRANSFER, command.bed))
    _note_against(draft, visit.id, command.blocked_by, command.override_reason)


def swap(draft: Draft, command: SwapPatients) -> None:
    """Both at once, so that no bed holds two and none is free in between (as A17 tells it)."""
    one, other = _lying(draft, command.visit), _lying(draft, command.other)
    if one.bed is None or other.bed is None or one.id == other.id:
        raise Refused("Two beds change their patients; choose another bed in which somebody lies.", code="same-bed")
    _check_seq(draft, one.bed, command.if_seq)
    _check_seq(draft, other.bed, command.other_seq)
    for bed in (one.bed, other.bed):
        _check_unpromised(draft.bed(bed))
        check_beside(draft, bed, command.as_of)
    blocked = (*command.blocked_by, *_unclean(draft, one, other), *_unclean(draft, other, one))
    _check_rules(blocked, command.override_reason)
    _chart(draft, _told(draft, one, Act.SWAP, other.bed), _told(draft, other, Act.SWAP, one.bed))
    for visit in (one, other):
        _note_against(draft, visit.id, blocked, command.override_reason)


def confirm_arrival(draft: Draft, command: ConfirmArrival) -> None:
    """Who was promised the bed, or is named, lies in it: the stay that is known goes on there, else one begins that the feed will take
    over. Who is only named is not taken out of another bed by it."""
    bed = draft.bed(command.bed)
    _check_seq(draft, bed.id, command.if_seq)
    patient, named, person = _awaited(draft, bed) if command.patient is None else _named(draft, command.patient, command)
    visit = stay_of(draft, patient, named)
    if command.patient is not None and visit is not None and visit.bed is not None:
        raise Refused("This patient is in another bed already; transfer from there.", code="already-in-a-bed")
    if visit is not None and visit.is_open:
        told = _fact(draft, visit.id, person, Act.TRANSFER, bed.id)
    else:
        told = _fact(draft, visit.id if visit is not None else command.fresh, person, Act.ADMIT, bed.id)
    _chart(draft, told)


def mark_isolation(draft: Draft, command: MarkIsolation) -> None:
    """Shown at once on the bed, kept on the visit, and asked of every bed that the patient waits for."""
    visit = _lying(draft, command.visit)
    _check_seq(draft, visit.bed, command.if_seq)
    isolate(draft, visit, isolated(visit, command.isolation, command.organism), draft.now)


def isolated(visit: Visit, isolation: Isolation | None, organism: str | None) -> Care:
    """The patient's care with this isolation, or without any."""
    known = (organism or "").strip() or None if isolation is not None else None
    return replace(visit.care, isolation=isolation, organism=known)


def isolate(draft: Draft, visit: Visit, care: Care, at: datetime) -> None:
    """On the visit, on the bed it holds, and in what is asked for the patient."""
    if visit.care != care:
        draft.write(Kind.VISIT_AMENDED, replace(visit, care=care), at)
    assert visit.bed is not None
    draft.revise_bed(Kind.BED_REVISED, visit.bed, at, care=care, isolation=care.isolation is not None)
    _tell_requests(draft, visit, care)


def _tell_requests(draft: Draft, visit: Visit, care: Care) -> None:
    """A bed that was chosen for somebody else's needs is promised no longer by this: the desk sees what changed."""
    for request in draft.live_requests():
        if request.patient != visit.patient and request.visit != visit.id:
            continue
        told = replace(request, isolation=care.isolation is not None, isolation_kind=care.isolation, organism=care.organism)
        if told != request:
            draft.write(Kind.REQUEST_CHANGED, told)


def _lying(draft: Draft, number: VisitId) -> Visit:
    visit = draft.visit(number)
    if visit is None or visit.bed is None or not visit.is_open:
        raise Refused("The patient is not in that bed any more; look again.", code="stale")
    return visit


def _check_seq(draft: Draft, bed: BedId | None, seq: int | None) -> None:
    if bed is not None and seq is not None and seq != draft.bed(bed).seq:
        raise Refused(f"Bed {draft.plan.bed_name(bed)} has changed since you looked; look again.", code="stale")


def _check_rules(blocked_by: tuple[str, ...], reason: str | None) -> None:
    if blocked_by and not reason:
        raise Refused(f"{'; '.join(dict.fromkeys(blocked_by))}. Choose another bed, or say why it may be.", code="rule-broken")


def _check_unpromised(bed: BedState) -> None:
    if bed.reserved_for is not None:
        raise Refused(f"Bed {bed.id} is promised to somebody who comes when its patient leaves.", code="bed-reserved")


def _unclean(draft: Draft, leaves: Visit, comes: Visit) -> tuple[str, ...]:
    """After an infectious patient the bed wants an isolation clean, save for one with the same organism."""
    care = leaves.care
    if care.isolation is None or (care.organism is not None and care.organism == comes.care.organism) or leaves.bed is None:
        return ()
    return (f"{draft.plan.bed_name(leaves.bed)}: wants an isolation clean first",)


def _note_against(draft: Draft, number: VisitId, blocked_by: tuple[str, ...], reason: str | None) -> None:
    visit = draft.visit(number)
    said = f"{'; '.join(dict.fromkeys(blocked_by))}: {reason}" if blocked_by and reason else None
    if visit is not None and visit.against != said:
        draft.write(Kind.VISIT_AMENDED, replace(visit, against=said))


def _awaited(draft: Draft, bed: BedState) -> tuple[PatientId, VisitId | None, Person]:
    """Whom the bed is promised to."""
    kind, _, number = (bed.reserved_for or "").partition(":")
    if kind == "request":
        request = draft.request(RequestId(number))
        return request.patient, request.visit, Person(request.patient, request.sex, request.age)
    visit = draft.visit(VisitId(number)) if kind == "visit" else None
    if visit is None:
        raise Refused("This bed is promised to nobody any more; look again.", code="not-promised")
    return visit.patient, visit.id, Person(visit.patient, visit.sex, visit.age)


def _named(draft: Draft, patient: PatientId, command: ConfirmArrival) -> tuple[PatientId, VisitId | None, Person]:
    found = draft.hospital.survivor(patient)
    return found, None, Person(found, command.sex, command.age)


def stay_of(draft: Draft, patient: PatientId, named: VisitId | None) -> Visit | None:
    """The stay that goes on in this bed: the one named, else the patient's open one, else a planned one that has a number."""
    visit = draft.visit(draft.number(named)) if named is not None else None
    known = [visit] if visit is not None else []
    known += draft.hospital.visits_of(patient, *OPEN)
    known += draft.hospital.visits_of(patient, VisitStatus.PLANNED)
    fit = (each for each in known if each.course.klass != _OUTPATIENT and not each.keyless)
    return next((each for each in fit if each.is_open or each.course.status is VisitStatus.PLANNED), None)


def _told(draft: Draft, visit: Visit, act: Act, bed: BedId | None) -> Told:
    return _fact(draft, visit.id, Person(visit.patient), act, bed)


def _fact(draft: Draft, number: VisitId, person: Person, act: Act, bed: BedId | None) -> Told:
    """Now; of two in one instant the later stands later."""
    return Told(number, person, Fact(act, draft.now, Order(draft.now, number=draft.hospital.seq), place=bed))


def _chart(draft: Draft, *told: Told) -> None:
    chart_visits(draft, Chart(told, by_person=True))
