"""A20: another system is told when a bed's public status changes here; what came from that system is not echoed to it."""

from collections.abc import Mapping, Sequence

from adt_feed.outbound.envelope import letter, place_of, safely, time, written
from flow.domain.bed import TABLE_0116, BedState, BedStatus, CleanKind
from flow.domain.cause import Origin
from flow.domain.events import Entry, Kind
from flow.domain.ids import BedId
from flow.domain.outgoing import Posted
from flow.domain.plan import Feed, Plan

CHANGES = frozenset(
    {
        Kind.BED_OCCUPIED,
        Kind.BED_VACATED,
        Kind.CLEANING_REQUESTED,
        Kind.CLEANING_FINISHED,
        Kind.BED_BLOCKED,
        Kind.BED_UNBLOCKED,
        Kind.UNDONE,
    }
)
"""Events worth telling of a bed not met since the start; for the others its status is compared with the one told before."""


class BedReports:
    """Which entries are worth an A20, and the A20s."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._known: dict[BedId, BedStatus] = {}

    def of(self, feed: Feed, entries: Sequence[Entry]) -> tuple[list[Posted], Mapping[BedId, BedStatus]]:
        """The newest word on each bed that changed, and the statuses to `keep` once that is laid down."""
        news, known = self._worth_telling(feed, entries)
        return [self._letter(feed, entry) for entry in news], known

    def _letter(self, feed: Feed, entry: Entry) -> Posted:
        return safely("A20", f"{self.plan.id}-{entry.seq}", "", lambda: bed_report(feed, self.plan, entry))

    def keep(self, known: Mapping[BedId, BedStatus]) -> None:
        """These statuses have been told."""
        self._known = dict(known)

    def _worth_telling(self, feed: Feed, entries: Sequence[Entry]) -> tuple[list[Entry], dict[BedId, BedStatus]]:
        """Changes of a public status by another hand than the feed's, of several of one bed the last; and what is known then."""
        news: dict[BedId, Entry] = {}
        known = dict(self._known)
        for entry in entries:
            bed = entry.event.record
            if not isinstance(bed, BedState) or bed.id not in self.plan.beds or known.get(bed.id) is bed.status:
                continue
            news.pop(bed.id, None)
            if not _is_echo(feed, entry) and (bed.id in known or entry.event.kind in CHANGES):
                news[bed.id] = entry
            known[bed.id] = bed.status
        return sorted(news.values(), key=lambda entry: entry.seq), known


def _is_echo(feed: Feed, entry: Entry) -> bool:
    return entry.cause.origin is Origin.FEED and entry.cause.actor == feed.id


def bed_report(feed: Feed, plan: Plan, entry: Entry) -> bytes:
    """The A20 (HL7 v2.5.1, 3.3.20) that tells of a bed's status, in the feed's own spelling and codes.

    Raises TypeError when the entry is about no bed.
    """
    bed = entry.event.record
    if not isinstance(bed, BedState):
        raise TypeError("an A20 tells of a bed")
    message = letter(feed, plan, "ADT^A20^ADT_A20", f"{plan.id}-{entry.seq}", entry.cause.recorded_at)
    message.evn.evn_2 = time(entry.cause.recorded_at, feed)
    message.evn.evn_6 = time(entry.event.at, feed)
    message.npu.npu_1 = place_of(feed, plan, bed.id)
    message.npu.npu_2 = code_of(feed, bed)
    return written(message)


def code_of(feed: Feed, bed: BedState) -> str:
    """HL7 table 0116, or what the feed's own map translates to it. A bed to be cleaned after isolation is contaminated (K)."""
    code = "K" if bed.status is BedStatus.CLEANING and bed.now.clean is CleanKind.ISOLATION else TABLE_0116[bed.status]
    own: Mapping[str, str] = {meant: said for said, meant in feed.statuses.items()}
    return own.get(code, code)
