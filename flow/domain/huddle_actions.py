"""What would free beds before an hour, over what is free, under way or expected anyhow. Each bed and each request counts once. Pure.

* *clean*: dirty beds whose clean nobody has begun; begun now, they are ready after the house's aim for a clean.
* *inspect*: clean beds that wait for the supervisor's look.
* *step*: patients who are to leave and would be out too late as it stands, but in time if one step were done now; counted for the first
  such step of their way. The bed takes the house's aim for a turn after them.
* *return*: beds out of use that were to be back by now, or are to be back before the hour. *staff*: those that only lack staff.
* *lend*: beds that stand free and are kept for a planned patient who comes after the hour.
* *delay*: planned patients of the two lower priorities due before the hour.

A bed is in one condition, so that the first five cannot meet; who is delayed is no bed (`test_no_bed_counts_twice`).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flow.domain.bed import BedState, BedStatus, OutOfUse, Stage
from flow.domain.discharge import Discharge, Mark
from flow.domain.discharge_pace import Pace, expected_out
from flow.domain.hospital import Hospital
from flow.domain.huddle import Action, Deed
from flow.domain.ids import BedId, RequestId, VisitId, WardId
from flow.domain.plan import Plan
from flow.domain.request import BedRequest, MadeBy

_MINUTE = timedelta(minutes=1)
URGENT = 2
"""Priorities up to this are never put off."""
NOW = "huddle"


@dataclass(frozen=True, slots=True)
class Scene:
    """The live records at a moment, and the hour that is counted to."""

    plan: Plan
    beds: Mapping[BedId, BedState]
    requests: Mapping[RequestId, BedRequest]
    discharges: Mapping[VisitId, Discharge]
    pace: Pace
    at: datetime
    until: datetime

    @property
    def clean(self) -> timedelta:
        """A clean that begins now."""
        return self.plan.cleaning.clean_aim * _MINUTE

    @property
    def turn(self) -> timedelta:
        """From a leaving to the bed's being ready."""
        return self.plan.cleaning.turn_aim * _MINUTE

    @property
    def states(self) -> list[BedState]:
        """The beds that stand in wards; those of an emergency department serve nobody who needs a ward's."""
        return [self.beds[bed] for bed, known in self.plan.beds.items() if bed in self.beds and known.type != "emergency"]


def scene_of(hospital: Hospital, at: datetime, until: datetime) -> Scene:
    """The live records as they stand; copied, for the counting may be done beside the loop."""
    records = (dict(hospital.beds), dict(hospital.requests), dict(hospital.discharges))
    return Scene(hospital.plan, *records, hospital.paces.get(Pace().id) or Pace(), at, until)


@dataclass(frozen=True, slots=True)
class _One:
    """One bed or request that an action frees."""

    deed: Deed
    cause: str
    ward: WardId
    by: datetime
    bed: BedId | None = None
    request: RequestId | None = None


def actions(scene: Scene) -> tuple[Action, ...]:
    """Whatever frees most first; of equals in the order of `Deed`."""
    found = [one for state in scene.states if (one := _of_bed(scene, state)) is not None]
    found += _delays(scene)
    keys = dict.fromkeys((one.deed, one.cause) for one in found)
    grouped = [_action(deed, cause, [one for one in found if (one.deed, one.cause) == (deed, cause)]) for deed, cause in keys]
    return tuple(sorted(grouped, key=lambda each: (-each.count, list(Deed).index(each.deed), each.cause)))


def _action(deed: Deed, cause: str, ones: list[_One]) -> Action:
    wards = Counter(one.ward for one in ones)
    return Action(
        deed=deed,
        cause=cause,
        beds=tuple(one.bed for one in ones if one.bed is not None),
        requests=tuple(one.request for one in ones if one.request is not None),
        wards=tuple(sorted(wards.items(), key=lambda each: (-each[1], each[0]))),
        by=max(one.by for one in ones),
    )


def _of_bed(scene: Scene, state: BedState) -> _One | None:
    match state.status:
        case BedStatus.CLEANING:
            return _dirty(scene, state)
        case BedStatus.OCCUPIED:
            return _leaving(scene, state)
        case BedStatus.MAINTENANCE:
            return _out_of_use(scene, state)
        case _:
            return _one(scene, state, Deed.LEND, "", scene.at) if is_kept_for_later(scene, state) else None


def _dirty(scene: Scene, state: BedState) -> _One | None:
    if state.now.stage is Stage.INSPECTION:
        return _one(scene, state, Deed.INSPECT, "", scene.at)
    ready = scene.at + scene.clean
    return _one(scene, state, Deed.CLEAN, "", ready) if state.now.stage is not Stage.IN_PROGRESS and ready <= scene.until else None


def _leaving(scene: Scene, state: BedState) -> _One | None:
    discharge = scene.discharges.get(state.visit) if state.visit is not None else None
    if discharge is None or not discharge.is_live or _out(scene, discharge) <= scene.until:
        return None
    for step in discharge.steps:
        if step in discharge.open:
            done = replace(discharge, marks={**discharge.marks, step: Mark(scene.at, NOW)})
            if (ready := _out(scene, done)) <= scene.until:
                return _one(scene, state, Deed.STEP, step, ready)
    return None


def _out(scene: Scene, discharge: Discharge) -> datetime:
    """When the bed would be ready again: half of such patients are out by then, and it is cleaned after them."""
    out = expected_out(discharge, scene.pace, scene.at)
    return out.p50 + scene.turn if out is not None else datetime.max.replace(tzinfo=scene.at.tzinfo)


def is_expected_out(scene: Scene, discharge: Discharge) -> float:
    """The chance that a patient who is to leave is out early enough: nine of ten, a half, or none, as the steps say."""
    out = expected_out(discharge, scene.pace, scene.at)
    last = scene.until - scene.turn
    return 0.0 if out is None or out.p50 > last else 0.5 if out.p90 > last else 0.9


def _out_of_use(scene: Scene, state: BedState) -> _One | None:
    reason = state.now.reason or OutOfUse.REPAIR
    if state.now.until is not None and state.now.until <= scene.until:
        return _one(scene, state, Deed.RETURN, reason, max(scene.at, state.now.until))
    return _one(scene, state, Deed.STAFF, "", scene.at) if reason is OutOfUse.STAFFING else None


def is_kept_for_later(scene: Scene, state: BedState) -> bool:
    """A free bed that is promised to somebody who comes after the hour."""
    kind, _, number = (state.reserved_for or "").partition(":")
    request = scene.requests.get(RequestId(number)) if kind == "request" else None
    return request is not None and request.made_by is MadeBy.PLAN and request.clock_from > scene.until


def planned(scene: Scene) -> Iterable[BedRequest]:
    """Those whom plans announce between now and the hour, and who have not come."""
    asked = scene.requests.values()
    return [r for r in asked if r.is_live and r.made_by is MadeBy.PLAN and r.move is None and scene.at < r.clock_from <= scene.until]


def _delays(scene: Scene) -> Iterator[_One]:
    for request in planned(scene):
        if request.priority > URGENT:
            bed = scene.plan.beds.get(request.bed) if request.bed is not None else None
            ward = bed.ward if bed is not None else WardId("")
            yield _One(Deed.DELAY, "", ward, scene.until, request=request.id)


def _one(scene: Scene, state: BedState, deed: Deed, cause: str, by: datetime) -> _One:
    return _One(deed, cause, scene.plan.beds[state.id].ward, by, bed=state.id)
