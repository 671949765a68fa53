"""ZBE: the numbered movement that a message edits (IHE PAM, ITI-31)."""

from adt_feed.message import Message
from flow.domain.visit import Edit

EDITS = {"INSERT": Edit.INSERT, "UPDATE": Edit.UPDATE, "CANCEL": Edit.CANCEL, "DELETE": Edit.CANCEL}
"""ZBE-4. A REFERENCE names a movement and changes nothing of it."""
REFERENCE = "REFERENCE"
LONGEST = 250
"""Characters of a movement's number that are compared."""


def edit(message: Message) -> Edit | None:
    """What is done to the movement; None where nothing is."""
    return EDITS.get(said(message, 4))


def said(message: Message, field: int) -> str:
    """A code of ZBE in capitals, "" where there is none."""
    zbe = message.first("ZBE")
    return zbe.component(field).strip().upper() if zbe else ""


def number(message: Message) -> str | None:
    """ZBE-1, an EI, with its namespace."""
    zbe = message.first("ZBE")
    if zbe is None or not (own := zbe.component(1).strip()):
        return None
    return "^".join(part for part in (own, zbe.component(1, 2).strip()) if part)[:LONGEST]


def is_historic(message: Message) -> bool:
    """ZBE-5: it is not where the patient is now."""
    return said(message, 5) == "Y"
