"""The label sheet: one label for each bed of a ward, its QR code the bed's address, for any phone's own camera.

flow.web makes the codes and hands them in; templates/labels draws a sheet that is printed and cut.
"""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from flow.domain.ids import WardId
from flow.domain.plan import Plan
from flow.views.page import Chrome


@dataclass(frozen=True, slots=True)
class Label:
    """`address` in letters, for whoever has no camera; `code` the same as the SVG of a QR code."""

    bed: str
    label: str
    place: str
    address: str
    code: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A ward to print."""

    ward: str
    name: str
    beds: int
    here: bool


@dataclass(frozen=True, slots=True)
class LabelSheet:
    """The labels of one ward, and the wards to choose from."""

    chrome: Chrome
    ward: str
    wards: tuple[Choice, ...]
    labels: tuple[Label, ...]


def address_of(origin: str, bed: str) -> str:
    """What a bed's label says: short, so that the code is coarse and is read from a metre away."""
    return f"{origin.rstrip('/')}/b/{quote(bed, safe='')}"


def label_sheet(chrome: Chrome, plan: Plan, ward: WardId, origin: str, draw: Callable[[str], str]) -> LabelSheet:
    """The sheet of a ward; `draw` makes a QR code's SVG of an address."""
    beds = [bed for bed in plan.beds.values() if bed.ward == ward]
    addresses = {bed.id: address_of(origin, bed.id) for bed in beds}
    choices = tuple(
        Choice(each.id, each.name, sum(bed.ward == each.id for bed in plan.beds.values()), each.id == ward) for each in plan.wards
    )
    labels = tuple(Label(bed.id, bed.label, plan.ward[ward].name, addresses[bed.id], draw(addresses[bed.id])) for bed in beds)
    return LabelSheet(chrome, ward, choices, labels)
