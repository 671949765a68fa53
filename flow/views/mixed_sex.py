"""Mixed-sex breaches: rooms where men and women lie together that should not, or are to, as they stand now. The plan's page lists the
rooms, the desk who was put there and by whom: the HIS's word stands, and whoever must mend it has to see it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flow.domain.bed import BedState
from flow.domain.ids import BedId
from flow.domain.plan import Plan, Room, SexPolicy
from flow.views.times import day_time, waited

EXEMPT = frozenset({"icu", "hdu", "nicu", "emergency"})
"""Where clinical need comes first."""
_OTHER = {"M": "F", "F": "M"}
_ONE, _SEVERAL, _BAY = {"M": "man", "F": "woman"}, {"M": "men", "F": "women"}, {"M": "a men's bay", "F": "a women's bay"}


@dataclass(frozen=True, slots=True)
class Breach:
    """A room, who lies there or is promised to, and since when both sexes do, or a wrong one."""

    ward: str
    bay: str
    who: str
    since: datetime
    at: str
    lasts: str


@dataclass(frozen=True, slots=True)
class Misplaced:
    """Somebody in a bay of the other sex, or promised to one, in words that say who put them there."""

    bed: BedId
    words: str
    promised: bool
    since: datetime


@dataclass(frozen=True, slots=True)
class _Person:
    """Somebody in a bed, or promised to it; `by` is who said so: `HIS`, a desk's account, or empty."""

    bed: BedId
    sex: str
    since: datetime
    promised: bool
    by: str


def breaches(plan: Plan, beds: Mapping[BedId, BedState], at: datetime) -> tuple[Breach, ...]:
    """Every breach, the longest first."""
    found = [_breach(plan, room, people, wrong, at) for room, people, wrong in _rooms(plan, beds)]
    return tuple(sorted(found, key=lambda breach: (breach.since, breach.ward, breach.bay)))


def misplaced(plan: Plan, beds: Mapping[BedId, BedState]) -> tuple[Misplaced, ...]:
    """Everybody in a bay of the other sex, or promised to one, the newest first: that can most easily be mended."""
    found = [Misplaced(p.bed, _words(plan, p), p.promised, p.since) for _, _, wrong in _rooms(plan, beds) for p in wrong]
    return tuple(sorted(found, key=lambda each: (-each.since.timestamp(), each.bed)))


def _rooms(plan: Plan, beds: Mapping[BedId, BedState]) -> Iterator[tuple[Room, list[_Person], list[_Person]]]:
    """The rooms with somebody in the wrong place: all who are there, and those."""
    for room in plan.rooms.values():
        states = [beds[bed] for bed in plan.roommates[room.id] if bed in beds and plan.beds[bed].type not in EXEMPT]
        people = [person for state in states for person in _people(plan, state)]
        wrong = [person for person in people if _is_wrong(room.sex, person, people)]
        if wrong:
            yield room, people, wrong


def _people(plan: Plan, state: BedState) -> Iterator[_Person]:
    if state.visit is not None and state.sex in _OTHER:
        yield _Person(state.id, state.sex, state.now.since, promised=False, by="HIS" if state.now.source.startswith("feed:") else "")
    if state.reserved_for is not None and state.reserved_sex in _OTHER:
        by = "HIS" if state.reserved_by in {feed.id for feed in plan.feeds} else state.reserved_by or ""
        yield _Person(state.id, state.reserved_sex, state.reserved_at or state.now.since, promised=True, by=by)


def _is_wrong(policy: SexPolicy, person: _Person, people: Sequence[_Person]) -> bool:
    """In a bay of whoever comes first, the first who is there or promised to binds it; whoever is in one's own bed leaves it before."""
    if policy is not SexPolicy.SAME:
        return {SexPolicy.FEMALE: "M", SexPolicy.MALE: "F"}.get(policy) == person.sex
    others = [each for each in people if each.bed != person.bed]
    first = min([person, *others], key=lambda each: each.since)
    return first.sex != person.sex


def _breach(plan: Plan, room: Room, people: Sequence[_Person], wrong: Sequence[_Person], at: datetime) -> Breach:
    since = min(person.since for person in wrong)
    lying = [_count([p for p in people if not p.promised], sex) for sex in "FM"]
    coming = [
        f"{_count([p for p in people if p.promised], sex)} promised" for sex in "FM" if any(p.promised and p.sex == sex for p in people)
    ]
    said = day_time(since.timestamp(), plan.zone)
    lasts = waited(since.timestamp(), at.timestamp())
    return Breach(plan.ward[room.ward].name, room.name, ", ".join([*lying, *coming]), since, said, lasts)


def _count(people: Sequence[_Person], sex: str) -> str:
    number = sum(person.sex == sex for person in people)
    return f"{number} {(_ONE if number == 1 else _SEVERAL)[sex]}"


def _words(plan: Plan, person: _Person) -> str:
    one, bay, bed = f"a {_ONE[person.sex]}", _BAY[_OTHER[person.sex]], plan.bed_name(person.bed)
    if person.promised:
        return f"{person.by} promised {one} {bay}: {bed}" if person.by else f"{one.capitalize()} is promised {bay}: {bed}"
    return f"{person.by} placed {one} in {bay}: {bed}" if person.by else f"{one.capitalize()} lies in {bay}: {bed}"
