"""What of a patient's care decides where they may lie: isolation and organism, companions, and who is never moved for a bed's sake.

A request brings it; on arrival it goes over to the visit, and the bed shows it while that visit lies there.
"""

from dataclasses import dataclass
from enum import StrEnum

from flow.domain.ids import PatientId


class Isolation(StrEnum):
    """The precautions beyond the standard ones (CDC 2007): airborne needs negative pressure."""

    CONTACT = "contact"
    DROPLET = "droplet"
    AIRBORNE = "airborne"


class Rest(StrEnum):
    """Why a patient is never moved to make room for another."""

    DEMENTIA = "dementia"
    END_OF_LIFE = "end_of_life"


@dataclass(frozen=True, slots=True)
class Care:
    """`organism` is what those of one cohort share; `attendant`: somebody sleeps beside the patient."""

    isolation: Isolation | None = None
    organism: str | None = None
    attendant: bool = False
    mother_of: PatientId | None = None
    baby_of: PatientId | None = None
    rest: frozenset[Rest] = frozenset()

    @property
    def never_moved(self) -> bool:
        """Left alone by every plan that moves patients."""
        return bool(self.rest)


NO_CARE = Care()
