"""What the hospital's information system (HIS) knows of a promised bed, in a few words for the desk."""

from flow.domain.plan import Plan
from flow.domain.request import BedRequest, Notice


def his_words(request: BedRequest, plan: Plan) -> str:
    """`HIS told`, `HIS confirmed`, `HIS used 4B A2`, `HIS refused`; nothing where it was told nothing."""
    match request.notice:
        case Notice.SENT:
            return "HIS told"
        case Notice.CONFIRMED:
            return "HIS confirmed"
        case Notice.REFUSED:
            return "HIS refused: type it there"
        case Notice.OTHER_BED:
            bed = plan.beds.get(request.his_bed) if request.his_bed else None
            return f"HIS used {bed.ward} {bed.label}" if bed else "HIS used another bed"
        case None:
            return ""
