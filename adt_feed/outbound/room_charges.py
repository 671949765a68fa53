"""DFT^P03: what a stay costs by bed class and started hour or midnight; a corrected history is charged and credited again
(HL7 v2.5.1, 6.4.3 and 6.5.1: FT1-6 CG charge, CR credit)."""

from datetime import datetime
from functools import partial

from adt_feed.outbound.envelope import escaped, letter, name_person, number_visit, place_of, safely, time, written
from flow.domain.charges import Line
from flow.domain.outgoing import Posted
from flow.domain.person import PersonDetails
from flow.domain.plan import Feed, Plan
from flow.domain.visit import Visit

MOST = 50
"""Lines of one message."""


def statement(
    feed: Feed, plan: Plan, visit: Visit, lines: list[Line], person: PersonDetails | None, key: str, at: datetime
) -> list[Posted]:
    """The messages that charge and credit these lines."""
    parts = [lines[start : start + MOST] for start in range(0, len(lines), MOST)]
    keys = [key if n == 0 else f"{key}.{n}" for n in range(len(parts))]
    bodies = [partial(_message, feed, plan, visit, part, person, one, at) for part, one in zip(parts, keys, strict=True)]
    return [safely("P03", one, visit.id, body) for one, body in zip(keys, bodies, strict=True)]


def _message(feed: Feed, plan: Plan, visit: Visit, lines: list[Line], person: PersonDetails | None, key: str, at: datetime) -> bytes:
    message = letter(feed, plan, "DFT^P03^DFT_P03", key, at)
    message.evn.evn_1 = "P03"
    message.evn.evn_2 = time(at, feed)
    if person is not None:
        name_person(message, person)
    message.pv1.pv1_2 = visit.course.klass or "I"
    number_visit(message, visit)
    for number, line in enumerate(lines, start=1):
        ft1 = message.add_group("DFT_P03_FINANCIAL").ft1
        ft1.ft1_1 = str(number)
        ft1.ft1_2 = f"{key}.{number}"
        ft1.ft1_4 = time(line.start, feed)
        ft1.ft1_5 = time(at, feed)
        ft1.ft1_6 = "CR" if line.credit else "CG"
        ft1.ft1_7 = escaped(line.type)
        ft1.ft1_10 = "1"
        ft1.ft1_16 = place_of(feed, plan, line.bed) if line.bed in plan.beds else escaped(line.bed)
    return written(message)
