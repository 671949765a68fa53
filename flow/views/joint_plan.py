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
from flow.domain.person import PersonDetails
from flow.domain.plan import Plan
from flow.domain.request import BedRequest
from flow.views.bed_words import bed_words
from flow.views.desk.card import SuggestionCard as Card
from flow.views.desk.card import SuggestionLike, scale_of, suggestion_card
from flow.views.desk.clock import Lateness
from flow.views.desk.person import TAIL, Person, like_names, person_of
from flow.views.desk.waiting import waiting_row
from flow.views.mixed_sex import Breach, breaches
from flow.views.page import Chrome
from flow.views.times import clock_time


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
    """Who waits, as every table of the page begins."""

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
    """A move to be asked for; `frees` names whom it helps."""

    key: str
    name: str
    who: str
    bed: str
    to: str
    benefit: int
    sum: str
    reason: str
    frees: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AskedRow:
    """A move that a ward has been asked for."""

    name: str
    bed: str
    to: str
    asked: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one row that was accepted: done, or refused and why. `row` is its key."""

    row: str
    words: str
    done: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PlanPage:
    """`quiet` says between which hours nobody is moved, when it is such an hour."""

    chrome: Chrome
    seq: int
    made: str
    weights: str
    points: int
    rows: tuple[PlanRow, ...]
    without: tuple[WithoutRow, ...]
    moves: tuple[MoveRow, ...]
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


def whose(found: JointLike, hospital: Hospital) -> list[tuple[PatientId, BedId | None]]:
    """Everybody the page names, with the bed they lie in or are promised."""
    numbers = [*(row.request for row in found.placements), *(row.request for row in found.without)]
    waiting = [hospital.requests.get(number) for number in numbers]
    asked = [request for request in hospital.requests.values() if request.move is not None and request.is_live]
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
        return Waits(row.id, row.priority, row.person, row.waiting, row.lateness, needs)

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
        moves=tuple(_move(row, hospital, people, alike) for row in found.moves),
        asked=_asked(hospital, people),
        breaches=breaches(plan, hospital.beds, at),
        writes=writes,
        quiet=quiet,
        answers=tuple(answers),
    )


def _row(rank: int, row: PlacementLike, waits: Waits, beds: Mapping[BedId, BedState], plan: Plan, scale: int, at: datetime) -> PlanRow:
    card = suggestion_card(rank, row.best, beds[row.best.bed], plan, scale, at)
    return PlanRow(placement_key(row), waits, card, bed_words(row.alone, plan) if row.given_up else "", row.given_up)


def _move(row: MoveLike, hospital: Hospital, people: Mapping[PatientId, PersonDetails], alike: Mapping[PatientId, int]) -> MoveRow:
    state = hospital.beds.get(row.bed)
    who = f"{state.age} {state.sex or ''}".strip() if state is not None and state.age is not None else (state.sex or "" if state else "")
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
    )


def _asked(hospital: Hospital, people: Mapping[PatientId, PersonDetails]) -> tuple[AskedRow, ...]:
    found = [request for request in hospital.requests.values() if request.move is not None and request.is_live]
    rows = []
    for request in sorted(found, key=lambda request: (request.created_at, request.id)):
        assert request.move is not None
        name = _name(request.patient, people) or str(request.visit)
        words = "agreed, moving" if request.bed is not None else "the ward is asked"
        rows.append(AskedRow(name, bed_words(request.move.bed, hospital.plan), bed_words(request.move.to, hospital.plan), words))
    return tuple(rows)


def _name(patient: PatientId, people: Mapping[PatientId, PersonDetails]) -> str:
    return people[patient].name if patient in people else ""


def _tail(patient: PatientId, people: Mapping[PatientId, PersonDetails], alike: Mapping[PatientId, int]) -> str:
    details = people.get(patient)
    return f"…{details.mrn[-(alike.get(patient) or TAIL) :]}" if details is not None and not details.unknown else ""


def _request_words(request: BedRequest, people: Mapping[PatientId, PersonDetails], alike: Mapping[PatientId, int]) -> str:
    person, tail = person_of(request, people, alike), _tail(request.patient, people, alike)
    return " ".join(part for part in (f"P{request.priority}", person.name or request.id, person.who, tail) if part)
