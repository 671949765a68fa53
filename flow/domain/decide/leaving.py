"""What the feed says of a leaving: A16 begins a discharge, A25 calls it off, A03 ends it, A13 goes on with it; orders and results do its
steps, and who pays or that the patient died says which they are (`ways`). The facts that stand decide, whatever the order in which they
came.
"""

from dataclasses import replace
from datetime import datetime

from flow.domain.clinical import ClinicalNote, NoteKind
from flow.domain.decide.discharges import live, ordered, put
from flow.domain.decide.draft import Draft
from flow.domain.decide.medicines import DONE, heard
from flow.domain.decide.ways import death_told, led, lives_after_all
from flow.domain.discharge import Discharge, Mark, Milestone, Way
from flow.domain.events import Kind
from flow.domain.standing import standing
from flow.domain.visit import Act, Fact, Visit, VisitStatus

_ENDS = frozenset({Act.DISCHARGE, Act.CANCEL_ADMIT, Act.PURGE})


def follow(draft: Draft, visit: Visit) -> None:
    """Bring the discharge of a visit to where its facts have it; `visit` as it is about to be written."""
    if not draft.hospital.rules.discharges:
        return
    known = draft.discharge(visit.id)
    if visit.merged_into is not None:
        _hand_over(draft, visit, known)
    elif visit.is_open:
        _go_on(draft, visit, known)
    elif known is not None:
        _over(draft, visit, known)


def announced(visit: Visit) -> Fact | None:
    """The first A16 that stands: not cancelled, and of the stay that goes on. Those after it only say another time."""
    found: Fact | None = None
    if not any(fact.act is Act.PEND_DISCHARGE for fact in visit.facts):
        return None
    for fact in standing(visit.facts):
        if fact.act is Act.PEND_DISCHARGE:
            found = found or fact
        elif fact.act in _ENDS:
            found = None
    return found


def _go_on(draft: Draft, visit: Visit, known: Discharge | None) -> None:
    """The patient is in the house."""
    order = announced(visit)
    if known is not None and known.is_live:
        _heed(draft, visit, known, order)
    elif known is not None and not known.called_off and not _left_for_good(visit):
        back: dict[Milestone, Mark] = {step: mark for step, mark in known.marks.items() if step is not Milestone.EXIT}
        put(draft, Kind.DISCHARGE_MOVED_ON, replace(led(draft, visit, known), ended_at=None, marks=back), visit=visit)
    elif order is not None and (known is None or _is_heard(draft, visit, Act.PEND_DISCHARGE)):
        at = min(order.at, draft.now)
        fresh = led(draft, visit, Discharge(visit.id, draft.hospital.rules.way, at, {}, assumed=True))
        put(draft, Kind.DISCHARGE_BEGUN, ordered(draft, fresh, Mark(at, draft.cause.source)), at, visit)
    elif (died_at := death_told(draft, visit)) is not None:
        fresh = led(draft, visit, Discharge(visit.id, Way.DEATH, died_at, {}, assumed=True))
        put(draft, Kind.DISCHARGE_BEGUN, fresh, died_at, visit)


def _left_for_good(visit: Visit) -> bool:
    """An A03 stands: who is here now has come again."""
    return any(fact.act is Act.DISCHARGE for fact in standing(visit.facts))


def _is_heard(draft: Draft, visit: Visit, act: Act) -> bool:
    """A fact of this kind comes that was not known before."""
    before = draft.visit(visit.id)
    return any(fact.act is act and (before is None or fact not in before.facts) for fact in visit.facts)


def _heed(draft: Draft, visit: Visit, before: Discharge, order: Fact | None) -> None:
    """The order of the feed beside what is under way: it agrees, says when or which way, or was cancelled, whoever ordered."""
    known = led(draft, visit, before)
    mark = known.marks.get(Milestone.ORDER)
    by_feed = mark is not None and mark.source.startswith("feed:")
    cancelled = any(fact.act is Act.CANCEL_PEND_DISCHARGE for fact in visit.facts)
    taken_back = order is None and ((by_feed and cancelled) or _is_heard(draft, visit, Act.CANCEL_PEND_DISCHARGE))
    if taken_back or (order is None and lives_after_all(before, known)):
        put(draft, Kind.DISCHARGE_ENDED, replace(known, ended_at=draft.now, called_off=True), visit=visit)
        return
    at = min(order.at, draft.now) if order is not None else None
    if at is not None and Milestone.ORDER in known.steps and (mark is None or (by_feed and mark.at != at)):
        put(draft, Kind.DISCHARGE_MOVED_ON, ordered(draft, known, Mark(at, draft.cause.source)), visit=visit)
    else:
        put(draft, Kind.DISCHARGE_EXPECTED if known == before else Kind.DISCHARGE_MOVED_ON, known, visit=visit)


def _over(draft: Draft, visit: Visit, known: Discharge) -> None:
    """The visit is over: the patient has left, or never was there."""
    if known.called_off:
        return
    if visit.course.status is not VisitStatus.FINISHED:
        if known.is_live:
            put(draft, Kind.DISCHARGE_ENDED, replace(known, ended_at=draft.now, called_off=True), visit=visit)
        return
    at, told = _left_at(visit, draft.now), led(draft, visit, known)
    if known.ended_at == at and told == known:
        return
    begun = known.begun_at if known.is_ordered else at
    exit_ = known.marks[Milestone.EXIT] if known.ended_at == at else Mark(at, draft.cause.source)
    put(draft, Kind.DISCHARGE_ENDED, replace(told, ended_at=at, begun_at=begun, marks={**known.marks, Milestone.EXIT: exit_}), at, visit)


def _left_at(visit: Visit, now: datetime) -> datetime:
    """By event time, never in the future."""
    ends = [move.end for move in visit.course.movements if move.end is not None]
    return min(max(ends), now) if ends else now


def _hand_over(draft: Draft, visit: Visit, known: Discharge | None) -> None:
    """Of a visit that turned out to be another, which goes on with its discharge."""
    if known is None or not known.is_live or visit.merged_into is None:
        return
    if live(draft, visit.merged_into) is None:
        put(draft, Kind.DISCHARGE_BEGUN, replace(known, id=visit.merged_into))
    put(draft, Kind.DISCHARGE_ENDED, replace(known, ended_at=draft.now, called_off=True), visit=visit)


def heed_note(draft: Draft, note: ClinicalNote) -> None:
    """An order or a result of a patient who is to leave: the final summary, the medicines to take home."""
    known = live(draft, note.visit) if note.visit is not None else None
    if known is None or not known.is_ordered or not draft.hospital.rules.discharges:
        return
    at = min(note.at, draft.now)
    step = draft.hospital.rules.codes.get(note.code)
    if step is not None and step in known.steps:
        _by_code(draft, known, step, note.state, at)
    elif note.kind is NoteKind.MEDICINE and Milestone.PHARMACY in known.left:
        put(draft, Kind.DISCHARGE_MOVED_ON, heard(known, note, Mark(at, draft.cause.source)), at)


def _by_code(draft: Draft, known: Discharge, step: Milestone, state: str, at: datetime) -> None:
    mark = known.marks.get(step)
    if state in DONE and mark is None:
        put(draft, Kind.DISCHARGE_MOVED_ON, replace(known, marks={**known.marks, step: Mark(at, draft.cause.source)}), at)
    elif state == "cancelled" and mark is not None and mark.source.startswith("feed:"):
        left = {other: said for other, said in known.marks.items() if other is not step}
        put(draft, Kind.DISCHARGE_MOVED_ON, replace(known, marks=left))
