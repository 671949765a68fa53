"""Beds as people say and type them: `A3` in a ward, `6A W5`, `bed 5`, an alias of the file; with other spaces, dashes and letter cases.
Ids and HL7 places are `Plan.bed_at`'s; a name that could mean two beds means neither.
"""

import re

from flow.domain.ids import BedId, WardId
from flow.domain.plan import Bed, Plan

_PARTS = re.compile(r"[^\W\d_]+|\d+")
_TWO_NUMBERS = re.compile(r"(?<=\d) (?=\d)")
_IDLE = ("bed",)
"""Words that stand before a bed's number and say nothing."""


def beds_called(plan: Plan, text: str, ward: WardId | None = None) -> tuple[BedId, ...]:
    """The beds that a text may mean: one where it is clear, of `ward` before others; none for what is no bed's name."""
    exact = BedId(text.strip())
    if exact in plan.beds:
        return (exact,)
    place = plan.bed_at(text)
    if place is not None:
        return (place,)
    key = spoken(text)
    beds = plan.ward[ward].beds if ward is not None and ward in plan.ward else ()
    here = [bed for bed in beds if key and spoken(bed.label) == key]
    found = here or [bed for bed in plan.beds.values() if key and key in _names(plan, bed)]
    return tuple(bed.id for bed in found)


def spoken(text: str) -> str:
    """Letters and numbers alone, as they are compared: `A-03` and `a 3` are one, `1-12` and `11-2` are not."""
    parts = [part.casefold() for part in _PARTS.findall(text)]
    while len(parts) > 1 and parts[0] in _IDLE:
        parts = parts[1:]
    return _TWO_NUMBERS.sub("-", " ".join(part.lstrip("0") or "0" if part.isdigit() else part for part in parts)).replace(" ", "")


def _names(plan: Plan, bed: Bed) -> frozenset[str]:
    """Its id, and its label after the ward's id or name."""
    ward = plan.ward[bed.ward]
    return frozenset({spoken(bed.id), spoken(f"{ward.id} {bed.label}"), spoken(f"{ward.name} {bed.label}"), *map(spoken, bed.aliases)})
