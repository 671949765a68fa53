"""A past stretch of time under another policy: the patients who really came, at the times at which they asked, in a hospital that gives
its beds away otherwise.

What is kept as it was: who asked for what and when, how long they were on their way, when they left the house or the bed, which beds
were out of use. What is assumed: a bed is ready a fixed time after somebody left it; nobody is moved for another's sake; whoever came
from another bed of the house asked for the new one when they came to it. Before it `flow.history.came` read the time; after it the
managers' page sets the policies beside what really happened. Pure but for the question, asked after each minute, whether it is enough.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import Literal

import numpy as np

from allocation.asked import isolation_of
from allocation.cleaning import at_home
from allocation.simulation.demand import START
from allocation.simulation.policies import Serve, first_free, one_by_one, plain_rule, together, ward_first
from allocation.simulation.run import relented
from allocation.simulation.world import World
from allocation.weights import urgency
from flow.domain.bed import BedState, BedStatus, Condition, OutOfUse
from flow.domain.events import Kind
from flow.domain.hindsight import Lying
from flow.domain.ids import BedId, PatientId, RequestId
from flow.domain.plan import Plan
from flow.domain.replayed import Came, Figures, Stretch
from flow.domain.request import BedRequest

RELENT = timedelta(hours=6)
LONG = timedelta(hours=4)
LEAST = timedelta(minutes=30)
"""Whoever comes later than they really left stays so long."""
_SOURCE = "system:replay"
_MINUTE = timedelta(minutes=1)

What = Literal["leave", "clean", "ask", "give", "relent", "open", "shut"]


def _as_it_was(request: BedRequest, world: World, at: datetime) -> BedId | None:
    return None


SERVE: Mapping[str, Serve] = {
    "real": one_by_one(_as_it_was),
    "first_free": one_by_one(first_free),
    "plain": one_by_one(plain_rule),
    "ward_first": one_by_one(ward_first),
    "ours": together,
    "chosen": together,
}
"""By key: the beds that were really given, given again; plainer rules; Bedflow with the hospital's weights, and with chosen ones."""


@dataclass(frozen=True, slots=True)
class Fate:
    """Which bed somebody got, and when they lay in it (None: none by the end)."""

    came: Came
    bed: BedId | None
    start: datetime | None


class Again:
    """One run; `run()` plays it to the end, or until the clock says that it is enough."""

    def __init__(self, plan: Plan, stretch: Stretch, key: str) -> None:
        self.world, self.stretch, self.key, self.serve = World(plan), stretch, key, SERVE[key]
        self.came = {one.request.id: one for one in stretch.came}
        self.fates: dict[RequestId, Fate] = {}
        self.queue: list[tuple[datetime, int, What, str]] = []
        self.order = 0
        self.out = {lying.bed for lying in stretch.out if lying.start <= stretch.start}
        self._lay_out()

    def run(self, enough: Callable[[], bool]) -> tuple[list[Fate], bool]:
        """What became of everybody, and whether it was cut short."""
        while self.queue and self.queue[0][0] < self.stretch.end:
            at = self.queue[0][0]
            while self.queue and self.queue[0][0] == at:
                _, _, what, key = heappop(self.queue)
                self._happen(what, key, at)
            self._serve(at)
            if enough():
                return list(self.fates.values()), True
        never = (Fate(one, None, None) for number, one in self.came.items() if number not in self.fates)
        return [*self.fates.values(), *never], False

    def _lay_out(self) -> None:
        """The hospital as the stretch begins."""
        start = self.stretch.start
        for number, lying in enumerate(self.stretch.lying):
            if self.world.hospital.beds[lying.bed].status is BedStatus.AVAILABLE:
                self.world.seat(_who(number, lying, self.world), lying.bed, start)
                self._later(lying.end, "leave", lying.bed)
        for lying in self.stretch.out:
            self._later(max(lying.start, start), "shut", lying.bed)
            self._later(lying.end, "open", lying.bed)
        for bed in self.stretch.dirty:
            self.world.dirty_at(bed, start)
            self._later(start + self.stretch.turn * _MINUTE, "clean", bed)
        for one in self.stretch.came:
            self._later(max(one.asked, start), "ask", one.request.id)
            if self.key == "real":
                self._later(max(one.start - one.way, one.asked, start), "give", one.request.id)

    def _happen(self, what: What, key: str, at: datetime) -> None:
        bed, beds = BedId(key), self.world.hospital.beds
        match what:
            case "ask":
                self._ask(self.came[RequestId(key)])
                self._later(at + RELENT, "relent", key)
            case "relent" if (waiting := self.world.waiting.get(RequestId(key))) is not None and self.key != "real":
                self.world.ask(relented(waiting))
            case "leave" if beds[bed].status is BedStatus.OCCUPIED:
                self.world.leave(bed, at)
                self._later(at + self.stretch.turn * _MINUTE, "clean", bed)
            case "clean" if beds[bed].status is BedStatus.CLEANING:
                self.world.ready(bed, at)
                if bed in self.out:
                    self._shut(bed, at)
            case "shut":
                self.out.add(bed)
                if beds[bed].status is BedStatus.AVAILABLE:
                    self._shut(bed, at)
            case "open":
                self.out.discard(bed)
                if beds[bed].status is BedStatus.MAINTENANCE:
                    self.world.ready(bed, at)

    def _shut(self, bed: BedId, at: datetime) -> None:
        shut = Condition(BedStatus.MAINTENANCE, at, _SOURCE, reason=OutOfUse.REPAIR)
        self.world.tell(Kind.BED_BLOCKED, BedState(bed, shut), at)

    def _ask(self, one: Came) -> None:
        """Without needs that no bed of this hospital could ever meet."""
        request, world = one.request, self.world
        if not world.of_empty.legal(request, world.empty, START):
            request = replace(request, needs=frozenset(), isolation=False)
        world.ask(request)

    def _serve(self, at: datetime) -> None:
        world = self.world
        if self.key == "real":
            for request in list(world.waiting.values()):
                bed = self.came[request.id].bed
                if bed in world.free and self.came[request.id].start - self.came[request.id].way <= at:
                    self._put(request, bed, at)
            return
        if world.free and world.waiting:
            asking = sorted(world.waiting.values(), key=lambda one: (-urgency(one, at, world.hospital.plan.weights), one.id))
            for request, bed in self.serve(asking, world, at):
                world.check(request, bed, at)
                self._put(request, bed, at)

    def _put(self, request: BedRequest, bed: BedId, at: datetime) -> None:
        one = self.came[request.id]
        self.world.seat(request, bed, at)
        lies = at + one.way
        self.fates[request.id] = Fate(one, bed, lies)
        self._later(max(one.end, lies + LEAST), "leave", bed)

    def _later(self, at: datetime, what: What, key: str) -> None:
        self.order += 1
        heappush(self.queue, (at, self.order, what, key))


