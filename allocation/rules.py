"""Hard rules: what may never be traded for points. One named function each: (candidate) -> the reason in words, or None.

An override needs a stored reason; explanations count the beds that each rule keeps back.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flow.domain.bed import BedState, BedStatus
from flow.domain.hospital import Hospital
from flow.domain.ids import BedId
from flow.domain.plan import Bed, Room, SexPolicy, Ward
from flow.domain.request import BedRequest

INTENSIVE = frozenset({"icu", "hdu", "nicu", "emergency"})
"""Types where a bed is a capability: asked for by name, and sexes mix (clinical need comes first)."""
_NAMED = {"icu": "ICU", "hdu": "HDU", "nicu": "NICU", "emergency": "emergency"}
SEPARATE = frozenset({"isolation"})
_CHILD = 16
_SEXES = {"M": SexPolicy.MALE, "F": SexPolicy.FEMALE}
_WORDS = {SexPolicy.MALE: "men's bay", SexPolicy.FEMALE: "women's bay"}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A bed looked at for a request."""

    bed: Bed
    state: BedState
    ward: Ward
    room: Room
    request: BedRequest
    hospital: Hospital
    at: datetime


Rule = Callable[[Candidate], str | None]


def candidate(bed_id: BedId, request: BedRequest, hospital: Hospital, at: datetime) -> Candidate:
    """The bed with all that the rules look at."""
    bed = hospital.plan.beds[bed_id]
    plan = hospital.plan
    return Candidate(bed, hospital.beds[bed_id], plan.ward[bed.ward], plan.rooms[bed.room], request, hospital, at)


def occupied(c: Candidate) -> str | None:
    """Somebody lies there and is not about to leave."""
    if c.state.status is BedStatus.OCCUPIED and c.state.expected_free_at is None:
        return "occupied"
    return None


def reserved(c: Candidate) -> str | None:
    """Promised to somebody else."""
    return "reserved" if c.state.reserved_for not in (None, c.request.holder) else None


def out_of_use(c: Candidate) -> str | None:
    """In maintenance."""
    return "out of use" if c.state.status is BedStatus.MAINTENANCE else None


def capability(c: Candidate) -> str | None:
    """An intensive bed is for those who ask for it, and those who ask for one get no other."""
    if c.request.type in INTENSIVE and c.bed.type != c.request.type:
        return f"no {_NAMED[c.request.type]} bed"
    if c.bed.type in INTENSIVE and c.request.type != c.bed.type:
        return f"{_NAMED[c.bed.type]} bed, kept for those who need it"
    return None


def features(c: Candidate) -> str | None:
    """Every must-have is there."""
    lacking = sorted(need for need in c.request.needs if need not in c.bed.features)
    return f"no {lacking[0].replace('_', ' ')}" if lacking else None


def age(c: Candidate) -> str | None:
    """The ward's age band."""
    if c.request.age is None or c.ward.age_min <= c.request.age <= c.ward.age_max:
        return None
    return "children's ward" if c.request.age > c.ward.age_max else "adult ward"


def isolation(c: Candidate) -> str | None:
    """An infectious patient needs a room alone."""
    if not c.request.isolation or c.bed.type in SEPARATE or "single" in c.bed.features:
        return None
    return "not a single room"


def sex(c: Candidate) -> str | None:
    """The room's policy; `same` is bound by who lies there or is promised to come. Children and intensive care are exempt."""
    if c.bed.type in INTENSIVE or c.request.sex not in _SEXES:
        return None
    bound = room_sex(c)
    if bound is None or bound is _SEXES[c.request.sex]:
        return None
    return _WORDS[bound]


def room_sex(c: Candidate) -> SexPolicy | None:
    """Whose room it is now; None where it is open to both."""
    if c.room.sex is not SexPolicy.SAME:
        return None if c.room.sex is SexPolicy.ANY else c.room.sex
    for bed in c.hospital.plan.roommates[c.room.id]:
        state = c.hospital.beds[bed]
        there = state.sex if state.visit else None
        if state.reserved_for not in (None, c.request.holder):
            there = there or state.reserved_sex
        if bed != c.bed.id and there in _SEXES:
            return _SEXES[there]
    return None


RULES: tuple[Rule, ...] = (out_of_use, occupied, reserved, capability, features, age, isolation, sex)
_STATE_RULES = frozenset({out_of_use, occupied, reserved})


def first_broken(c: Candidate) -> str | None:
    """The first rule the bed breaks, in words; None when it is legal."""
    for rule in RULES:
        reason = rule(c)
        if reason is not None:
            return reason
    return None


def broken(request: BedRequest, bed: BedId, hospital: Hospital, at: datetime) -> tuple[str, ...]:
    """The placement rules a bed breaks, in words; what its state forbids is refused by the hospital itself."""
    c = candidate(bed, request, hospital, at)
    found = (rule(c) for rule in RULES if rule not in _STATE_RULES)
    return tuple(f"{bed}: {reason}" for reason in found if reason is not None)
