"""How long what is kept: times by the calendar, as settings have them."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple


class Span(NamedTuple):
    """A time by the calendar."""

    months: int

    def before(self, at: datetime) -> datetime:
        """So long before a moment."""
        year, month = divmod(at.year * 12 + at.month - 1 - self.months, 12)
        return at.replace(year=year, month=month + 1, day=min(at.day, monthrange(year, month + 1)[1]))

    @classmethod
    def read(cls, text: str) -> "Span":
        """`13 months`, `5 years`. Raises ValueError saying what it must be."""
        count, _, unit = text.strip().lower().partition(" ")
        factor = {"month": 1, "year": 12}.get(unit.strip().removesuffix("s"))
        if factor is None or not (count.isascii() and count.isdigit() and 0 < int(count) * factor <= 1200):
            raise ValueError("a time like 13 months or 5 years")
        return cls(int(count) * factor)

    def __str__(self) -> str:
        years, months = divmod(self.months, 12)
        count, unit = (years, "year") if not months else (self.months, "month")
        return f"{count} {unit}{'' if count == 1 else 's'}"


JOURNAL = Span(13)
YEAR = Span(12)
LEAST = "India's DPDP Rules (2025, rule 6) want the logs of a year kept, and CERT-In's directions (2022) those of 180 days"
"""Why history and trail are kept for a year at least."""
USUAL = Span(60)


@dataclass(frozen=True, slots=True)
class Keeps:
    """How long each kind is kept."""

    letters: Span = JOURNAL
    history: Span = USUAL
    trail: Span = USUAL
    openings: Span = USUAL
    doctors: Span = USUAL

    @property
    def by_kind(self) -> dict[str, Span]:
        """Of each kind that is counted."""
        return {
            "letters": self.letters,
            "outgoing": self.letters,
            "entries": self.history,
            "traces": self.trail,
            "openings": self.openings,
            "doctors": self.doctors,
        }
