"""Where a patient is: a PL field as text, and whether it names a bed nobody knows."""

from adt_feed.mapping.context import Context
from adt_feed.message import NULL, Segment

NOWHERE = ""
"""The place of a patient whose place was deleted (`""`): in the house, in no bed."""

COMPONENTS = range(1, 9)
"""Point of care, room, bed, facility, status, type, building, floor."""


def place(segment: Segment | None, field: int) -> str | None:
    """The PL's components, each by its first sub-component, with `^` between and none empty at the end.

    None where it says nothing, NOWHERE where it is deleted. A PL without a bed (`ED`, `^^^Facility`) is a place as well;
    the plan decides whether it means a bed.
    """
    if segment is None or not segment.raw(field):
        return None
    parts = [segment.component(field, number).strip() for number in COMPONENTS]
    if parts[0] == NULL:
        return NOWHERE
    return "^".join(parts).rstrip("^") or None


def unknown(context: Context, text: str | None) -> bool:
    """A bed is named (PL-3) and the plan has none there: HL7.md rule 9."""
    if not text or context.bed_at(text) is not None:
        return False
    parts = text.split("^")
    return len(parts) > 2 and parts[2] not in ("", NULL)
