"""The one table of KPIs: what each one counts over what, in which unit, read from where, by which aim. Page, file and API cite it.

`flow.domain.kpis.cases` adds up what `flow.history.kpis` reads; a definition that changes gets another version.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from flow.domain.kpi import LONG_WAIT, TARGET_PERCENT, TURN_AIM

LONG_MINUTES = LONG_WAIT.total_seconds() / 60
FEW = 5
"""Of fewer cases no percentile is told."""
EVS_AIM = 30
"""Minutes; the published aims for request to start and start to clean."""


class By(StrEnum):
    """What figures are cut by: place and kind of the bed, local hour and weekday at which a case's clock began."""

    WARD = "ward"
    TYPE = "type"
    HOUR = "hour"
    WEEKDAY = "weekday"


class Unit(StrEnum):
    """What a figure is told in."""

    PERCENT = "%"
    DAYS = "days"
    RATE = "a bed"
    MINUTES = "min"
    HOURS = "h"


class Sort(StrEnum):
    """How the figure comes of numerator and denominator: divided; as the numerator alone; or as spans, whose middle and ninth of ten
    are told, those under way counted in."""

    SHARE = "share"
    SUM = "sum"
    SPAN = "span"


_BED = frozenset({By.WARD, By.TYPE})
_ALL = frozenset(By)
_ASKED = frozenset({By.TYPE, By.HOUR, By.WEEKDAY})
"""Of requests: who waits has no ward yet, so that a ward's figure would leave out the very ones who wait."""
_CLINIC = frozenset({By.WARD, By.HOUR, By.WEEKDAY})


@dataclass(frozen=True, slots=True)
class Measure:
    """One KPI. `aim` is the usual one (at most so much), None for none; `aimed`: a hospital may set one. `clinics`: its places are
    clinics instead of wards; `note` is what else is to be known before anybody acts on it."""

    id: str
    title: str
    numerator: str
    denominator: str
    unit: Unit
    source: str
    by: frozenset[By]
    sort: Sort = Sort.SHARE
    aim: float | None = None
    aimed: bool = True
    clinics: bool = False
    note: str = ""
    version: int = 1


_INTERVALS = "conditions of the beds of the hospital file"
_STAYS = "stays as corrected since, of visits that are finished"
_JOBS = "cleaning jobs, asked for in the period; jobs of patients who had never left are no jobs"
_REQUESTS = "bed requests whose clock began in the period (a planned stay's when its bed is needed); moves for others' sake are left out"
_TOKENS = "outpatient tokens whose patients came in the period"
_OPEN = "Those under way have lasted at least so long (Kaplan and Meier, JASA 53, 1958, p. 457); so have those that ended otherwise."

