"""A person's details, on their way to the people table. The only type that holds a name or an MRN; it never enters an event."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from flow.domain.ids import PatientId, VisitId

UNKNOWN_MRN = "UNKNOWN-"
WITHHELD = "Name withheld"
"""What stands for a name that is not for the reader."""
QUIET = " (private)"
"""Behind a name that its reader may know and others may not."""


class Guard(StrEnum):
    """Who asks that a name be withheld from those who do not care for its bearer: the feed by PV1-16, PV2-22 or PD1-12, or the admissions
    desk by hand. One is enough; each is taken back where it came from."""

    VIP = "vip"
    VISIT = "visit"
    PERSON = "person"
    DESK = "desk"


class Doctors(NamedTuple):
    """Who looks after a visit, as one field of PV1 says (7, 8, 9 or 17): codes, never names; none where the field was emptied."""

    visit: VisitId
    field: int
    codes: frozenset[str]


@dataclass(frozen=True, slots=True)
class PersonDetails:
    """`identifiers` are further ones as (type, value): ABHA number, national number. Kept beside the details and not in them: `lang`, the
    language as a feed says it, `guards`, who asks for the name to be withheld or takes that back, and `doctors`, those whom it names.
    `once` is whom a merge says they were. repr shows the pseudonym alone."""

    patient: PatientId
    name: str = ""
    mrn: str = ""
    birth_date: date | None = None
    sex: str | None = None
    identifiers: tuple[tuple[str, str], ...] = ()
    lang: str = ""
    guards: tuple[tuple[Guard, bool], ...] = ()
    once: PatientId | None = None
    doctors: tuple[Doctors, ...] = ()

    @property
    def guarded_by(self) -> tuple[Guard, ...]:
        """Who asks for the name to be withheld."""
        return tuple(guard for guard, stands in self.guards if stands)

    @property
    def withheld(self) -> bool:
        """Whether the name is only for those who care for them."""
        return bool(self.guarded_by)

    def behind_guard(self) -> "PersonDetails":
        """As those know them who do not care for them: neither name nor number nor day of birth, where that is asked for."""
        return PersonDetails(self.patient, WITHHELD, sex=self.sex, guards=self.guards) if self.withheld else self

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
