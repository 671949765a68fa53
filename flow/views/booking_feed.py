"""What reception is told of a feed that brings appointments or registrations and has said nothing for longer than it ever does.

The waiting hall's television says nothing of it, though some of its numbers come from a feed (A04): those that were given stand, and are
called by taps in the rooms; whoever has none because of the silence is at the counter, where it is said, and where one is given by hand.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from flow.domain.alerts import Alarm
from flow.domain.opd import Token
from flow.domain.plan import Clinic, Plan
from flow.views.times import when

BOOKINGS = ("S12", "S13", "S14", "S15", "S17", "S26")
"""The letters (SIU) that make, move, change, cancel and miss appointments."""
REGISTRATIONS = ("A04",)
"""The letter that gives an outpatient a number."""


@dataclass(frozen=True, slots=True)
class BookingFeed:
    """A sentence for each feed; none where all is well."""

    silent: tuple[str, ...] = ()


def takes_bookings(clinic: Clinic, plan: Plan, tokens: Iterable[Token]) -> bool:
    """Whether its appointments come from a feed: one names it in the hospital file, or one has booked there."""
    named = any(clinic.id in feed.clinics.values() for feed in plan.feeds)
    return named or any(token.clinic == clinic.id and token.appointment is not None for token in tokens)


def booking_feed(alarms: Iterable[Alarm], books: Collection[str], plan: Plan, at: datetime) -> BookingFeed:
    """Of the feeds that bring appointments and registrations (`books`), those that are silent."""
    silent = [alarm for alarm in alarms if alarm.kind == "silent" and alarm.feed in books]
    names = {feed.id: feed.name for feed in plan.feeds}
    return BookingFeed(tuple(f"{names.get(a.feed, a.feed)}: nothing heard since {when(a.since, at, plan.zone)}." for a in silent))  # type: ignore[call-overload]
