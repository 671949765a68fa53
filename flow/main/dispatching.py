"""Offers waiting cleans to cleaners on shift, and hands on what nobody answers: in the worker, after every commit and every few seconds.

`flow.domain.dispatch` says what to offer; each offer is a command like any other, so that two workers on one hospital do no harm.
"""

import structlog

from allocation.engine import Engine
from flow.clock import Clock
from flow.desk import Actor, Desk
from flow.domain.bed import BedStatus
from flow.domain.cause import Origin
from flow.domain.dispatch import Crew, Hand, offers, open_job
from flow.domain.ids import BedId
from flow.errors import Refused
from flow.history.cleaners import Cleaners
from flow.main.cleaning import CleaningQueue
from flow.main.house import House
from flow.main.rounds import Rounds

log = structlog.get_logger()
DISPATCH = Actor("dispatch", Origin.SYSTEM)
SETTLE_SECONDS = 0.3


class Dispatch:
    """The dispatcher of one hospital; `queue` is the order of cleaning."""

    def __init__(self, desk: Desk, cleaners: Cleaners, queue: CleaningQueue, clock: Clock) -> None:
        self.desk = desk
        self.cleaners = cleaners
        self.queue = queue
        self.clock = clock
        self.rounds = Rounds(self.step, "dispatch.waits", SETTLE_SECONDS)
        """While Postgres is away nothing is told; the phones' pages show the order."""

    async def step(self) -> int:
        """One round; returns how many jobs were offered, handed on or escalated."""
        beds = self.desk.hospital.beds
        waiting = [bed.id for bed in beds.values() if bed.status is BedStatus.CLEANING and open_job(bed) is not None]
        if not waiting:
            return 0
        crew = await self.crew()
        order = [clean.bed for clean in self.queue()] if crew.hands else []
        commands = offers(self.desk.plan, beds, [*order, *_missing(waiting, order)], crew, self.clock.now())
        done = 0
        for command in commands:
            try:
                await self.desk.act(command, DISPATCH)
                done += 1
            except Refused as refusal:
                log.info("dispatch.overtaken", bed=command.bed, code=refusal.code)
        return done

    async def crew(self) -> Crew:
        """Who is at work with a phone, and who of those known is not."""
        plan, now = self.desk.plan, self.clock.now()
        known = await self.cleaners.all()
        at_work = [each for each in known if each.on_shift and each.device and plan.cleaning.at_work(each.shift, now, plan.zone)]
        hands = tuple(Hand(each.id, plan.cleaning.wards_of(each.zone), each.trained) for each in at_work)
        return Crew(hands, frozenset(each.id for each in known if not each.on_shift))


def dispatching(house: House) -> Dispatch:
    """The dispatcher of a running house, woken by its desk."""
    queue = CleaningQueue(Engine(house.plan), house.desk, house.clock)
    found = Dispatch(house.desk, Cleaners(house.database), queue, house.clock)
    house.desk.on_commit(found.rounds.wake)
    return found


def _missing(waiting: list[BedId], order: list[BedId]) -> list[BedId]:
    """Beds that became dirty since the order was made."""
    known = set(order)
    return [bed for bed in waiting if bed not in known]
