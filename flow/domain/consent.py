"""What a patient agreed to: for what, when and how, and when it ended. Pure; `flow.history.consents` keeps it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from flow.domain.ids import PatientId


class Purpose(StrEnum):
    """For what: messages to the patient's own telephone; the profile that an ABHA app shared by Scan & Share (ABDM)."""

    MESSAGES = "messages"
    SHARE = "scan-and-share"


STAFF, OWN_PAGE, SCAN = "said so to staff", "on the own page", "scanned the counter's code with an ABHA app"
DAY_OVER, ANEW = "the day was over", "given anew"
"""How a consent is given or ends."""
PATIENT, HOUSE = "patient", "bedflow"
"""By whom, where it is no account."""


@dataclass(frozen=True, slots=True)
class Consent:
    """`given_by` and `ended_by` are accounts, or the patient; `ended_at` None while it holds."""

    id: int
    patient: PatientId
    purpose: Purpose
    given_at: datetime
    given_by: str
    how: str
    ended_at: datetime | None = None
    ended_by: str = ""
    ended_how: str = ""
