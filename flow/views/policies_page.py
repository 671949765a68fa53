"""Other policies over the patients who really came on a past day or in a week, in a table beside what really happened.

flow.web hands in what `allocation.simulation.again` has found so far; templates/manager/policies.html draws it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from flow.domain.replayed import Compared, Figures
from flow.domain.weights import Weights
from flow.views.page import Chrome
from flow.views.regret import FEWEST
from flow.views.request_form import Option
from flow.views.tables import Files
from flow.views.times import minutes_words

NAMES: Mapping[str, str] = {
    "really": "What really happened",
    "real": "The same beds, replayed",
    "first_free": "First free bed",
    "plain": "Plain rule",
    "ward_first": "Home ward first",
    "ours": "Bedflow, current weights",
    "chosen": "Bedflow, chosen weights",
}
CHOICES: Mapping[str, str] = {
    "home_ward": "Home ward",
    "type_match": "Type asked for",
    "kept_for_own": "Last beds kept for the ward's own",
    "scarce": "Scarce features kept",
    "minute_waited": "A minute waited",
}
"""The weights that may be chosen, by name in the hospital's file."""
DAYS = (1, 7)
MOST = 5000
POLICIES = len(NAMES) - 1


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """A policy in figures, as shown."""

    key: str
    name: str
    cells: tuple[str, ...]
    note: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class WeightField:
    """A weight to choose; `usual` is the hospital's."""

    name: str
    words: str
    value: int
    usual: int


@dataclass(frozen=True, slots=True)
class PoliciesPage:
    """`running`: more rows are being worked out; `few`: too few came to speak of; `wrong` says why these are not the days asked for."""

    chrome: Chrome
    day: str
    latest: str
    days: tuple[Option, ...]
    count: str
    period: str
    running: bool
    failed: bool
    absent: bool
    few: bool
    known: str
    rows: tuple[PolicyRow, ...]
    weights: tuple[WeightField, ...]
    board_href: str
    columns: tuple[str, ...]
    definitions: tuple[tuple[str, str], ...]
    query: str
    wrong: str = ""
    files: Files | None = None


COLUMNS = (
    "Wait, median",
    "Wait, nine of ten",
    "Over 4 h",
    "Off the home ward",
    "Other type than asked",
    "Isolation unmet",
    "No bed by the end",
)


def policies_page(
    chrome: Chrome, first: date, count: int, last: date, usual: Weights, chosen: Weights, found: Compared | None
) -> PoliciesPage:
    """The page of a stretch; `found` is None in a hospital that runs without the allocation wing."""
    told = found or Compared(running=False)
    few = told.really is not None and told.really.patients < FEWEST
    query = urlencode({"day": first.isoformat(), "days": count, **{name: getattr(chosen, name) for name in CHOICES}})
    end = first + timedelta(days=count - 1)
    return PoliciesPage(
        chrome=chrome,
        day=first.isoformat(),
        latest=last.isoformat(),
        days=tuple(Option(str(n), "1 day" if n == 1 else f"{n} days") for n in DAYS),
        count=str(count),
        period=f"{first:%a %d %b %Y}" if count == 1 else f"{first:%a %d %b} to {end:%a %d %b %Y}",
        running=told.running,
        failed=told.failed,
        absent=found is None,
        few=few,
        known=_known(told),
        rows=tuple(_row(one) for one in (told.really, *told.policies) if one is not None) if not few else (),
        weights=tuple(WeightField(name, words, getattr(chosen, name), getattr(usual, name)) for name, words in CHOICES.items()),
        board_href=f"/manager/policies/board?{query}",
        columns=COLUMNS,
        definitions=DEFINITIONS,
        query=query,
    )


def _known(told: Compared) -> str:
    if told.really is None:
        return "reading the past"
    return f"{told.really.patients} came to a bed, {told.really.asked} of them for a request; {len(told.policies)} policies worked out"


def _row(one: Figures) -> PolicyRow:
    isolation = f"{one.unmet} of {one.isolation}" if one.isolation else "–"
    shares = (f"{one.over_4h:.1f} %", f"{one.off_ward:.1f} %", f"{one.other_type:.1f} %", isolation, str(one.unplaced))
    note = "took too long: counted as far as it came" if one.cut else ""
    return PolicyRow(one.key, NAMES[one.key], (minutes_words(one.wait_p50), minutes_words(one.wait_p90), *shares), note, one)


DEFINITIONS: tuple[tuple[str, str], ...] = (
    (
        "What is kept",
        """Who asked for what and when (from when they could go, where that was said), how long they were on their way to the bed, when they
        left it, and which beds were out of use. All as corrected since.""",
    ),
    (
        "What is assumed",
        """A bed is ready the median turn of that time after somebody left it. Whoever came without a request, or from another bed of the
        house, asked for what they got when they came, and is left out of the waits. Nobody is moved for another's sake. A need that cannot
        be met for six hours becomes a wish.""",
    ),
    (
        "The same beds, replayed",
        """The beds that were really given, under the same assumptions. What it differs from what really happened is the error of the
        replay: compare the other rows with this one.""",
    ),
    (
        "First free, plain, home ward first",
        """The first free bed of the list that no rule forbids; the type asked for, then the nearest to the nurse station; a bed of the
        patient's own ward if there is one, else another.""",
    ),
    (
        "Bedflow",
        """The joint plan of everybody who waits, made anew at every event, by the weights of the hospital's file or the chosen ones; it
        knew nothing of the day beforehand. People did not always follow it: what really happened is theirs.""",
    ),
    (
        "Read with care",
        """One day is one day. Under another policy wards would have discharged and cleaned otherwise; that is not in it.""",
    ),
)
