"""Where a patient is: a PL field as text with the standard's own delimiters, and whether it names a bed nobody knows."""

from adt_feed.mapping.context import Context
from adt_feed.message import NULL, Segment

NOWHERE = ""
"""The place of a patient whose place was deleted (`""`): in the house, in no bed."""


def place(context: Context, segment: Segment | None, field: int) -> str | None:
    """The PL without trailing empty components; None where it says nothing, NOWHERE where it is deleted.

    A PL without a bed (`ED`, `^^^Facility`) is a place as well; the plan decides whether it means a bed.
    """
    text = segment.field(field).strip() if segment else ""
    if text == NULL:
        return NOWHERE
    return _standard(context, text).rstrip("^ ") or None


def _standard(context: Context, text: str) -> str:
    header = context.message.first("MSH")
    marks = header.field(2) if header else ""
    if marks[:1] not in ("", "^"):
        text = text.replace(marks[0], "^")
    if len(marks) > 3 and marks[3] != "&":
        text = text.replace(marks[3], "&")
    return text


def unknown(context: Context, text: str | None) -> bool:
    """A bed is named (PL-3) and the plan has none there: HL7.md rule 9."""
    if not text or context.bed_at(text) is not None:
        return False
    parts = text.split("^")
    return len(parts) > 2 and bool(parts[2].strip(" &"))
