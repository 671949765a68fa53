"""Discharges by hand: begun, moved on step by step, called off. What the feed says of them is `leaving`'s; an order frees no bed.

Whatever changes, when the patient will be out is worked out anew and shown on the bed, where allocation reads it.
"""

from dataclasses import replace
from datetime import datetime

from flow.domain.decide.draft import Draft
from flow.domain.decide.medicines import supplied
from flow.domain.discharge import Discharge, Mark, Milestone, Way
from flow.domain.discharge_commands import AskInsurer, BeginDischarge, CallOffDischarge, ExpectAnew, LearnPace, MarkMilestone
from flow.domain.discharge_pace import Pace, expected_out, tells_more
from flow.domain.events import Kind
from flow.domain.ids import VisitId
from flow.domain.visit import Visit
from flow.errors import Refused

_BEGIN_FIRST = "No discharge of this patient is under way; begin it first."


def begin(draft: Draft, command: BeginDischarge) -> None:
    """Order it; one that is under way is told its way, and what was done stays done."""
    visit, at = _in_house(draft, command.visit), _moment(draft, command.at)
    found = live(draft, visit.id)
    _check_seen(found, command.if_seq)
    if found is None:
        if not command.ordered:
            raise Refused(_BEGIN_FIRST, code="no-discharge")
        fresh = ordered(draft, Discharge(visit.id, command.way, at, {}), Mark(at, draft.cause.source))
        put(draft, Kind.DISCHARGE_BEGUN, fresh, at)
        return
    told = replace(found, way=command.way, assumed=False, by_feed=False)
    if command.ordered and not told.is_ordered:
        told = ordered(draft, told, Mark(at, draft.cause.source))
    put(draft, Kind.DISCHARGE_MOVED_ON if found.is_ordered == told.is_ordered else Kind.DISCHARGE_BEGUN, told, at)


def ordered(draft: Draft, discharge: Discharge, mark: Mark) -> Discharge:
    """With its order; a way that needs none begins by itself. Medicines to take home that were ordered before are counted now."""
    marks = {**discharge.marks, Milestone.ORDER: mark} if Milestone.ORDER in discharge.steps else discharge.marks
    return supplied(draft.hospital.notes.values(), replace(discharge, marks=marks, begun_at=mark.at))


def mark(draft: Draft, command: MarkMilestone) -> None:
    """A step is done, or was not; a step done already stays as it was said first."""
    found = _needed(draft, command.visit)
    _check_seen(found, command.if_seq)
    if (command.step in found.marks) == command.done:
        return
    _check_step(found, command)
    at = _moment(draft, command.at)
    word = Mark(at, draft.cause.source)
    if not command.done:
        left = {step: said for step, said in found.marks.items() if step is not command.step}
        put(draft, Kind.DISCHARGE_MOVED_ON, replace(found, marks=left))
    elif command.step is Milestone.ORDER:
        put(draft, Kind.DISCHARGE_BEGUN, ordered(draft, found, word), at)
    else:
        put(draft, Kind.DISCHARGE_MOVED_ON, replace(found, marks={**found.marks, command.step: word}), at)


def _check_step(found: Discharge, command: MarkMilestone) -> None:
    step = command.step
    if step not in found.steps:
        raise Refused(f"A discharge of this kind has no step {said(step)!r}.", code="no-such-step")
    if step is Milestone.EXIT:
        raise Refused("That the patient has left is said at the bed (Discharge), so that it is cleaned.", code="exit-at-the-bed")
    if command.done and step is Milestone.TPA and Milestone.BILLING in found.left:
        raise Refused("The insurer answers the discharge bill: mark the bill as sent first.", code="bill-first")
    if command.done and not found.is_ordered and step is not Milestone.ORDER:
        raise Refused("There is no order yet: begin the discharge first.", code="no-order")


def said(step: Milestone) -> str:
    """A step in a sentence."""
    return "TPA" if step is Milestone.TPA else step.replace("_", " ")


def ask_insurer(draft: Draft, command: AskInsurer) -> None:
    """The first of the insurer's clocks starts, or stops."""
    visit, found = _in_house(draft, command.visit), live(draft, command.visit)
    _check_seen(found, command.if_seq)
    if command.answered:
        asked = found if found is not None and found.preauth_asked_at is not None else None
        if asked is None:
            raise Refused("No pre-authorisation was asked for.", code="not-asked")
        put(draft, Kind.DISCHARGE_MOVED_ON, replace(asked, preauth_at=asked.preauth_at or draft.now))
    elif found is None:
        put(draft, Kind.DISCHARGE_PREPARED, Discharge(visit.id, Way.CASHLESS, draft.now, {}, preauth_asked_at=draft.now))
    elif found.preauth_asked_at is None:
        put(draft, Kind.DISCHARGE_MOVED_ON, replace(found, way=Way.CASHLESS, assumed=False, by_feed=False, preauth_asked_at=draft.now))


