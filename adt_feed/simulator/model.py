"""The model: opens the hospital's doors and lets one thing after the other happen. Pure: actions come out, nothing is performed."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

from adt_feed.simulator import appointments, arrivals, bustle, clinics, desk, housekeeping, rounds, upkeep
from adt_feed.simulator.action import Timed
from adt_feed.simulator.adopt import adopt
from adt_feed.simulator.demand import AIM, draws
from adt_feed.simulator.world import Pseudonym, World, world
from flow.domain.hospital import Hospital
from flow.domain.ids import WardId
from flow.domain.plan import Plan

OPENING_MINUTES = 150
"""In which a new hospital takes over its first patients."""


class Model:
    """A hospital's made-up people. After each action the caller brings `census` up to date before it asks for the next.

    `clinics_from` is when the outpatient clinics open first; at the start where none is given.
    """

    def __init__(
        self,
        plan: Plan,
        census: Callable[[], Hospital],
        pseudonym: Pseudonym,
        *,
        seed: int,
        speed: float,
        start: datetime,
        clinics_from: datetime | None = None,
    ) -> None:
        self.world: World = world(plan, census, pseudonym, seed=seed, speed=speed, start=start)
        for part in (arrivals, desk, housekeeping, upkeep, bustle, rounds):
            part.start(self.world)
        for part in (clinics, appointments):
            self.world.at(clinics_from or start, partial(part.start, self.world))

    def adopt(self) -> None:
        """Take over the patients whom the hospital already has."""
        adopt(self.world)

    def fill(self) -> None:
        """Take over an empty hospital: patients come to most beds within hours, as if they had lain elsewhere before."""
        for draw in draws(self.world.plan):
            count = round(len(self.world.ward(draw.ward).beds) * (AIM - 0.02))
            for _ in range(count):
                self.world.after(self.world.dice.uniform(1, OPENING_MINUTES), partial(self._take_over, draw.ward))

    def _take_over(self, ward: WardId) -> None:
        arrivals.take_over(self.world, self.world.ward(ward))

    def next_at(self) -> datetime | None:
        """When the next thing is due."""
        return self.world.next_at()

    def step(self, now: datetime | None = None) -> Iterator[Timed]:
        """Let the next thing happen, when it is due or, where that is past, `now`; gives what is done for it."""
        self.world.step(now)
        while self.world.done:
            yield self.world.done.popleft()

    def run(self, until: datetime) -> Iterator[Timed]:
        """Everything up to a moment, in order of time."""
        while (due := self.next_at()) is not None and due <= until:
            yield from self.step()
