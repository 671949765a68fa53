"""The joint plan over the API: who gets which bed, which moves would help; accept all or some, each row refused alone where it is stale."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from flow.domain.commands import AssignBed
from flow.domain.ids import BedId, RequestId, VisitId
from flow.domain.move_commands import AskMove, asked_for
from flow.domain.move_rules import either_or, helped_already
from flow.domain.request import Move
from flow.domain.roles import May, Reach
from flow.errors import Refused
from flow.views.joint_plan import JointLike, MoveLike, PlacementLike
from flow.views.mixed_sex import breaches
from flow.web.act import Done, act_beside
from flow.web.api.request_models import Words
from flow.web.api.requests import new_id
from flow.web.api.suggestions import ReadyOut, TermOut
from flow.web.api.wire import Asked, answer, read
from flow.web.choices import as_suggested, remember
from flow.web.names import PersonOut, names_for
from flow.web.parts import house_of
from flow.web.problems import Denied, invalid
from flow.web.security.principal import principal_of

Row = TypeVar("Row", bound=Asked)
_LONGEST = 100
"""Characters of a malformed row's name that its refusal repeats."""


class PlacementOut(msgspec.Struct):
    """A bed for a request, with the terms its score is the sum of; `alone` is the best bed it could have were it the only one, `given_up`
    the points it gives up for the others. `request_seq` and `bed_seq` go back when it is accepted."""

    request: str
    request_seq: int
    bed: str
    bed_seq: int
    score: int
    terms: list[TermOut]
    ready_at: datetime | None
    ready: ReadyOut | None
    alone: str
    given_up: int
    person: PersonOut | None = None


class WithoutOut(msgspec.Struct):
    """A request that gets no bed, and why."""

    request: str
    reason: str
    person: PersonOut | None = None


class MoveOut(msgspec.Struct):
    """A patient who could be asked to move: `benefit` = the plan's `gain` - the patient's `loss` - the `price`; `frees` are the requests
    that would get a bed, or a better one; `swap` is the visit in `to` that changes places with them."""

    visit: str
    bed: str
    bed_seq: int
    to: str
    to_seq: int
    benefit: int
    gain: int
    loss: int
    price: int
    reason: str
    frees: list[str]
    swap: str | None = None
    person: PersonOut | None = None


class BreachOut(msgspec.Struct):
    """A room where men and women lie together that should not."""

    ward: str
    bay: str
    who: str
    since: datetime


class JointPlanOut(msgspec.Struct):
    """The plan for the hospital as of `seq`; placements by urgency, moves by their benefit. `points` is what the placements amount to."""

    as_of: datetime
    seq: int
    weights: str
    points: int
    placements: list[PlacementOut]
    without: list[WithoutOut]
    moves: list[MoveOut]
    mixed_sex: list[BreachOut]


class PlacementAsked(Asked):
    """A placement of the plan to be accepted."""

    request: Words
    request_seq: int
    bed: Words
    bed_seq: int


class MoveAsked(Asked):
    """A move of the plan that the patient's ward is to be asked for."""

    visit: Words
    bed: Words
    bed_seq: int
    to: Words
    to_seq: int


_Placement = Annotated[Any, msgspec.Meta(description="a placement of the plan: request, request_seq, bed, bed_seq")]
_Move = Annotated[Any, msgspec.Meta(description="a move of the plan: visit, bed, bed_seq, to, to_seq")]


class AcceptAsked(Asked):
    """All of the plan, or some of it; carried out in this order. A row that is none is refused alone (`malformed`)."""

    placements: Annotated[list[_Placement], msgspec.Meta(max_length=2000)] = []
    moves: Annotated[list[_Move], msgspec.Meta(max_length=100)] = []


class AcceptedOut(msgspec.Struct):
    """What became of one row: `command` undoes it; refused, `code` and `detail` say why."""

    request: str
    bed: str
    accepted: bool
    command: int | None = None
    code: str | None = None
    detail: str | None = None


class AcceptOut(msgspec.Struct):
    """Each row's answer, placements before moves."""

    items: list[AcceptedOut]


async def get_plan(request: Request) -> Response:
    """The joint plan for everybody who waits."""
    house = house_of(request)
    found, hospital = await planned(request), house.desk.hospital
    of = {request.id: request.patient for request in hospital.requests.values() if request.is_unplaced}
    moving = [(move.patient, house.ward_of(move.bed)) for move in found.moves]
    people = await names_for(request, [*((patient, None) for patient in of.values()), *moving])
    return answer(
        JointPlanOut(
            as_of=found.at,
            seq=found.seq,
            weights=found.weights,
            points=found.total.points,
            placements=[_placement(row, people.get(of[row.request])) for row in found.placements if row.request in of],
            without=[WithoutOut(row.request, row.reason, people.get(of[row.request])) for row in found.without if row.request in of],
            moves=[_move(row, people.get(row.patient)) for row in found.moves],
            mixed_sex=[BreachOut(b.ward, b.bay, b.who, b.since) for b in breaches(house.plan, hospital.beds, house.clock.now())],
        )
    )


async def planned(request: Request) -> JointLike:
    """The plan; 404 in a hospital that runs without allocation."""
    house = house_of(request)
    if house.admissions.joint is None:
        raise Denied(404, "no-allocation", "This hospital runs without allocation: there is no plan.")
    return await house.admissions.joint()


def _placement(row: PlacementLike, person: PersonOut | None) -> PlacementOut:
    best = row.best
    terms = [TermOut(term.name, term.points, term.reason) for term in best.terms]
    ready = ReadyOut(best.ready.p10, best.ready.p50, best.ready.p90) if best.ready is not None else None
    return PlacementOut(
        row.request, row.request_seq, best.bed, row.bed_seq, best.score, terms, best.ready_at, ready, row.alone, row.given_up, person
    )


