"""Outpatients who were registered today and wait in no clinic, as the exceptions tray lists them: what is wrong, what to do. No names."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flow.domain.plan import Plan
from flow.domain.walk_in import Unseated, Why
from flow.views.times import clock_time


@dataclass(frozen=True, slots=True)
class UnseatedRow:
    """A visit's line; `place` is what the feed calls the clinic, `href` where it is put right, empty where the form above does it."""

    visit: str
    feed: str
    at: str
    place: str
    why: str
    advice: str
    href: str = ""


_WHY: Mapping[Why, tuple[str, str]] = {
    Why.UNNAMED: (
        "the registration names no clinic",
        "The sender must name it (PV1-3 or PV1-10); reception sees them on the clinic's page, and can give a number there.",
    ),
    Why.UNKNOWN: ("no clinic is known by this name", "Say above which clinic is meant; the token is then given by itself."),
    Why.CLOSED: (
        "is closed: nobody sits there any more today",
        "Enter a session on the clinic's page: the token is then given by itself. Or send them to another clinic.",
    ),
}


def unseated_rows(found: Iterable[Unseated], plan: Plan) -> tuple[UnseatedRow, ...]:
    """One row a visit, the longest registered first."""
    return tuple(_row(each, plan) for each in sorted(found, key=lambda each: (each.registered.at, each.visit)))


def _row(each: Unseated, plan: Plan) -> UnseatedRow:
    why, advice = _WHY[each.why]
    place = plan.clinic[each.clinic].name if each.clinic is not None else " · ".join(each.registered.words)
    at = clock_time(each.registered.at.timestamp(), plan.zone)
    return UnseatedRow(each.visit, each.feed, at, place, why, advice, f"/opd/{each.clinic}" if each.clinic is not None else "")
