"""Made-up patients. A patient is worked out from a number alone, so that after a restart the visit number still says who it is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from random import Random

from adt_feed.simulator.names import DOCTORS, FAMILIES, MEN, WOMEN
from flow.domain.ids import VisitId
from flow.domain.person import age_on

EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
STEP = timedelta(seconds=10)
"""Numbers count these steps since EPOCH, so that they never run backwards, whatever was forgotten at a restart."""

AGES = ((16, 0, 15), (28, 16, 40), (30, 41, 64), (26, 65, 94))
"""Share in percent, from, to."""


@dataclass(frozen=True, slots=True)
class Patient:
    """`number` is of the stay; the MRN is marked, so that it can never be taken for a real one."""

    number: int
    given: str
    family: str
    sex: str
    born: date
    doctor: tuple[str, str, str]
    mrn: str
    visit: VisitId

    @property
    def vip(self) -> bool:
        """PV1-16: one in sixty or so."""
        return self.number % 61 == 0

    @property
    def quiet(self) -> bool:
        """PD1-12: has asked that nobody be told that they are here."""
        return self.number % 83 == 0

    def age(self, day: date) -> int:
        """Whole years."""
        return age_on(self.born, day) or 0


@lru_cache(maxsize=4096)
def patient(number: int) -> Patient:
    """The patient of a number."""
    dice = Random(number)
    sex = dice.choice("MF")
    _, youngest, oldest = dice.choices(AGES, [share for share, _, _ in AGES])[0]
    days = dice.randint(youngest * 366, oldest * 365 + 300)
    born = (EPOCH + number * STEP).date() - timedelta(days=days)
    given, family, doctor = dice.choice(WOMEN if sex == "F" else MEN), dice.choice(FAMILIES), dice.choice(DOCTORS)
    return Patient(number, given, family, sex, born, doctor, f"DEMO{number:08d}", VisitId(f"V{number:08d}"))


def number_of(visit: VisitId) -> int | None:
    """The number of a stay of the demo; None for a visit that is none."""
    return int(visit[1:]) if len(visit) == 9 and visit[0] == "V" and visit[1:].isdigit() else None


def first_number(at: datetime) -> int:
    """The number to count from at a moment."""
    return max(1, (at - EPOCH) // STEP)


def next_fitting(number: int, fits: Callable[[Patient], bool]) -> Patient:
    """The first patient from a number on who fits a ward; gives up looking after a thousand and takes whoever comes."""
    return next((found for found in map(patient, range(number, number + 1000)) if fits(found)), patient(number))
