"""An integration engineer changes what a feed's words mean. Whoever waited at a place that is now known is brought there, and
whoever was registered for a clinic gets its token."""

from collections.abc import Iterable
from dataclasses import replace
from zoneinfo import ZoneInfo

from flow.domain.bed import TABLE_0116
from flow.domain.course import chart
from flow.domain.decide.discharges import show
from flow.domain.decide.draft import Draft
from flow.domain.decide.leaving import follow
from flow.domain.decide.settling import Change, settle
from flow.domain.decide.walk_ins import follow as follow_walk_in
from flow.domain.events import Kind
from flow.domain.feed_commands import ChangeFeed
from flow.domain.feed_rules import FeedRules
from flow.domain.ids import FeedId
from flow.domain.plan import place_key, spellings
from flow.domain.visit import Act, Fact, Order, Visit, VisitStatus
from flow.domain.walk_in import unseated
from flow.domain.way_told import DISPOSITIONS, PAYERS
from flow.errors import Refused

AMENDMENTS = ("ignore", "fill", "transfer", "admit")
"""What A08 may do to a patient's place (HL7.md rule 6)."""
VISIT_KEYS = ("visit", "account", "alternate")
"""PV1-19, PID-18, PV1-50."""
CLASSES = frozenset("EIOPRB")
"""Table 0004."""
STATUSES = frozenset({*TABLE_0116.values(), "K", "I"})
"""Table 0116."""


def change_feed(draft: Draft, command: ChangeFeed) -> None:
    """Add to what is mapped, turn the switches that are given."""
    _check(draft, command)
    old = draft.hospital.feeds.get(command.feed, FeedRules(command.feed))
    new = replace(
        old,
        places={**old.places, **command.places},
        statuses={**old.statuses, **command.statuses},
        classes={**old.classes, **command.classes},
        clinics={**old.clinics, **command.clinics},
        payers={**old.payers, **command.payers},
        dispositions={**old.dispositions, **command.dispositions},
        a08=command.a08 or old.a08,
        zone=command.zone or old.zone,
        charset=command.charset or old.charset,
        visit_key=command.visit_key or old.visit_key,
    )
    if new == old:
        return
    draft.write(Kind.FEED_CHANGED, new)
    settle(draft, _brought_in(draft, {place_key(place) for place in command.places}))
    if command.clinics:
        _seated(draft, command.feed)
    if command.payers or command.dispositions:
        _led_anew(draft, command.feed)


def _seated(draft: Draft, feed: FeedId) -> None:
    """Whoever was registered for a clinic that is known by this word now, and waited in none."""
    for waiting in [each for each in unseated(draft.hospital, draft.now) if each.feed == feed]:
        follow_walk_in(draft, waiting.visit)


def _led_anew(draft: Draft, feed: FeedId) -> None:
    """The discharges of those of whom the feed has said how they pay and leave, by what its words mean now."""
    for number in sorted(visit.id for visit in draft.hospital.visits.values() if visit.feed == feed and visit.course.way is not None):
        visit = draft.visit(number)
        if visit is not None:
            follow(draft, visit)
            show(draft, number)


def _brought_in(draft: Draft, places: set[str]) -> list[Change]:
    """The stays that a newly mapped place puts into a bed (HL7.md rule 9)."""
    changes = []
    for visit in sorted(draft.hospital.visits.values(), key=lambda visit: visit.id):
        if not (visit.is_open or visit.course.status is VisitStatus.PLANNED) or not _speaks_of(visit, places):
            continue
        course = chart(visit.facts, draft.places(visit.feed))
        if course != visit.course:
            mapped = Fact(Act.AMEND, draft.now, Order(draft.now))
            changes.append(Change(visit, replace(visit, course=course), mapped))
    return changes


def _speaks_of(visit: Visit, places: set[str]) -> bool:
    return any(fact.place and not places.isdisjoint(spellings(fact.place)) for fact in visit.facts)


def _check(draft: Draft, command: ChangeFeed) -> None:
    if command.feed not in draft.plan.feed and draft.plan.feeds:
        raise Refused(f"There is no feed {command.feed}.", code="unknown-feed")
    for place, bed in command.places.items():
        if bed not in draft.plan.beds:
            raise Refused(f"There is no bed {bed}.", code="unknown-bed")
        if not place_key(place):
            raise Refused("Name the place as the feed spells it.", code="place-missing")
    for clinic in command.clinics.values():
        if clinic not in draft.plan.clinic:
            raise Refused(f"There is no clinic {clinic}.", code="unknown-clinic")
    _check_codes("bed status (table 0116)", command.statuses.values(), STATUSES)
    _check_codes("patient class (table 0004)", command.classes.values(), CLASSES)
    _check_codes("payer", command.payers.values(), frozenset(PAYERS))
    _check_codes("way of leaving", command.dispositions.values(), frozenset(DISPOSITIONS))
    _check_codes("way to read an A08", [command.a08] if command.a08 else [], frozenset(AMENDMENTS))
    _check_codes("visit number's place", command.visit_key or (), frozenset(VISIT_KEYS))
    _check_zone(command.zone)


def _check_codes(what: str, given: Iterable[str], known: frozenset[str]) -> None:
    for code in given:
        if code not in known:
            raise Refused(f"{code!r} is no {what}: {', '.join(sorted(known))}.", code="unknown-code")


def _check_zone(zone: str | None) -> None:
    try:
        ZoneInfo(zone or "UTC")
    except (ValueError, OSError, KeyError):
        raise Refused(f"There is no time zone {zone}; write one like Asia/Kolkata.", code="unknown-zone") from None
