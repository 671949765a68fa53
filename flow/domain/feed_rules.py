"""What an integration engineer has changed about a feed since the hospital file was written: places, words, switches.

Kept in the log like everything else, so that deciding the journal again reads each letter by the rules of its time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from flow.domain.ids import BedId, ClinicId, FeedId
from flow.domain.plan import Feed


@dataclass(frozen=True, slots=True)
class FeedRules:
    """The whole record of one feed's changes; what is None or not in a map stays as the file has it."""

    id: FeedId
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
    seq: int = 0

    def over(self, feed: Feed) -> Feed:
        """The feed with these changes."""
        return replace(
            feed,
            places={**feed.places, **self.places},
            statuses={**feed.statuses, **self.statuses},
            classes={**feed.classes, **self.classes},
            clinics={**feed.clinics, **self.clinics},
            payers={**feed.payers, **self.payers},
            dispositions={**feed.dispositions, **self.dispositions},
            a08=self.a08 or feed.a08,
            zone=self.zone or feed.zone,
            charset=self.charset or feed.charset,
            visit_key=self.visit_key or feed.visit_key,
        )