def _move(row: MoveLike, person: PersonOut | None) -> MoveOut:
    return MoveOut(
        visit=row.visit,
        bed=row.bed,
        bed_seq=row.bed_seq,
        to=row.to,
        to_seq=row.to_seq,
        benefit=row.benefit,
        gain=row.gain,
        loss=row.loss,
        price=row.price,
        reason=row.reason,
        frees=list(row.frees),
        swap=row.swap,
        person=person,
    )


class OneOfEach:
    """The moves of one plan, accepted together: of those that help the same patient or want the same bed one ward is asked."""

    def __init__(self, plan: JointLike) -> None:
        self.plan = plan
        self.asked: list[MoveLike] = []

    async def ask(self, request: Request, one: MoveAsked, number: int) -> Done:
        """Ask the patient's ward for one move; Refused where an alternative was asked for just now."""
        row = _proposed(self.plan.moves, one)
        if row is not None and any(either_or(row, other) for other in self.asked):
            raise Refused("Either this move or the other: a ward is asked already for the same patient or bed.", code="asked-already")
        done = await _ask_move(request, one, row, number)
        self.asked += [row] if row is not None else []
        return done


async def accept(request: Request) -> Response:
    """Accept all of the plan or some of it; a row that is stale or malformed is refused, the others are carried out."""
    asked = await read(request, AcceptAsked)
    check_may_accept(request)
    moves = OneOfEach(await planned(request))
    rows = [*(row_of(said, PlacementAsked) for said in asked.placements), *(row_of(said, MoveAsked) for said in asked.moves)]
    items = [row if isinstance(row, AcceptedOut) else await _accepted(request, row, moves, number) for number, row in enumerate(rows)]
    return answer(AcceptOut(items))


def row_of(said: object, model: type[Row]) -> Row | AcceptedOut:
    """A row as its model, or its refusal, with as much of whom and where as it says."""
    try:
        return msgspec.convert(said, model)
    except msgspec.ValidationError as error:
        names = ("request", "bed") if model is PlacementAsked else ("visit", "to")
        told = [said.get(name) if isinstance(said, dict) else None for name in names]
        who, to = (each[:_LONGEST] if isinstance(each, str) else "" for each in told)
        return AcceptedOut(who, to, accepted=False, code="malformed", detail=f"{error}.")


def check_may_accept(request: Request) -> None:
    """A manager's assignment needs a reason each; a plan has none."""
    if principal_of(request).reach(May.ASSIGN) is not Reach.ALL:
        raise invalid("reason-missing", "A manager assigns beds one by one, each with its reason.")


async def _accepted(request: Request, one: PlacementAsked | MoveAsked, moves: OneOfEach, number: int) -> AcceptedOut:
    name = one.request if isinstance(one, PlacementAsked) else one.visit
    to = one.bed if isinstance(one, PlacementAsked) else one.to
    try:
        if isinstance(one, PlacementAsked):
            done = await place(request, one, moves.plan, number)
        else:
            done = await moves.ask(request, one, number)
    except Refused as refusal:
        return AcceptedOut(name, to, accepted=False, code=refusal.code, detail=refusal.reason)
    return AcceptedOut(name, to, accepted=True, command=done.command)


async def place(request: Request, one: PlacementAsked, found: JointLike, number: int) -> Done:
    """Promise one bed of the plan; Refused when the request or the bed is no longer what it was planned with."""
    house = house_of(request)
    wanted, bed = house.desk.hospital.requests.get(RequestId(one.request)), house.plan.beds.get(BedId(one.bed))
    if wanted is None or bed is None or not wanted.is_live:
        raise Refused("This request is closed.", code="request-closed")
    if wanted.seq != one.request_seq and wanted.bed != bed.id:
        raise Refused("This request has changed since it was planned; look again.", code="stale")
    weighed, command = house.admissions.weigh(wanted, bed.id), AssignBed(wanted.id, bed.id, if_seq=one.bed_seq)
    done, blocked = await act_beside(request, wanted, bed.id, command, part=number)
    if weighed is not None and any((row.request, row.best.bed) == (wanted.id, bed.id) for row in found.placements):
        weighed = as_suggested(weighed)
    await remember(house, wanted, weighed, done, blocked, "joint plan")
    return done


async def _ask_move(request: Request, one: MoveAsked, row: MoveLike | None, number: int) -> Done:
    """Ask the patient's ward for one move of this plan; Refused when it has none such, or its beds are not what they were."""
    house = house_of(request)
    visit = house.desk.hospital.visits.get(VisitId(one.visit))
    if row is None or visit is None:
        raise Refused("The plan no longer proposes this move; look again.", code="stale")
    if row.frees and helped_already(house.desk.hospital.requests).issuperset(row.frees):
        raise Refused("A ward is asked already for the sake of the same patients.", code="asked-already")
    move = Move(row.bed, row.to, row.reason, row.benefit, row.frees, swap=row.swap)
    wanted = AskMove(new_id("M"), visit.id, move, (), one.bed_seq, one.to_seq)
    asks = asked_for(wanted, visit, house.plan.beds[row.to].type, house.clock.now())
    done, _ = await act_beside(request, asks, row.to, wanted, part=number)
    return done


def _proposed(moves: Sequence[MoveLike], one: MoveAsked) -> MoveLike | None:
    return next((m for m in moves if (m.visit, m.bed, m.to) == (one.visit, one.bed, one.to)), None)


__all__ = ["MoveAsked", "OneOfEach", "PlacementAsked", "accept", "check_may_accept", "get_plan", "place", "planned"]
