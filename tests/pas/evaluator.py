"""Last stage: what a plan costs by the benchmark's words, counted anew, night by night, sharing nothing with the planner."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise

from tests.pas.reader import Instance, Patient, Room

Places = Sequence[Sequence[int]]  # per patient the room of every night of the stay, by index


def evaluate(instance: Instance, places: Places) -> float:
    """Points of the benchmark. Raises ValueError where a room holds more than its beds or a night has no room."""
    rooms: dict[tuple[int, int], list[Patient]] = defaultdict(list)
    points = 0.0
    for patient, nights in zip(instance.patients, places, strict=True):
        if len(nights) != patient.last - patient.first:
            raise ValueError("a stay with nights left out")
        points += sum(11 for before, after in pairwise(nights) if before != after)
        for offset, place in enumerate(nights):
            rooms[place, patient.first + offset].append(patient)
            points += _alone(instance, patient, patient.specialisms[offset], instance.rooms[place])
    return points + sum(_together(instance.rooms[place], lying) for (place, _), lying in rooms.items())


def _alone(instance: Instance, patient: Patient, specialism: int, room: Room) -> float:
    department = instance.departments[room.department]
    points = 0.0
    if patient.age < department.youngest or patient.age > department.oldest:
        points += 10
    if {"M": "F", "F": "M"}[patient.sex] == room.policy:
        points += 5
    for needed, preferred, has in zip(patient.needed, patient.preferred, room.properties, strict=True):
        points += 5 * (needed and not has) + 2 * (preferred and not has)
    if specialism not in department.levels:
        points += 1
    points += room.levels.get(specialism, 3) - 1
    return points + (0.8 if room.capacity > patient.largest else 0)


def _together(room: Room, lying: list[Patient]) -> float:
    if len(lying) > room.capacity:
        raise ValueError("more patients than beds")
    sexes = Counter(patient.sex for patient in lying)
    return 5 * min(sexes["M"], sexes["F"]) if room.policy == "D" else 0
