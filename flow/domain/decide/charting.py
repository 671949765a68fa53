"""Facts about visits: from the feed, or from a ward that charts by hand. Courses are worked out first (`flow.domain.course`),
then all beds are settled in one step (`settling`), so that a swap never holds two patients in one bed."""

from dataclasses import replace
from datetime import datetime

from flow.domain.bed import BedStatus
from flow.domain.commands import Chart, Told
from flow.domain.course import chart
from flow.domain.decide.draft import Draft
from flow.domain.decide.settling import Change, settle
from flow.domain.decide.witness import compare, handed_over, make_room, own_stay, seen_after
from flow.domain.ids import BedId, VisitId
from flow.domain.visit import OPEN, Act, Fact, Visit, VisitStatus
from flow.errors import Refused, Unreadable

_AMENDS = frozenset({Act.AMEND, Act.AMEND_TRANSFER, Act.AMEND_ADMIT})
_ADMITS = frozenset({Act.ADMIT, Act.TO_INPATIENT})


def chart_visits(draft: Draft, command: Chart) -> None:
    """Add each fact to its visit and settle the beds."""
    if command.by_person:
        _check_by_person(draft, command)
    changes: dict[VisitId, Change] = {}
    for told in command.told:
        _add(draft, told, command, changes)
    listed = list(changes.values())
    if not command.by_person:
        listed = make_room(draft, listed) + listed
    settle(draft, listed + _used_up(draft, listed))
    if not command.by_person:
        compare(draft, listed)


def _add(draft: Draft, told: Told, command: Chart, changes: dict[VisitId, Change]) -> None:
    """Note the visit with the fact added. A fact known already changes nothing (a repeat is not an event), unless its place
    has been mapped to a bed since: then replaying it brings the patient there (HL7.md rule 9).

    Two facts of one command may be about one visit (a swap that names a patient twice): the second goes on from the first.
    """
    found = _find(draft, told)
    base = found or _new(draft, told, command.feed)
    own = own_stay(draft, told) if found is None and not command.by_person else None
    if own is not None:
        changes[own.id], base = handed_over(draft, own, base, told.fact)
    rank = told.fact.rank
    newest = base.owner is None or base.owner <= rank
    earlier = changes.get(base.id)
    old, base = (earlier.old, earlier.new) if earlier else (found, base)
    known = told.fact in base.facts
    facts = base.facts if known else (*base.facts, told.fact)
    course = chart(facts, draft.places(base.feed))
    if known and course == base.course:
        return
    new = replace(
        base,
        facts=facts,
        course=course,
        patient=draft.hospital.survivor(told.person.patient) if newest else base.patient,
        owner=rank if newest else base.owner,
        sex=(told.person.sex or base.sex) if newest else (base.sex or told.person.sex),
        age=told.person.age if base.age is None or (newest and told.person.age is not None) else base.age,
        pregnant=told.person.pregnant if base.pregnant is None or (newest and told.person.pregnant is not None) else base.pregnant,
        seen=seen_after(draft, base, told.fact, by_person=command.by_person),
        against=base.against if course.claim == base.course.claim else None,
    )
    if old is None and new.keyless:
        new = _spent_already(draft, new, told.fact)
    changes[base.id] = Change(old, new, told.fact)


def _new(draft: Draft, told: Told, feed: str | None) -> Visit:
    patient = draft.hospital.survivor(told.person.patient)
    number = draft.number(told.visit) if told.visit else _made_number(told)
    return Visit(number, patient, feed=feed, keyless=told.visit is None)


def _made_number(told: Told) -> VisitId:
    """A visit number of our own for a planned stay that has none: from what every copy of the message says alike."""
    return VisitId(f"planned-{told.person.patient[:8]}-{told.fact.at:%Y%m%d%H%M%S}")


def _find(draft: Draft, told: Told) -> Visit | None:
    """The visit a fact is about; by its number, else as HL7.md rule 2 says for messages that name none."""
    if told.visit is not None:
        return draft.visit(draft.number(told.visit))
    act, patient = told.fact.act, told.person.patient
    if act in _AMENDS:
        return _the_only(draft.hospital.visits_of(patient, *OPEN), "open")
    planned = [v for v in draft.hospital.visits_of(patient, VisitStatus.PLANNED) if _planned_by(v)]
    if act is Act.CANCEL_PLAN:
        return _the_only(planned, "planned")
    if act is Act.PLAN:
        known = draft.visit(_made_number(told))
        return known or (planned[0] if len(planned) == 1 else None)
    raise Unreadable("No visit: the message has no visit number, and which visit it is about is not guessed.", code="no-visit")


