"""What all the made-up people share: the hospital as it stands, the time, the agenda, the dice, and what has been done just now."""

import heapq
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random

from adt_feed.simulator.action import Timed
from adt_feed.simulator.letters import Letters
from adt_feed.simulator.patient import Patient, first_number, next_fitting
from adt_feed.simulator.tempo import Tempo
from flow.domain.commands import Command
from flow.domain.hospital import Hospital
from flow.domain.ids import BedId, PatientId, VisitId, WardId
from flow.domain.plan import Plan, Ward
from flow.domain.visit import Visit

Task = Callable[[], None]
Pseudonym = Callable[[str, str], PatientId]

HELD, HELD_OF_LIFE = timedelta(seconds=20), 15
"""How long a bed just chosen is kept from the next choice, until the letter has arrived: so long, or fewer minutes of life."""


@dataclass(slots=True)
class Stay:
    """One made-up patient's stay. Where they are is for the hospital's record to say; `ward` and `type` are what they came for."""

    patient: Patient
    ward: WardId
    type: str
    klass: str = "I"
    origin: str = ""
    priority: int = 3
    temporary: bool = False
    leaves_at: datetime | None = None
    moving: bool = False
    visit: VisitId = field(init=False)

    def __post_init__(self) -> None:
        self.visit = self.patient.visit


@dataclass(slots=True)
class World:
    """`census` gives the hospital as it stands, each time it is asked; it is read, never changed. Clinics throw dice of their own, so that
    a new room of theirs does not make another hospital."""

    plan: Plan
    census: Callable[[], Hospital]
    pseudonym: Pseudonym
    tempo: Tempo
    dice: Random
    now: datetime
    letters: Letters
    stays: dict[VisitId, Stay] = field(default_factory=dict)
    done: deque[Timed] = field(default_factory=deque)
    held: dict[BedId, datetime] = field(default_factory=dict)
    clinic_dice: Random = field(default_factory=lambda: Random(0))
    _agenda: list[tuple[datetime, int, Task]] = field(default_factory=list)
    _ties: "count[int]" = field(default_factory=count)
    _next: int = 0
    _outpatients: int = 0

    @property
    def feed(self) -> str:
        """The id of the feed that the letters come by."""
        return self.plan.feeds[0].id if self.plan.feeds else "his"

    def at(self, when: datetime, task: Task) -> None:
        """Do it then, or at once if that is past."""
        heapq.heappush(self._agenda, (max(when, self.now), next(self._ties), task))

    def after(self, minutes: float, task: Task) -> None:
        """Do it so many minutes of life from now."""
        self.at(self.now + self.tempo.span(minutes=minutes), task)

    def next_at(self) -> datetime | None:
        """When something is due."""
        return self._agenda[0][0] if self._agenda else None

    def step(self, now: datetime | None = None) -> None:
        """Do the next thing on the agenda, when it is due or, where that is past, `now`."""
        when, _, task = heapq.heappop(self._agenda)
        self.now = max(self.now, when, now or when)
        task()

    def send(self, letter: bytes) -> None:
        """By the HIS."""
        self.done.append(Timed(self.now, self.feed, letter))

    def do(self, actor: str, command: Command) -> None:
        """By hand."""
        self.done.append(Timed(self.now, actor, command))

    def visit(self, stay: Stay) -> Visit | None:
        """As the hospital knows it."""
        return self.census().visits.get(stay.visit)

    def patient_of(self, stay: Stay) -> PatientId:
        """As events name the patient."""
        return self.pseudonym(stay.patient.mrn, "")

    def ward(self, ward: WardId) -> Ward:
        """Of the plan."""
        return self.plan.ward[ward]

    def newcomer(self, fits: Callable[[Patient], bool]) -> Patient:
        """Somebody new whom a ward would take."""
        found = next_fitting(max(self._next, first_number(self.now)), fits)
        self._next = found.number + 1
        return found

    def outpatient(self, least: int) -> int:
        """The next number of an outpatient."""
        self._outpatients = max(self._outpatients + 1, least)
        return self._outpatients

    def used(self, number: int) -> None:
        """A number that is taken."""
        self._next = max(self._next, number + 1)

    def hold(self, bed: BedId) -> None:
        """Keep a bed from the next choice for a moment."""
        self.held[bed] = self.now + min(HELD, self.tempo.span(minutes=HELD_OF_LIFE))

    def is_held(self, bed: BedId) -> bool:
        """Chosen a moment ago."""
        until = self.held.get(bed)
        return until is not None and until > self.now

    def today(self, hour: float) -> datetime:
        """An hour of the hospital's present day, in UTC."""
        midnight = self.tempo.local(self.now).replace(hour=0, minute=0, second=0, microsecond=0)
        return (midnight + timedelta(hours=hour)).astimezone(UTC)


def world(plan: Plan, census: Callable[[], Hospital], pseudonym: Pseudonym, *, seed: int, speed: float, start: datetime) -> World:
    """A world at its first moment."""
    clinics = Random(f"clinics {seed}")
    return World(plan, census, pseudonym, Tempo(plan.zone, speed), Random(seed), start, Letters(plan), clinic_dice=clinics)
