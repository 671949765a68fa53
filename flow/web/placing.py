"""The hard rules asked again before a ward moves its patients by hand: what a bed would break for somebody who lies in another."""

from collections.abc import Callable

from starlette.requests import Request

from flow.domain.bed import BedState
from flow.domain.care import Isolation
from flow.domain.commands import Command
from flow.domain.decide.promises import BESIDE
from flow.domain.ids import BedId, RequestId, VisitId
from flow.domain.request import BedRequest
from flow.domain.visit import Visit
from flow.errors import Refused
from flow.web.act import Done, act
from flow.web.parts import House, house_of

INTENSIVE = frozenset({"icu", "hdu"})
NO_PRESSURE, NOT_ALONE = "no negative pressure", "not a single room"
APART = frozenset({NO_PRESSURE, NOT_ALONE})
"""What the rules of isolation say of a bed (`allocation.rules`)."""
_TRIES = 5
Make = Callable[[tuple[str, ...], int], Command]
"""(the rules broken, the Seq of the hospital they were found in): the command to carry out."""


def broken_by(house: House, number: VisitId, to: BedId) -> tuple[str, ...]:
    """The hard rules that this bed breaks for the patient of a visit, in words."""
    visit = house.desk.hospital.visits.get(number)
    return house.admissions.broken(_as_asked(house, visit, to), to) if visit is not None else ()


def _as_asked(house: House, visit: Visit, to: BedId) -> BedRequest:
    """What the patient is known to need: as the open request says, else what is known of the visit. An intensive bed is for those who
    ask for one, or lie in one of the kind."""
    beds = house.plan.beds
    kind = beds[to].type if to in beds else "general"
    here = beds[visit.bed].type if visit.bed is not None and visit.bed in beds else "general"
    if kind in INTENSIVE and here not in INTENSIVE:
        kind = here
    for asked in house.desk.hospital.requests.values():
        if asked.is_live and asked.move is None and (asked.visit == visit.id or asked.patient == visit.patient):
            return asked
    return _as_lying(house, visit, kind)


def _as_lying(house: House, visit: Visit, kind: str) -> BedRequest:
    """What is known of the visit, as a request for a bed of this type."""
    return BedRequest(
        id=RequestId(f"lies-{visit.id}"),
        patient=visit.patient,
        created_at=house.clock.now(),
        type=kind,
        sex=visit.sex,
        age=visit.age,
        specialty=visit.course.specialty,
        visit=visit.id,
        isolation=visit.care.isolation is not None,
        isolation_kind=visit.care.isolation,
        organism=visit.care.organism,
        attendant=visit.care.attendant,
        mother_of=visit.care.mother_of,
        baby_of=visit.care.baby_of,
    )


def lies_wrong(house: House, state: BedState) -> tuple[str, ...]:
    """Why the bed of somebody in isolation is none for them, in words: no single room, no negative pressure. Nothing where it is right."""
    visit = house.desk.hospital.visits.get(state.visit) if state.visit is not None else None
    if visit is None or visit.care.isolation is None:
        return ()
    if state.id not in house.plan.beds:  # a trolley stands beside others, and in no room of its own
        return (NO_PRESSURE, NOT_ALONE) if visit.care.isolation is Isolation.AIRBORNE else (NOT_ALONE,)
    broken = house.admissions.broken(_as_lying(house, visit, house.plan.beds[state.id].type), state.id)
    return tuple(said for words in broken if (said := words.rpartition(": ")[2]) in APART)


async def act_ruled(request: Request, ways: tuple[tuple[VisitId, BedId], ...], make: Make) -> Done:
    """Carry out what lays these patients into these beds; the rules are asked again where somebody came beside one meanwhile."""
    house = house_of(request)
    for left in reversed(range(_TRIES)):
        as_of = house.desk.hospital.seq
        blocked = tuple(words for visit, bed in ways for words in broken_by(house, visit, bed))
        try:
            return await act(request, make(blocked, as_of))
        except Refused as refusal:
            if refusal.code != BESIDE or not left:
                raise
    raise AssertionError("the last try answers or raises")
