"""NABH's quality indicators of beds and outpatients, and which of its key performance indicators this system's records do not hold.

Each is one of the KPIs (`flow.domain.kpis.table`) over a calendar month, as NABH asks for it: sums over counts, never medians. Those that
need records of other systems are named with what would be needed, so that nobody takes their absence for a nought.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flow.domain.kpis.table import MEASURES, Measure, Sort, Unit

VERSION = 1
MONTHS = 3
"""Shown side by side: what an assessor wants to see at least."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """`title` as NABH calls it, `kpi` whose numerator and denominator it is, `note` where ours is narrower or wider."""

    kpi: str
    title: str
    note: str = ""

    @property
    def measure(self) -> Measure:
        """The KPI."""
        return MEASURES[self.kpi]

    @property
    def unit(self) -> str:
        """Of a span the mean: minutes a patient."""
        return "min, mean" if self.measure.sort is Sort.SPAN else str(self.measure.unit)

    @property
    def digits(self) -> int:
        """After the point."""
        return 2 if self.measure.unit is Unit.DAYS else 1


INDICATORS: tuple[Indicator, ...] = (
    Indicator("bed_occupancy_rate", "Bed occupancy rate", "Counted at midnight; beds out of use are no available beds."),
    Indicator("length_of_stay", "Average length of stay"),
    Indicator(
        "order_to_exit",
        "Time taken for discharge",
        "From the discharge order to the patient's leaving the bed; whoever has not left yet is not in it.",
    ),
    Indicator(
        "opd_wait",
        "Waiting time for out-patient consultation",
        "From the token, or a booked patient's coming, to the first call; the consultation begins some minutes later.",
    ),
)

NOT_HELD: Mapping[str, str] = {
    "Time for initial assessment (indoor, emergency)": "the hour at which the assessment was completed: the clinical record",
    "Waiting time for diagnostics": "orders and reports: laboratory and radiology systems",
    "Nurse-patient ratio (ICU, wards)": "who was on duty in each shift: the nurses' roster",
    "Return to the emergency department within 72 hours": "the complaint of each visit: the clinical record",
    "Return to the intensive care unit within 48 hours": "whether it was planned: the clinical record",
    "Unplanned return to the operating theatre, re-scheduled surgeries": "the theatre's list",
    "Mortality rates, standardised": "the severity of illness at admission: the clinical record",
    "Medication errors, adverse drug reactions": "incident reports",
    "Infection rates (CAUTI, VAP, CLABSI, SSI), hand hygiene": "the infection control team's records",
    "Falls, pressure ulcers, needle stick injuries, near misses": "incident reports",
    "Turnaround time for issue of blood": "the blood bank's system",
    "Incomplete consents, handovers documented": "audits of the medical record",
}
"""Indicators by name, and what they need."""


def months_until(last: date, count: int) -> tuple[date, ...]:
    """The first days of so many months, the last of them that of `last`."""
    found = [last.replace(day=1)]
    while len(found) < count:
        before = found[-1]
        found.append(before.replace(year=before.year - 1, month=12) if before.month == 1 else before.replace(month=before.month - 1))
    return tuple(reversed(found))


def month_before(day: date) -> date:
    """The first day of the month that was over before this one began."""
    return months_until(day, 2)[0]


def next_month(month: date) -> date:
    """The first day of the month after."""
    return month.replace(year=month.year + 1, month=1) if month.month == 12 else month.replace(month=month.month + 1)
