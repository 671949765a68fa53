"""How ill a patient is, by a score of the feed or a nurse's tap: kept on the visit, shown on its bed. It moves nobody by itself; a score
that turns high waits for somebody who says that they have seen it (`flow.domain.escalation` tells of it until then).
"""

from dataclasses import replace
from datetime import datetime, timedelta

from flow.domain.acuity import ALWAYS_WATCHED, Acuity, Level
from flow.domain.decide.draft import Draft
from flow.domain.events import Kind
from flow.domain.visit import OPEN, Visit
from flow.domain.ward_commands import MarkAcuity, NoteScore, SeeScore
from flow.errors import Refused

CALLS_WITHIN = timedelta(hours=12)
"""A score that is told later than this after it was taken calls nobody."""


def mark(draft: Draft, command: MarkAcuity) -> None:
    """What the nurse sees counts until the next score, or until it is taken back; whoever taps has seen the score."""
    visit = _looked_at(draft, command)
    known = visit.acuity
    if command.level is None:
        _put(draft, visit, None)
    elif known is None or known.level is not command.level or known.alarm_since is not None:
        _put(draft, visit, Acuity(command.level, draft.now, draft.now, draft.cause.source))


def see(draft: Draft, command: SeeScore) -> None:
    """The alarm is over; a score that falls and turns high again is another."""
    visit = _looked_at(draft, command)
    if visit.acuity is not None:
        _put(draft, visit, replace(visit.acuity, alarm_since=None))


def _looked_at(draft: Draft, command: MarkAcuity | SeeScore) -> Visit:
    visit = draft.visit(command.visit)
    if visit is None or visit.bed is None or (command.if_seq is not None and draft.bed(visit.bed).seq != command.if_seq):
        raise Refused("The bed has changed since you looked; look again.", code="stale")
    return visit


def note_score(draft: Draft, command: NoteScore) -> None:
    """The newest counts, and of one moment the one told last. Without a visit number it is the patient's only open visit."""
    visit = _whose(draft, command)
    if visit is None or not visit.is_open:
        return
    at, known = min(command.at, draft.now), visit.acuity
    if known is not None and (at, command.sent) <= (known.at, known.sent or known.at):
        return
    level = _level(draft, command.score)
    since = known.since if known is not None and known.level is level else at
    alarm = _alarm(draft, visit, level, at)
    _put(draft, visit, Acuity(level, at, since, draft.cause.source, command.score, command.sent, alarm))


def _alarm(draft: Draft, visit: Visit, level: Level, at: datetime) -> datetime | None:
    """Since when somebody is called: once a rise, however many high scores follow; in intensive care nobody is."""
    watched = visit.bed is not None and draft.type_of(visit.bed) in ALWAYS_WATCHED
    if level is not Level.HIGH or watched or not draft.hospital.rules.tells_scores:
        return None
    known = visit.acuity
    if known is not None and known.level is Level.HIGH:
        return known.alarm_since
    return draft.now if draft.now - at <= CALLS_WITHIN else None


def _whose(draft: Draft, command: NoteScore) -> Visit | None:
    if command.visit is not None:
        return draft.visit(draft.number(command.visit))
    found = draft.hospital.visits_of(command.patient, *OPEN)
    return found[0] if len(found) == 1 else None


def _level(draft: Draft, score: int) -> Level:
    rules = draft.hospital.rules
    if score >= rules.score_high:
        return Level.HIGH
    return Level.MEDIUM if score >= rules.score_medium else Level.LOW


def _put(draft: Draft, visit: Visit, acuity: Acuity | None) -> None:
    if visit.acuity == acuity:
        return
    draft.write(Kind.VISIT_AMENDED, replace(visit, acuity=acuity))
    if visit.bed is not None and draft.has(visit.bed):
        draft.revise_bed(Kind.BED_REVISED, visit.bed, acuity=acuity)
