"""A bed as it stands on its door: ward and label. Every screen that is not a plan names beds so."""

from flow.domain.ids import BedId
from flow.domain.plan import Plan


def bed_words(bed: BedId | None, plan: Plan) -> str:
    """Its name; `no bed` for none."""
    return plan.bed_name(bed) if bed else "no bed"
