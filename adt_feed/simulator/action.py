"""What the made-up people do: a letter of their HIS, or a command given by hand, at a moment."""

from dataclasses import dataclass
from datetime import datetime

from flow.domain.commands import Command

DESK = "demo-admissions"
CLEANER = "demo-housekeeping"
SUPERVISOR = "demo-supervisor"
CLINIC = "demo-opd"
ENGINEER = "demo-engineering"
NURSE = "demo-nurse"
PHARMACY = "demo-pharmacy"
BILLING = "demo-billing"
"""Actors: whose hand a command is by."""


@dataclass(frozen=True, slots=True)
class Timed:
    """`actor` is the feed's id for a letter (bytes), a person's for a command; `at` is when it is heard of, in UTC."""

    at: datetime
    actor: str
    what: Command | bytes

    @property
    def is_letter(self) -> bool:
        """To be sent over MLLP."""
        return isinstance(self.what, bytes)