def _who(number: int, lying: Lying, world: World) -> BedRequest:
    """Somebody who lay there when it began, as one who had asked for that bed."""
    bed = world.hospital.plan.beds[lying.bed]
    given = (RequestId(f"L{number:05}"), PatientId(f"l{number:05}"))
    specialty = world.hospital.plan.ward[bed.ward].specialty
    return BedRequest(*given, lying.start, bed.type, sex=lying.sex, specialty=specialty, isolation=lying.isolated, organism=lying.organism)


def replayed(plan: Plan, stretch: Stretch, key: str, enough: Callable[[], bool]) -> Figures:
    """The stretch under a policy; the plan carries its weights."""
    run = Again(plan, stretch, key)
    fates, cut = run.run(enough)
    return _figures(key, fates, run.world, stretch, cut=cut)


def really(plan: Plan, stretch: Stretch) -> Figures:
    """What happened."""
    return _figures("really", [Fate(one, one.bed, one.start) for one in stretch.came], World(plan), stretch)


def _figures(key: str, fates: Sequence[Fate], world: World, stretch: Stretch, *, cut: bool = False) -> Figures:
    asked = [((fate.start or stretch.end) - fate.came.asked) / _MINUTE for fate in fates if fate.came.told]
    placed = [(fate.came.request, fate.bed) for fate in fates if fate.bed is not None]
    plain = [(request, bed) for request, bed in placed if isolation_of(request) is None]
    apart = [(request, bed) for request, bed in placed if isolation_of(request) is not None]
    p50, p90 = np.percentile(asked, (50, 90)) if asked else (0.0, 0.0)
    beds = world.hospital.plan.beds
    return Figures(
        key=key,
        patients=len(fates),
        asked=len(asked),
        wait_p50=float(p50),
        wait_p90=float(p90),
        over_4h=_percent(minutes > LONG / _MINUTE for minutes in asked),
        off_ward=_percent(not at_home(request, bed, world.hospital) for request, bed in plain),
        other_type=_percent(beds[bed].type != request.type for request, bed in placed),
        isolation=len(apart),
        unmet=sum(beds[bed].type != "isolation" and "single" not in beds[bed].features for _, bed in apart),
        unplaced=len(fates) - len(placed),
        cut=cut,
    )


def _percent(found: Iterable[bool]) -> float:
    told = list(found)
    return 100 * sum(told) / len(told) if told else 0.0