def _the_only(candidates: list[Visit], word: str) -> Visit:
    """Raises Unreadable `no-visit` where there is none, or more than one."""
    if len(candidates) == 1:
        return candidates[0]
    raise Unreadable(
        f"No visit: the message has no visit number and the patient has {len(candidates)} {word} visits; "
        "send PV1-19, or replay when the visit is known.",
        code="no-visit",
    )


def _planned_by(visit: Visit) -> bool:
    return any(fact.act is Act.PLAN for fact in visit.facts)


def _used_up(draft: Draft, changes: list[Change]) -> list[Change]:
    """An admission uses up the person's planned stay that had no number of its own (A01 after A05/A14); an outpatient's coming does not."""
    admitted = [change for change in changes if change.fact.act in _ADMITS and not change.new.keyless]
    return [
        Change(planned, _spend(draft, planned, change.fact), change.fact)
        for change in admitted
        for planned in draft.hospital.visits_of(change.new.patient, VisitStatus.PLANNED)
        if planned.keyless
    ]


def _spend(draft: Draft, planned: Visit, by: Fact) -> Visit:
    facts = (*planned.facts, Fact(Act.CANCEL_PLAN, by.at, by.order))
    return replace(planned, facts=facts, course=chart(facts, draft.places(planned.feed)))


def _spent_already(draft: Draft, planned: Visit, fact: Fact) -> Visit:
    """A plan heard after the admission it led to is used up on arrival, so that order does not matter."""
    stays = draft.hospital.visits_of(planned.patient, *VisitStatus)
    admissions = [f for stay in stays if not stay.keyless for f in stay.facts if f.act in _ADMITS and f.rank > fact.rank]
    return _spend(draft, planned, min(admissions, key=lambda f: f.rank)) if admissions else planned


def _check_by_person(draft: Draft, command: Chart) -> None:
    """What the feed may report and a person may not do: fill a bed that is taken, promised to another or out of use."""
    for told in command.told:
        bed_id = draft.bed_at(told.fact.place)
        if told.fact.place is not None and bed_id is None:
            raise Refused(f"There is no bed {told.fact.place}.", code="unknown-bed")
        known = draft.visit(told.visit) if told.visit else None
        if told.fact.act is not Act.ADMIT and (known is None or not known.is_open):
            raise Refused("That visit is not in the house.", code="visit-not-open")
        if told.fact.act is Act.ADMIT:
            _check_is_in_no_bed(draft, told)
        if bed_id is not None and told.fact.act is not Act.SWAP:
            _check_takes(draft, told, bed_id)
        _check_time(known, told.fact.at)


def _check_is_in_no_bed(draft: Draft, told: Told) -> None:
    """One person lies in one bed, also where each admission by hand would be a visit of its own."""
    for visit in draft.hospital.visits_of(told.person.patient, *OPEN):
        if visit.bed is not None and visit.id != told.visit:
            raise Refused("This patient is in another bed already; transfer from there.", code="already-in-a-bed")


def _check_takes(draft: Draft, told: Told, bed_id: BedId) -> None:
    bed = draft.bed(bed_id)
    if bed.visit is not None and bed.visit != told.visit:
        raise Refused(f"Bed {bed.id} is occupied.", code="bed-occupied")
    if bed.status is BedStatus.MAINTENANCE:
        raise Refused(f"Bed {bed.id} is out of use.", code="bed-out-of-use")
    if bed.reserved_for is not None and bed.reserved_for not in _holders(draft, told):
        raise Refused(f"Bed {bed.id} is reserved for somebody else.", code="bed-reserved")


def _holders(draft: Draft, told: Told) -> set[str]:
    """The reservations that are this person's own."""
    person = draft.hospital.survivor(told.person.patient)
    own = {r.holder for r in draft.live_requests() if r.patient == person}
    return own | {f"visit:{v.id}" for v in draft.hospital.visits_of(person, *VisitStatus)}


def _check_time(known: Visit | None, at: datetime) -> None:
    if known and known.since and at < known.since:
        raise Refused("That is before the patient came to the present bed.", code="too-early")
