"""The last things that happened, one short sentence each, without names: the desk's log."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flow.domain.bed import BedState
from flow.domain.cause import Origin
from flow.domain.events import Entry, Kind
from flow.domain.plan import Plan
from flow.domain.request import BedRequest, Notice
from flow.views.bed_words import bed_words
from flow.views.times import when

_SAID = {
    Kind.BED_VACATED: "left, needs clean",
    Kind.BED_OCCUPIED: "occupied",
    Kind.BED_BLOCKED: "out of use",
    Kind.BED_UNBLOCKED: "back in use",
    Kind.CLEANING_STARTED: "cleaning started",
    Kind.CLEANING_SUSPENDED: "cleaning paused",
    Kind.CLEANING_FINISHED: "free after clean",
    Kind.BED_ASSIGNED: "promised",
    Kind.ASSIGNMENT_RELEASED: "promise taken back",
    Kind.REQUEST_MADE: "new request",
    Kind.REQUEST_CANCELLED: "request cancelled",
    Kind.REQUEST_OVER: "request closed, the stay is over",
    Kind.REQUEST_ARRIVED: "arrived",
    Kind.REQUEST_TAKEN_UP: "request taken up again",
    Kind.UNDONE: "last change undone",
}

_BADGE = re.compile("(cleaner|porter)-[0-9a-f]{6}")
"""The number of somebody with a badge: nobody at the desk can read it, and the nick behind it is their colleagues' alone."""

JUST_NOW: tuple[Kind, ...] = tuple(_SAID)
"""The kinds to ask `flow.history.past.newest` for."""


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line; `seq` is the log's number."""

    seq: int
    time: str
    words: str


def log_lines(entries: Iterable[Entry], plan: Plan, at: datetime) -> tuple[LogLine, ...]:
    """The lines, newest first; entries of other kinds are left out."""
    told = [entry for entry in entries if entry.event.kind in _SAID and _speaks(entry)]
    return tuple(LogLine(entry.seq, when(entry.cause.recorded_at, at, plan.zone), _words(entry, plan)) for entry in told)


def _speaks(entry: Entry) -> bool:
    """Undoing writes several records: the bed says it, or the request that is off the list again."""
    record = entry.event.record
    undone = entry.event.kind is Kind.UNDONE
    return not undone or isinstance(record, BedState) or (isinstance(record, BedRequest) and not record.is_live)


def _words(entry: Entry, plan: Plan) -> str:
    said = _SAID[entry.event.kind]
    record = entry.event.record
    if isinstance(record, BedState):
        note = record.now.note or (record.now.reason.replace("_", " ") if record.now.reason else "")
        said = f"{bed_words(record.id, plan)} {said}" + (f": {note}" if note and entry.event.kind is Kind.BED_BLOCKED else "")
    elif isinstance(record, BedRequest):
        said = f"{bed_words(record.bed, plan)} {said}" if record.bed else f"P{record.priority} {said}, {record.type.replace('_', ' ')}"
        said = said.replace("promised", "held") if record.held_until is not None else said
        said += ", another bed than promised" if record.notice is Notice.OTHER_BED else ""
    if entry.cause.origin is Origin.PAPER:
        return f"{said}, from paper, {entry.cause.actor}"
    by = entry.cause.actor
    return f"{said}, {by}" if entry.cause.origin is Origin.PERSON and not _BADGE.fullmatch(by) else said