_MEASURES = (
    Measure(
        "occupancy_now",
        "Occupancy now",
        "occupied beds",
        "staffed and unblocked beds: every bed that is not out of use",
        Unit.PERCENT,
        f"{_INTERVALS}, at the period's end",
        _BED,
        aim=TARGET_PERCENT,
    ),
    Measure(
        "bed_occupancy_rate",
        "Bed occupancy rate",
        "occupied beds at each midnight of the hospital's zone (the midnight census), summed",
        "functional beds (not out of use) at each of these midnights, summed: functional beds x days",
        Unit.PERCENT,
        f"{_INTERVALS}; a midnight belongs to the day that it ends",
        frozenset({By.WARD, By.TYPE, By.WEEKDAY}),
        aim=TARGET_PERCENT,
    ),
    Measure(
        "length_of_stay",
        "Average length of stay",
        "days in a bed of those who left in the period, from their first bed to their leaving",
        "discharges, deaths included",
        Unit.DAYS,
        f"{_STAYS}; the place is the last bed's",
        frozenset({By.WARD, By.TYPE, By.WEEKDAY}),
        Sort.SHARE,
    ),
    Measure(
        "bed_turnover",
        "Bed turnover rate",
        "discharges, deaths included",
        "average functional beds: their bed-hours / the hours of the period",
        Unit.RATE,
        f"{_STAYS}; {_INTERVALS}",
        _BED,
        note="It grows with the period: compare equal lengths.",
    ),
    Measure(
        "turnover_interval",
        "Turnover interval",
        "functional bed-days - occupied bed-days",
        "discharges, deaths included",
        Unit.DAYS,
        f"{_STAYS}; {_INTERVALS}",
        _BED,
    ),
    Measure(
        "evs_response",
        "EVS response",
        "minutes from the request for cleaning to the start of the work",
        "jobs that were started",
        Unit.MINUTES,
        _JOBS,
        _ALL,
        Sort.SPAN,
        EVS_AIM,
        note=_OPEN,
    ),
    Measure(
        "evs_clean",
        "EVS clean",
        "minutes from the start to the bed's being clean, without the pauses",
        "jobs that were done",
        Unit.MINUTES,
        _JOBS,
        _ALL,
        Sort.SPAN,
        EVS_AIM,
        note=_OPEN,
    ),
    Measure(
        "evs_turn",
        "EVS turn",
        "minutes from the request for cleaning to the bed's being ready",
        "jobs that were done",
        Unit.MINUTES,
        _JOBS,
        _ALL,
        Sort.SPAN,
        TURN_AIM,
        note=_OPEN,
    ),
    Measure(
        "request_to_assign",
        "Request to assign",
        "minutes from the request's being active to the promise (or the hold) of the bed it has",
        "requests that have, or had when their patients came, a bed",
        Unit.MINUTES,
        _REQUESTS,
        _ASKED,
        Sort.SPAN,
        note=f"{_OPEN} A bed promised before the clock began took no time. Who waits has no ward yet: there is no figure by ward.",
    ),
    Measure(
        "assign_to_occupy",
        "Assign to occupy",
        "minutes from the last of ready to move, bed assigned and bed clean to the patient's lying in it",
        "assigned patients who came",
        Unit.MINUTES,
        f"{_REQUESTS}; stays and {_INTERVALS}",
        _ALL,
        Sort.SPAN,
        note=f"{_OPEN} Who came before that moment is invalid: counted as such, in no figure. A plan's hour that the patient came before "
        "counts for nothing.",
    ),
    Measure(
        "order_to_exit",
        "Discharge order to exit",
        "minutes from the discharge order to the patient's leaving",
        "discharges ordered in the period whose patients have left",
        Unit.MINUTES,
        "the steps of discharges that have an order and were not called off; the place is the last bed's",
        _ALL,
        Sort.SPAN,
        note=_OPEN,
    ),
    Measure(
        "exits_before_noon",
        "Exits before noon",
        "exits before 12:00 of the hospital's zone",
        "discharges, deaths included",
        Unit.PERCENT,
        f"{_STAYS}; the place is the last bed's",
        frozenset({By.WARD, By.TYPE, By.WEEKDAY}),
        aimed=False,
        note="Never rewarded alone: whoever is kept until the morning is out before noon. Read it with the stay and the order to exit.",
    ),
    Measure(
        "boarding",
        "Boarding in the emergency department",
        "minutes from the decision to admit to the patient's lying in a bed of a ward",
        "patients who came from the emergency department",
        Unit.MINUTES,
        f"{_REQUESTS}, of patients who wait in the emergency department, for beds of other kinds; the decision is the request's making",
        _ASKED,
        Sort.SPAN,
        note=f"{_OPEN} Who waits has no ward yet: there is no figure by ward.",
    ),
    Measure(
        "boarding_long",
        "Boarding over 240 minutes",
        "patients who boarded longer than 240 minutes, those who still do included",
        "all of whom it is known: who still boards and has not for 240 minutes is under way",
        Unit.PERCENT,
        "as boarding",
        _ASKED,
    ),
    Measure(
        "opd_wait",
        "OPD wait",
        "minutes from the token (of a booking: from the patient's coming) to the first call",
        "patients who were called",
        Unit.MINUTES,
        f"{_TOKENS}; a wait ends uncalled at the latest with its day",
        _CLINIC,
        Sort.SPAN,
        clinics=True,
        note=_OPEN,
    ),
    Measure(
        "opd_no_show",
        "OPD no-show",
        "tokens set aside after a call that nobody answered, and bookings whose patients did not come",
        "tokens, but for those that were cancelled or whose time has not come",
        Unit.PERCENT,
        "outpatient tokens of the period, by the patient's coming, else by the time of the booking",
        _CLINIC,
        clinics=True,
    ),
    Measure(
        "opd_left",
        "OPD left uncalled",
        "patients who came and went without being called",
        "patients who came",
        Unit.PERCENT,
        _TOKENS,
        _CLINIC,
        clinics=True,
    ),
    Measure(
        "ghost_hours",
        "Ghost bed-hours",
        "bed-hours in which a bed was shown occupied and nobody lay there",
        "none: it is a sum",
        Unit.HOURS,
        "as the minute ledger's: leavings told late, and beds that somebody looked at and found empty",
        _BED,
        Sort.SUM,
    ),
)

MEASURES: Mapping[str, Measure] = {measure.id: measure for measure in _MEASURES}
"""Every KPI by id, in the order of the page. What idle minutes were lost to is the ledger's (`flow.domain.ledger`)."""


def aim_of(measure: Measure, aims: Mapping[str, float]) -> float | None:
    """The hospital's own aim, else the usual one."""
    return aims.get(measure.id, measure.aim)
