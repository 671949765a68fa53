"""A bed's status set by a person (ward, housekeeping) or reported by another system (A20)."""

from dataclasses import replace
from datetime import datetime, timedelta

from flow.domain.bed import PEOPLE_SET, BedState, BedStatus, CleanKind, Condition, OutOfUse, Stage
from flow.domain.commands import ReportBed, SetBedStatus
from flow.domain.decide.draft import Draft
from flow.domain.events import Kind
from flow.errors import Refused, Unreadable

_STAGE_KIND = {
    Stage.WAITING: Kind.CLEANING_REQUESTED,
    Stage.IN_PROGRESS: Kind.CLEANING_STARTED,
    Stage.SUSPENDED: Kind.CLEANING_SUSPENDED,
    Stage.INSPECTION: Kind.CLEANING_TO_INSPECT,
}


def set_status(draft: Draft, command: SetBedStatus) -> None:
    """A person's word on a bed; Refused with the reason where TRANSITIONS or a newer version says no."""
    bed = draft.bed(command.bed)
    if command.if_seq is not None and command.if_seq != bed.seq:
        raise Refused(f"Bed {bed.id} has changed since you looked; look again.", code="stale")
    _check_allowed(bed, command)
    match command.status:
        case BedStatus.CLEANING:
            _clean(draft, bed, command)
        case BedStatus.AVAILABLE:
            _ready(draft, bed)
        case BedStatus.MAINTENANCE:
            _block(draft, bed, command)


def _check_allowed(bed: BedState, command: SetBedStatus) -> None:
    if command.status is BedStatus.OCCUPIED:
        raise Refused("A bed becomes occupied by admitting or transferring a patient into it.", code="illegal-transition")
    if bed.status is BedStatus.OCCUPIED:
        raise Refused(f"Bed {bed.id} is occupied; transfer or discharge the patient first.", code="bed-occupied")
    if bed.status is not command.status and (bed.status, command.status) not in PEOPLE_SET:
        raise Refused(f"Bed {bed.id} cannot go from {bed.status} to {command.status}.", code="illegal-transition")


def _clean(draft: Draft, bed: BedState, command: SetBedStatus) -> None:
    cleaning = bed.status is BedStatus.CLEANING
    stage = command.stage or (bed.now.stage if cleaning else Stage.WAITING) or Stage.WAITING
    kind = command.clean or (bed.now.clean if cleaning else None) or CleanKind.ROUTINE
    if cleaning and (stage, kind) == (bed.now.stage, bed.now.clean):
        return
    begun = bed.now.started_at if cleaning else None
    if stage is Stage.IN_PROGRESS:
        begun = begun or draft.now
    since = bed.now.since if cleaning else draft.now
    now = Condition(BedStatus.CLEANING, since, draft.cause.source, stage, kind, started_at=begun)
    draft.write(_STAGE_KIND[stage], replace(bed, now=now, discrepancy=None))


def _ready(draft: Draft, bed: BedState) -> None:
    if bed.status is BedStatus.AVAILABLE:
        return
    cleaned = draft.now if bed.status is BedStatus.CLEANING else bed.cleaned_at
    kind = Kind.CLEANING_FINISHED if bed.status is BedStatus.CLEANING else Kind.BED_UNBLOCKED
    now = Condition(BedStatus.AVAILABLE, draft.now, draft.cause.source)
    draft.write(kind, replace(bed, now=now, cleaned_at=cleaned, discrepancy=None))


def _block(draft: Draft, bed: BedState, command: SetBedStatus) -> None:
    if command.reason is None:
        raise Refused("Say why the bed is out of use: repair, staffing, infection control or room closed.", code="reason-missing")
    check_end(draft, command.until)
    already = bed.status is BedStatus.MAINTENANCE
    now = Condition(
        BedStatus.MAINTENANCE,
        bed.now.since if already else draft.now,
        draft.cause.source,
        reason=command.reason,
        note=command.note,
        until=command.until,
    )
    if already and replace(now, source=bed.now.source) == bed.now:
        return
    draft.write(Kind.BED_BLOCKED, replace(bed, now=now, discrepancy=None))


