"""The hospital as it stands, as columns: one row a bed, brought up to date with the records that changed since it was last looked at.

Before it, `layout` made the columns that never change; after it, rules and terms look at all beds at once.
"""

from collections.abc import Mapping
from datetime import datetime
from itertools import compress, count
from operator import is_not

import numpy as np

from allocation.layout import Layout, Mask
from flow.domain.bed import BedState, BedStatus, Stage
from flow.domain.hospital import Hospital
from flow.domain.ids import BedId
from flow.domain.plan import Plan

_STATUS = {status: code for code, status in enumerate(BedStatus)}
_STAGE = {stage: code for code, stage in enumerate(Stage)}
AVAILABLE, OCCUPIED, CLEANING, MAINTENANCE = range(4)
WAITING, IN_PROGRESS, SUSPENDED, INSPECTION = range(4)
ABSENT = -1
SEX = {"F": 1, "M": 2}
UNKNOWN = 3
"""Somebody of whom nobody knows the sex, or who has neither; 0 is nobody."""


class Grid:
    """Columns of n beds. `seq` is the hospital's version that they show; times are seconds since 1970, nan for none.

    `status` is ABSENT for a bed that the file names and the hospital has not opened. `lies` is the sex of who lies there, `comes` of
    whom the bed is promised to; `holders` are the rows that each holder has reserved, `held` who holds a row for some minutes;
    `queue` is each dirty bed's place in the order in which its ward's are to be cleaned;
    `latest` is by when nine of ten such patients have left, where their discharge says it.
    """

    def __init__(self, plan: Plan) -> None:
        self.layout = Layout(plan)
        size = self.layout.size
        self.seq = -1
        self.states: tuple[BedState | None, ...] = (None,) * size
        self.status = np.full(size, ABSENT, np.int8)
        self.stage = np.full(size, -1, np.int8)
        self.leaving = np.zeros(size, np.bool_)
        self.reserved = np.zeros(size, np.bool_)
        self.isolating = np.zeros(size, np.bool_)
        self.lies = np.zeros(size, np.int8)
        self.comes = np.zeros(size, np.int8)
        self.since, self.started, self.expected, self.latest, self.cleaned = (np.full(size, np.nan) for _ in range(5))
        self.holders: dict[str, set[int]] = {}
        self.held: dict[int, str] = {}
        self.queue: Mapping[BedId, int] = {}

    def follow(self, hospital: Hospital) -> int:
        """Take over the records that changed; returns how many.

        Records never change in place, so a changed one is another object: this also sees what was undecided again (`take_back`
        gives the same Seq to another state), which comparing numbers would not. 10,000 beds cost about half a millisecond.
        """
        states = tuple(map(hospital.beds.get, self.layout.ids))
        changed = list(compress(count(), map(is_not, states, self.states)))
        for row in changed:
            self._free(row)
            state = states[row]
            if state is not None:
                self._write(row, state)
        self.states, self.seq = states, hospital.seq
        return len(changed)

    def _free(self, row: int) -> None:
        old = self.states[row]
        self.status[row] = ABSENT
        self.held.pop(row, None)
        if old is not None and old.reserved_for is not None:
            rows = self.holders[old.reserved_for]
            rows.discard(row)
            if not rows:
                del self.holders[old.reserved_for]

    def _write(self, row: int, state: BedState) -> None:
        closes = state.closes is not None  # a room that was closed while somebody lay in it
        self.status[row] = MAINTENANCE if closes and state.visit is None else _STATUS[state.now.status]
        self.stage[row] = -1 if state.now.stage is None else _STAGE[state.now.stage]
        self.leaving[row] = state.now.status is BedStatus.OCCUPIED and state.expected_free_at is not None and not closes
        self.reserved[row] = state.reserved_for is not None
        self.isolating[row] = state.visit is not None and (state.isolation or state.care.isolation is not None)
        self.lies[row] = SEX.get(state.sex or "", UNKNOWN) if state.visit is not None else 0
        self.comes[row] = SEX.get(state.reserved_sex or "", UNKNOWN) if state.reserved_for is not None else 0
        self.since[row], self.started[row] = _seconds(state.now.since), _seconds(state.now.started_at)
        self.expected[row], self.cleaned[row] = _seconds(state.expected_free_at), _seconds(state.cleaned_at)
        self.latest[row] = _seconds(state.latest_free_at)
        if state.reserved_for is not None:
            self.holders.setdefault(state.reserved_for, set()).add(row)
        if state.held and state.reserved_by is not None:
            self.held[row] = state.reserved_by

    def held_by_others(self, holder: str) -> Mask:
        """Beds promised to somebody else."""
        own = self.holders.get(holder)
        if not own:
            return self.reserved
        others = self.reserved.copy()
        others[list(own)] = False
        return others

    def state(self, row: int | np.intp) -> BedState:
        """The record of a row. Raises LookupError where the bed was not opened."""
        found = self.states[row]
        if found is None:
            raise LookupError(self.layout.ids[row])
        return found


def _seconds(at: datetime | None) -> float:
    return np.nan if at is None else at.timestamp()
