"""The hospital as built, as columns: one row a bed in the file's order, made once. `grid` adds what changes; rules and terms read both."""

import re
from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from flow.domain.plan import Bed, Plan, SexPolicy

Mask = NDArray[np.bool_]
Points = NDArray[np.int64]
Index = NDArray[np.intp]
Times = NDArray[np.float64]

INTENSIVE: Mapping[str, str] = {"icu": "ICU", "hdu": "HDU", "nicu": "NICU", "emergency": "emergency"}
"""Types where a bed is a capability: asked for by name, and sexes mix (clinical need comes first)."""
COSTLY = ("ventilator", "dialysis", "telemetry", "monitor", "single", "bariatric", "hoist", "traction", "oxygen")
"""What may be scarce; how scarce it is, the file says by how few beds have it."""
CATEGORY: Mapping[str, int] = {"general": 1, "semi_private": 2, "private": 3}
"""Room categories from the plainest upwards, as insurers have them."""


class Layout:
    """Columns of n beds, m rooms, k wards. `rank` is a bed's place by id: it breaks ties. `has` and `of_type` are masks by word,
    `home` by specialty (case folded); `rarity` is in percent, 100 for a feature that hardly any bed outside intensive care has; `floors`
    is nan where unknown; `pool` numbers the beds that the same patients draw on: of one specialty, type and sex policy.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        beds = tuple(plan.beds.values())
        self.ids = tuple(bed.id for bed in beds)
        self.index = {bed: row for row, bed in enumerate(self.ids)}
        self.size = len(beds)
        self.rank = np.empty(self.size, np.int64)
        self.rank[sorted(range(self.size), key=lambda row: self.ids[row])] = np.arange(self.size)
        self.metres = np.array([bed.metres for bed in beds], np.int64)
        self._types(beds)
        self._wards(plan, beds)
        self._rooms(plan, beds)

    def _types(self, beds: tuple[Bed, ...]) -> None:
        self.has = _masks([bed.features for bed in beds])
        self.of_type = _masks([(bed.type,) for bed in beds])
        self.intensive = self.any_of(self.of_type, INTENSIVE)
        self.category = np.array([CATEGORY.get(bed.type, 0) for bed in beds], np.int64)
        wards = self.intensive if self.intensive.all() else ~self.intensive
        share = {name: int(self.has[name][wards].sum()) * 100 // max(1, int(wards.sum())) for name in COSTLY if name in self.has}
        self.rarity = {name: max(0, 100 - 2 * percent) for name, percent in share.items()}

    def _wards(self, plan: Plan, beds: tuple[Bed, ...]) -> None:
        wards = list(plan.wards)
        row = {ward.id: number for number, ward in enumerate(wards)}
        self.wards = tuple(wards)
        self.ward = np.array([row[bed.ward] for bed in beds], np.intp)
        self.age_min = np.array([ward.age_min for ward in wards], np.int64)[self.ward]
        self.age_max = np.array([ward.age_max for ward in wards], np.int64)[self.ward]
        home = _masks([(ward.specialty.casefold(),) for ward in wards])
        self.home = {specialty: mask[self.ward] for specialty, mask in home.items()}
        self.floor_of = {name.casefold(): _floor(ward.floor) for ward in wards for name in (ward.id, ward.name, ward.type)}
        self.floors = np.array([_floor(ward.floor) for ward in wards], np.float64)[self.ward]

    def _rooms(self, plan: Plan, beds: tuple[Bed, ...]) -> None:
        rooms = list(plan.rooms.values())
        row = {room.id: number for number, room in enumerate(rooms)}
        self.rooms = len(rooms)
        self.room = np.array([row[bed.room] for bed in beds], np.intp)
        self.shared = np.bincount(self.room, minlength=self.rooms)[self.room] > 1
        self.single = self.any_of(self.has, ("single",)) | self.any_of(self.of_type, ("isolation",))
        policy = {policy: np.array([room.sex is policy for room in rooms], np.bool_)[self.room] for policy in SexPolicy}
        self.policy = {kind: mask & ~self.intensive for kind, mask in policy.items()}

        self._pools(plan, beds)

    def _pools(self, plan: Plan, beds: tuple[Bed, ...]) -> None:
        kinds = [(plan.ward[bed.ward].specialty.casefold(), bed.type, plan.rooms[bed.room].sex) for bed in beds]
        number = {kind: place for place, kind in enumerate(dict.fromkeys(kinds))}
        self.pool = np.array([number[kind] for kind in kinds], np.intp)
        self.pools = len(number)

    def any_of(self, masks: Mapping[str, Mask], words: Iterable[str]) -> Mask:
        """Beds that have one of the words."""
        found = np.zeros(self.size, np.bool_)
        for word in words:
            if word in masks:
                found |= masks[word]
        return found

    def count_by_room(self, beds: Mask) -> NDArray[np.int64]:
        """How many of these beds stand in each bed's room."""
        return np.bincount(self.room[beds], minlength=self.rooms)[self.room]

    def sum_by_room(self, people: Points) -> Points:
        """How many people there are in each bed's room."""
        return np.bincount(self.room, people, self.rooms).astype(np.int64)[self.room]

    def bed(self, row: int) -> Bed:
        """The bed of a row."""
        return self.plan.beds[self.ids[row]]


def _masks(words: list[frozenset[str]] | list[tuple[str]]) -> dict[str, Mask]:
    found: dict[str, Mask] = {}
    for row, some in enumerate(words):
        for word in some:
            found.setdefault(word, np.zeros(len(words), np.bool_))[row] = True
    return found


def _floor(text: str) -> float:
    """`4`, `4th`, `-1`, `Ground`."""
    number = re.match(r"\s*(-?\d+)", text)
    if number is not None:
        return float(number[1])
    return 0.0 if text.casefold().startswith("ground") else float("nan")
