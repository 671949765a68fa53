"""A bed that another system's location master speaks of (MFN^M05): proposed to the integration engineer, never taken over by itself."""

from dataclasses import dataclass
from datetime import datetime

from flow.domain.ids import FeedId
from flow.domain.visit import Order

ADD, UPDATE, REMOVE = "add", "update", "remove"
"""What a location master does to a place (MFE-1)."""


@dataclass(frozen=True, slots=True)
class BedProposal:
    """The newest word on one place. `id` is the place's key, `place` as spelt, `action` add | update | remove (MFE-1), `type` LOC-3 or
    LDP-3 as said; `settled` when an engineer mapped or dismissed it."""

    id: str
    feed: FeedId
    place: str
    name: str
    type: str
    action: str
    at: datetime
    order: Order
    settled: bool = False
    seq: int = 0
