"""The shape of a row of the table of triggers, and of what comes out of following it."""

from collections.abc import Callable
from dataclasses import dataclass

from adt_feed.mapping.context import Context
from flow.domain.commands import Command
from flow.domain.person import PersonDetails
from flow.domain.standing import UNDOES
from flow.domain.visit import Act

Source = tuple[str, int]
"""A segment and a field."""

UNKNOWN_PLACE = "unknown-place"
"""Warning: a bed is named that the plan does not have; the places are in `Reading.unknown_places`."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a message means. `commands` in order; `people` for the people table; `warnings` are codes for the exceptions tray."""

    commands: tuple[Command, ...] = ()
    people: tuple[PersonDetails, ...] = ()
    warnings: tuple[str, ...] = ()
    unknown_places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """What a trigger means. `places` are looked through for the first that says anything; none for an act that moves nobody.
    `expected` are the times something is expected at, `ended` the time a stay ended; `tracks` that PV1-11 is read (where the patient is
    for a while); `merges` what is merged or moved (person, visit, account, alternate)."""

    follow: Callable[[Context, "Row"], Reading]
    act: Act | None = None
    places: tuple[Source, ...] = ()
    expected: tuple[Source, ...] = ()
    ended: Source | None = None
    tracks: bool = False
    merges: tuple[str, ...] = ()

    @property
    def cancels(self) -> bool:
        """EVN-6 is then the time of what is cancelled."""
        return self.act in UNDOES

    @property
    def pends(self) -> bool:
        """EVN-6 may then be the time at which it is expected."""
        return self.act in (Act.PLAN, Act.PEND_TRANSFER, Act.PEND_DISCHARGE)

    @property
    def amends(self) -> bool:
        """It is told of a visit, and is no event in the patient's way through the house."""
        return self.act in (Act.AMEND, Act.AMEND_TRANSFER, Act.AMEND_ADMIT)
