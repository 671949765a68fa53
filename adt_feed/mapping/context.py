"""What every part of mapping is handed: the message, the feed it came by, and the two things only others know."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from adt_feed.message import Message, Segment
from adt_feed.timestamp import offset_of
from flow.domain.course import BedAt
from flow.domain.ids import PatientId
from flow.domain.plan import Feed

Pseudonym = Callable[[str, str], PatientId]
"""(MRN, assigning authority or "") to the name a person has in events."""


@dataclass(frozen=True, slots=True)
class Context:
    """One message being read. `bed_at` is the plan's; `received_at` serves only where the message tells no time at all."""

    message: Message
    feed: Feed
    pseudonym: Pseudonym
    received_at: datetime
    bed_at: BedAt

    @property
    def zone(self) -> tzinfo:
        """Of times without an offset: the one that MSH-7 carries, else the feed's (HL7.md rule 3)."""
        header = self.message.first("MSH")
        return (offset_of(header.component(7)) if header else None) or ZoneInfo(self.feed.zone)

    def own_authority(self, authority: str) -> bool:
        """The authority is the hospital's own, and is left out of the number as people write it."""
        return not authority or not self.feed.authorities or authority in self.feed.authorities


@dataclass(frozen=True, slots=True)
class Group:
    """The first segment of each name about one patient: a message has one group, a swap (A17) or several merges have more."""

    found: Mapping[str, Segment]

    def segment(self, name: str) -> Segment | None:
        """By name; None where there is none."""
        return self.found.get(name)


def groups(message: Message) -> list[Group]:
    """One group for each PID, in order, each with the message's EVN; a message without a PID is one group all the same."""
    event = [segment for segment in (message.first("EVN"),) if segment]
    return [_group(event + segments) for segments in message.groups("PID") or [list(message.all)]]


def merge_groups(message: Message) -> list[Group]:
    """One group for each MRG, with the PID before it: an A45 moves several visits of one person, each MRG with a PV1 of its own."""
    event = [segment for segment in (message.first("EVN"),) if segment]
    return [_group(event + part) for segments in message.groups("PID") or [list(message.all)] for part in _by_mrg(segments)]


def _by_mrg(segments: list[Segment]) -> list[list[Segment]]:
    starts = [place for place, segment in enumerate(segments) if segment.name == "MRG"]
    if len(starts) < 2:
        return [segments]
    head = segments[: starts[0]]
    return [head + segments[start:end] for start, end in zip(starts, [*starts[1:], len(segments)], strict=True)]


def _group(segments: list[Segment]) -> Group:
    found: dict[str, Segment] = {}
    for segment in segments:
        found.setdefault(segment.name, segment)
    return Group(found)
