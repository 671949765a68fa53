"""Who should go up to intensive care and who could come down from it: the two lists of the nurse station, drawn by templates/steps.

flow.web hands in the beds, the open requests and the names that the reader may see. A list moves nobody: a tap asks for the bed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from flow.domain.acuity import Acuity, Level
from flow.domain.bed import BedState
from flow.domain.ids import BedId, PatientId, VisitId
from flow.domain.person import PersonDetails
from flow.domain.plan import Plan
from flow.domain.request import BedRequest, RequestStatus
from flow.domain.station_rules import StationRules
from flow.views.acuity_words import acuity_words
from flow.views.bed_words import bed_words
from flow.views.page import Chrome
from flow.views.times import waited
from flow.views.ward_places import Choice
from flow.views.who_words import who_words

SCARCE = ("icu", "hdu")
"""Intensive beds, the highest first."""
_ANYWHERE = "general"
NAMES: Mapping[str, str] = {"icu": "ICU", "hdu": "HDU", "general": "general"}


@dataclass(frozen=True, slots=True)
class StepRow:
    """A patient on one of the lists. `types` are the beds that may be asked for with one tap, none for who may not ask, or where one is
    asked for already (`asked` says how that stands); `priority` goes with the request."""

    visit: VisitId
    ward: str
    bed: str
    person: str
    words: str
    level: Level
    asked: str
    types: tuple[Choice, ...]
    priority: int


@dataclass(frozen=True, slots=True)
class ScarceRow:
    """A type of intensive bed: how many are free and unpromised, wait for one, and could leave one."""

    name: str
    free: int
    waiting: int
    leaving: int


@dataclass(frozen=True, slots=True)
class StepPage:
    """The whole page; `ward` is the only one whose patients the reader sees, if it is one."""

    chrome: Chrome
    up: tuple[StepRow, ...]
    down: tuple[StepRow, ...]
    scarce: tuple[ScarceRow, ...]
    rules: StationRules
    ward: str = ""


@dataclass(frozen=True, slots=True)
class Lying:
    """Who lies in a bed that is looked at: the patient, their name as far as the reader may know it, and whether the reader may ask."""

    patient: PatientId
    person: PersonDetails | None = None
    may_ask: bool = False


def goes_up(kind: str, acuity: Acuity, rules: StationRules, at: datetime) -> bool:
    """Highest risk, and not in intensive care already (or only in high dependency)."""
    return kind != SCARCE[0] and acuity.level is Level.HIGH and rules.counts(acuity, at)


def comes_down(kind: str, acuity: Acuity, rules: StationRules, at: datetime) -> bool:
    """In an intensive bed, and low for long enough."""
    low = acuity.level is Level.LOW and (acuity.score is None or acuity.score <= rules.step_down)
    steady = at - acuity.since >= timedelta(hours=rules.steady_hours)
    return kind in SCARCE and low and steady and rules.counts(acuity, at)


def step_page(
    chrome: Chrome,
    plan: Plan,
    beds: Mapping[BedId, BedState],
    requests: Iterable[BedRequest],
    lying: Mapping[VisitId, Lying],
    at: datetime,
    only: str | None = None,
) -> StepPage:
    """`lying` are the patients whom the reader may see, of ward `only` where it is one; the figures of the scarce beds are the whole
    house's."""
    listed = tuple(requests)
    by_patient = {request.patient: request for request in listed if request.is_live and request.move is None}
    up, down = [], []
    for state in (each for each in beds.values() if each.id in plan.beds and each.acuity is not None):
        assert state.acuity is not None
        kind = plan.beds[state.id].type
        if goes_up(kind, state.acuity, plan.station, at):
            up.append((state, tuple(each for each in SCARCE if each != kind), 1))
        elif comes_down(kind, state.acuity, plan.station, at):
            down.append((state, (*SCARCE[SCARCE.index(kind) + 1 :], _ANYWHERE), 3))
    return StepPage(
        chrome=chrome,
        up=tuple(_row(plan, *each, lying, by_patient, at) for each in sorted(up, key=_urgency) if each[0].visit in lying),
        down=tuple(_row(plan, *each, lying, by_patient, at) for each in sorted(down, key=_urgency) if each[0].visit in lying),
        scarce=tuple(_scarce(plan, kind, beds, listed, [state for state, _, _ in down]) for kind in SCARCE if kind in _types(plan)),
        rules=plan.station,
        ward=only or "",
    )


def _urgency(entry: tuple[BedState, tuple[str, ...], int]) -> tuple[int, datetime, BedId]:
    """The highest score first, then who has had it for longest."""
    state = entry[0]
    assert state.acuity is not None
    return -(state.acuity.score or 0), state.acuity.since, state.id


def _types(plan: Plan) -> set[str]:
    return {bed.type for bed in plan.beds.values()}


def _row(
    plan: Plan,
    state: BedState,
    kinds: tuple[str, ...],
    priority: int,
    lying: Mapping[VisitId, Lying],
    by_patient: Mapping[PatientId, BedRequest],
    at: datetime,
) -> StepRow:
    assert state.visit is not None
    assert state.acuity is not None
    who = lying[state.visit]
    asked, name = by_patient.get(who.patient), who.person.name if who.person is not None else ""
    known = [kind for kind in kinds if kind in _types(plan)]
    return StepRow(
        visit=state.visit,
        ward=plan.beds[state.id].ward,
        bed=bed_words(state.id, plan),
        person=" · ".join(part for part in (name, who_words(state.age, state.sex)) if part),
        words=acuity_words(state.acuity, plan.zone),
        level=state.acuity.level,
        asked=_asked(asked, plan, at) if asked is not None else "",
        types=tuple(Choice(kind, NAMES[kind]) for kind in known) if asked is None and who.may_ask else (),
        priority=priority,
    )


def _asked(request: BedRequest, plan: Plan, at: datetime) -> str:
    kind = NAMES.get(request.type, request.type.replace("_", " "))
    if request.status is RequestStatus.ASSIGNED and request.bed is not None:
        return f"{bed_words(request.bed, plan)} promised"
    return f"{kind} bed asked for · {waited(request.clock_from.timestamp(), at.timestamp())}"


def _scarce(plan: Plan, kind: str, beds: Mapping[BedId, BedState], requests: Iterable[BedRequest], down: Iterable[BedState]) -> ScarceRow:
    return ScarceRow(
        name=NAMES[kind],
        free=sum(state.free for state in beds.values() if state.id in plan.beds and plan.beds[state.id].type == kind),
        waiting=sum(request.is_unplaced and request.type == kind for request in requests),
        leaving=sum(plan.beds[state.id].type == kind for state in down),
    )
