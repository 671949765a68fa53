"""Second stage: the benchmark's rules and weights as data, and an instance in the planner's terms; the engine knows none of this."""

import numpy as np
from numpy.typing import NDArray

from tests.pas.reader import Department, Instance, Patient, Room

TENTH = 10  # the planner counts in tenths of the benchmark's points
WEIGHTS = {"age": 10.0, "policy": 5.0, "needed": 5.0, "preferred": 2.0, "department": 1.0, "level": 1.0, "no level": 2.0, "larger": 0.8}
TRANSFER = 11.0


def a_night(patient: Patient, room: Room, department: Department, specialism: int) -> float:
    """What one night of this patient in this room costs by itself, that is without the others in the room."""
    return (
        WEIGHTS["age"] * (not department.youngest <= patient.age <= department.oldest)
        + WEIGHTS["policy"] * (room.policy in "MF" and room.policy != patient.sex)
        + WEIGHTS["needed"] * sum(need > has for need, has in zip(patient.needed, room.properties, strict=True))
        + WEIGHTS["preferred"] * sum(wish > has for wish, has in zip(patient.preferred, room.properties, strict=True))
        + WEIGHTS["department"] * (specialism not in department.levels)
        + (WEIGHTS["level"] * (room.levels[specialism] - 1) if specialism in room.levels else WEIGHTS["no level"])
        + WEIGHTS["larger"] * (room.capacity > patient.largest)
    )


def nightly(instance: Instance) -> NDArray[np.int32]:
    """[n, m] tenths a night. Raises ValueError where a stay has several specialisms: no published instance used here has."""
    table = np.zeros((len(instance.patients), len(instance.rooms)), np.int32)
    known: dict[tuple[object, ...], NDArray[np.int32]] = {}
    for row, who in enumerate(instance.patients):
        if len(set(who.specialisms)) > 1:
            raise ValueError("a stay with several specialisms")
        kind = (who.age, who.sex, who.specialisms[:1], who.largest, who.needed, who.preferred)
        if who.specialisms and kind not in known:
            known[kind] = _everywhere(instance, who)
        if who.specialisms:
            table[row] = known[kind]
    return table


def _everywhere(instance: Instance, who: Patient) -> NDArray[np.int32]:
    of = instance.departments
    costs = [a_night(who, room, of[room.department], who.specialisms[0]) for room in instance.rooms]
    return np.rint(np.array(costs) * TENTH).astype(np.int32)


def mixing(instance: Instance) -> NDArray[np.int32]:
    """Tenths a night and person of the rarer sex, per room."""
    return np.array([WEIGHTS["policy"] * TENTH * (room.policy == "D") for room in instance.rooms]).astype(np.int32)


def sexes(instance: Instance) -> NDArray[np.int8]:
    return np.array([patient.sex == "M" for patient in instance.patients], np.int8)
