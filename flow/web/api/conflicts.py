"""Contradictions between visits over the API: the list, and settling one."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from flow.domain.commands import Chart, Command, MergeVisits, SettleClaim, Told
from flow.domain.ids import VisitId
from flow.domain.visit import Act, Fact, Order, Visit
from flow.errors import Refused
from flow.views.conflicts import Conflict, How, conflict_rows, conflicts_of
from flow.web.act import Done, act
from flow.web.api.visits import as_known
from flow.web.api.wire import Asked, Listed, answer, listing, read
from flow.web.names import Where, known_to
from flow.web.parts import House, house_of


class ClaimOut(msgspec.Struct):
    """A visit of a conflict: where it says it is and since when, and the letters that said so, newest first."""

    visit: str
    role: str
    place: str
    since: str
    letters: list[int]
    name: str | None = None


class ConflictOut(msgspec.Struct):
    """claim: two visits in one bed; twice: one person in two beds; merged: two numbers of one visit, both in a bed.
    `settle` are the bodies that `POST /api/v1/conflicts/settle` takes for it."""

    kind: str
    title: str
    claims: list[ClaimOut]
    settle: list["SettleAsked"]


class SettleAsked(Asked):
    """`holds`: the claimant lies in the bed; `drops`: it does not, and whoever holds the bed stays; `ended`: the visit is not in the
    house; `joined`: it is the visit that it was merged into."""

    visit: str
    how: How


async def list_conflicts(request: Request) -> Response:
    """Every contradiction between visits, the longest first."""
    house = house_of(request)
    found = conflicts_of(house.desk.hospital)
    people = await known_to(request, whose(house, found))
    letters = await house.letters.told_by(visit.id for conflict in found for visit in conflict.visits)
    items = []
    for row in conflict_rows(found, house.plan, people, letters):
        claims = [ClaimOut(s.visit, s.role, s.place, s.since, list(s.letters), s.name or None) for s in row.sides]
        choices = [*(side.choice for side in row.sides), *([row.extra] if row.extra else [])]
        items.append(ConflictOut(row.kind, row.title, claims, [SettleAsked(choice.visit, choice.how) for choice in choices]))
    return listing(request, Listed(house.live.as_of, house.live.seq, items))


def whose(house: House, conflicts: list[Conflict]) -> list[Where]:
    """The patients with the wards they are said to be in."""
    return [(visit.patient, house.ward_of(visit.bed or visit.course.claim)) for conflict in conflicts for visit in conflict.visits]


class SettledOut(msgspec.Struct):
    """The Seq after it, and the handle to undo it by."""

    seq: int
    command: int


async def settle(request: Request) -> Response:
    """Settle one conflict; 409 when it is settled already."""
    asked = await read(request, SettleAsked)
    done = await settle_one(request, asked.visit, asked.how)
    return answer(SettledOut(done.seq, done.command))


async def settle_one(request: Request, number: str, how: How) -> Done:
    """Carry out one click. Refused when the conflict is not there any more."""
    house = house_of(request)
    return await act(request, settling(house, VisitId(number), how))


def settling(house: House, number: VisitId, how: How) -> Command:
    """The command of a click; Refused when no conflict is about this visit in this way."""
    for conflict in conflicts_of(house.desk.hospital):
        if number in {visit.id for visit in conflict.visits}:
            command = _command(house, conflict, number, how)
            if command is not None:
                return command
    raise Refused("This conflict is settled already; look again.", code="no-conflict")


def _command(house: House, conflict: Conflict, number: VisitId, how: How) -> Command | None:
    second = conflict.second
    match conflict.kind, how:
        case "claim", "holds" if second.id == number:
            return SettleClaim(number, holds=True)
        case "claim", "drops" if second.id == number:
            return SettleClaim(number, holds=False)
        case (("merged" | "twice"), "ended"):
            visit = next(visit for visit in conflict.visits if visit.id == number)
            return _ended(house, visit)
        case "merged", "joined" if second.id == number and second.merged_into is not None:
            now = house.clock.now()
            order = Order(now, number=house.desk.hospital.seq)
            return MergeVisits(second.id, second.merged_into, as_known(second.patient), now, order, settled=True)
    return None


def _ended(house: House, visit: Visit) -> Chart:
    """The patient is not there: discharged by hand."""
    now = house.clock.now()
    fact = Fact(Act.DISCHARGE, now, Order(now, number=house.desk.hospital.seq))
    return Chart((Told(visit.id, as_known(visit.patient), fact),), by_person=True)
