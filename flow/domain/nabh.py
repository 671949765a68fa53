"""NABH's quality indicators of beds and outpatients, what those who run the hospital ask for beside them, and which of NABH's key
performance indicators this system's records do not hold.

Each is one of the KPIs (`flow.domain.kpis.table`) or a count of returns, over a calendar month, as NABH asks for it: sums over counts,
never medians. Each says where its definition is from (`Basis`). Those that need records of other systems are named with what would be
needed, so that nobody takes their absence for a nought.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from flow.domain.kpis.table import MEASURES, Measure, Sort, Unit

VERSION = 2
MONTHS = 3
"""Shown side by side: what an assessor wants to see at least."""


class Basis(StrEnum):
    """Where a definition is from. None was copied from NABH's own text, which is not public."""

    PUBLISHED = "name published, formula ours"
    MEMORY = "from memory, to be checked"
    OURS = "ours, not NABH's"


ORIGINS: Mapping[Basis, str] = {
    Basis.PUBLISHED: "Hospitals with this accreditation publish an indicator of this name (Columbia India Hospitals, Quality indicators). "
    "The formula is that of the KPI; NABH's own (Annexures to the standards, key performance indicators) was not at hand.",
    Basis.MEMORY: "Written from memory of NABH's list of key performance indicators: neither name nor formula was held against its text.",
    Basis.OURS: "No indicator of NABH's that is known to us; asked for by those who run the hospital.",
}


@dataclass(frozen=True, slots=True)
class Return:
    """Who lies again `within` a time in a bed of the same `types`; `home`: of those alone who left the house from there."""

    id: str
    types: frozenset[str]
    within: timedelta
    home: bool = False


RETURNS = (
    Return("icu_return", frozenset({"icu", "nicu"}), timedelta(hours=48)),
    Return("ed_return", frozenset({"emergency"}), timedelta(hours=72), home=True),
)
_STAYS = "stays as corrected since, by patient"
_OWN: Mapping[str, Measure] = {
    "icu_return": Measure(
        "icu_return",
        "Return to intensive care within 48 hours",
        "of these, those who lay in a bed of intensive care again within 48 hours",
        "patients who left beds of intensive care (types icu, nicu) in the month, 48 hours ago and longer; deaths included",
        Unit.PERCENT,
        _STAYS,
    ),
    "ed_return": Measure(
        "ed_return",
        "Return to the emergency department within 72 hours",
        "of these, those who lay in a bed of the emergency department again within 72 hours",
        "patients who left the house from a bed of the emergency department in the month, 72 hours ago and longer; deaths included",
        Unit.PERCENT,
        _STAYS,
    ),
}


@dataclass(frozen=True, slots=True)
class Indicator:
    """`title` as NABH calls it, `kpi` whose numerator and denominator it is, `basis` where that is from, `note` where ours is narrower or
    wider."""

    kpi: str
    title: str
    basis: Basis
    note: str = ""

    @property
    def measure(self) -> Measure:
        """The KPI, or a count of this page alone."""
        return _OWN.get(self.kpi) or MEASURES[self.kpi]

    @property
    def unit(self) -> str:
        """Of a span the mean: minutes a patient."""
        return "min, mean" if self.measure.sort is Sort.SPAN else str(self.measure.unit)

    @property
    def digits(self) -> int:
        """After the point."""
        return 2 if self.measure.unit in (Unit.DAYS, Unit.RATE) else 1


INDICATORS: tuple[Indicator, ...] = (
    Indicator("bed_occupancy_rate", "Bed occupancy rate", Basis.PUBLISHED, "Counted at midnight; beds out of use are no available beds."),
    Indicator("length_of_stay", "Average length of stay", Basis.PUBLISHED),
    Indicator(
        "order_to_exit",
        "Time taken for discharge",
        Basis.PUBLISHED,
        "From the discharge order to the patient's leaving the bed; whoever has not left yet is not in it.",
    ),
    Indicator(
        "opd_wait",
        "Waiting time for out-patient consultation",
        Basis.PUBLISHED,
        "From the token, or a booked patient's coming, to the first call; the consultation begins some minutes later.",
    ),
    Indicator("icu_return", _OWN["icu_return"].title, Basis.MEMORY, "Whether it was planned is not known: every return counts."),
    Indicator(
        "ed_return",
        _OWN["ed_return"].title,
        Basis.MEMORY,
        "Whether the complaint was the same is not known: every return counts. Who was never given a bed there is in neither number.",
    ),
    Indicator("boarding", "Time taken for admission from the emergency department", Basis.OURS),
    Indicator("bed_turnover", "Bed turnover rate", Basis.OURS),
    Indicator("turnover_interval", "Turnover interval", Basis.OURS),
    Indicator("evs_turn", "Time taken to turn a bed", Basis.OURS, "From the request for cleaning to the bed's being ready."),
)

NOT_HELD: Mapping[str, str] = {
    "Time for initial assessment (indoor, emergency)": "the hour at which the assessment was completed: the clinical record",
    "Waiting time for diagnostics": "orders and reports: laboratory and radiology systems",
    "Nurse-patient ratio (ICU, wards)": "who was on duty in each shift: the nurses' roster",
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
