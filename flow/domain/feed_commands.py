"""What an integration engineer wants changed about a feed; `flow.domain.decide.feeds` answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flow.domain.ids import BedId, ClinicId, FeedId


@dataclass(frozen=True, slots=True)
class ChangeFeed:
    """An integration engineer maps places and words of a feed, or turns its switches. Mapping a place brings in whoever waited there."""

    feed: FeedId
    places: Mapping[str, BedId] = field(default_factory=dict)
    statuses: Mapping[str, str] = field(default_factory=dict)
    classes: Mapping[str, str] = field(default_factory=dict)
    clinics: Mapping[str, ClinicId] = field(default_factory=dict)
    payers: Mapping[str, str] = field(default_factory=dict)
    dispositions: Mapping[str, str] = field(default_factory=dict)
    a08: str | None = None
    zone: str | None = None
    charset: str | None = None
    visit_key: tuple[str, ...] | None = None
