"""How the stay is paid for and how it ends, as the message has it: the payer (PV1-20, IN1, IN2), the discharge disposition (PV1-36),
the death indicator (PID-30). Words alone; what they mean is the feed's tables' to say (`flow.domain.way_told`).
"""

from adt_feed.mapping.context import Context, Group
from adt_feed.mapping.row import Row
from adt_feed.message import NULL, Segment
from flow.domain.way_told import WayTold

PAYER = (("PV1", 20), ("IN1", 15), ("IN1", 2), ("IN1", 3), ("IN2", 25))
"""Financial class, plan type, plan, insurance company's number, payor's number. No names: of a company's it is not known that it is
none of a person."""
LONGEST = 60
"""Characters of a word; longer ones are some other field gone astray."""
DIED = {"Y": True, "N": False, NULL: False}
"""HL7 table 0136."""


def told_way(context: Context, group: Group, row: Row) -> WayTold | None:
    """What the message says of it; None for nothing. A cancel still carries the disposition of what it cancels, so that is not read."""
    if not context.feed.tells_way:
        return None
    pv1, pid = group.segment("PV1"), group.segment("PID")
    payers = _payers(group)
    disposition = None if row.cancels else _word(pv1, 36)
    died = DIED.get(pid.component(30).strip().upper()) if pid is not None else None
    silent = payers is None and disposition is None and died is None
    return None if silent else WayTold(payers, disposition, died)


def _payers(group: Group) -> tuple[str, ...] | None:
    """The words in order, each once; () where the financial class is deleted and nothing else is said."""
    said = [_word(group.segment(name), field) for name, field in PAYER]
    words = tuple(dict.fromkeys(word for word in said if word))
    return words or (() if said[0] == "" else None)


def _word(segment: Segment | None, field: int) -> str | None:
    """The first component; None where it says nothing, "" where it is deleted."""
    text = segment.component(field).strip() if segment is not None else ""
    if text == NULL:
        return ""
    return text if text and len(text) <= LONGEST else None
