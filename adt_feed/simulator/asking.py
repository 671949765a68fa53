"""Asking for a bed: what the admissions desk writes on its waiting list for a stay."""

from collections import Counter

from adt_feed.simulator.action import DESK
from adt_feed.simulator.choice import fits_ward, suits
from adt_feed.simulator.demand import CRITICAL, NOT_WARDS, kind
from adt_feed.simulator.world import Stay, World
from flow.domain.commands import RequestBed
from flow.domain.ids import RequestId
from flow.domain.plan import Ward
from flow.domain.request import BedRequest

ALARMING = frozenset({"icu", "hdu", "ventilator", "negative_pressure"})
"""Features nobody asks for by chance."""

USUAL = 4
"""Beds of the ward that must have a feature before somebody needs it."""


def ask(world: World, stay: Stay, *, origin: str, priority: int | None = None) -> None:
    """Put the stay on the waiting list."""
    patient, wants = stay.patient, _wants(world, stay)
    request = BedRequest(
        id=_fresh_id(world, stay),
        patient=world.patient_of(stay),
        created_at=world.now,
        type=stay.type,
        needs=frozenset(wants[:1]),
        wishes=frozenset(wants[1:]),
        sex=patient.sex,
        age=patient.age(world.tempo.local(world.now).date()),
        specialty=world.ward(stay.ward).specialty,
        priority=priority or stay.priority,
        origin=origin,
        isolation=kind(world.ward(stay.ward)) == "isolation",
        visit=stay.visit,
    )
    world.do(DESK, RequestBed(request))


def ward_for(world: World, stay: Stay) -> Ward | None:
    """An ordinary ward that takes the patient: of the specialty if there is one."""
    wards = [ward for ward in world.plan.wards if ward.beds and kind(ward) not in CRITICAL | NOT_WARDS | {"isolation", "nicu"}]
    fitting = [ward for ward in wards if fits_ward(ward, stay.patient, world)]
    same = [ward for ward in fitting if ward.specialty == world.ward(stay.ward).specialty]
    return world.dice.choice(same or fitting) if fitting else None


def _fresh_id(world: World, stay: Stay) -> RequestId:
    """A stay may ask again, weeks after its first request was forgotten."""
    return RequestId(f"R{stay.patient.number:08d}-{world.now:%j%H%M%S}")


def _wants(world: World, stay: Stay) -> list[str]:
    """Features of beds of the ward: now and then one the patient must have, then some they would like."""
    beds = [bed for bed in world.ward(stay.ward).beds if bed.type == stay.type and suits(world, bed, stay.patient)]
    found = Counter(feature for bed in beds for feature in bed.features - ALARMING)
    usual = sorted(feature for feature, count in found.items() if count >= USUAL)
    if not usual or world.dice.random() < 0.6:
        return []
    return world.dice.sample(usual, min(len(usual), world.dice.choice((1, 1, 2))))
