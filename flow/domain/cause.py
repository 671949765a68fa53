"""Who and what made an event happen. Every event carries one (Home Assistant's Context; TRUST.md, Audit)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Origin(StrEnum):
    """The hands that move a hospital's record."""

    FEED = "feed"
    PERSON = "person"
    SYSTEM = "system"
    PAPER = "paper"
    """A person who enters afterwards what happened while the screens were dark."""


@dataclass(frozen=True, slots=True)
class Cause:
    """`actor` is an account, device or feed id, `recorded_at` when we learnt of it, `letter` and `command` their journal ids."""

    origin: Origin
    actor: str
    recorded_at: datetime
    letter: int | None = None
    command: int | None = None

    @property
    def source(self) -> str:
        """As shown on a tile: `feed:his`, `person:asha`, `system:expiry`."""
        return f"{self.origin}:{self.actor}"
