"""MFN^M05: another system's location master. Each place that is a bed is proposed to an engineer; nothing is built by itself."""

from collections.abc import Iterator

from adt_feed.mapping import places, times
from adt_feed.mapping.context import Context
from adt_feed.mapping.row import Reading
from adt_feed.message import Segment
from flow.domain.commands import ProposeBed
from flow.domain.plan import place_key
from flow.domain.proposal import ADD, REMOVE, UPDATE, BedProposal
from flow.errors import Unreadable

ACTIONS = {"MAD": ADD, "MAC": ADD, "MUP": UPDATE, "MDL": REMOVE, "MDC": REMOVE}
"""MFE-1 (HL7 table 0180); a deactivated place (MDC) is removed, a reactivated one (MAC) added."""
BED = "B"
"""LOC-3 (HL7 table 0260)."""
LONGEST = 100
"""Characters of a name."""


def propose(context: Context) -> Reading:
    """A proposal for each place that names a bed (PL-3) or is one (LOC-3). Raises Unreadable `no-place` where no place is named."""
    at, order = times.happened_at(context, cancel=False), times.order(context)
    pairs = list(_pairs(context))
    found: dict[str, BedProposal] = {}
    for mfe, loc in pairs:
        place, kind = _place(mfe, loc), loc.component(3).strip() if loc else ""
        if place and (len(place.split("^")) > 2 or kind == BED):
            name = loc.component(2).strip()[:LONGEST] if loc else ""
            action = ACTIONS.get(mfe.component(1).strip().upper(), UPDATE)
            key = place_key(place)
            found[key] = BedProposal(key, context.feed.id, place, name, kind, action, at, order)
    if not any(_place(mfe, loc) for mfe, loc in pairs):
        raise Unreadable("The message names no place (MFE-4, LOC-1).", code="no-place")
    return Reading(tuple(ProposeBed(proposal) for proposal in found.values()))


def _pairs(context: Context) -> Iterator[tuple[Segment, Segment | None]]:
    """Each MFE with the LOC that follows it."""
    for segments in context.message.groups("MFE"):
        yield segments[0], next((segment for segment in segments if segment.name == "LOC"), None)


def _place(mfe: Segment, loc: Segment | None) -> str:
    return places.place(loc, 1) or places.place(mfe, 4) or ""
