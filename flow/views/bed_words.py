"""A bed as it stands on its door: ward and label. Every screen that is not a plan names beds so."""

from flow.domain.ids import BedId
from flow.domain.plan import Plan


def bed_words(bed: BedId | None, plan: Plan) -> str:
    """`4B A1`; the id of a place that the hospital's file does not name; `no bed` for none."""
    known = plan.beds.get(bed) if bed is not None else None
    return f"{known.ward} {known.label}" if known else str(bed or "no bed")
