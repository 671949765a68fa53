"""How a row about a stay is followed: to one `Chart`, which the desk decides in one step; an outpatient's token follows it."""

from collections.abc import Iterator
from dataclasses import replace

from adt_feed.mapping import places, visits
from adt_feed.mapping.context import Context, groups
from adt_feed.mapping.facts import tell
from adt_feed.mapping.row import UNKNOWN_PLACE, Reading, Row
from flow.domain.commands import Chart, Told
from flow.domain.ids import VisitId
from flow.domain.opd_commands import SeatWalkIn
from flow.domain.person import PersonDetails
from flow.domain.visit import Act, Fact
from flow.domain.walk_in import OUTPATIENT
from flow.errors import Unreadable

HERE = (("PV1", 3),)

AMENDMENTS = {
    "ignore": (Act.AMEND, ()),
    "fill": (Act.AMEND, HERE),
    "transfer": (Act.AMEND_TRANSFER, HERE),
    "admit": (Act.AMEND_ADMIT, HERE),
}
"""A08 by the feed's setting: the act, and where it may read a place."""


REGISTRATIONS = frozenset({Act.REGISTER, Act.AMEND, Act.AMEND_TRANSFER, Act.AMEND_ADMIT, Act.CANCEL_ADMIT, Act.PURGE})
"""What begins, corrects and cancels an outpatient's visit."""
ENDINGS = frozenset({Act.DISCHARGE, Act.CANCEL_DISCHARGE, Act.TO_OUTPATIENT})
"""What ends it, and takes that back (A03, A13, A07)."""


def chart(context: Context, row: Row) -> Reading:
    """One fact about one visit."""
    told, details = tell(context, groups(context.message)[0], row, _act(row))
    return _charted(context, (told,), (details,))


def chart_renumbered(context: Context, row: Row) -> Reading:
    """A06, A07: the visit may go on under another number (MRG-5 is the old one); then the old one ends in the same step."""
    group = groups(context.message)[0]
    told, details = tell(context, group, row, _act(row))
    old = visits.prior_number(context, group)
    renumbered = old is not None and told.visit is not None and old != told.visit
    return _charted(context, (told, _ended(old, told)) if old and renumbered else (told,), (details,))


def chart_amendment(context: Context, row: Row) -> Reading:
    """A08: what it may do to the patient's place is the feed's setting (HL7.md rule 6)."""
    act, sources = AMENDMENTS.get(context.feed.a08, AMENDMENTS["fill"])
    return chart(context, replace(row, act=act, places=sources))


def chart_swap(context: Context, row: Row) -> Reading:
    """A17: two PID/PV1 pairs, one step."""
    pairs = [group for group in groups(context.message) if group.segment("PID") and group.segment("PV1")]
    if len(pairs) != 2:
        raise Unreadable(f"A swap takes two pairs of PID and PV1; there are {len(pairs)}.", code="swap-incomplete")
    both = [tell(context, pair, row, _act(row)) for pair in pairs]
    return _charted(context, tuple(told for told, _ in both), tuple(details for _, details in both))


def _act(row: Row) -> Act:
    if row.act is None:
        raise ValueError("a row about a stay has an act")
    return row.act


def _ended(old: VisitId, told: Told) -> Told:
    fact = replace(told.fact, act=Act.DISCHARGE, place=None, prior=None, klass=None, specialty=None)
    return Told(old, told.person, fact)


def _charted(context: Context, told: tuple[Told, ...], people: tuple[PersonDetails, ...]) -> Reading:
    lost = tuple(each.fact.place for each in told if each.fact.place and _lost(context, each))
    charted = Chart(told, feed=context.feed.id)
    return Reading((charted, *_walk_ins(context, told)), people, (UNKNOWN_PLACE,) if lost else (), lost)


def _walk_ins(context: Context, told: tuple[Told, ...]) -> Iterator[SeatWalkIn]:
    """What may give an outpatient a token, put it right or take it away; whether it does, the visit's history says."""
    for each in told if context.feed.walk_ins else ():
        if each.visit is not None and (_of_outpatient(each.fact) or each.fact.act is Act.TO_INPATIENT):
            yield SeatWalkIn(each.visit)


def _of_outpatient(fact: Fact) -> bool:
    return fact.act in REGISTRATIONS | ENDINGS and fact.klass in (None, OUTPATIENT)


def _lost(context: Context, told: Told) -> bool:
    """An A08 that may only fill a gap is not worth a warning; the message that left the gap was."""
    return told.fact.act is not Act.AMEND and places.unknown(context, told.fact.place)
