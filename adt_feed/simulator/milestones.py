"""What happens between the word that a patient may go and the going: doctor, pharmacy, billing and insurer do their steps, some late.

Half of the pharmacies and doctors have a system that tells by itself (RDE, RDS, ORU), the others tap. Each stay has dice of its own, so
that whoever leaves, the rest of the hospital goes on as it would have.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from random import Random

from adt_feed.simulator.action import BILLING, NURSE, PHARMACY
from adt_feed.simulator.world import Stay, World
from flow.domain.commands import Command
from flow.domain.discharge import Discharge, Milestone, Way
from flow.domain.discharge_commands import AskInsurer, BeginDischarge, MarkMilestone

WAYS: Mapping[Way, float] = {
    Way.CASH: 0.34,
    Way.CASHLESS: 0.36,
    Way.PMJAY: 0.16,
    Way.ONWARD_0: 0.06,
    Way.ONWARD_1: 0.03,
    Way.AGAINST_ADVICE: 0.05,
}

PAYERS: Mapping[Way, str] = {Way.CASH: "SELF", Way.CASHLESS: "TPA", Way.PMJAY: "PMJAY"}
"""The HIS's words for who pays (PV1-20), as the sample hospital's file maps them."""
TOLD = 0.6
"""The share of stays of which the HIS says who pays; of the others the ward does."""

SHARES: Mapping[Milestone, float] = {
    Milestone.SUMMARY: 0.28,
    Milestone.PHARMACY: 0.36,
    Milestone.ONWARD: 0.6,
    Milestone.BILLING: 0.5,
    Milestone.TPA: 0.84,
    Milestone.TRANSPORT: 0.93,
}
"""When each step is done, as a share of the time from the announcement to the going."""

ACTORS: Mapping[Milestone, str] = {Milestone.PHARMACY: PHARMACY, Milestone.BILLING: BILLING, Milestone.TPA: BILLING}
FORGOTTEN = 0.04
"""The share of steps of which nobody tells."""
EARLY, ANSWERED = 200, 70
"""Minutes of life before the announcement in which a pre-authorisation is asked for, and within which it is answered."""
SUMMARY = "18842-5"
"""LOINC: discharge summary."""


def dice_of(stay: Stay) -> Random:
    """The stay's own chance: the same after a restart."""
    return Random(f"{stay.visit}-leaving")


def way_of(stay: Stay) -> Way:
    """How the patient leaves."""
    return dice_of(stay).choices(list(WAYS), list(WAYS.values()))[0]


def payer_of(stay: Stay) -> str:
    """What PV1-20 says of who pays; nothing of many."""
    return PAYERS.get(way_of(stay), "") if Random(f"{stay.visit}-payer").random() < TOLD else ""


def prepare(world: World, stay: Stay, announced: datetime) -> None:
    """Of a cashless stay the insurer is asked some time before the announcement."""
    if way_of(stay) is Way.CASHLESS:
        asked = announced - world.tempo.span(minutes=dice_of(stay).uniform(60, EARLY))
        world.at(asked, partial(_ask_insurer, world, stay, answered=False))
        world.at(asked + world.tempo.span(minutes=dice_of(stay).uniform(20, ANSWERED)), partial(_ask_insurer, world, stay, answered=True))


def _ask_insurer(world: World, stay: Stay, *, answered: bool) -> None:
    visit, found = world.visit(stay), _discharge(world, stay)
    if visit is None or not visit.is_open or visit.bed is None or world.stays.get(stay.visit) is not stay:
        return
    known = found if found is not None and found.is_live else None
    asked = known is not None and known.preauth_asked_at is not None
    if asked == answered and (known is None or known.preauth_at is None):
        world.do(BILLING, AskInsurer(stay.visit, answered))


def go_on(world: World, stay: Stay, leaves: datetime) -> None:
    """Do the steps that are left, in the time that is left."""
    dice, span = dice_of(stay), leaves - world.now
    way = way_of(stay)
    if (found := _discharge(world, stay)) is None or found.assumed:
        world.at(world.now + span * 0.04, partial(_say_way, world, stay, way))
    for step, share in SHARES.items():
        at, told = min(max(dice.gauss(share, 0.09), 0.06), 0.97), dice.random() >= FORGOTTEN
        by_system = dice.random() < 0.5
        if told:
            world.at(world.now + span * at, partial(_do, world, stay, step, by_system=by_system))
        if told and by_system and step is Milestone.PHARMACY:
            world.at(world.now + span * 0.05, partial(_order_medicines, world, stay))


def _say_way(world: World, stay: Stay, way: Way) -> None:
    found = _discharge(world, stay)
    if found is not None and found.is_live and found.assumed:
        world.do(NURSE, BeginDischarge(stay.visit, way))


def _order_medicines(world: World, stay: Stay) -> None:
    """RDE: what the patient takes home."""
    if _left(world, stay, Milestone.PHARMACY):
        world.send(world.letters.order("RDE^O11", world.now, stay.patient, _number(stay, "P"), ("RXE", "AMOX500")))


def _do(world: World, stay: Stay, step: Milestone, *, by_system: bool) -> None:
    """One step, as far as it is still to be done and nothing holds it up; else it is tried again."""
    if not _left(world, stay, step):
        return
    found = _discharge(world, stay)
    if found is not None and step not in found.open and (stay.leaves_at or world.now) > world.now:
        again = world.now + max((stay.leaves_at or world.now) - world.now, timedelta()) * 0.3
        if again - world.now > timedelta(minutes=1):
            world.at(again, partial(_do, world, stay, step, by_system=by_system))
        return
    if by_system and step is Milestone.SUMMARY:
        world.send(world.letters.order("ORU^R01", world.now, stay.patient, _number(stay, "S"), ("OBR", SUMMARY)))
    elif by_system and step is Milestone.PHARMACY and found is not None and found.awaited:
        world.send(world.letters.order("RDS^O13", world.now, stay.patient, _number(stay, "P"), ("RXD", "AMOX500")))
    else:
        _tap(world, step, MarkMilestone(stay.visit, step))


def _tap(world: World, step: Milestone, command: Command) -> None:
    world.do(ACTORS.get(step, NURSE), command)


def _left(world: World, stay: Stay, step: Milestone) -> bool:
    found = _discharge(world, stay)
    here = world.stays.get(stay.visit) is stay
    return here and found is not None and found.is_live and found.is_ordered and step in found.left


def _discharge(world: World, stay: Stay) -> Discharge | None:
    return world.census().discharges.get(stay.visit)


def _number(stay: Stay, letter: str) -> str:
    return f"{letter}{stay.patient.number:08d}"
