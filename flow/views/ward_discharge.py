"""The ward's part of the discharges: who is about to leave, what holds each up, and for whom a discharge may be begun. On the nurse's page;
templates/ward/_discharge.html draws it."""

from collections.abc import Iterable
from dataclasses import dataclass

from flow.domain.discharge import Way
from flow.views.discharge_row import WAYS
from flow.views.discharges import Leaving
from flow.views.ward_places import Choice


@dataclass(frozen=True, slots=True)
class WardDischarges:
    """`rows` are the ward's, in the order of its beds; `patients` who stay so far, by visit; `ways` is empty for who may order none."""

    rows: tuple[Leaving, ...] = ()
    patients: tuple[Choice, ...] = ()
    ways: tuple[Choice, ...] = ()


def ward_discharges(leaving: Iterable[Leaving], staying: Iterable[Choice], *, may_order: bool) -> WardDischarges:
    """What the ward's page shows."""
    return WardDischarges(
        rows=tuple(leaving),
        patients=tuple(staying) if may_order else (),
        ways=tuple(Choice(way, WAYS[way]) for way in Way) if may_order else (),
    )
