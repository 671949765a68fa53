"""What holds the house up right now, one sentence each with the page on which it is mended: for the command centre.

Pure. The sentences name beds, wards and counts, and nobody; whatever holds up the most comes first.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flow.domain.alert_level import Boarder, clean_due
from flow.domain.bed import BedState, BedStatus, Stage
from flow.domain.ids import BedId
from flow.domain.plan import Plan
from flow.domain.request import BedRequest, RequestStatus
from flow.views.house_words import Said
from flow.views.phrase import Part, Phrase, joined, phrase
from flow.views.request_form import words_of
from flow.views.times import lasting

_NOT_COME = timedelta(hours=1)
"""How long a bed stands ready for somebody before it is said."""
MOST = 6


@dataclass(frozen=True, slots=True)
class Bottleneck:
    """A sentence, the page that mends it, how many patients or beds it holds up; `id` says which of the sentences it is, `said` the same
    for other languages."""

    words: str
    href: str
    count: int
    id: str = ""
    said: Mapping[str, Phrase] = field(default_factory=dict)


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
        first, age = late[0], house.ago(late[0].clock_from)
        pattern = _one_or(late, Said.ONE_OVERDUE, Said.OVERDUE)
        words = phrase(pattern, count=len(late), priority=first.priority, type=words_of(first.type), age=age)
        yield _found("overdue", words, "/admissions", len(late))


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
            pattern = Said.ONE_SHORT if count == 1 else Said.SHORT
            words = phrase(pattern, type=words_of(kind), count=count, supply=_supply(states, free))
            yield _found(f"short:{kind}", words, "/admissions/plan", count - free)


def _supply(states: Sequence[BedState], free: int) -> Part:
    """`none is free, 2 in cleaning, 1 to leave`."""
    cleaning = sum(state.status is BedStatus.CLEANING and state.reserved_for is None for state in states)
    leaving = sum(state.status is BedStatus.OCCUPIED and state.expected_free_at is not None for state in states)
    counted = ((Said.FREE, free), (Said.IN_CLEANING, cleaning), (Said.TO_LEAVE, leaving))
    parts = [phrase(pattern, count=count) for pattern, count in counted if count]
    return joined(parts if free else [phrase(Said.NONE_FREE), *parts], Said.COMMA)


def _dirty(house: House) -> Iterator[Bottleneck]:
    rules = house.plan.cleaning
    late = [(due, state) for state in house.beds if (due := clean_due(state, rules)) is not None and due <= house.at]
    if late:
        due, first = min(late, key=lambda each: (each[0], each[1].id))
        promised = sum(state.reserved_for is not None for _, state in late)
        of_them: Part = phrase(Said.PROMISED, count=promised) if promised else ""
        pattern, bed = _one_or(late, Said.ONE_DIRTY, Said.DIRTY), house.plan.bed_name(first.id)
        words = phrase(pattern, count=len(late), promised=of_them, bed=bed, age=house.ago(due))
        yield _found("dirty", words, "/supervisor", len(late))


def _unanswered(house: House) -> Iterator[Bottleneck]:
    waiting = [(state, state.job) for state in house.beds if state.now.stage is Stage.WAITING]
    silent = [state for state, job in waiting if job is not None and job.is_open and job.is_unheard]
    if silent:
        beds = ", ".join(house.plan.bed_name(state.id) for state in silent[:3])
        words = phrase(_one_or(silent, Said.ONE_UNANSWERED, Said.UNANSWERED), count=len(silent), beds=beds)
        yield _found("unanswered", words, "/supervisor", len(silent))


def _late_leaving(house: House) -> Iterator[Bottleneck]:
    late = [(state.expected_free_at, state) for state in house.beds if state.status is BedStatus.OCCUPIED and state.expected_free_at]
    over = [(due, state) for due, state in late if due <= house.at]
    if over:
        due, first = min(over, key=lambda each: (each[0], each[1].id))
        pattern, bed = _one_or(over, Said.ONE_LEAVING_LATE, Said.LEAVING_LATE), house.plan.bed_name(first.id)
        yield _found("leaving", phrase(pattern, count=len(over), bed=bed, age=house.ago(due)), "/discharges", len(over))


def _insurers(house: House) -> Iterator[Bottleneck]:
    late = [state for state in house.beds if state.insurer_due is not None and state.insurer_due <= house.at]
    if late:
        words = phrase(_one_or(late, Said.ONE_INSURER, Said.INSURERS), count=len(late))
        yield _found("insurers", words, "/discharges", len(late))


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
        words = phrase(_one_or(for_long, Said.ONE_NOT_COME, Said.NOT_COME), count=len(for_long))
        yield _found("not-come", words, "/transports", len(for_long))


def _back_late(house: House) -> Iterator[Bottleneck]:
    out = [state for state in house.beds if state.status is BedStatus.MAINTENANCE and state.now.until and state.now.until <= house.at]
    if out:
        beds = ", ".join(house.plan.bed_name(state.id) for state in out[:3]) + (" ..." if len(out) > 3 else "")
        ward = house.plan.beds[out[0].id].ward
        words = phrase(_one_or(out, Said.ONE_BACK_LATE, Said.BACK_LATE), count=len(out), beds=beds)
        yield _found("back-late", words, f"/wards/{ward}", len(out))


def _found(which: str, words: Phrase, href: str, count: int) -> Bottleneck:
    return Bottleneck(words.told(), href, count, which, {"words": words})


def _one_or(found: Sequence[object], one: Said, more: Said) -> Said:
    return one if len(found) == 1 else more
