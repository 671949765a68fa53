"""What the ledger's causes and stretches are called, and what each of its figures means, in one place for page, table and export."""

from collections.abc import Mapping

from flow.domain.ledger import Owner, Stretch

OWNERS: Mapping[Owner, str] = {
    Owner.DOCTOR: "Doctor's summary",
    Owner.PHARMACY: "Pharmacy",
    Owner.BILLING: "Billing",
    Owner.TPA: "Insurer (TPA)",
    Owner.ONWARD: "Onward care",
    Owner.POLICE_MORTUARY: "Police or mortuary",
    Owner.TRANSPORT: "Transport",
    Owner.WAITING_FOR_CLEANING: "Waiting for cleaning",
    Owner.CLEANING: "Cleaning",
    Owner.INSPECTION: "Inspection",
    Owner.UNASSIGNED: "Unassigned",
    Owner.NOT_ARRIVED: "Assigned, not arrived",
    Owner.MAINTENANCE: "Out of use",
}

STRETCHES: Mapping[Stretch, tuple[str, str]] = {
    Stretch.LEAVING: (
        "Fit to leave → left",
        "from the order, or where there is none from the discharge being begun, until the bed is left",
    ),
    Stretch.TURNOVER: ("Left → ready", "from the bed being left until it first stands available"),
    Stretch.WAITING: ("Ready → next patient", "from then until the next patient lies in it"),
}
"""Each with its bounds."""

DEFINITIONS: Mapping[str, tuple[str, str]] = {
    "idle": (
        "Idle bed-hours",
        """Bed-hours from a patient's being fit to leave until the next patient lies in the bed, as far as they lie in the period, of all
        beds of the file. Beds under patients who are not fit to leave are not idle.""",
    ),
    "stretches": (
        "The three stretches",
        "; ".join(f"{words}: {said}" for words, said in STRETCHES.values()) + ". The medians are of those that ended in the period.",
    ),
    "owner": (
        "One owner a minute",
        """Before the exit the first step not yet done of those that this way of leaving asks for; when all are done, the transport. After
        it out of use before cleaning before promised before unassigned; a hold is no promise. A pause in the cleaning is waiting. A step
        nobody marked, though a later one was, owns nothing once the patient has left.""",
    ),
    "share": ("Share", "Of all idle bed-hours. Rounded by the largest remainder, so that the shares make exactly 100 %."),
    "ghost": (
        "Ghost bed-hours",
        """Bed-hours in which a bed was shown occupied and nobody lay there: from the patient's leaving until it was recorded, and, where
        somebody looked and found it empty, from the doubt until it was no longer shown occupied. Each hour of a bed once; under a minute
        is left out. At least so many: what nobody found is not known.""",
    ),
    "clean": (
        "Response, clean, turn",
        """Response: from the job to its start. Clean: from its start until the cleaner said clean, without the pauses. Turn: from the job
        until the bed was ready. Cleans that a patient overtook, and those called off, are not counted.""",
    ),
    "doubt": (
        "Beds in doubt",
        """Verify tasks raised in the period because sources contradicted each other; how many somebody answered, the median time from the
        doubt to the answer, and how many found the bed otherwise than it was shown (empty and not occupied, or the other way round). The
        others went away by themselves.""",
    ),
}
"""By the name of its anchor: title, words."""
