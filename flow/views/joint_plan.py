"""The joint plan as a page: who gets which bed and why, who gets none, which moves would help, and the mixed-sex breaches of the house.

allocation (any wing that speaks these protocols) planned; flow.web hands in the names the reader may see; templates/plan draws it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from flow.domain.bed import BedState
from flow.domain.hospital import Hospital
from flow.domain.ids import BedId, PatientId, RequestId, VisitId
from flow.domain.move_rules import either_or
from flow.domain.person import PersonDetails
from flow.domain.plan import Plan
from flow.domain.request import BedRequest
from flow.views.asked_moves import came_to_nothing, ended_words
from flow.views.bed_words import bed_words
from flow.views.desk.card import SuggestionCard as Card
from flow.views.desk.card import SuggestionLike, scale_of, suggestion_card
from flow.views.desk.clock import Lateness
from flow.views.desk.person import TAIL, Person, like_names, person_of
from flow.views.desk.waiting import waiting_row
from flow.views.mixed_sex import Breach, breaches
from flow.views.page import Chrome
from flow.views.times import clock_time
from flow.views.who_words import who_words


class PlacementLike(Protocol):
    """A bed for a request; `alone` is what it would have were it the only one, `given_up` the points that it gives up for the others."""

    @property
    def request(self) -> RequestId: ...
    @property
    def best(self) -> SuggestionLike: ...
    @property
    def alone(self) -> BedId: ...
    @property
    def given_up(self) -> int: ...
    @property
    def bed_seq(self) -> int: ...
    @property
    def request_seq(self) -> int: ...


class WithoutLike(Protocol):
    """A request that gets no bed, and why."""

    @property
    def request(self) -> RequestId: ...
    @property
    def reason(self) -> str: ...


class MoveLike(Protocol):
    """A patient who could be asked to move: the plan's `gain`, their own `loss`, the `price` of a move; benefit is what is left."""

    @property
    def visit(self) -> VisitId: ...
    @property
    def patient(self) -> PatientId: ...
    @property
    def bed(self) -> BedId: ...
    @property
    def to(self) -> BedId: ...
    @property
    def benefit(self) -> int: ...
    @property
    def gain(self) -> int: ...
    @property
    def loss(self) -> int: ...
    @property
    def price(self) -> int: ...
    @property
    def reason(self) -> str: ...
    @property
    def frees(self) -> tuple[RequestId, ...]: ...
    @property
    def swap(self) -> VisitId | None: ...
    @property
    def bed_seq(self) -> int: ...
    @property
    def to_seq(self) -> int: ...


class TotalLike(Protocol):
    """Whom the plan serves, and how well."""

    @property
    def served(self) -> int: ...
    @property
    def urgency(self) -> int: ...
    @property
    def points(self) -> int: ...


class JointLike(Protocol):
    """The whole plan, for the hospital as of `seq`."""

    @property
    def seq(self) -> int: ...
    @property
    def at(self) -> datetime: ...
    @property
    def weights(self) -> str: ...
    @property
    def placements(self) -> Sequence[PlacementLike]: ...
    @property
    def without(self) -> Sequence[WithoutLike]: ...
    @property
    def moves(self) -> Sequence[MoveLike]: ...
    @property
    def total(self) -> TotalLike: ...


@dataclass(frozen=True, slots=True)
class Waits:
    """Who waits, as every table of the page begins. `waiting` is how long, or, where the bed is not needed yet, when it is."""

    id: RequestId
    priority: int
    person: Person
    waiting: str
    lateness: Lateness
    needs: str


@dataclass(frozen=True, slots=True)
class PlanRow:
    """`key` is what is posted when it is accepted; `alone` names the bed it gives up, empty where it gets its best one."""

    key: str
    waits: Waits
    card: Card
    alone: str
    given_up: int


@dataclass(frozen=True, slots=True)
class WithoutRow:
    """Who gets no bed, and why."""

    waits: Waits
    reason: str


