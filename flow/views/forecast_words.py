"""What the forecast's figures and states mean, in plain words."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flow.domain.forecast import ENOUGH_DAYS, FEWEST_JUDGED, HIGHEST_COVERAGE, LOWEST_COVERAGE, ForecastState, Judged, Outlooks

DEFINITIONS_VERSION = 2
STATES: Mapping[ForecastState, str] = {
    ForecastState.FORECAST: "Bands hold",
    ForecastState.CALIBRATING: "Calibrating",
    ForecastState.NONE: "No forecast",
}
TITLES: Mapping[str, str] = {
    "median": "Expected, and the bands",
    "full": "Chance of full",
    "short": "Short of beds",
    "state": "Bands hold, calibrating",
    "coverage": "Coverage",
    "mae": "Mean error",
    "pinball": "Pinball loss",
    "brier": "Brier score",
    "usual": "Leans on the usual",
    "what_if": "What if",
}
DEFINITIONS: Mapping[str, str] = {
    "median": "Occupied beds: as likely more as less than expected; within the 80 % band in eight of ten cases, within the 90 % band in "
    "nine. Who lies there now, less those who leave (by the clinician's date where there is one, else by specialty, day of stay and hour), "
    "plus those whom plans announce, plus those who usually come on such a weekday at such hours; never more than the staffed beds. As far "
    "as it has done good, it leans on how many usually lay there at that hour.",
    "full": "The probability that every staffed bed is occupied at that moment.",
    "short": "Patients above the staffed beds, on the mean of all that may happen. Under 1 means: probably none.",
    "state": f"The 80 % band has held in {100 * LOWEST_COVERAGE:.0f} to {100 * HIGHEST_COVERAGE:.0f} % of the forecasts of the last 28 "
    f"days; outside, or with fewer than {FEWEST_JUDGED} of them, the forecast is calibrating, and bands that held too seldom are drawn "
    "wider.",
    "coverage": "How often a band held. Counts at its very edge count in part, so that right chances give exactly 80 and 90 %. Judged is "
    "what was issued before each huddle; where nothing was issued, what would have been, from the history before it.",
    "mae": "By how many beds the expected figure was wrong, on the mean; beside it two forecasts that anybody can make: as many as now, "
    "and as many as at that hour a week before.",
    "pinball": "One figure for the whole band: what lies outside costs more, and a band wider than need be costs as well. In beds; the "
    "share is how far it lies under the better of the two simple forecasts (aim: 25 % and more).",
    "brier": "The mean square of chance of full less what came of it (1 full, 0 not): 0 is perfect. Beside it that of saying each "
    "time how often it was full at that hour in the four weeks before.",
    "usual": "How far the next forecast lies towards the occupied beds at that hour on the days of the four weeks before: 0 % is what the "
    "patients and plans say alone, 100 % what is usual alone. Every night it is set to where the forecasts that have come due would have "
    "lost least.",
    "what_if": "The same forecast with beds opened or closed in a ward, or with planned admissions put off. Who is turned away from one "
    "ward is not sent to another.",
}


def told(found: Outlooks, verdict: Judged | None, zone: str) -> str:
    """How far a group's forecast may be trusted, and why."""
    if not found.rows:
        return _too_early(found, zone)
    if verdict is None or not verdict.is_enough:
        return f"Nobody knows yet how well the bands hold: {verdict.count if verdict else 0} forecasts came due, it takes {FEWEST_JUDGED}."
    share = f"the 80 % band held in {100 * verdict.covered_80:.0f} % of the last {verdict.count} forecasts"
    if verdict.holds:
        return f"The bands hold: {share}."
    if verdict.covered_80 < LOWEST_COVERAGE:
        return f"The hospital does not behave as in the weeks before: {share}. The bands are drawn wider until they hold again."
    return f"The bands are wider than need be: {share}."


def beaten(verdict: Judged) -> tuple[str, ...]:
    """Where something simpler did better, in plain words: the reader is to go by that."""
    if not verdict.is_enough:
        return ()
    found, naive = [], min((verdict.mae_now, "as many as now"), (verdict.mae_week, "as a week before"))
    if verdict.mae > naive[0]:
        found.append(f'{verdict.hours} h: "{naive[1]}" was nearer ({naive[0]:.1f} against {verdict.mae:.1f} beds): go by that.')
    if round(verdict.brier, 3) > round(verdict.brier_usual, 3):
        said = f"({verdict.brier_usual:.3f} against {verdict.brier:.3f})"
        found.append(f"{verdict.hours} h: how often it was full before says more than the chance of full {said}: go by that.")
    return tuple(found)


def calibrating(verdict: Judged | None) -> str:
    """What stands beside a band that may not be trusted as it says; nothing beside one that holds."""
    if verdict is None or not verdict.is_enough:
        return "calibrating: nobody knows yet how well these bands hold"
    return "" if verdict.holds else f"calibrating: these bands held in {100 * verdict.covered_80:.0f} % of the last four weeks"


def _too_early(found: Outlooks, zone: str) -> str:
    begins = (found.at + timedelta(days=ENOUGH_DAYS - found.days)).astimezone(ZoneInfo(zone))
    have = "none yet" if found.days < 1 else f"{found.days:.0f} so far"
    return f"A forecast needs {ENOUGH_DAYS} days of history; there are {have}. The first is made on {begins:%a %d %b}."


def clock(at: datetime, seen_from: datetime, zone: str) -> str:
    """`14:30`, with its day where it is another one."""
    local, then = at.astimezone(ZoneInfo(zone)), seen_from.astimezone(ZoneInfo(zone))
    return f"{local:%H:%M}" if local.date() == then.date() else f"{local:%a %H:%M}"