def call_off(draft: Draft, command: CallOffDischarge) -> None:
    """The patient stays."""
    found = _needed(draft, command.visit)
    _check_seen(found, command.if_seq)
    put(draft, Kind.DISCHARGE_ENDED, replace(found, ended_at=draft.now, called_off=True))


def expect_anew(draft: Draft, command: ExpectAnew) -> None:
    """What was to be done by now and is not pushes the rest back."""
    for discharge in sorted(draft.hospital.discharges.values(), key=lambda each: each.id):
        if discharge.is_live:
            put(draft, Kind.DISCHARGE_EXPECTED, discharge)


def learn_pace(draft: Draft, command: LearnPace) -> None:
    """The house's pace; the same as before is no event."""
    known = draft.hospital.paces.get(Pace().id)
    if known is None or dict(known.took) != dict(command.took):
        draft.write(Kind.PACE_LEARNT, Pace(took=command.took, learnt_at=draft.now))


def live(draft: Draft, visit: VisitId) -> Discharge | None:
    """The discharge of a visit that is under way."""
    found = draft.discharge(visit)
    return found if found is not None and found.is_live else None


def put(draft: Draft, kind: Kind, discharge: Discharge, at: datetime | None = None, visit: Visit | None = None) -> None:
    """Write it with what is expected of it, and show that on the bed; nothing where nothing changes. `visit`: as the caller is about to
    write it, with its bed."""
    new = expecting(draft, discharge, visit or draft.visit(discharge.id))
    old = draft.discharge(new.id)
    if old is None or (tells_more(old, new, draft.now) if kind is Kind.DISCHARGE_EXPECTED else new != old):
        draft.write(kind, new, at)
    if visit is None:
        show(draft, new.id)


def expecting(draft: Draft, discharge: Discharge, visit: Visit | None) -> Discharge:
    """With when the patient will be out. The feed's own word counts as long as nobody has told of a step, also when it is past: how late
    such patients leave is known from others (flow.history.reports)."""
    told = visit.course.expected_free_at if visit is not None else None
    out = expected_out(discharge, draft.hospital.paces.get(Pace().id) or Pace(), draft.now) if discharge.is_live else None
    if out is None:
        return replace(discharge, expected=None, latest=None, told=told if discharge.is_live else None)
    by_feed = told is not None and not discharge.marks.keys() - {Milestone.ORDER}
    expected = told if by_feed and told is not None else out.p50
    return replace(discharge, expected=expected, latest=max(out.p90, expected), told=told)


def show(draft: Draft, number: VisitId) -> None:
    """What the bed shows of its visit's discharge."""
    visit = draft.visit(number)
    if visit is not None and visit.bed is not None and draft.has(visit.bed) and draft.bed(visit.bed).visit == visit.id:
        draft.revise_bed(
            Kind.BED_REVISED,
            visit.bed,
            expected_free_at=free_at(draft, visit),
            latest_free_at=latest_free_at(draft, visit),
            insurer_due=insurer_due(draft, visit.id),
        )


def free_at(draft: Draft, visit: Visit) -> datetime | None:
    """When a visit is expected to leave its bed: by its discharge, else by the feed's word; or for a move that was agreed. What was
    called off by hand is expected no longer, whatever the feed still says."""
    found = draft.discharge(visit.id)
    if found is None or (found.is_live and found.expected is None) or (not found.is_live and not found.called_off):
        return visit.free_at
    leaving = found.expected if found.is_live else None
    return min((at for at in (leaving, visit.leaves_at) if at is not None), default=None)


def latest_free_at(draft: Draft, visit: Visit) -> datetime | None:
    """By when nine of ten such patients have left; None where it is not a discharge's steps that say when."""
    found = live(draft, visit.id)
    by_steps = found is not None and found.expected != found.told and found.expected == free_at(draft, visit)
    return found.latest if found is not None and by_steps else None


def insurer_due(draft: Draft, visit: VisitId) -> datetime | None:
    """By when the visit's insurer has to answer; None where nothing was asked."""
    found = live(draft, visit)
    awaited = found.insurer if found is not None else None
    return awaited[1] + draft.hospital.rules.insurer_takes(awaited[0]) if awaited is not None else None


def _in_house(draft: Draft, number: VisitId) -> Visit:
    visit = draft.visit(number)
    if visit is None or not visit.is_open:
        raise Refused("That visit is not in the house.", code="visit-not-open")
    return visit


def _needed(draft: Draft, number: VisitId) -> Discharge:
    found = live(draft, number)
    if found is None:
        raise Refused(_BEGIN_FIRST, code="no-discharge")
    return found


def _check_seen(found: Discharge | None, seq: int | None) -> None:
    if seq is not None and found is not None and found.seq != seq:
        raise Refused("Somebody moved this discharge on since you looked; look again.", code="stale")


def _moment(draft: Draft, at: datetime | None) -> datetime:
    if at is not None and at > draft.now:
        raise Refused("That time has not come yet.", code="in-future")
    return at or draft.now
