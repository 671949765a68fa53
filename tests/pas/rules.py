"""Second stage: the benchmark's rules and weights as data, and an instance in the planner's terms; the engine knows none of this."""

from collections import Counter

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


class Nights:
    """What the nights of each stay cost in each room; specialisms may treat a stay one after the other."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self._known: dict[tuple[object, ...], NDArray[np.int32]] = {}

    def left(self, who: NDArray[np.intp], start: NDArray[np.int32]) -> NDArray[np.int32]:
        """[k, m] tenths for the nights of these k stays from `start` [k] on."""
        table = np.zeros((len(who), len(self.instance.rooms)), np.int32)
        for row, (stay, night) in enumerate(zip(who, start, strict=True)):
            patient = self.instance.patients[stay]
            for specialism, nights in Counter(patient.specialisms[max(0, night - patient.first) :]).items():
                table[row] += nights * self._a_night(patient, specialism)
        return table

    def _a_night(self, who: Patient, specialism: int) -> NDArray[np.int32]:
        kind = (who.age, who.sex, specialism, who.largest, who.needed, who.preferred)
        if kind not in self._known:
            of = self.instance.departments
            costs = [a_night(who, room, of[room.department], specialism) for room in self.instance.rooms]
            self._known[kind] = np.rint(np.array(costs) * TENTH).astype(np.int32)
        return self._known[kind]


def mixing(instance: Instance) -> NDArray[np.int32]:
    """Tenths a night and person of the rarer sex, per room."""
    return np.array([WEIGHTS["policy"] * TENTH * (room.policy == "D") for room in instance.rooms]).astype(np.int32)


def sexes(instance: Instance) -> NDArray[np.int8]:
    return np.array([patient.sex == "M" for patient in instance.patients], np.int8)
