"""What reception is told of a feed that brings appointments and has said nothing for longer than it ever does.

The waiting hall's television says nothing of it: what stands there comes from taps at the counter and in the rooms, and nobody in the hall
could do anything about it.
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


@dataclass(frozen=True, slots=True)
class BookingFeed:
    """A sentence for each feed; none where all is well."""

    silent: tuple[str, ...] = ()


def takes_bookings(clinic: Clinic, plan: Plan, tokens: Iterable[Token]) -> bool:
    """Whether its appointments come from a feed: one names it in the hospital file, or one has booked there."""
    named = any(clinic.id in feed.clinics.values() for feed in plan.feeds)
    return named or any(token.clinic == clinic.id and token.appointment is not None for token in tokens)


def booking_feed(alarms: Iterable[Alarm], books: Collection[str], plan: Plan, at: datetime) -> BookingFeed:
    """Of the feeds that bring appointments, those that are silent."""
    silent = [alarm for alarm in alarms if alarm.kind == "silent" and alarm.feed in books]
    names = {feed.id: feed.name for feed in plan.feeds}
    return BookingFeed(tuple(f"{names.get(a.feed, a.feed)}: nothing heard since {when(a.since, at, plan.zone)}." for a in silent))  # type: ignore[call-overload]
