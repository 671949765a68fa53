"""Which visit, of what class and specialty (HL7.md rule 2)."""

from adt_feed.mapping.context import Context, Group
from adt_feed.mapping.persons import number
from adt_feed.message import NULL, Segment
from flow.domain.ids import VisitId
from flow.errors import Unreadable

KEYS = {"visit": ("PV1", 19), "account": ("PID", 18), "alternate": ("PV1", 50)}
"""Where a visit's number stands; the feed's `visit_key` says in which order they are asked, the first that says anything counts."""
PRIOR_KEYS = {"visit": 5, "account": 3, "alternate": 6}
"""Where MRG has the number that is given up."""

CLASSES = {
    "INPATIENT": "I",
    "IMP": "I",
    "ACUTE": "I",
    "DAY CASE": "I",
    "DAYCASE": "I",
    "DAY": "I",
    "OUTPATIENT": "O",
    "AMB": "O",
    "AMBULATORY": "O",
    "CLINIC": "O",
    "EMERGENCY": "E",
    "EMER": "E",
    "ER": "E",
    "ED": "E",
    "PREADMIT": "P",
    "PRE-ADMIT": "P",
    "PREADMISSION": "P",
    "RECURRING": "R",
    "RECURRING PATIENT": "R",
    "OBSTETRICS": "B",
    "MATERNITY": "B",
}
"""Words for HL7 table 0004. A day case lies in a bed, so it counts as an inpatient."""

PREGNANT = "B6"
"""HL7 table 0009."""

LONGEST = 250
"""Characters of a visit number (HL7 2.9: CX.1 is 15 to 250 long); longer ones are some other field gone astray."""

SILENT = frozenset({"", "N", "U", NULL})
"""Not applicable, unknown, deleted: no change of class."""


def visit_number(context: Context, group: Group) -> VisitId | None:
    """The number as a person would type it, `authority:number` where the authority is not the hospital's own; None for no key."""
    said = (number_as(context, group, key) for key in context.feed.visit_key)
    return next((each for each in said if each is not None), None)


def number_as(context: Context, group: Group, key: str) -> VisitId | None:
    """The number under one of KEYS."""
    name, field = KEYS[key]
    return _number(context, group.segment(name), field)


def prior_number(context: Context, group: Group, key: str = "visit") -> VisitId | None:
    """MRG-5, MRG-3 or MRG-6: the number the visit went by before."""
    return _number(context, group.segment("MRG"), PRIOR_KEYS[key])


def _number(context: Context, segment: Segment | None, field: int) -> VisitId | None:
    for each in segment.repetitions(field) if segment else ():
        found = number(context, each)
        if len(found.value) > LONGEST:
            raise Unreadable(f"A visit number of {len(found.value)} characters; the longest that is read is {LONGEST}.", code="no-visit")
        if found.value and found.value != NULL:
            return VisitId(f"{found.authority}:{found.value}" if found.authority else found.value)
    return None


def klass(context: Context, pv1: Segment | None) -> str | None:
    """PV1-2 by the feed's own map, then by HL7 table 0004 and its words; None where it says nothing."""
    said = pv1.component(2).strip().upper() if pv1 else ""
    own = {word.upper(): code for word, code in context.feed.classes.items()}
    code = own.get(said) or CLASSES.get(said) or said
    return None if code in SILENT else code


def specialty(pv1: Segment | None) -> str | None:
    """PV1-10."""
    said = pv1.component(10).strip() if pv1 else ""
    return said if said and said != NULL else None


def pregnant(pv1: Segment | None) -> bool | None:
    """PV1-15, table 0009: True where B6 is among them, False where it is deleted, None where nothing is said."""
    if pv1 is None or not pv1.raw(15):
        return None
    said = [each.component(1).strip().upper() for each in pv1.repetitions(15)]
    return True if PREGNANT in said else False if NULL in said else None
