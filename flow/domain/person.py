"""A person's details, on their way to the people table. The only type that holds a name or an MRN; it never enters an event."""

from dataclasses import dataclass
from datetime import date

from flow.domain.ids import PatientId

UNKNOWN_MRN = "UNKNOWN-"


@dataclass(frozen=True, slots=True)
class PersonDetails:
    """`identifiers` are further ones as (type, value): ABHA number, national number; `lang` the language as a feed says it, which is kept
    beside the details and not in them. repr shows the pseudonym alone."""

    patient: PatientId
    name: str = ""
    mrn: str = ""
    birth_date: date | None = None
    sex: str | None = None
    identifiers: tuple[tuple[str, str], ...] = ()
    lang: str = ""

    @property
    def unknown(self) -> bool:
        """Nobody knows who it is: under a number that the hospital gave until they are identified."""
        return self.mrn.startswith(UNKNOWN_MRN)

    def __repr__(self) -> str:
        return f"PersonDetails({self.patient})"


def age_on(born: date | None, day: date) -> int | None:
    """Whole years of age on a day."""
    if born is None or born > day:
        return None
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
