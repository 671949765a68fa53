"""The demo's porters: two with badges, one of them at work without a phone; and wards that ask for a transport now and then, so that the
porter's phone has something to ring for. He takes what nobody else has taken for a while. Beside the simulator, while the demo plays."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

import structlog

from flow.domain.commands import Command
from flow.domain.discharge import Milestone
from flow.domain.hospital import Hospital
from flow.domain.ids import TransportId
from flow.domain.plan import Plan
from flow.domain.roles import Role
from flow.domain.transport import Carried, Transport, TransportStatus
from flow.domain.transport_commands import MoveTransport, RequestTransport, Ride
from flow.domain.transport_rules import THE_EXIT
from flow.errors import Refused, Unavailable
from flow.history.cleaners import Cleaners, Described

log = structlog.get_logger()
_NICKS = ("Anil", "Joseph")
_BY = "demo"
NURSE = "demo-nurse"
TURN_SECONDS = 45.0
MOST = 5
"""Jobs at once: nobody may be there to do them."""
PATIENCE, LEG = timedelta(minutes=5), timedelta(minutes=2)
_CARRIED = (Carried.WHEELCHAIR, Carried.WHEELCHAIR, Carried.TROLLEY, Carried.BED, Carried.WALKING)


async def demo_porters(cleaners: Cleaners, at: datetime) -> str:
    """Made at the first start; returns the number of the one who is at work."""
    known = await cleaners.all(Role.PORTER)
    if not known:
        known = [(await cleaners.add(Described(nick, trade=Role.PORTER), _BY, at))[0] for nick in _NICKS]
        await cleaners.come_on(known[0].id, None, at)
    return known[0].id


@dataclass(slots=True)
class Carrying:
    """`census` gives the desk's hospital each time it is asked; `act` carries out a command in an actor's name; `porter` is at work."""

    plan: Plan
    census: Callable[[], Hospital]
    act: Callable[[Command, str], Awaitable[object]]
    now: Callable[[], datetime]
    porter: str
    seed: int = 1

    async def run(self) -> None:
        """Take turns until cancelled."""
        dice = Random(self.seed)
        while True:
            hospital, now = self.census(), self.now()
            for command, actor in ((moved(hospital, self.porter, now), self.porter), (asked(hospital, self.plan, dice, now), NURSE)):
                if command is not None:
                    await self._try(command, actor)
            await asyncio.sleep(TURN_SECONDS * dice.uniform(0.5, 1.5))

    async def _try(self, command: Command, actor: str) -> None:
        try:
            await self.act(command, actor)
        except (Refused, Unavailable) as problem:
            log.debug("demo.refused", code=problem.code)


def asked(hospital: Hospital, plan: Plan, dice: Random, now: datetime) -> RequestTransport | None:
    """Somebody in a bed is to be brought to a place of the hospital file; one in five at once; first of all out of the house whoever waits
    for no more than that. None where enough is asked for."""
    live = [job for job in hospital.transports.values() if job.is_live]
    busy = {job.visit for job in hospital.transports.values() if job.is_live or job.leaving}
    lying = [bed for bed in hospital.beds.values() if bed.id in plan.beds and bed.visit is not None and bed.visit not in busy]
    if len(live) >= MOST or not lying or not plan.transport.places:
        return None
    waiting = {each.id for each in hospital.discharges.values() if each.is_live and Milestone.TRANSPORT in each.open}
    going = [bed for bed in lying if bed.visit in waiting]
    bed, to = dice.choice(going or lying).id, dice.choice((plan.transport.exits or (THE_EXIT,)) if going else plan.transport.places)
    number = TransportId(f"T-demo-{dice.getrandbits(40):010x}")
    how = (dice.choice(_CARRIED), dice.random() < 0.15, dice.choice((1, 2, 3, 3, 3)))
    return RequestTransport(Transport(number, plan.beds[bed].ward, plan.bed_name(bed), to, now, *how, bed=bed, leaving=bool(going)))


def moved(hospital: Hospital, porter: str, now: datetime) -> MoveTransport | None:
    """What the demo's porter taps next: his own job's next leg, else the job that has waited longest and too long."""
    live = sorted((job for job in hospital.transports.values() if job.is_live), key=lambda job: job.requested_at)
    own = next((job for job in live if job.porter == porter), None)
    if own is None:
        waits = (job for job in live if job.status is TransportStatus.REQUESTED and now - job.requested_at >= PATIENCE)
        return next((MoveTransport(job.id, Ride.ACCEPT, porter) for job in waits), None)
    since = own.picked_up_at or own.accepted_at or own.requested_at
    ride = Ride.DELIVER if own.status is TransportStatus.PICKED_UP else Ride.PICK_UP
    return MoveTransport(own.id, ride, porter) if now - since >= LEG else None
