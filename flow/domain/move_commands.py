"""What is said of moves for another patient's sake: the desk asks a ward, the ward answers. Part of `flow.domain.commands`."""

from dataclasses import dataclass
from datetime import datetime

from flow.domain.care import Rest
from flow.domain.ids import RequestId, VisitId, WardId
from flow.domain.request import BedRequest, MadeBy, Move, RequestStatus
from flow.domain.visit import Visit


@dataclass(frozen=True, slots=True)
class AskMove:
    """Ask a ward to let a patient go to another bed for others' sake. `blocked_by` are the hard rules that bed breaks (handed in),
    `as_of` the Seq of the hospital they were found in."""

    request: RequestId
    visit: VisitId
    move: Move
    blocked_by: tuple[str, ...] = ()
    if_seq: int | None = None
    to_seq: int | None = None
    as_of: int | None = None


@dataclass(frozen=True, slots=True)
class AnswerMove:
    """The ward agrees to a move, or declines it with a `reason`; `ward` is the one that answers, None the patient's own."""

    request: RequestId
    agrees: bool
    reason: str = ""
    blocked_by: tuple[str, ...] = ()
    as_of: int | None = None
    ward: WardId | None = None


@dataclass(frozen=True, slots=True)
class MarkRest:
    """Why the patient of a visit is never moved for another's sake; nothing: may be moved. `if_seq` is the version of the bed."""

    visit: VisitId
    rest: frozenset[Rest] = frozenset()
    if_seq: int | None = None


def asked_for(command: AskMove, visit: Visit, kind: str, at: datetime) -> BedRequest:
    """The request that a question makes; `kind` is the type of the bed to go to."""
    return BedRequest(
        id=command.request,
        patient=visit.patient,
        created_at=at,
        type=kind,
        sex=visit.sex,
        age=visit.age,
        specialty=visit.course.specialty,
        origin=command.move.bed,
        visit=visit.id,
        status=RequestStatus.ASKED,
        made_by=MadeBy.MOVE,
        isolation_kind=visit.care.isolation,
        organism=visit.care.organism,
        attendant=visit.care.attendant,
        mother_of=visit.care.mother_of,
        baby_of=visit.care.baby_of,
        rest=visit.care.rest,
        touched_at=at,
        move=command.move,
    )
