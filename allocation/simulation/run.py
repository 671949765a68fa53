"""One run: a queue of events with its own clock, a policy that answers them, and what became of every patient.

Before it the patients were drawn (`demand`); after it `measures` counts. A need that cannot be met within `RELENT` minutes is given up by
the doctor, who edits the request; the rules never bend, so an unmet need is a fact about the policy and not about its obedience.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from heapq import heappop, heappush
from typing import Literal

from numpy.random import default_rng

from allocation.cleaning import at_home
from allocation.simulation import moving
from allocation.simulation.demand import DAY, START, Arrival, Sort, arrivals, expected, sorts
from allocation.simulation.policies import Policy, ward_first
from allocation.simulation.world import World
from allocation.weights import urgency
from flow.domain.ids import BedId, RequestId
from flow.domain.plan import Plan
from flow.domain.request import BedRequest

CLEANING = 60
RELENT = 6 * 60
TICK = 30
"""Minutes between the times at which everybody is looked at again, and the desk looks whom to ask to move."""
_DAYTIME = range(7, 21)
GIVEN_UP = frozenset({"telemetry", "negative_pressure"})

What = Literal["leave", "clean", "notice", "arrive", "relent", "tick", "answer", "move"]


@dataclass(frozen=True, slots=True)
class Roster:
    """Cleaners on duty by day (07 to 21) and by night."""

    day: int
    night: int

    def at(self, minute: int) -> int:
        """How many now."""
        return self.day if minute % DAY // 60 in _DAYTIME else self.night


@dataclass(frozen=True)
class Setting:
    """What is tried: a hospital, how full it is (1: as its specialties are), the share of their hours that cleaners are busy, the days
    that are counted and those before them. Its zone is the simulation's clock."""

    plan: Plan
    load: float = 1.1
    busy: float = 0.9
    days: int = 21
    warm_up: int = 5

    def __post_init__(self) -> None:
        object.__setattr__(self, "plan", replace(self.plan, zone="UTC"))

    @cached_property
    def demand(self) -> tuple[Sort, ...]:
        """Who comes."""
        return sorts(self.plan, self.load)

    @cached_property
    def roster(self) -> Roster:
        """Seven tenths of the cleaners' hours are by day."""
        hours = sum(sort.a_day for sort in self.demand) * CLEANING / 60 / self.busy
        return Roster(max(1, round(0.7 * hours / 14)), max(1, round(0.3 * hours / 10)))

    def patients(self, seed: int) -> tuple[Arrival, ...]:
        """The patients of a seed, the same for every policy."""
        return arrivals(self.plan, self.demand, self.warm_up + self.days, default_rng(seed))

    def play(self, seed: int, policy: Policy) -> "Outcome":
        """A whole run."""
        return Run(self, self.patients(seed), policy).run()


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a patient: as asked, the bed (None: still waiting at the end), minutes waited, and whether it was at home."""

    arrival: Arrival
    bed: BedId | None
    waited: int
    home: bool


@dataclass(frozen=True, slots=True)
class Moved:
    """An inpatient who was moved for another's sake, when, whence and whither."""

    minute: int
    request: RequestId
    bed: BedId
    to: BedId


@dataclass(frozen=True, slots=True)
class Outcome:
    """A finished run: everybody who came after the warm-up, sexes mixed against a room's policy, mean occupied beds; and after the warm-up
    too, the wards asked to let somebody move, those moved, and how many of them from their home ward to another."""

    fates: tuple[Fate, ...]
    sex_violations: int
    occupied: float
    asked: int = 0
    moved: tuple[Moved, ...] = ()
    displaced: int = 0


def relented(request: BedRequest) -> BedRequest:
    """What is scarce has become a wish."""
    wished = (request.needs & GIVEN_UP) | ({"single"} if request.isolation else set())
    kind = "general" if request.type == "isolation" else request.type
    return replace(request, needs=request.needs - GIVEN_UP, wishes=request.wishes | wished, isolation=False, type=kind)


