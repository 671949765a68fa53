"""Administration of plans that were drawn: the wards with what each shows, and the editor in which shapes become beds.

flow.web hands in the versions and the live picture; templates/floor_plans draws both pages.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from flow.domain.floor_plan.binding import Beds, Fault, Kind, drawn, faults
from flow.domain.floor_plan.drawing import Drawing, Shape
from flow.domain.ids import BedId, WardId
from flow.domain.plan import Lettering, Plan, Ward
from flow.views.admin import stamp
from flow.views.floor import READABLE
from flow.views.page import Chrome
from flow.views.ward_plan import WardPlan, number_size


class VersionLike(Protocol):
    """A version of a ward's plan as its list has it."""

    @property
    def version(self) -> int: ...
    @property
    def uploaded_by(self) -> str: ...
    @property
    def uploaded_at(self) -> datetime: ...
    @property
    def from_at(self) -> datetime | None: ...
    @property
    def until_at(self) -> datetime | None: ...
    @property
    def is_shown(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class WardRow:
    """A ward with what its screens draw; `warns`: a drawn plan is kept from them."""

    id: str
    name: str
    beds: int
    words: str
    warns: bool


@dataclass(frozen=True, slots=True)
class FloorPlansPage:
    """Every ward."""

    chrome: Chrome
    wards: tuple[WardRow, ...]


@dataclass(frozen=True, slots=True)
class ShapeMark:
    """A shape in the editor: `state` is bed | wrong | free | chosen; `label` the bed's number, `words` what a screen reader says."""

    id: str
    path: str
    state: str
    label: str
    words: str
    x: float
    y: float
    size: int


@dataclass(frozen=True, slots=True)
class BedChoice:
    """A bed of the ward; `shape` is where it is drawn, empty where it is not."""

    id: str
    label: str
    shape: str


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version in the list; `here`: it is the one on the page."""

    version: int
    made: str
    shown: str
    is_shown: bool
    here: bool


@dataclass(frozen=True, slots=True)
class Chosen:
    """The shape that was clicked: which bed is it? `name` is what the drawing calls it."""

    id: str
    number: str
    name: str
    bed: str


@dataclass(frozen=True, slots=True)
class Editor:
    """One version of a ward's drawing. `faults` keep it from being shown, `notes` do not; `preview` is the plan as screens will draw it,
    None while something is missing."""

    version: int
    shapes: tuple[ShapeMark, ...]
    lines: tuple[str, ...]
    words: tuple[Lettering, ...]
    beds: tuple[BedChoice, ...]
    faults: tuple[str, ...]
    notes: tuple[str, ...]
    chosen: Chosen | None
    is_shown: bool
    preview: WardPlan | None


@dataclass(frozen=True, slots=True)
class FloorPlanPage:
    """A ward's editor; without a version only the place to upload one."""

    chrome: Chrome
    ward: str
    name: str
    editor: Editor | None
    versions: tuple[VersionRow, ...]
    drawn: bool


def floor_plans_page(chrome: Chrome, plan: Plan, drawn: Plan, shown: Mapping[WardId, int], drafts: Mapping[WardId, int]) -> FloorPlansPage:
    """The list; `drawn` is the hospital as its screens draw it, `shown` the versions meant for them."""
    rows = (
        WardRow(ward.id, ward.name, len(ward.beds), *_ward_words(drawn.ward[ward.id], shown.get(ward.id), drafts.get(ward.id)))
        for ward in plan.wards
    )
    return FloorPlansPage(chrome, tuple(rows))


def _ward_words(ward: Ward, version: int | None, draft: int | None) -> tuple[str, bool]:
    kept = version is not None and ward.drawn is None
    if kept:
        words = f"Version {version} leaves out a bed of the hospital file: the generated plan is shown"
    elif ward.drawn is not None:
        words = f"Drawn, version {ward.drawn.version}"
    else:
        words = "Generated from the hospital file"
    return words + (f" · version {draft} waits to be shown" if draft is not None else ""), kept


def version_rows(versions: Sequence[VersionLike], here: int | None, zone: str) -> tuple[VersionRow, ...]:
    """The list of versions, the newest first."""
    return tuple(
        VersionRow(
            each.version, f"{stamp(each.uploaded_at, zone)} by {each.uploaded_by}", _shown(each, zone), each.is_shown, each.version == here
        )
        for each in versions
    )


def _shown(version: VersionLike, zone: str) -> str:
    if version.from_at is None:
        return "never shown"
    until = stamp(version.until_at, zone) if version.until_at is not None else "now"
    return f"{stamp(version.from_at, zone)} to {until}"


def editor(
    plan: Plan, ward: Ward, version: int, drawing: Drawing, beds: Beds, *, chosen: str = "", is_shown: bool, preview: WardPlan | None
) -> Editor:
    """The editor of a version; `ward` carries its plan where that can be drawn, `chosen` is the shape that was clicked."""
    found = faults(plan, ward, drawing, beds)
    wrong = {shape for fault in found for shape in fault.shapes if fault.stops}
    shape = drawing.shape(chosen)
    return Editor(
        version=version,
        shapes=tuple(_mark(each, plan, beds, wrong, chosen) for each in drawing.shapes),
        lines=drawing.lines,
        words=drawn(drawing, beds, version).words,
        beds=tuple(_choice(ward, drawing, beds)),
        faults=tuple(fault_words(fault, plan) for fault in found if fault.stops),
        notes=(*(fault_words(fault, plan) for fault in found if not fault.stops), *_low(ward), *_left_out(drawing)),
        chosen=Chosen(shape.id, _number(shape.id), shape.name, beds.get(shape.id, "")) if shape is not None else None,
        is_shown=is_shown,
        preview=preview,
    )


def _mark(shape: Shape, plan: Plan, beds: Beds, wrong: set[str], chosen: str) -> ShapeMark:
    bed = beds.get(shape.id)
    label = plan.beds[bed].label if bed is not None and bed in plan.beds else ""
    state = "chosen" if shape.id == chosen else "wrong" if shape.id in wrong else "bed" if label else "free"
    box = shape.inner
    words = f"Shape {_number(shape.id)}" + (f", bed {label}" if label else f", {shape.name}" if shape.name else "")
    size = int(max(12, min(60, box.height * 0.5, box.width / max(1, len(label)) * 1.3)))
    return ShapeMark(
        shape.id, shape.path, state, label, words, round(box.x + box.width / 2, 1), round(box.y + box.height / 2 + size * 0.36, 1), size
    )


def _choice(ward: Ward, drawing: Drawing, beds: Beds) -> list[BedChoice]:
    shapes = {bed: shape for shape, bed in beds.items()}
    return [BedChoice(bed.id, bed.label, shapes.get(bed.id, "")) for bed in ward.beds]


_FAULTS: Mapping[Kind, str] = {
    Kind.MISSING: "{count} beds have no shape: {beds}.",
    Kind.DOUBLE: "Bed {bed} has several shapes: {shapes}. Say of one of them that it is {bed}.",
    Kind.UNKNOWN: "Shape {shape} is called “{name}”, and no bed is.",
    Kind.ELSEWHERE: "Shape {shape} is called “{name}”, a bed of ward {ward}.",
    Kind.SMALL: "Bed {bed} (shape {shape}) is too small for its number.",
    Kind.COVERED: "Beds {beds} (shapes {shapes}) lie over each other.",
    Kind.OUTSIDE: "Bed {bed} (shape {shape}) lies outside the sheet.",
    Kind.HEAVY: "The drawing has more lines than a wall display can be sent. Leave out furniture and hatching.",
}
_ONE_MISSING = "Bed {bed} has no shape."


def fault_words(fault: Fault, plan: Plan) -> str:
    """What is wrong, for the person who can mend it."""
    beds, shapes = [_label(bed, plan) for bed in fault.beds], [_number(shape) for shape in fault.shapes]
    between = " and " if fault.kind is Kind.COVERED else ", "
    said = _ONE_MISSING if fault.kind is Kind.MISSING and len(beds) == 1 else _FAULTS[fault.kind]
    return said.format(
        bed=beds[0] if beds else "",
        beds=between.join(beds),
        count=len(beds),
        shape=shapes[0] if shapes else "",
        shapes=between.join(shapes),
        name=fault.name,
        ward=plan.beds[fault.beds[0]].ward if fault.kind is Kind.ELSEWHERE else "",
    )


def _low(ward: Ward) -> list[str]:
    if ward.drawn is None or (high := number_size(ward)) >= READABLE:
        return []
    return [f"Numbers stand {high} units high on the wall; {READABLE} can be read from five metres."]


def _left_out(drawing: Drawing) -> list[str]:
    if not drawing.left_out:
        return []
    return [f"Left out of the file: {', '.join(f'{count} × {what}' for what, count in drawing.left_out.items())}."]


def _label(bed: BedId, plan: Plan) -> str:
    return plan.beds[bed].label if bed in plan.beds else bed


def _number(shape: str) -> str:
    return shape.removeprefix("s")
