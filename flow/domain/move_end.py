"""Why a move for another patient's sake comes to nothing: the patient may not be moved, it helps nobody any more, or its time is over.

Before it the desk asked and perhaps the ward agreed; `flow.domain.decide.withdrawal` acts on what is said here, the jobs ask by the clock.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from flow.domain.care import Rest
from flow.domain.ids import BedId, RequestId, VisitId
from flow.domain.plan import Plan
from flow.domain.request import BedRequest, RequestStatus
from flow.domain.visit import Visit

_BEDDED = frozenset({RequestStatus.ASSIGNED, RequestStatus.ARRIVED})

Requests = Mapping[RequestId, BedRequest]
VisitOf = Callable[[VisitId], Visit | None]


def why_over(asked: BedRequest, visit_of: VisitOf, requests: Requests, plan: Plan) -> str | None:
    """Why the patient stays, whatever the ward has said; None while the move stands. `requests` are all that are known."""
    visit = visit_of(asked.visit) if asked.visit is not None else None
    rest = asked.rest | (visit.care.rest if visit is not None else frozenset())
    if rest:
        said = " and ".join(sorted(_REST[each] for each in rest))
        return f"The patient is flagged {said} and is never moved to make room for another."
    return _why_moot(asked, visit_of, requests, plan)


_REST: Mapping[Rest, str] = {Rest.DEMENTIA: "dementia", Rest.END_OF_LIFE: "end of life"}


def _why_moot(asked: BedRequest, visit_of: VisitOf, requests: Requests, plan: Plan) -> str | None:
    """Why nobody is helped any more: none of those it was for needs it, or who would change places does not wait for this bed."""
    assert asked.move is not None
    move = asked.move
    if move.swap is not None and (other := visit_of(move.swap)) is not None and other.is_open and other.bed != move.to:
        under_way = asked.status is RequestStatus.ASSIGNED  # one goes first, and may wait elsewhere for the bed to be made
        return None if under_way else "The patient who would change places has left that bed."
    helped = [requests[number] for number in move.frees if number in requests]
    if helped and not any(_needs(one, asked, plan) for one in helped):
        return _settled(helped)
    swaps = [one for one in requests.values() if move.swap is not None and one.visit == move.swap and one.is_live]
    if move.swap is not None and not any(one.is_unplaced or one.bed == move.bed for one in swaps):
        return "The patient who would change places waits for this bed no more."
    return None


def _needs(one: BedRequest, asked: BedRequest, plan: Plan) -> bool:
    """Waits still, has a bed for some minutes only (a hold), or is promised what the move makes free: the bed, or its bay for their sex."""
    assert asked.move is not None
    if one.is_unplaced or (one.status is RequestStatus.ASSIGNED and one.held_until is not None):
        return True
    if one.status is not RequestStatus.ASSIGNED or one.bed is None:
        return False
    return one.bed == asked.move.bed or (_together(one.bed, asked.move.bed, plan) and _kept_apart(one, asked))


def _together(one: BedId, other: BedId, plan: Plan) -> bool:
    beds = plan.beds
    return one in beds and other in beds and beds[one].room == beds[other].room


def _kept_apart(one: BedRequest, asked: BedRequest) -> bool:
    """The two may not lie in one bay."""
    return one.sex != asked.sex or one.isolation or one.isolation_kind is not None


def _settled(helped: list[BedRequest]) -> str:
    who = "The patient it was for" if len(helped) == 1 else "All whom it was for"
    have, wait = ("has another bed", "waits no longer") if len(helped) == 1 else ("have other beds", "wait no longer")
    if all(one.status in _BEDDED for one in helped):
        return f"{who} {have}."
    return f"{who} {wait}." if not any(one.status in _BEDDED for one in helped) else f"{who} {have} or {wait}."


def why_lapsed(asked: BedRequest, at: datetime, plan: Plan) -> str | None:
    """Why it is over by the clock: nobody is moved at night, and a ward that has not answered is asked anew; None while it stands."""
    rules = plan.moves
    if rules.quiet(at, plan.zone):
        return f"Nobody is moved between {rules.night}; the ward can be asked again in the morning."
    if asked.status is RequestStatus.ASKED and rules.late(asked.touched, at):
        return f"The ward has not answered within {rules.answer_hours} hours."
    return None
