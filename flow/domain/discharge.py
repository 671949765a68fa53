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


@dataclass(frozen=True, slots=True)
class Mark:
    """A step done: when in the hospital, and by whose word (`nurse:...`, `feed:...`)."""

    at: datetime
    source: str


@dataclass(frozen=True, slots=True)
class Discharge:
    """The discharge of one visit. `expected` is when the patient should be out, worked out from what is left to do; `ended_at` when the
    patient left, or the discharge was called off (`called_off`)."""

    id: VisitId
    way: Way
    begun_at: datetime
    marks: Mapping[Milestone, Mark]
    expected: datetime | None = None
    ended_at: datetime | None = None
    called_off: bool = False
    seq: int = 0

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