def check_end(draft: Draft, until: datetime | None) -> None:
    """When a bed is expected back: not in the past, and not in a year that somebody mistyped. The house's rules say how far ahead; those of
    before this rule none."""
    if until is None:
        return
    if until <= draft.now:
        raise Refused("The expected end lies in the past.", code="until-in-past")
    days = draft.hospital.rules.closed_days
    if days is not None and until - draft.now > timedelta(days=days):
        raise Refused(
            f"The expected end, {until:%d %b %Y}, is more than {days} days away. Check the year, or leave the end open.",
            code="until-too-far",
        )


def report(draft: Draft, command: ReportBed) -> None:
    """A20: U O I H C K of table 0116. An occupancy of the ADT feed is never overridden, the contradiction is raised."""
    bed_id = draft.hospital.bed_at(command.place, command.feed)
    if bed_id is None:
        raise Unreadable("The bed named in NPU-1 is unknown; map the place to a bed and replay.", code="unknown-place")
    if command.code not in _REPORTED:
        raise Unreadable("NPU-2 is not a code of table 0116; add it to the feed's status map and replay.", code="unknown-code")
    bed = draft.bed(bed_id)
    said = _REPORTED[command.code]
    if bed.status is BedStatus.OCCUPIED or said is BedStatus.OCCUPIED:
        _compare(draft, bed, said, isolated=command.code == "I")
        return
    now = _condition(draft, bed, command, said)
    if now is None:
        draft.revise_bed(Kind.BED_REVISED, bed.id, discrepancy=None)
        return
    cleaned = now.since if (bed.status, said) == (BedStatus.CLEANING, BedStatus.AVAILABLE) else bed.cleaned_at
    draft.write(_report_kind(bed, said), replace(bed, now=now, cleaned_at=cleaned, discrepancy=None), now.since)


def _compare(draft: Draft, bed: BedState, said: BedStatus, *, isolated: bool) -> None:
    """What is said is recorded: a contradiction, or that whoever lies there is isolated."""
    contradiction = None if bed.status is said else f"another system says {said}"
    held = bed.status is BedStatus.OCCUPIED
    isolation = isolated if held and said is BedStatus.OCCUPIED else bed.isolation
    kind = Kind.BED_REVISED if contradiction == bed.discrepancy else Kind.DISCREPANCY_RAISED
    draft.revise_bed(kind, bed.id, discrepancy=contradiction, isolation=isolation)


def _condition(draft: Draft, bed: BedState, command: ReportBed, said: BedStatus) -> Condition | None:
    """The condition reported; None when the bed is in it already: a cleaning for isolation (K) is more than any other."""
    kind = (CleanKind.ISOLATION if command.code == "K" else CleanKind.ROUTINE) if said is BedStatus.CLEANING else None
    if bed.status is said and (kind in (None, CleanKind.ROUTINE) or kind is bed.now.clean):
        return None
    return Condition(
        said,
        min(command.at, draft.now),
        draft.cause.source,
        stage=Stage.WAITING if kind else None,
        clean=kind,
        reason=OutOfUse.REPAIR if said is BedStatus.MAINTENANCE else None,
        note=command.note,
    )


def _report_kind(bed: BedState, said: BedStatus) -> Kind:
    if said is BedStatus.MAINTENANCE:
        return Kind.BED_BLOCKED
    if said is BedStatus.CLEANING:
        return Kind.CLEANING_REQUESTED
    return Kind.CLEANING_FINISHED if bed.status is BedStatus.CLEANING else Kind.BED_UNBLOCKED


_REPORTED = {
    "U": BedStatus.AVAILABLE,
    "O": BedStatus.OCCUPIED,
    "I": BedStatus.OCCUPIED,
    "H": BedStatus.CLEANING,
    "K": BedStatus.CLEANING,
    "C": BedStatus.MAINTENANCE,
}
"""Table 0116; I (isolated) is an occupied bed."""
