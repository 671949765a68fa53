"""A sign-in under way at the provider."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """What must come back with it; `again`: whoever it is shows anew who they are."""

    state: str
    nonce: str
    verifier: str
    begun: datetime
    again: bool = False
