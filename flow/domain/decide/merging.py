"""Two numbers that were one all along: persons and visits merged or moved. Beds follow the visits, old ids stay as aliases,
and nobody is evicted by a merge: two visits that are both in a bed are left for a person to look at (HL7.md, Triggers)."""

from dataclasses import replace
from datetime import timedelta

from flow.domain.commands import MergePatients, MergeVisits, MoveVisit, SettleClaim
from flow.domain.course import chart
from flow.domain.decide.draft import Draft
from flow.domain.decide.settling import Change, settle
from flow.domain.decide.waiting import keep_one
from flow.domain.events import Alias, Kind
from flow.domain.visit import Act, Course, Fact, Order, Visit, VisitStatus
from flow.errors import Refused, Unreadable

NO_COURSE = Course(VisitStatus.CANCELLED)
"""Of a number under which nothing is charted: merged away, or heard of only as the end of a merge."""


def merge_patients(draft: Draft, command: MergePatients) -> None:
    """The prior person's visits and requests go on under the survivor."""
    prior, survivor = draft.hospital.survivor(command.prior), draft.hospital.survivor(command.survivor)
    if prior == survivor:
        return
    draft.write(Kind.PATIENTS_MERGED, Alias(prior, survivor))
    for key in sorted(draft.hospital.of_patient.get(prior, ())):
        draft.write(Kind.VISIT_AMENDED, replace(draft.hospital.visits[key], patient=survivor))
    for request in draft.live_requests():
        if request.patient == prior:
            draft.write(Kind.REQUEST_CHANGED, replace(request, patient=survivor))
    keep_one(draft, survivor)


def merge_visits(draft: Draft, command: MergeVisits) -> None:
    """The facts of both are one visit's from now on, whichever number they are told under."""
    number, heir = command.prior, draft.number(command.survivor)
    prior, survivor = draft.visit(number), draft.visit(heir)
    if heir == draft.number(number) or (prior and prior.merged_into == command.survivor and not command.settled):
        return
    patient = draft.hospital.survivor(command.person.patient)
    if prior is not None and prior.patient != patient:
        raise Unreadable("The visit that is merged belongs to another patient; merge or move the patients first.", code="other-patient")
    if prior is not None and survivor is not None and not command.settled and _both_in_beds(draft, prior, survivor, command):
        draft.write(Kind.VISITS_MERGED, replace(prior, merged_into=heir))
        return
    emptied = replace(prior or Visit(number, patient), facts=(), course=NO_COURSE, bed=None, since=None, merged_into=heir)
    by = Fact(Act.AMEND, command.at, command.order)
    changes = [Change(prior, emptied, by)]
    if survivor is not None or (prior is not None and prior.owner is not None):
        changes.append(Change(survivor, _joined(draft, prior, survivor or Visit(heir, patient, feed=prior.feed if prior else None)), by))
    settle(draft, changes)


def _joined(draft: Draft, prior: Visit | None, survivor: Visit) -> Visit:
    """The survivor with the facts of both; whose it is, the newest word on either says."""
    told = prior.facts if prior else ()
    facts = (*survivor.facts, *(fact for fact in told if fact not in survivor.facts))
    return replace(
        survivor,
        facts=facts,
        course=chart(facts, draft.places(survivor.feed)) if facts else NO_COURSE,
        owner=max((each.owner for each in (prior, survivor) if each and each.owner), default=None),
        moves=max(survivor.moves, prior.moves if prior else 0),
        stays=survivor.stays or (prior.stays if prior else None),
        sex=survivor.sex or (prior.sex if prior else None),
        age=survivor.age if survivor.age is not None or prior is None else prior.age,
    )


def _both_in_beds(draft: Draft, prior: Visit, survivor: Visit, command: MergeVisits) -> bool:
    """Each claimed a bed of its own when the merge was told of; what came later is one visit's movement."""
    rank = (command.at, command.order)
    beds = [chart((f for f in each.facts if f.rank < rank), draft.places(each.feed)).claim for each in (prior, survivor)]
    return None not in beds and beds[0] != beds[1]


def move_visit(draft: Draft, command: MoveVisit) -> None:
    """The visit is another person's; the newest word on whose it is counts."""
    number, rank = draft.number(command.visit), (command.at, command.order)
    visit = draft.visit(number)
    patient = draft.hospital.survivor(command.person.patient)
    if visit is None:
        draft.write(Kind.VISIT_AMENDED, Visit(number, patient, course=NO_COURSE, owner=rank), command.at)
    elif visit.patient != patient and (visit.owner is None or visit.owner <= rank):
        draft.write(Kind.VISIT_AMENDED, replace(visit, patient=patient, owner=rank), command.at)
        for request in [r for r in draft.live_requests() if r.visit == number]:
            draft.write(Kind.REQUEST_CHANGED, replace(request, patient=patient))
        keep_one(draft, patient)


def settle_claim(draft: Draft, command: SettleClaim) -> None:
    """A person says who really lies in the bed; the other is in the house without one."""
    claimant = draft.visit(command.claimant)
    if claimant is None or not claimant.in_conflict or claimant.course.claim is None:
        raise Refused("This conflict is settled already; look again.", code="no-conflict")
    holder = draft.bed(claimant.course.claim).visit
    incumbent = draft.visit(holder) if holder else None
    if command.holds and incumbent is not None:
        settle(draft, [placed(draft, incumbent, ""), placed(draft, claimant, claimant.course.place or "")])
    else:
        settle(draft, [placed(draft, claimant, "")])


def placed(draft: Draft, visit: Visit, place: str) -> Change:
    """The visit with a person's word on where it is, newer than everything told so far."""
    latest = max((fact.at for fact in visit.facts), default=draft.now)
    at = max(draft.now, latest + timedelta(microseconds=1))
    fact = Fact(Act.TRANSFER, at, Order(at), place=place)
    facts = (*visit.facts, fact)
    return Change(visit, replace(visit, facts=facts, course=chart(facts, draft.places(visit.feed))), fact)
