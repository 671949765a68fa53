"""The one table of KPIs: what each one counts over what, in which unit, read from where, by which aim. Page, file and API cite it.

`flow.domain.kpis.cases` adds up what `flow.history.kpis` reads; a definition that changes gets another version.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
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


_MOMENT = "it is of one moment; the page of occupancy tells it hour by hour"
_NO_BED = "who waits for a consultation has no bed"
NOT_IN_FILE = "Not in the file"
_NO_WARD = "No ward"


@dataclass(frozen=True, slots=True)
class Measure:
    """One KPI. `uncut` says by what it is not cut, and why: it has no meaning there. `aim` is the usual one (at most so much), None for
    none; `aimed`: a hospital may set one. `clinics`: its places are clinics instead of wards; `nowhere` names the group of cases without
    a place; `note` is what else is to be known before anybody acts on it; `ended` its title once the period is over."""

    id: str
    title: str
    numerator: str
    denominator: str
    unit: Unit
    source: str
    uncut: Mapping[By, str] = field(default_factory=dict)
    sort: Sort = Sort.SHARE
    aim: float | None = None
    aimed: bool = True
    clinics: bool = False
    nowhere: str = NOT_IN_FILE
    note: str = ""
    ended: str = ""
    version: int = 1

    def titled(self, *, over: bool) -> "Measure":
        """As it is called in a period that is `over` or not."""
        return replace(self, title=self.ended) if over and self.ended else self

    @property
    def by(self) -> frozenset[By]:
        """What it can be cut by."""
        return frozenset(By) - self.uncut.keys()


_INTERVALS = "conditions of the beds of the hospital file"
_STAYS = "stays as corrected since, of visits that are finished"
_JOBS = "cleaning jobs, asked for in the period; jobs of patients who had never left are no jobs"
_REQUESTS = "bed requests whose clock began in the period (a planned stay's when its bed is needed); moves for others' sake are left out"
_WAITS = "the ward is the one in which the patient waits: which asked, or is named as the place; the type is that of the bed asked for"
_OWN_TIME = "Of an hour or a weekday it is the leavings and the bed-time of that time,"
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
        {By.HOUR: _MOMENT, By.WEEKDAY: _MOMENT},
        aim=TARGET_PERCENT,
        ended="Occupied at the end",
    ),
    Measure(
        "bed_occupancy_rate",
        "Bed occupancy rate",
        "occupied beds at each midnight of the hospital's zone (the midnight census), summed",
        "functional beds (not out of use) at each of these midnights, summed: functional beds x days",
        Unit.PERCENT,
        f"{_INTERVALS}; a midnight belongs to the day that it ends",
        {By.HOUR: "it is counted at midnight alone; the page of occupancy tells every hour"},
        aim=TARGET_PERCENT,
    ),
    Measure(
        "length_of_stay",
        "Average length of stay",
        "days in a bed of those who left in the period, from their first bed to their leaving",
        "discharges, deaths included",
        Unit.DAYS,
        f"{_STAYS}; the place is the last bed's, hour and weekday are those of the leaving",
    ),
    Measure(
        "bed_turnover",
        "Bed turnover rate",
        "discharges, deaths included",
        "average functional beds: their bed-hours / the hours of the period from where the record begins",
        Unit.RATE,
        f"{_STAYS}; {_INTERVALS}",
        note=f"It grows with the period: compare equal lengths. {_OWN_TIME} as if the whole period were like it.",
    ),
    Measure(
        "turnover_interval",
        "Turnover interval",
        "functional bed-days - occupied bed-days",
        "discharges, deaths included",
        Unit.DAYS,
        f"{_STAYS}; {_INTERVALS}",
        note=f"{_OWN_TIME} so that an hour in which nobody leaves has none.",
    ),
    Measure(
        "evs_response",
        "EVS response",
        "minutes from the request for cleaning to the start of the work",
        "jobs that were started",
        Unit.MINUTES,
        _JOBS,
        sort=Sort.SPAN,
        aim=EVS_AIM,
        note=_OPEN,
    ),
    Measure(
        "evs_clean",
        "EVS clean",
        "minutes from the start to the bed's being clean, without the pauses",
        "jobs that were done",
        Unit.MINUTES,
        _JOBS,
        sort=Sort.SPAN,
        aim=EVS_AIM,
        note=_OPEN,
    ),
    Measure(
        "evs_turn",
        "EVS turn",
        "minutes from the request for cleaning to the bed's being ready",
        "jobs that were done",
        Unit.MINUTES,
        _JOBS,
        sort=Sort.SPAN,
        aim=TURN_AIM,
        note=_OPEN,
    ),
    Measure(
        "request_to_assign",
        "Request to assign",
        "minutes from the request's being active to the promise (or the hold) of the bed it has",
        "requests that have, or had when their patients came, a bed",
        Unit.MINUTES,
        f"{_REQUESTS}; {_WAITS}",
        sort=Sort.SPAN,
        nowhere=_NO_WARD,
        note=f"{_OPEN} A bed promised before the clock began took no time.",
        version=2,
    ),
    Measure(
        "assign_to_occupy",
        "Assign to occupy",
        "minutes from the last of ready to move, bed assigned and bed clean to the patient's lying in it",
        "assigned patients who came",
        Unit.MINUTES,
        f"{_REQUESTS}; stays and {_INTERVALS}",
        sort=Sort.SPAN,
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
        sort=Sort.SPAN,
        note=_OPEN,
    ),
    Measure(
        "exits_before_noon",
        "Exits before noon",
        "exits before 12:00 of the hospital's zone",
        "discharges, deaths included",
        Unit.PERCENT,
        f"{_STAYS}; the place is the last bed's, the weekday that of the leaving",
        {By.HOUR: "every exit of an hour lies before noon, or none"},
        aimed=False,
        note="Never rewarded alone: whoever is kept until the morning is out before noon. Read it with the stay and the order to exit.",
    ),
    Measure(
        "boarding",
        "Boarding in the emergency department",
        "minutes from the decision to admit to the patient's lying in a bed of a ward",
        "patients who came from the emergency department",
        Unit.MINUTES,
        f"{_REQUESTS}, of patients who wait in the emergency department, for beds of other kinds; the decision is the request's making; "
        f"{_WAITS}",
        sort=Sort.SPAN,
        nowhere=_NO_WARD,
        note=_OPEN,
        version=2,
    ),
    Measure(
        "boarding_long",
        "Boarding over 240 minutes",
        "patients who boarded longer than 240 minutes, those who still do included",
        "all of whom it is known: who still boards and has not for 240 minutes is under way",
        Unit.PERCENT,
        "as boarding",
        nowhere=_NO_WARD,
        version=2,
    ),
    Measure(
        "opd_wait",
        "OPD wait",
        "minutes from the token (of a booking: from the patient's coming) to the first call",
        "patients who were called",
        Unit.MINUTES,
        f"{_TOKENS}; a wait ends uncalled at the latest with its day",
        {By.TYPE: _NO_BED},
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
        {By.TYPE: _NO_BED},
        clinics=True,
    ),
    Measure(
        "opd_left",
        "OPD left uncalled",
        "patients who came and went without being called",
        "patients who came",
        Unit.PERCENT,
        _TOKENS,
        {By.TYPE: _NO_BED},
        clinics=True,
    ),
    Measure(
        "ghost_hours",
        "Ghost bed-hours",
        "bed-hours in which a bed was shown occupied and nobody lay there",
        "none: it is a sum",
        Unit.HOURS,
        "as the minute ledger's: leavings told a minute late or more, and beds that somebody looked at and found empty; hour and weekday "
        "are those of the beginning",
        sort=Sort.SUM,
        version=2,
    ),
)

MEASURES: Mapping[str, Measure] = {measure.id: measure for measure in _MEASURES}
"""Every KPI by id, in the order of the page. What idle minutes were lost to is the ledger's (`flow.domain.ledger`)."""
