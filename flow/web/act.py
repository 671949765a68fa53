"""From a tap or a POST to the desk: the command goes in with who asked and their Idempotency-Key, the changed records come back."""

from dataclasses import dataclass, replace
from typing import TypeVar

from starlette.requests import Request

from flow.desk import Actor, Outcome
from flow.domain.bed import BedStatus
from flow.domain.cause import Origin
from flow.domain.commands import AssignBed, Command
from flow.domain.decide.promises import BESIDE
from flow.domain.events import ENTITY, Record
from flow.domain.hospital import stamped
from flow.domain.ids import BedId
from flow.domain.move_commands import AnswerMove, AskMove
from flow.domain.request import BedRequest
from flow.domain.roles import May
from flow.errors import Refused
from flow.web.idempotency import key_of
from flow.web.parts import House, house_of
from flow.web.problems import forbidden
from flow.web.security.limits import address
from flow.web.security.principal import Principal, principal_of
from flow.witness import carried_out

R = TypeVar("R", bound=Record)
_SHOWN_WITHIN = 0.5
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Done:
    """What a command did: the records as it left them, newest version of each, and the handle to undo it by."""

    command: int
    seq: int
    records: tuple[Record, ...]

    def one(self, kind: type[R]) -> R | None:
        """The record of a kind, where the command changed one."""
        return next((record for record in self.records if isinstance(record, kind)), None)

    def of(self, kind: type[R], key: str) -> R | None:
        """The record of a kind and id."""
        return next((record for record in self.records if isinstance(record, kind) and record.id == key), None)


async def act(request: Request, command: Command, *, part: int | None = None, origin: Origin = Origin.PERSON) -> Done:
    """Carry a command out for whoever sent the request; `part` tells several of one request apart; `origin` that it
    comes from paper. Raises Refused with the reason, Unavailable when it is not stored."""
    house, key = house_of(request), key_of(request)
    own = key.key if part is None or key.key is None else f"{key.key}/{part}"
    outcome = await house.desk.act(command, actor_of(request, origin), key=own, digest=key.digest)
    carried_out()
    return await _done(house, outcome, again=key.key is not None)


async def act_beside(
    request: Request, wanted: BedRequest, bed: BedId, command: AssignBed | AskMove | AnswerMove, *, part: int | None = None
) -> tuple[Done, tuple[str, ...]]:
    """Carry out what promises a bed, with the hard rules it breaks for the patient; asked again where somebody came beside it meanwhile.
    Gives those rules too."""
    house = house_of(request)
    for left in reversed(range(_TRIES)):
        current, as_of = house.desk.hospital.requests.get(wanted.id, wanted), house.desk.hospital.seq
        blocked = house.admissions.broken(current, bed)
        try:
            return await act(request, replace(command, blocked_by=blocked, as_of=as_of), part=part), blocked
        except Refused as refusal:
            if refusal.code != BESIDE or not left:
                raise
    raise AssertionError("the last try answers or raises")


async def take_back(request: Request, command: int) -> Done:
    """Undo a command of the same person; a report that it settled is open again."""
    house = house_of(request)
    outcome = await house.desk.undo(command, actor_of(request, Origin.PERSON))
    carried_out()
    await house.problems.reopen(command)
    return await _done(house, outcome, again=False)


def actor_of(request: Request, origin: Origin = Origin.PERSON) -> Actor:
    """Who asks, for the desk."""
    principal = principal_of(request)
    return Actor(principal.id, origin, principal.role, principal.seat, address(request))


async def _done(house: House, outcome: Outcome, *, again: bool) -> Done:
    """`again`: the key may have been carried out before, then what it led to stands in the log."""
    entries = outcome.entries
    if again and not entries:
        entries = tuple(await house.desk.log.of_command(outcome.command))
    if house.live.epoch is not None:
        await house.live.reached(outcome.seq, _SHOWN_WITHIN)
    latest = {(ENTITY[type(e.event.record)], e.event.entity_id): stamped(e.event.record, e.seq) for e in entries}
    return Done(outcome.command, outcome.seq, tuple(latest.values()))


def check_move(principal: Principal, was: BedStatus, to: BedStatus, ward: str) -> None:
    """Whether this person may move a bed so; 403. Moves that the hospital's rules refuse to all are left to the desk's words."""
    right = right_to_move(was, to)
    if right is not None and not principal.may(right, ward):
        raise forbidden(f"This sign-in ({principal.role}) may not move a bed from {was} to {to}.")


def right_to_move(was: BedStatus, to: BedStatus) -> May | None:
    """The right that a move of a bed's status needs; None where the rules refuse it to everybody, or nothing moves."""
    if BedStatus.OCCUPIED in (was, to):
        return None
    if BedStatus.MAINTENANCE in (was, to):
        return May.BLOCK
    if to is BedStatus.CLEANING:
        return May.ASK if was is BedStatus.AVAILABLE else May.CLEAN
    return May.CLEAN if was is BedStatus.CLEANING else None