class Run:
    """A hospital, a policy and a queue of events; `run()` plays it to the end."""

    def __init__(self, setting: Setting, arrivals: Sequence[Arrival], policy: Policy) -> None:
        self.world, self.policy, self.demand, self.cleaners = World(setting.plan), policy, setting.demand, setting.roster
        self.last, self.first = (setting.warm_up + setting.days) * DAY, setting.warm_up * DAY
        self.coming = {arrival.request.id: arrival for arrival in arrivals}
        self.queue: list[tuple[int, int, What, str]] = []
        self.minute, self.order, self.cleaning, self.bed_minutes = 0, 0, 0, 0
        self.fates: dict[RequestId, Fate] = {}
        self.in_bed: dict[BedId, RequestId] = {}
        self.lies: dict[RequestId, BedId] = {}
        self.asked: list[int] = []
        self.moved: list[Moved] = []
        for arrival in arrivals:
            if arrival.minute or not self._lies_there(arrival):
                self._later(arrival.minute, "arrive", arrival.request.id)
        self._later(TICK, "tick", "")

    @property
    def now(self) -> datetime:
        """The hospital's time."""
        return START + timedelta(minutes=self.minute)

    def run(self) -> Outcome:
        """Play all events; those who wait at the end have waited until then."""
        while self.queue and self.queue[0][0] < self.last:
            self._one_minute()
        self._advance(self.last)
        for request in self.world.waiting.values():
            self.fates[request.id] = Fate(self.coming[request.id], None, self._waited(request), False)
        counted = (fate for fate in self.fates.values() if fate.arrival.minute >= self.first)
        occupied = self.bed_minutes / (self.last - self.first)
        moved = tuple(one for one in self.moved if one.minute >= self.first)
        asked = sum(minute >= self.first for minute in self.asked)
        return Outcome(tuple(counted), self.world.sex_violations, occupied, asked, moved, sum(map(self._is_displaced, moved)))

    def _is_displaced(self, moved: Moved) -> bool:
        request, hospital = self.coming[moved.request].request, self.world.hospital
        return at_home(request, moved.bed, hospital) and not at_home(request, moved.to, hospital)

    def _one_minute(self) -> None:
        """Everything that happens in the same minute, then the policy's answer to it."""
        self._advance(self.queue[0][0])
        asked: set[RequestId] = set()
        opened: list[BedId] = []
        while self.queue and self.queue[0][0] == self.minute:
            _, _, what, key = heappop(self.queue)
            asked_now, opened_now = self._happen(what, key)
            asked |= asked_now
            opened += opened_now
        self._serve(asked, opened)
        if self.minute % TICK == 0:
            self._meet()
        self._send_cleaners()

    def _happen(self, what: What, key: str) -> tuple[set[RequestId], list[BedId]]:
        """One event; whose request is to be looked at again, and which beds somebody may now have."""
        match what:
            case "arrive":
                return self._arrive(RequestId(key)), []
            case "relent":
                return self._relent(RequestId(key)), []
            case "leave":
                return set(), self._leave(RequestId(key))
            case "clean":
                return set(), self._finish(BedId(key))
            case "notice":
                return set(), self._foretell(RequestId(key))
            case "answer":
                return set(), self._answer(RequestId(key))
            case "move":
                return set(), self._move(RequestId(key))
            case "tick":
                self._later(self.minute + TICK, "tick", "")
                self.world.forget(self.now)
                if self.policy.learns:
                    self.world.learn()
                return set(self.world.waiting), []

    def _arrive(self, key: RequestId) -> set[RequestId]:
        request = self.coming[key].request
        self.world.ask(request)
        if request.isolation or request.needs & GIVEN_UP:
            self._later(self.minute + RELENT, "relent", key)
        return {key}

    def _relent(self, key: RequestId) -> set[RequestId]:
        """The doctor makes do: what is scarce becomes a wish."""
        request = self.world.waiting.get(key)
        if request is None:
            return set()
        self.world.ask(relented(request))
        return {key}

    def _leave(self, key: RequestId) -> list[BedId]:
        bed, free = self.lies.pop(key), set(self.world.free)
        self.world.leave(bed, self.now)
        del self.in_bed[bed]
        return [*self.world.free_in(self.world.hospital.plan.beds[bed].room), *sorted(self.world.free - free)]

    def _meet(self) -> None:
        """The wards of those whom the policy proposes are asked; after each question the plan is made anew."""
        if not self.world.waiting or moving.too_late(self.world, self.now):
            return
        while (key := self._ask()) is not None:
            arrival = self.coming[key]
            self._later(self.minute + arrival.answers, "answer", f"M{key}-{self.minute}")

    def _ask(self) -> RequestId | None:
        """Who is asked for next."""
        for move in self.policy.propose(self.world, self.now):
            key = RequestId(move.visit[1:])
            if moving.ask(self.world, RequestId(f"M{key}-{self.minute}"), move, self.now):
                self.asked.append(self.minute)
                return key
        return None

    def _answer(self, key: RequestId) -> list[BedId]:
        patient = RequestId(key[1:].split("-")[0])
        if moving.answer(self.world, key, self.coming[patient].agrees, self.now):
            self._later(self.minute + self.world.hospital.plan.moves.minutes, "move", key)
        return []

    def _move(self, key: RequestId) -> list[BedId]:
        """Unless the patient has gone meanwhile; who leaves a bay may open it to the other sex."""
        free = set(self.world.free)
        if not moving.may_go(self.world, key, self.now):
            return sorted(self.world.free - free)
        patient = RequestId(key[1:].split("-")[0])
        left = self.world.move(key, self.now)
        to = self.lies[patient] = self.world.hospital.requests[key].bed or left
        self.in_bed[to] = self.in_bed.pop(left)
        self.moved.append(Moved(self.minute, patient, left, to))
        return self.world.free_in(self.world.hospital.plan.beds[left].room)

    def _finish(self, bed: BedId) -> list[BedId]:
        self.cleaning -= 1
        self.world.finish_cleaning(bed, self.now)
        return [bed]

    def _foretell(self, key: RequestId) -> list[BedId]:
        fate = self.fates[key]
        gone = fate.arrival.gone(fate.arrival.minute + fate.waited)
        self.world.foretell(self.lies[key], START + timedelta(minutes=gone), self.now)
        return []

    def _serve(self, asked: set[RequestId], opened: Sequence[BedId]) -> None:
        """Those who may gain by what happened, the most urgent first."""
        world = self.world
        if not world.free or not (asked or opened):
            return
        gaining = [r for r in world.waiting.values() if r.id in asked or not world.possible[r.id].isdisjoint(opened)]
        if gaining:
            gaining.sort(key=lambda r: (-urgency(r, self.now, world.hospital.plan.weights), r.id))
            for request, bed in self.policy.serve(gaining, world, self.now):
                self._place(request, bed)

    def _place(self, request: BedRequest, bed: BedId) -> None:
        arrival = self.coming[request.id]
        home = at_home(arrival.request, bed, self.world.hospital)
        self.world.place(request, bed, self.now)
        self.in_bed[bed], self.lies[request.id] = request.id, bed
        self.fates[request.id] = Fate(arrival, bed, self._waited(request), home)
        gone = arrival.gone(self.minute)
        self._later(gone, "leave", request.id)
        if arrival.notice:
            self._later(max(self.minute, gone - arrival.notice), "notice", request.id)

    def _lies_there(self, arrival: Arrival) -> bool:
        """Those who are there at the start: in the same beds for every policy, where there is one."""
        self.world.ask(arrival.request)
        bed = ward_first(arrival.request, self.world, self.now)
        if bed is not None:
            self._place(arrival.request, bed)
        return bed is not None

    def _send_cleaners(self) -> None:
        while self.world.dirty and self.cleaning < self.cleaners.at(self.minute):
            bed = self.policy.clean(self.world, self.now, lambda: expected(self.demand, self.now))
            self.world.start_cleaning(bed, self.now)
            self.cleaning += 1
            self._later(self.minute + CLEANING, "clean", bed)

    def _waited(self, request: BedRequest) -> int:
        return self.minute - self.coming[request.id].minute

    def _advance(self, minute: int) -> None:
        self.bed_minutes += len(self.in_bed) * max(0, minute - max(self.minute, self.first))
        self.minute = minute

    def _later(self, minute: int, what: What, key: str) -> None:
        self.order += 1
        heappush(self.queue, (minute, self.order, what, key))
