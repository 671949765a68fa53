"""What a hospital file holds, in numbers, for `bedflow hospital check`."""

from collections import Counter
from typing import Any

from flow.domain.plan import Plan


def describe(plan: Plan) -> dict[str, Any]:
    """Wards with their beds, beds by type, clinics, feeds."""
    return {
        "id": plan.id,
        "name": plan.name,
        "zone": plan.zone,
        "beds": len(plan.beds),
        "wards": [{"ward": ward.id, "name": ward.name, "rooms": len(ward.rooms), "beds": len(ward.beds)} for ward in plan.wards],
        "types": dict(sorted(Counter(bed.type for bed in plan.beds.values()).items())),
        "clinics": [{"clinic": clinic.id, "name": clinic.name, "rooms": len(clinic.rooms)} for clinic in plan.clinics],
        "feeds": [feed.id for feed in plan.feeds],
    }