@dataclass(frozen=True, slots=True)
class MoveRow:
    """A move to be asked for; `frees` names whom it helps. Of those of one `group` only one is asked for."""

    key: str
    name: str
    who: str
    bed: str
    to: str
    benefit: int
    sum: str
    reason: str
    frees: tuple[str, ...]
    group: int = 0


@dataclass(frozen=True, slots=True)
class AskedRow:
    """A move that a ward has been asked for; `ended`: it came to nothing a while ago."""

    name: str
    bed: str
    to: str
    asked: str
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one row that was accepted: done, or refused and why. `row` is its key."""

    row: str
    words: str
    done: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PlanPage:
    """`moves` stand in groups, each of alternatives; `quiet` says between which hours nobody is moved, when it is such an hour."""

    chrome: Chrome
    seq: int
    made: str
    weights: str
    points: int
    rows: tuple[PlanRow, ...]
    without: tuple[WithoutRow, ...]
    moves: tuple[tuple[MoveRow, ...], ...]
    asked: tuple[AskedRow, ...]
    breaches: tuple[Breach, ...]
    writes: bool
    quiet: str = ""
    answers: tuple[Answer, ...] = ()

    @property
    def refused(self) -> int:
        """How many rows were refused."""
        return sum(not answer.done for answer in self.answers)


def placement_key(found: PlacementLike) -> str:
    """Request, bed, and the version of each that the row was worked out from."""
    return f"{found.request}|{found.request_seq}|{found.best.bed}|{found.bed_seq}"


def move_key(found: MoveLike) -> str:
    """Visit and beds, with the versions of the beds."""
    return f"{found.visit}|{found.bed}|{found.bed_seq}|{found.to}|{found.to_seq}"


def whose(found: JointLike, hospital: Hospital, at: datetime) -> list[tuple[PatientId, BedId | None]]:
    """Everybody the page names, with the bed they lie in or are promised."""
    numbers = [*(row.request for row in found.placements), *(row.request for row in found.without)]
    waiting = [hospital.requests.get(number) for number in numbers]
    asked = asked_or_ended(hospital, at)
    people: list[tuple[PatientId, BedId | None]] = [(request.patient, None) for request in waiting if request is not None]
    people += [(move.patient, move.bed) for move in found.moves]
    return people + [(request.patient, request.move.bed) for request in asked if request.move is not None]


def plan_page(
    chrome: Chrome,
    found: JointLike,
    hospital: Hospital,
    at: datetime,
    people: Mapping[PatientId, PersonDetails],
    *,
    writes: bool,
    answers: Iterable[Answer] = (),
) -> PlanPage:
    """The page; `people` are those whose names the reader may see."""
    plan, rules = hospital.plan, hospital.plan.moves
    alike = like_names(people.values())
    scale = scale_of([row.best for row in found.placements])

    def waits(request: BedRequest) -> Waits:
        row = waiting_row(request, people, at, None, plan, alike)
        needs = row.needs if request.sex in ("F", "M") else f"{row.needs} · sex not known: only alone or in intensive care"
        when = f"needed {row.needed}" if row.lateness is Lateness.PLANNED else row.waiting
        return Waits(row.id, row.priority, row.person, when, row.lateness, needs)

    requests = hospital.requests
    quiet = f"{rules.quiet_from:%H:%M}–{rules.quiet_to:%H:%M}" if rules.quiet(at, plan.zone) else ""
    return PlanPage(
        chrome=chrome,
        seq=found.seq,
        made=clock_time(found.at.timestamp(), plan.zone),
        weights=found.weights,
        points=found.total.points,
        rows=tuple(
            _row(rank, row, waits(requests[row.request]), hospital.beds, plan, scale, at)
            for rank, row in enumerate(found.placements, 1)
            if row.request in requests and row.best.bed in hospital.beds
        ),
        without=tuple(WithoutRow(waits(requests[row.request]), row.reason) for row in found.without if row.request in requests),
        moves=tuple(
            tuple(_move(row, hospital, people, alike, number) for row in group) for number, group in enumerate(alternatives(found.moves), 1)
        ),
        asked=_asked(hospital, people, at),
        breaches=breaches(plan, hospital.beds, at),
        writes=writes,
        quiet=quiet,
        answers=tuple(answers),
    )


def _row(rank: int, row: PlacementLike, waits: Waits, beds: Mapping[BedId, BedState], plan: Plan, scale: int, at: datetime) -> PlanRow:
    card = suggestion_card(rank, row.best, beds[row.best.bed], plan, scale, at)
    return PlanRow(placement_key(row), waits, card, bed_words(row.alone, plan) if row.given_up else "", row.given_up)


def alternatives(moves: Iterable[MoveLike]) -> list[list[MoveLike]]:
    """In groups, the best first: of those that help the same patients or want the same bed only one is asked for."""
    groups: list[list[MoveLike]] = []
    for move in moves:
        same = [group for group in groups if any(either_or(move, other) for other in group)]
        joined = [*(other for group in same for other in group), move]
        place = groups.index(same[0]) if same else len(groups)
        groups = [*groups[:place], joined, *(group for group in groups[place:] if group not in same)]
    return groups


def _move(
    row: MoveLike, hospital: Hospital, people: Mapping[PatientId, PersonDetails], alike: Mapping[PatientId, int], group: int
) -> MoveRow:
    state = hospital.beds.get(row.bed)
    who = who_words(state.age, state.sex) if state is not None else ""
    loss = f" − {row.loss} for the patient moved" if row.loss > 0 else f" + {-row.loss} for the patient moved" if row.loss else ""
    return MoveRow(
        key=move_key(row),
        name=_name(row.patient, people) or row.visit,
        who=" ".join(part for part in (who, _tail(row.patient, people, alike)) if part),
        bed=bed_words(row.bed, hospital.plan),
        to=bed_words(row.to, hospital.plan),
        benefit=row.benefit,
        sum=f"plan gains {row.gain}{loss} − {row.price} for moving",
        reason=row.reason,
        frees=tuple(_request_words(hospital.requests[one], people, alike) for one in row.frees if one in hospital.requests),
        group=group,
    )


def asked_or_ended(hospital: Hospital, at: datetime) -> list[BedRequest]:
    """The moves that wards are asked for or have agreed to, and those that came to nothing a while ago; the oldest first."""
    found = [one for one in hospital.requests.values() if one.move is not None and (one.is_live or came_to_nothing(one, at))]
    return sorted(found, key=lambda one: (not one.is_live, one.created_at, one.id))


def _asked(hospital: Hospital, people: Mapping[PatientId, PersonDetails], at: datetime) -> tuple[AskedRow, ...]:
    rows = []
    for request in asked_or_ended(hospital, at):
        assert request.move is not None
        name = _name(request.patient, people) or str(request.visit)
        open_words = "agreed, moving" if request.bed else "the ward is asked"
        words = open_words if request.is_live else ended_words(request, hospital.plan, at)
        bed, to = bed_words(request.move.bed, hospital.plan), bed_words(request.move.to, hospital.plan)
        rows.append(AskedRow(name, bed, to, words, ended=not request.is_live))
    return tuple(rows)


def _name(patient: PatientId, people: Mapping[PatientId, PersonDetails]) -> str:
    return people[patient].name if patient in people else ""


def _tail(patient: PatientId, people: Mapping[PatientId, PersonDetails], alike: Mapping[PatientId, int]) -> str:
    details = people.get(patient)
    return f"…{details.mrn[-(alike.get(patient) or TAIL) :]}" if details is not None and not details.unknown else ""


def _request_words(request: BedRequest, people: Mapping[PatientId, PersonDetails], alike: Mapping[PatientId, int]) -> str:
    person, tail = person_of(request, people, alike), _tail(request.patient, people, alike)
    return " ".join(part for part in (f"P{request.priority}", person.name or request.id, person.who, tail) if part)
