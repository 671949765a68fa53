"""Appointments of the demo: a scheduling system books the next hours by SIU, moves and cancels some; patients come, or not.

What becomes of an appointment is worked out from its number and time alone, and looked up in the hospital's own tokens: so a restart, or
somebody at reception who is quicker, does no harm.
"""

from datetime import datetime, timedelta
from functools import partial
from random import Random

from adt_feed.simulator.action import CLINIC
from adt_feed.simulator.clinics import LAST_TOKEN, after, is_open, opens_next, tokens_of
from adt_feed.simulator.letters import Booked
from adt_feed.simulator.patient import first_number, patient
from adt_feed.simulator.world import World
from flow.domain.commands import MarkToken
from flow.domain.opd import Token, TokenStatus
from flow.domain.plan import Clinic

TICK = 4
KEPT_AHEAD = 5
"""Appointments of a clinic that are still to come."""
FROM, TO = 15, 150
"""Minutes until a new one."""
EARLIER = 5_000_000
"""Outpatients' numbers lie so far below those of stays of the same moment: 579 days."""
FOLLOW_UPS, AT_HOME = 0.3, 0.15
CANCELLED, MOVED, MISSED = 6, 12, 20
"""Of a hundred, each with those before it."""
LATER = timedelta(minutes=45)


def start(world: World) -> None:
    """Each clinic's book is opened."""
    for clinic in world.plan.clinics:
        after(world, world.clinic_dice.uniform(0.2, TICK), partial(_look, world, clinic))


def _look(world: World, clinic: Clinic) -> None:
    """Book what is missing, and let happen what is due."""
    again = partial(_look, world, clinic)
    booked = [token for token in tokens_of(world, clinic) if token.status is TokenStatus.BOOKED and _number(token)]
    for token in booked:
        _befalls(world, clinic, token)
    if not is_open(world, LAST_TOKEN - 1):
        world.at(opens_next(world) if not booked else world.now + timedelta(minutes=TICK), again)
        return
    if sum(token.due_at is not None and token.due_at > world.now for token in booked) < KEPT_AHEAD:
        _book(world, clinic)
    after(world, TICK, again)


def _book(world: World, clinic: Clinic) -> None:
    dice = world.clinic_dice
    due = world.now + timedelta(minutes=dice.randint(FROM // 5, TO // 5) * 5)
    if world.tempo.local(due).date() != world.tempo.local(world.now).date():
        return
    tele = any(room.tele for room in clinic.rooms) and dice.random() < AT_HOME
    reason = "FOLLOWUP" if dice.random() < FOLLOW_UPS else "ROUTINE"
    number = world.outpatient(first_number(world.now) - EARLIER)
    _says(world, "S12", number, Booked(f"AP{number}", clinic.id, due, reason, "TELE" if tele else ""))


def _befalls(world: World, clinic: Clinic, token: Token) -> None:
    """What is to become of an appointment, once its moment has come."""
    number, due = _number(token), token.due_at
    assert due is not None
    dice = Random(f"{number} {due.timestamp()}")
    share, late = dice.randrange(100), timedelta(minutes=dice.uniform(-10, 12))
    same = Booked(f"AP{number}", clinic.id, due)
    if share < CANCELLED:
        _when(world, due - timedelta(minutes=10), "S15", number, same)
    elif share < MOVED:
        _when(world, due - timedelta(minutes=10), "S13", number, Booked(same.id, clinic.id, due + LATER))
    elif share < MISSED:
        _when(world, due + timedelta(minutes=25), "S26", number, same)
    elif world.now >= due + late:
        world.do(CLINIC, MarkToken(token.id, TokenStatus.WAITING))


def _when(world: World, moment: datetime, trigger: str, number: int, booked: Booked) -> None:
    if world.now >= moment:
        _says(world, trigger, number, booked)


def _says(world: World, trigger: str, number: int, booked: Booked) -> None:
    world.send(world.letters.appointment(trigger, world.now, patient(number), booked))


def _number(token: Token) -> int:
    """Of the patient; 0 where the appointment is another system's."""
    said = token.appointment or ""
    return int(said[2:]) if said.startswith("AP") and said[2:].isdigit() else 0
