"""What somebody wants done about a discharge, in the imperative; `flow.domain.decide.discharges` answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flow.domain.discharge import Milestone, Way
from flow.domain.discharge_pace import Took
from flow.domain.ids import VisitId


@dataclass(frozen=True, slots=True)
class BeginDischarge:
    """The patient is to leave, this way: the order, by hand. One that was begun is told its way; `ordered` false: that alone. `if_seq`
    refuses when it changed since it was looked at."""

    visit: VisitId
    way: Way
    ordered: bool = True
    at: datetime | None = None
    if_seq: int | None = None


@dataclass(frozen=True, slots=True)
class MarkMilestone:
    """A step is done (`at`, or now), or was not done after all."""

    visit: VisitId
    step: Milestone
    done: bool = True
    at: datetime | None = None
    if_seq: int | None = None


@dataclass(frozen=True, slots=True)
class AskInsurer:
    """The pre-authorisation was asked for (or, `answered`, has come). Asked early it makes a cashless discharge ready, without an order."""

    visit: VisitId
    answered: bool = False
    if_seq: int | None = None


@dataclass(frozen=True, slots=True)
class CallOffDischarge:
    """The patient stays after all."""

    visit: VisitId
    if_seq: int | None = None


@dataclass(frozen=True, slots=True)
class ExpectAnew:
    """Time has passed: every live discharge is expected anew."""


@dataclass(frozen=True, slots=True)
class LearnPace:
    """The house's pace was counted anew."""

    took: Mapping[Milestone, Took]


DischargeCommand = BeginDischarge | MarkMilestone | AskInsurer | CallOffDischarge | ExpectAnew | LearnPace
