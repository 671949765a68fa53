"""Beds taken out of use in which somebody may still lie: a whole room in one go, or one bed. Nobody is evicted: an occupied bed follows
when it is empty and clean."""

from dataclasses import replace

from flow.domain.bed import BedState, BedStatus, Condition
from flow.domain.decide.beds import check_end
from flow.domain.decide.draft import Draft
from flow.domain.events import Kind
from flow.domain.ids import RoomId
from flow.domain.ward_commands import CloseBed, CloseRoom, KeepBed, ReopenRoom
from flow.errors import Refused


def close_bed(draft: Draft, command: CloseBed) -> None:
    """Of a bed that is empty now, the status says it; refused while it is promised to somebody."""
    bed = draft.bed(command.bed)
    if command.if_seq is not None and command.if_seq != bed.seq:
        raise Refused(f"Bed {draft.plan.bed_name(bed.id)} has changed since you looked; look again.", code="stale")
    if bed.temporary is not None:
        raise Refused("A temporary place is taken away when it is empty.", code="temporary")
    if bed.status is not BedStatus.OCCUPIED:
        raise Refused(f"Nobody lies in bed {draft.plan.bed_name(bed.id)}; take it out of use at once.", code="bed-empty")
    source = draft.cause.source
    closed = Condition(BedStatus.MAINTENANCE, draft.now, source, reason=command.reason, note=command.note, until=command.until)
    close_when_empty(draft, bed, closed)


def close_when_empty(draft: Draft, bed: BedState, closed: Condition) -> None:
    """Note what the bed becomes when its patient has left; the same word again is no event."""
    if bed.reserved_for is not None:
        raise Refused(f"{draft.plan.bed_name(bed.id)}: promised to somebody; take the promise back first.", code="bed-reserved")
    check_end(draft, closed.until)
    known = bed.closes
    if known is None or replace(closed, since=known.since, source=known.source) != known:
        draft.revise_bed(Kind.BED_REVISED, bed.id, closes=closed)


def keep_bed(draft: Draft, command: KeepBed) -> None:
    """It stays in use when its patient leaves; while it is cleaned, that can still be said."""
    draft.revise_bed(Kind.BED_REVISED, command.bed, closes=None)


def close_room(draft: Draft, command: CloseRoom) -> None:
    """Refused while a bed of the room is promised to somebody: the desk must know before they come."""
    beds = _beds(draft, command.room)
    promised = [draft.plan.bed_name(bed.id) for bed in beds if bed.reserved_for is not None]
    if promised:
        raise Refused(f"{', '.join(promised)}: promised to somebody; take the promise back first.", code="bed-reserved")
    check_end(draft, command.until)
    closed = Condition(BedStatus.MAINTENANCE, draft.now, draft.cause.source, reason=command.reason, note=command.note, until=command.until)
    for bed in beds:
        if bed.status is BedStatus.OCCUPIED:
            draft.revise_bed(Kind.BED_REVISED, bed.id, closes=closed)
        else:
            since = bed.now.since if bed.status is BedStatus.MAINTENANCE else draft.now
            draft.write(Kind.BED_BLOCKED, replace(bed, now=replace(closed, since=since), discrepancy=None, closes=None))


def reopen_room(draft: Draft, command: ReopenRoom) -> None:
    """Whatever they were closed for; a bed that still wants cleaning is cleaned first, as ever."""
    for bed in _beds(draft, command.room):
        draft.revise_bed(Kind.BED_REVISED, bed.id, closes=None)
        if bed.status is BedStatus.MAINTENANCE:
            ready = Condition(BedStatus.AVAILABLE, draft.now, draft.cause.source)
            draft.write(Kind.BED_UNBLOCKED, replace(bed, now=ready, discrepancy=None, closes=None))


def sweep(draft: Draft) -> None:
    """The last stage of every decision: beds of a closed room that have come to be empty and clean go out of use."""
    written = {event.record.id for event in draft.events if isinstance(event.record, BedState) and event.record.closes is not None}
    for bed in (draft.bed(number) for number in sorted(written)):
        if bed.closes is not None and bed.status is BedStatus.AVAILABLE:
            draft.write(Kind.BED_BLOCKED, replace(bed, now=replace(bed.closes, since=draft.now), closes=None))
        elif bed.closes is not None and bed.status is BedStatus.MAINTENANCE:
            draft.revise_bed(Kind.BED_REVISED, bed.id, closes=None)


def _beds(draft: Draft, room: RoomId) -> list[BedState]:
    beds = [draft.bed(bed) for bed in draft.plan.roommates.get(room, ()) if draft.has(bed)]
    if not beds:
        raise Refused(f"There is no room {room} with beds.", code="unknown-room")
    return beds
