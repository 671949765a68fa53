"""Orders and results told of a patient (ORM, OMG, ORU, RDE, RDS): kept by visit for the milestones of a discharge.

Codes and states only; what a result says is nobody's business here.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from flow.domain.ids import PatientId, VisitId
from flow.domain.visit import Order


class NoteKind(StrEnum):
    """What sort of order it is."""

    LAB = "lab"
    IMAGING = "imaging"
    MEDICINE = "medicine"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class ClinicalNote:
    """The newest word on one order. `id` is the filler's number, else the placer's; `code` what was ordered (OBR-4.1, RXE-2.1),
    `state` ordered | scheduled | in_progress | preliminary | final | corrected | dispensed | cancelled; `at` when it happened.
    `take_home`: of a medicine, that it is to be taken home (ORC-29 O) or for the ward (I); None where nobody said."""

    id: str
    patient: PatientId
    visit: VisitId | None
    kind: NoteKind
    code: str
    state: str
    at: datetime
    order: Order
    seq: int = 0
    take_home: bool | None = None

    @property
    def feed(self) -> str:
        """By which feed it came."""
        return self.id.partition("/")[0]
