"""What holds the house up right now, one sentence each with the page on which it is mended: for the command centre.

Pure. The sentences name beds, wards and counts, and nobody; whatever holds up the most comes first.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flow.domain.alert_level import Boarder, clean_due
from flow.domain.bed import BedState, BedStatus, Stage
from flow.domain.ids import BedId
from flow.domain.plan import Plan
from flow.domain.request import BedRequest, RequestStatus
from flow.views.request_form import words_of
from flow.views.times import lasting

_NOT_COME = timedelta(hours=1)
"""How long a bed stands ready for somebody before it is said."""
MOST = 6


@dataclass(frozen=True, slots=True)
class Bottleneck:
    """A sentence, the page that mends it, and how many patients or beds it holds up."""

    words: str
    href: str
    count: int


@dataclass(frozen=True, slots=True)
class House:
    """The live records as they stand; `beds` are those of the plan."""

    plan: Plan
    beds: Sequence[BedState]
    requests: Sequence[BedRequest]
    boarders: Sequence[Boarder]
    at: datetime

    def ago(self, since: datetime) -> str:
        """How long ago, in words."""
        return lasting(since.timestamp(), self.at.timestamp())


def house(plan: Plan, beds: Mapping[BedId, BedState], requests: Iterable[BedRequest], boarders: Sequence[Boarder], at: datetime) -> House:
    """The records that sentences are made of."""
    return House(plan, [beds[bed] for bed in plan.beds if bed in beds], list(requests), boarders, at)


def bottlenecks(house: House) -> tuple[Bottleneck, ...]:
    """The worst first, `MOST` at most."""
    found = [
        each for find in (_overdue, _short, _dirty, _unanswered, _late_leaving, _insurers, _not_come, _back_late) for each in find(house)
    ]
    return tuple(sorted(found, key=lambda each: -each.count)[:MOST])


def _overdue(house: House) -> Iterator[Bottleneck]:
    rules = house.plan.requests
    late = sorted((r for r in house.requests if r.is_unplaced and rules.due_at(r) <= house.at), key=lambda r: (r.clock_from, r.id))
    if late:
        first = late[0]
        longest = f"the longest, P{first.priority} {words_of(first.type)}, for {house.ago(first.clock_from)}"
        yield Bottleneck(f"{_count(late, 'patient waits', 'patients wait')} for a bed past the aim, {longest}.", "/admissions", len(late))


def _short(house: House) -> Iterator[Bottleneck]:
    """Types of which more are needed than are free."""
    wanted: dict[str, int] = {}
    for each in house.boarders:
        if each.request is not None and each.request.is_unplaced:
            wanted[each.request.type] = wanted.get(each.request.type, 0) + 1
    for kind, count in wanted.items():
        states = [state for state in house.beds if house.plan.beds[state.id].type == kind]
        free = sum(state.free for state in states)
        if count > free:
            yield Bottleneck(f"{_one(words_of(kind))}: {_needed(count)}, {_supply(states, free)}.", "/admissions/plan", count - free)


def _needed(count: int) -> str:
    return f"{count} {'waits' if count == 1 else 'wait'}"


def _supply(states: Sequence[BedState], free: int) -> str:
    """`none is free, 2 in cleaning, 1 to leave`."""
    cleaning = sum(state.status is BedStatus.CLEANING and state.reserved_for is None for state in states)
    leaving = sum(state.status is BedStatus.OCCUPIED and state.expected_free_at is not None for state in states)
    parts = [
        f"{free} free" if free else "none is free",
        f"{cleaning} in cleaning" if cleaning else "",
        f"{leaving} to leave" if leaving else "",
    ]
    return ", ".join(part for part in parts if part)


def _dirty(house: House) -> Iterator[Bottleneck]:
    rules = house.plan.cleaning
    late = [(due, state) for state in house.beds if (due := clean_due(state, rules)) is not None and due <= house.at]
    if late:
        due, first = min(late, key=lambda each: (each[0], each[1].id))
        promised = sum(state.reserved_for is not None for _, state in late)
        for_whom = f", {promised} of them promised" if promised else ""
        name = house.plan.bed_name(first.id)
        words = f"{_count(late, 'bed waits', 'beds wait')} to be cleaned past the aim{for_whom}; {name} is {house.ago(due)} late."
        yield Bottleneck(words, "/supervisor", len(late))


def _unanswered(house: House) -> Iterator[Bottleneck]:
    waiting = [(state, state.job) for state in house.beds if state.now.stage is Stage.WAITING]
    silent = [state for state, job in waiting if job is not None and job.is_open and job.is_unheard]
    if silent:
        beds = ", ".join(house.plan.bed_name(state.id) for state in silent[:3])
        yield Bottleneck(f"No cleaner has answered for {_count(silent, 'bed', 'beds')}: {beds}.", "/supervisor", len(silent))


def _late_leaving(house: House) -> Iterator[Bottleneck]:
    late = [(state.expected_free_at, state) for state in house.beds if state.status is BedStatus.OCCUPIED and state.expected_free_at]
    over = [(due, state) for due, state in late if due <= house.at]
    if over:
        due, first = min(over, key=lambda each: (each[0], each[1].id))
        name = house.plan.bed_name(first.id)
        words = f"{_count(over, 'patient was', 'patients were')} to be out by now; {name} is {house.ago(due)} late."
        yield Bottleneck(words, "/discharges", len(over))


def _insurers(house: House) -> Iterator[Bottleneck]:
    late = [state for state in house.beds if state.insurer_due is not None and state.insurer_due <= house.at]
    if late:
        yield Bottleneck(f"{_count(late, 'patient', 'patients')} to leave: the insurer is late with its answer.", "/discharges", len(late))


def _not_come(house: House) -> Iterator[Bottleneck]:
    ready = {state.id: state for state in house.beds if state.status is BedStatus.AVAILABLE}
    for_long = [
        request
        for request in house.requests
        if request.status is RequestStatus.ASSIGNED and request.held_until is None and request.bed in ready
        if max(request.assigned_at or request.created_at, ready[request.bed].now.since, request.ready_at or request.created_at)
        <= house.at - _NOT_COME
    ]
    if for_long:
        said = "bed stands ready and promised" if len(for_long) == 1 else "beds stand ready and promised"
        yield Bottleneck(f"{len(for_long)} {said}, and nobody has come for an hour.", "/transports", len(for_long))


def _back_late(house: House) -> Iterator[Bottleneck]:
    out = [state for state in house.beds if state.status is BedStatus.MAINTENANCE and state.now.until and state.now.until <= house.at]
    if out:
        beds = ", ".join(house.plan.bed_name(state.id) for state in out[:3])
        ward = house.plan.beds[out[0].id].ward
        words = f"{_count(out, 'bed was', 'beds were')} to be back in use by now: {beds}{' ...' if len(out) > 3 else ''}."
        yield Bottleneck(words, f"/wards/{ward}", len(out))


def _count(found: Sequence[object], one: str, more: str) -> str:
    return f"{len(found)} {one if len(found) == 1 else more}"


def _one(words: str) -> str:
    return words[:1].upper() + words[1:]
