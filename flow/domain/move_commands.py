"""What is said of moves for another patient's sake: the desk asks a ward, the ward answers. Part of `flow.domain.commands`."""

from dataclasses import dataclass

from flow.domain.ids import RequestId, VisitId
from flow.domain.request import Move


@dataclass(frozen=True, slots=True)
class AskMove:
    """Ask a ward to let a patient go to another bed for others' sake. `blocked_by` are the hard rules that bed breaks (handed in)."""

    request: RequestId
    visit: VisitId
    move: Move
    blocked_by: tuple[str, ...] = ()
    if_seq: int | None = None
    to_seq: int | None = None


@dataclass(frozen=True, slots=True)
class AnswerMove:
    """The ward agrees to a move, or declines it with a `reason`."""

    request: RequestId
    agrees: bool
    reason: str = ""
    blocked_by: tuple[str, ...] = ()
