"""A discharge as a row of gated steps, from the order to the exit. A discharge *order* frees no bed.

`WAYS` says which steps each way of leaving has and who owns them; the ward's list, the clock on the tile and the ledger read it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from flow.domain.ids import VisitId


class Way(StrEnum):
    """How a patient leaves. `onward_0` to `onward_3` are the NHS discharge pathways: home as before, home with support, a bed elsewhere
    to recover, a care home."""

    CASH = "cash"
    CASHLESS = "cashless"
    PMJAY = "pmjay"
    AGAINST_ADVICE = "against_advice"
    DEATH = "death"
    MEDICO_LEGAL = "medico_legal"
    ONWARD_0 = "onward_0"
    ONWARD_1 = "onward_1"
    ONWARD_2 = "onward_2"
    ONWARD_3 = "onward_3"


class Milestone(StrEnum):
    """One step of a discharge, done or not yet."""

    ORDER = "order"
    SUMMARY = "summary"
    PHARMACY = "pharmacy"
    BILLING = "billing"
    TPA = "tpa"
    ONWARD = "onward_care"
    CERTIFICATE = "certificate"
    POLICE = "police"
    MORTUARY = "mortuary"
    TRANSPORT = "transport"
    EXIT = "exit"


_M = Milestone
_OUT = (_M.TRANSPORT, _M.EXIT)
_ONWARD = (_M.ORDER, _M.SUMMARY, _M.PHARMACY, _M.ONWARD, *_OUT)

WAYS: Mapping[Way, tuple[Milestone, ...]] = {
    Way.CASH: (_M.ORDER, _M.SUMMARY, _M.PHARMACY, _M.BILLING, *_OUT),
    Way.CASHLESS: (_M.ORDER, _M.SUMMARY, _M.PHARMACY, _M.BILLING, _M.TPA, *_OUT),
    Way.PMJAY: (_M.ORDER, _M.SUMMARY, _M.PHARMACY, _M.TPA, *_OUT),
    Way.AGAINST_ADVICE: (_M.ORDER, _M.SUMMARY, _M.BILLING, *_OUT),
    Way.DEATH: (_M.CERTIFICATE, _M.BILLING, _M.MORTUARY, _M.EXIT),
    Way.MEDICO_LEGAL: (_M.CERTIFICATE, _M.POLICE, _M.BILLING, _M.MORTUARY, _M.EXIT),
    Way.ONWARD_0: (_M.ORDER, _M.SUMMARY, _M.PHARMACY, *_OUT),
    Way.ONWARD_1: _ONWARD,
    Way.ONWARD_2: _ONWARD,
    Way.ONWARD_3: _ONWARD,
}
"""The steps of each way, in the order in which they usually follow; some run beside each other."""


GATES: Mapping[Milestone, frozenset[Milestone]] = {
    _M.SUMMARY: frozenset({_M.ORDER}),
    _M.PHARMACY: frozenset({_M.ORDER}),
    _M.ONWARD: frozenset({_M.ORDER}),
    _M.BILLING: frozenset({_M.SUMMARY, _M.PHARMACY, _M.CERTIFICATE, _M.POLICE}),
    _M.TPA: frozenset({_M.SUMMARY, _M.BILLING}),
    _M.POLICE: frozenset({_M.CERTIFICATE}),
    _M.MORTUARY: frozenset({_M.CERTIFICATE, _M.POLICE, _M.BILLING}),
    _M.TRANSPORT: frozenset({_M.SUMMARY, _M.PHARMACY, _M.BILLING, _M.TPA, _M.ONWARD}),
    _M.EXIT: frozenset(_M) - {_M.EXIT},
}
"""What each step waits for, as far as its way has it; a step that is missing here can be done at once."""


class Insurer(StrEnum):
    """Which answer of the insurer is awaited: whether the stay is covered, or the discharge bill."""

    PREAUTH = "preauth"
    FINAL = "final"


@dataclass(frozen=True, slots=True)
class Mark:
    """A step done: when in the hospital, and by whose word (`nurse:...`, `feed:...`)."""

    at: datetime
    source: str


@dataclass(frozen=True, slots=True)
class Discharge:
    """The discharge of one visit. `expected` is when the patient should be out, worked out from what is left to do, `latest` by when
    nine of ten would be; `told` what the feed last said of it (PV2-9). `ended_at` when the patient left, or the discharge was called off
    (`called_off`). `begun_at` is the order (of a death the death); of one that was only made ready, because its pre-authorisation was
    asked for early, when that was. `assumed`: nobody has said which way; `by_feed`: the feed did. `preauth_asked_at` and `preauth_at` are
    the insurer's first clock, BILLING and TPA its second. `awaited` are orders of medicines to take home, by note, not dispensed yet."""

    id: VisitId
    way: Way
    begun_at: datetime
    marks: Mapping[Milestone, Mark]
    expected: datetime | None = None
    ended_at: datetime | None = None
    called_off: bool = False
    seq: int = 0
    latest: datetime | None = None
    told: datetime | None = None
    assumed: bool = False
    preauth_asked_at: datetime | None = None
    preauth_at: datetime | None = None
    awaited: frozenset[str] = frozenset()
    by_feed: bool = False

    @property
    def over_at(self) -> datetime | None:
        """When it was over."""
        return self.ended_at

    @property
    def is_live(self) -> bool:
        """The patient is still to leave."""
        return self.over_at is None

    @property
    def steps(self) -> tuple[Milestone, ...]:
        """What its way asks for."""
        return WAYS[self.way]

    @property
    def is_ordered(self) -> bool:
        """The patient is to leave: there is an order, or its way needs none. Else it is only made ready."""
        return Milestone.ORDER in self.marks or Milestone.ORDER not in self.steps

    @property
    def left(self) -> tuple[Milestone, ...]:
        """The steps not done, in their usual order."""
        return tuple(step for step in self.steps if step not in self.marks)

    @property
    def open(self) -> tuple[Milestone, ...]:
        """The steps that can be done now: they hold the patient up."""
        if not self.is_ordered:
            return (Milestone.ORDER,)
        return tuple(step for step in self.left if not self.gates(step) - self.marks.keys())

    def gates(self, step: Milestone) -> frozenset[Milestone]:
        """What a step waits for on this way."""
        return GATES.get(step, frozenset()) & frozenset(self.steps)

    def open_since(self, step: Milestone) -> datetime | None:
        """Since when a step could be done; None while it waits for others."""
        if not self.is_ordered or self.gates(step) - self.marks.keys():
            return None
        return max([self.begun_at, *(self.marks[gate].at for gate in self.gates(step))])

    @property
    def insurer(self) -> tuple[Insurer, datetime] | None:
        """Which answer of the insurer is awaited, and since when (cashless alone)."""
        if self.way is not Way.CASHLESS or not self.is_live:
            return None
        if Milestone.BILLING in self.marks and Milestone.TPA not in self.marks:
            return Insurer.FINAL, self.marks[Milestone.BILLING].at
        if self.preauth_asked_at is not None and self.preauth_at is None:
            return Insurer.PREAUTH, self.preauth_asked_at
        return None
