"""Requests that the feed's plans make (A05, A14): after the beds are settled, each changed visit's own request is brought in line.

The rule. A planned inpatient stay that names no bed we could reserve for it, of a person who has no open request, asks for a bed; the
request is numbered by the visit, so that it is the same whatever was heard first. It follows the plan for as long as nobody has edited
or cancelled it or promised a bed: what it asks for, and whether it is open, are worked out from the visit's facts alone. A plan that is
called off (A38) or over takes its request off the list in any case; a hand-made request is never touched.
"""

import base64
from collections import Counter
from dataclasses import replace
from datetime import datetime
from hashlib import blake2b

from flow.domain.decide.draft import Draft
from flow.domain.decide.waiting import close
from flow.domain.events import Kind
from flow.domain.ids import RequestId, VisitId
from flow.domain.plan import Plan
from flow.domain.request import BedRequest, MadeBy, RequestStatus
from flow.domain.visit import DELETED, Act, Fact, Visit, VisitStatus

NO_BED_CLASSES = frozenset({"O", "R"})
"""Outpatients and recurring ones (HL7 table 0004) plan no stay in a bed."""
OVER = frozenset({VisitStatus.CANCELLED, VisitStatus.FINISHED})


def follow(draft: Draft, visit: Visit) -> None:
    """Bring the visit's own request in line with the visit."""
    own = draft.known_request(request_of(visit.id))
    if _wants_bed(draft, visit):
        _ask(draft, visit, own)
    elif own is not None and own.is_live:
        _withdraw(draft, visit, own)


def request_of(visit: VisitId) -> RequestId:
    """The number of the request that a visit's plan makes: 60 bits of its digest."""
    digest = blake2b(visit.encode(), digest_size=8).digest()
    return RequestId(f"P-{base64.b32encode(digest).decode()[:12]}")


def _wants_bed(draft: Draft, visit: Visit) -> bool:
    course = visit.course
    if not draft.hospital.rules.from_plans or course.status is not VisitStatus.PLANNED or course.klass in NO_BED_CLASSES:
        return False
    kept = course.reserved is not None and draft.has(course.reserved) and draft.bed(course.reserved).reserved_for == f"visit:{visit.id}"
    return not kept and bool(_plans(visit))


def _plans(visit: Visit) -> list[Fact]:
    return sorted((fact for fact in visit.facts if fact.act is Act.PLAN), key=lambda fact: fact.rank)


def _ask(draft: Draft, visit: Visit, own: BedRequest | None) -> None:
    wanted = _wanted(draft, visit)
    others = (r for r in draft.live_requests() if r.id != wanted.id)
    if own is None or not own.is_live:
        if (own is None or not own.edited) and all(r.patient != visit.patient for r in others):
            draft.write(Kind.REQUEST_MADE, wanted)
    elif own.follows_plan:
        same = replace(wanted, touched_at=own.touched_at, seq=own.seq)
        if same != own:
            draft.write(Kind.REQUEST_CHANGED, replace(wanted, touched_at=draft.now))


def _wanted(draft: Draft, visit: Visit) -> BedRequest:
    plans = _plans(visit)
    expected = [fact.expected for fact in plans if fact.expected is not None]
    needed: datetime | None = expected[-1] if expected and expected[-1] != DELETED else None
    request = BedRequest(
        id=request_of(visit.id),
        patient=visit.patient,
        created_at=min(fact.at for fact in plans),
        type=type_for(draft.plan, visit.course.specialty),
        sex=visit.sex,
        age=visit.age,
        specialty=visit.course.specialty,
        ready_at=needed,
        visit=visit.id,
        made_by=MadeBy.PLAN,
    )
    return replace(request, status=request.unplaced_at(draft.now))


def type_for(plan: Plan, specialty: str | None) -> str:
    """What a plan asks for, which names no type: the commonest of the specialty's wards, else of the house."""
    word = (specialty or "").casefold()
    wards = [ward for ward in plan.wards if word and ward.specialty.casefold() == word] or plan.wards
    counts = Counter(bed.type for ward in wards for bed in ward.beds)
    return min(counts, key=lambda kind: (-counts[kind], kind), default="general")


def _withdraw(draft: Draft, visit: Visit, own: BedRequest) -> None:
    """A plan called off or over; or it came true, or got its bed, before anybody had the request in hand."""
    if visit.course.status in OVER:
        close(draft, own)
    elif own.follows_plan:
        status = RequestStatus.ARRIVED if visit.is_open else RequestStatus.CANCELLED
        kind = Kind.REQUEST_ARRIVED if visit.is_open else Kind.REQUEST_CANCELLED
        seated = draft.visit(visit.id) or visit
        draft.write(kind, replace(own, status=status, bed=seated.bed, closed_at=draft.now))
