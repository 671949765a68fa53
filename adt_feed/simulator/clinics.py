"""Outpatient clinics: patients take tokens, rooms call them, some do not answer, doctors take breaks.

In life they are open every morning but Sunday's; on the demo's faster clock they never close. Rooms look only at the tokens, so a restart
or a user of the demo who calls the next patient does no harm.
"""

from datetime import datetime, timedelta
from functools import partial

from adt_feed.simulator.action import CLINIC
from adt_feed.simulator.demand import poisson
from adt_feed.simulator.world import Task, World
from flow.domain.commands import CallNext, IssueToken, MarkToken, SetRoom
from flow.domain.opd import Group, Token, TokenStatus
from flow.domain.opd_commands import PassToken
from flow.domain.opd_queue import of_room
from flow.domain.plan import Clinic, ClinicRoom

OPENS, LAST_TOKEN, CLOSES = 8.5, 13.0, 18.0
TOKENS = 45
"""A clinic's tokens on a working day (Sunday is none)."""

TICK = 5
ROOM_TICK = 2
CONSULTATION = 9
FASTEST = 2.0
TO_THE_ROOM = 1.5
NO_ANSWER, BREAK = 0.05, 0.012
SUNDAY = 6
EARLY_BIRDS = (3, 8)
"""On the fast clock so many wait when the doors open, so that a first look finds a clinic at work."""

WITH_A_DOCTOR = frozenset({TokenStatus.CALLED, TokenStatus.IN_ROOM})
GROUPS = {Group.EMERGENCY: 2, Group.ELDERLY: 5, Group.PREGNANT: 2, Group.FOLLOW_UP: 16, Group.ORDINARY: 75}
"""Of a hundred who come."""
AT_HOME = 0.12
"""Of those of a clinic with a tele-consult room, who are seen there."""
MOST_WAITING = 14
"""On the fast clock nobody takes a token behind so many."""


def start(world: World) -> None:
    """Open the doors of every clinic."""
    for clinic in world.plan.clinics:
        if world.tempo.speed > 1:
            after(world, world.clinic_dice.uniform(0, 0.5), partial(_gather, world, clinic))
        after(world, world.clinic_dice.uniform(0, TICK), partial(_door, world, clinic))
        for room in clinic.rooms:
            after(world, world.clinic_dice.uniform(0.5, ROOM_TICK), partial(_room, world, clinic, room))


def _gather(world: World, clinic: Clinic) -> None:
    for _ in range(world.clinic_dice.randint(*EARLY_BIRDS) - _waiting(tokens_of(world, clinic))):
        _take_token(world, clinic)


def _take_token(world: World, clinic: Clinic) -> None:
    day = world.tempo.local(world.now).date()
    group = world.clinic_dice.choices(tuple(GROUPS), tuple(GROUPS.values()))[0]
    tele = any(room.tele for room in clinic.rooms) and group is not Group.EMERGENCY and world.clinic_dice.random() < AT_HOME
    world.do(CLINIC, IssueToken(clinic.id, day, group=group, tele=tele))


def _span(world: World, minutes: float) -> timedelta:
    """Consultations run faster than life, but people must be able to follow the numbers."""
    return timedelta(minutes=minutes) / min(world.tempo.speed, FASTEST)


def after(world: World, minutes: float, task: Task) -> None:
    """So many minutes of a clinic's time from now."""
    world.at(world.now + _span(world, minutes), task)


def is_open(world: World, until: float) -> bool:
    """Whether clinics are at work, until an hour of the day."""
    if world.tempo.speed > 1:
        return True
    local = world.tempo.local(world.now)
    return local.weekday() < SUNDAY and OPENS <= local.hour + local.minute / 60 < until


def opens_next(world: World) -> datetime:
    """When they open again."""
    opening = world.today(OPENS)
    return opening if opening > world.now else world.today(OPENS + 24)


def _door(world: World, clinic: Clinic) -> None:
    """Patients take tokens; some at hand an hour before their turn, most at once."""
    if not is_open(world, LAST_TOKEN):
        world.at(opens_next(world), partial(_door, world, clinic))
        return
    mean = TOKENS * TICK / 60 / (LAST_TOKEN - OPENS)
    crowded = world.tempo.speed > 1 and _waiting(tokens_of(world, clinic)) >= MOST_WAITING
    for _ in range(0 if crowded else poisson(mean, world.clinic_dice)):
        _take_token(world, clinic)
    after(world, TICK, partial(_door, world, clinic))


def tokens_of(world: World, clinic: Clinic) -> list[Token]:
    """Those of the day."""
    day = world.tempo.local(world.now).date()
    return [token for token in world.census().tokens.values() if (token.clinic, token.day) == (clinic.id, day)]


def _waiting(tokens: list[Token]) -> int:
    return sum(token.status is TokenStatus.WAITING for token in tokens)


def _room(world: World, clinic: Clinic, room: ClinicRoom) -> None:
    """What happens next in one consulting room."""
    tokens = tokens_of(world, clinic)
    busy = [token for token in tokens if token.status in WITH_A_DOCTOR or token.status is TokenStatus.WAITING]
    again = partial(_room, world, clinic, room)
    if not is_open(world, CLOSES if busy else LAST_TOKEN):
        world.at(opens_next(world), again)
        return
    inside = next((token for token in busy if token.room == room.id and token.status in WITH_A_DOCTOR), None)
    if inside is not None and inside.status is TokenStatus.CALLED:
        _answer(world, inside)
        after(world, ROOM_TICK, again)
    elif inside is not None and _talks_on(world, inside):
        after(world, ROOM_TICK, again)
    else:
        after(world, _next_patient(world, clinic, room.id, inside, _waiting(of_room(tokens, room.id, tele=room.tele))), again)


def _answer(world: World, called: Token) -> None:
    """The patient comes in, or is called again, or is passed over."""
    if world.clinic_dice.random() >= NO_ANSWER * 4 ** min(called.calls - 1, 1):
        world.do(CLINIC, MarkToken(called.id, TokenStatus.IN_ROOM))
    else:
        world.do(CLINIC, PassToken(called.id) if called.passed or called.calls > 1 else MarkToken(called.id, TokenStatus.CALLED))


def _talks_on(world: World, inside: Token) -> bool:
    """Consultations last about CONSULTATION minutes, memoryless past the first three."""
    begun = inside.started_at or world.now
    early = world.now - begun < _span(world, 3)
    return early or world.clinic_dice.random() > ROOM_TICK / (CONSULTATION - 3)


def _next_patient(world: World, clinic: Clinic, room: str, inside: Token | None, waiting: int) -> float:
    """Call the next patient, or finish the last; minutes until the room is looked at again."""
    pause = world.census().rooms.get(f"{clinic.id}/{room}")
    if pause is not None and pause.back_at is not None:
        if world.now < pause.back_at:
            return ROOM_TICK
        world.do(CLINIC, SetRoom(clinic.id, room, None))
    if inside is not None and world.clinic_dice.random() < BREAK * 4:
        world.do(CLINIC, MarkToken(inside.id, TokenStatus.FINISHED))
        back = world.now + _span(world, world.clinic_dice.uniform(10, 25))
        world.do(CLINIC, SetRoom(clinic.id, room, min(back, world.today(24))))
    elif waiting:
        world.do(CLINIC, CallNext(clinic.id, room))
    elif inside is not None:
        world.do(CLINIC, MarkToken(inside.id, TokenStatus.FINISHED))
    return TO_THE_ROOM
