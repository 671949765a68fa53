"""Who looks after a patient, as a letter about a visit says it: PV1-7 attending, 8 referring, 9 consulting, 17 admitting (XCN). Their codes
are read and never their names; a doctor who is named without a code is nobody here."""

import re

from adt_feed.mapping.context import Context
from adt_feed.message import NULL, Segment
from flow.domain.ids import VisitId
from flow.domain.person import Doctors

FIELDS = (7, 8, 9, 17)
LONGEST = 60
"""Characters of a code; longer ones are some other field gone astray."""
_BETWEEN = re.compile(r"[\s,;]+")
"""What stands between codes where somebody types several, and so in none."""


def doctors(context: Context, pv1: Segment | None, visit: VisitId | None) -> tuple[Doctors, ...]:
    """Of each field that says anything. An empty one says nothing; `""` takes away what was said."""
    if pv1 is None or visit is None:
        return ()
    return tuple(Doctors(visit, field, _codes(context, pv1, field)) for field in FIELDS if pv1.raw(field))


def _codes(context: Context, pv1: Segment, field: int) -> frozenset[str]:
    """XCN-1, with XCN-9 where another than the hospital itself gave it."""
    found = set()
    for each in pv1.repetitions(field):
        code, authority = _BETWEEN.sub("", each.component(1)).upper(), each.component(9).strip().upper()
        if code and code != NULL and len(code) <= LONGEST:
            found.add(code if context.own_authority(authority) else f"{code}@{authority[:LONGEST]}")
    return frozenset(found)
