"""ORU: the total of an early-warning score, where the hospital file says by which code it comes. No other result is read.

An OBX whose OBX-3 is none of those codes is not looked at further.
"""

from datetime import datetime

from adt_feed.mapping import times
from adt_feed.mapping.context import Context
from adt_feed.message import Segment
from flow.domain.ids import PatientId, VisitId
from flow.domain.ward_commands import NoteScore

MOST = 100
"""No early-warning score comes near it (NEWS2 ends at 20): what is higher is something else."""
NOT_TO_BE_READ = frozenset({"D", "W", "X", "N", "I"})
"""OBX-11 (HL7 table 0085): deleted, posted in error, no result, not asked, pending."""


def scores(context: Context, patient: PatientId, visit: VisitId | None, at: datetime) -> list[NoteScore]:
    """A note for each score in the message."""
    sent = times.order(context).sent
    found = []
    for segment in context.message.all:
        score = _score(context, segment) if segment.name == "OBX" else None
        if score is not None:
            taken = times.moment(context, segment, 14, hour_needed=True) or at
            found.append(NoteScore(patient, visit, score, taken, sent))
    return found


def _score(context: Context, segment: Segment) -> int | None:
    """The total, of the observation that the file names."""
    codes = {segment.component(3, part).strip() for part in (1, 4)}
    if codes.isdisjoint(context.feed.scores) or segment.component(11).strip().upper() in NOT_TO_BE_READ:
        return None
    said = segment.component(5).strip().removesuffix(".0")
    return int(said) if said.isascii() and said.isdigit() and len(said) <= 3 and int(said) <= MOST else None
