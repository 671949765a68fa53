"""Undoing a tap: the records go back to what they were, unless somebody has changed one of them since,
or has come beside a bed that would be promised again."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flow.domain.bed import BedState, BedStatus, OutOfUse
from flow.domain.commands import Undo
from flow.domain.decide.draft import Draft
from flow.domain.decide.promises import check_beside
from flow.domain.discharge import Discharge
from flow.domain.events import Kind, Record
from flow.domain.feed_rules import FeedRules
from flow.domain.hospital import Hospital
from flow.domain.opd import RoomState, Token, TokenStatus
from flow.domain.request import BedRequest, RequestStatus
from flow.domain.transport import Transport, TransportStatus
from flow.domain.visit import Course, Visit, VisitStatus
from flow.errors import Refused


def undo(draft: Draft, command: Undo) -> None:
    """Write every record back as it was before the command."""
    for key, seq in command.changed.items():
        current = _current(draft.hospital, key)
        if current is None or current.seq != seq:
            raise Refused("It has been changed since; it can no longer be undone.", code="too-late")
    for record in command.before:
        if isinstance(record, BedState) and record.reserved_for not in (None, draft.bed(record.id).reserved_for):
            check_beside(draft, record.id, max(command.changed.values()))
        draft.write(Kind.UNDONE, record)


def unmade(record: Record) -> Record | None:
    """What stands for "there was none before": the record as cancelled. None where nothing can be undone."""
    match record:
        case Visit():
            return replace(record, course=Course(VisitStatus.CANCELLED), facts=(), bed=None, since=None)
        case BedRequest():
            return replace(record, status=RequestStatus.CANCELLED, bed=None)
        case Token():
            return replace(record, status=TokenStatus.SKIPPED)
        case RoomState():
            return RoomState(record.id, record.clinic, record.room)
        case FeedRules():
            return FeedRules(record.id)
        case Discharge():
            return replace(record, ended_at=record.begun_at, called_off=True, expected=None, latest=None)
        case Transport():
            return replace(record, status=TransportStatus.CANCELLED, cancelled_at=record.requested_at)
        case BedState() if record.temporary is not None:
            return replace(record, now=replace(record.now, status=BedStatus.MAINTENANCE, reason=OutOfUse.ROOM_CLOSED))
        case _:
            return None


def _current(hospital: Hospital, key: str) -> Record | None:
    entity, _, record_id = key.partition("/")
    homes: dict[str, Mapping[Any, Record]] = {
        "bed": hospital.beds,
        "visit": hospital.visits,
        "request": hospital.requests,
        "token": hospital.tokens,
        "room": hospital.rooms,
        "feed": hospital.feeds,
        "proposal": hospital.proposals,
        "discharge": hospital.discharges,
        "check": hospital.checks,
        "transport": hospital.transports,
    }
    return homes.get(entity, {}).get(record_id)
