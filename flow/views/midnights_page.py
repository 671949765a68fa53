"""The midnight census: the beds as they stood at each midnight of the hospital, by ward, type or specialty, drawn and as tables.

flow.web hands in the beds by ward and type (`flow.history.reports.census`); templates/manager/midnights.html draws them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flow.domain.kpi import TARGET_PERCENT, Sample
from flow.domain.plan import Plan
from flow.views.charts import Stack, StepLine, Tick, stack, step_line, time_ticks
from flow.views.occupancy_page import LEFT, RIGHT, Chosen, scope_words, specialties_of, types_of
from flow.views.page import Chrome
from flow.views.period import AskedPeriod, Period, PeriodBar, Rules
from flow.views.request_form import Option
from flow.views.tables import Files

RULES = Rules(("28d", "90d", "365d"), "28d", today=False)
"""Of a day that is not over its midnight has not come."""
BY_WORDS: Mapping[str, str] = {"ward": "Ward", "type": "Bed type", "specialty": "Specialty"}
Found = Sequence[tuple[tuple[str, str], Sample]]
"""Beds by ward and type at midnights."""


@dataclass(frozen=True, slots=True)
class NightRow:
    """A midnight, which belongs to the day that it ends: all beds meant, and the occupied ones of each group."""

    day: date
    words: str
    sample: Sample
    percent: str
    groups: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group over the period: occupied beds at its midnights, summed, the least, the middle and the most of them."""

    name: str
    nights: int
    functional: int
    least: int
    mean: str
    most: int
    percent: str


@dataclass(frozen=True, slots=True)
class MidnightsPage:
    """`head` is what the groups are, `groups` their names; `known`: there was a bed at any of the midnights."""

    chrome: Chrome
    when: PeriodBar
    by: str
    asked: Chosen
    scope: str
    wards: tuple[Option, ...]
    specialties: tuple[Option, ...]
    types: tuple[Option, ...]
    bys: tuple[Option, ...]
    line: StepLine
    stack: Stack
    ticks: tuple[Tick, ...]
    head: str
    groups: tuple[str, ...]
    rows: tuple[NightRow, ...]
    group_rows: tuple[GroupRow, ...]
    known: bool
    files: Files | None = None


def midnights_of(days: int, now: datetime, zone: str) -> list[datetime]:
    """The last midnights of a zone, the newest last."""
    local = ZoneInfo(zone)
    today = now.astimezone(local).date()
    return [datetime.combine(today - timedelta(days=n), time(), local).astimezone(now.tzinfo) for n in reversed(range(days))]


def midnights_that_end(period: Period, now: datetime) -> list[datetime]:
    """The midnights that end the days of a period."""
    if period.key:
        return midnights_of(period.days, now, period.zone)
    local = ZoneInfo(period.zone)
    days = (period.first + timedelta(days=n + 1) for n in range(period.days))
    return [datetime.combine(day, time(), local).astimezone(now.tzinfo) for day in days]


def group_of(place: tuple[str, str], by: str, plan: Plan) -> str:
    """What a bed of a ward and type is counted under."""
    ward, kind = place
    if by != "specialty":
        return kind if by == "type" else ward
    known = next((each for each in plan.wards if each.id == ward), None)
    return (known.specialty or known.name) if known is not None else ward


def meant(found: Found, asked: Chosen, plan: Plan) -> Found:
    """Those of the beds asked for."""
    return [(place, sample) for place, sample in found if asked.of_ward(place[0], plan) and asked.kind in ("", place[1])]


def grouped(found: Found, by: str, plan: Plan) -> dict[str, dict[datetime, Sample]]:
    """The beds of each group at each midnight, groups in the order of the file; "" where nothing is told apart."""
    groups: dict[str, dict[datetime, Sample]] = {}
    for place, sample in found:
        own = groups.setdefault(group_of(place, by, plan) if by else "", {})
        own[sample.at] = own[sample.at] + sample if sample.at in own else sample
    order = {name: n for n, name in enumerate(_names(by, plan))}
    return dict(sorted(groups.items(), key=lambda item: (order.get(item[0], len(order)), item[0])))


def _names(by: str, plan: Plan) -> list[str]:
    if by == "ward":
        return [ward.id for ward in plan.wards]
    return [option.value for option in (types_of(plan) if by == "type" else specialties_of(plan))]


def midnights_page(
    chrome: Chrome, plan: Plan, found: Found, at: Sequence[datetime], *, when: AskedPeriod, by: str, asked: Chosen
) -> MidnightsPage:
    """The page of some midnights, the oldest first; those before the record are left out."""
    at = [moment for moment in at if when.knows(moment)] or at[-1:]
    own = meant(found, asked, plan)
    whole = grouped(own, "", plan).get("", {})
    samples = [whole.get(moment, Sample(moment)) for moment in at]
    groups = grouped(own, by, plan)
    return MidnightsPage(
        chrome=chrome,
        when=when.bar("/manager/midnights", {**asked.filters, "by": by}),
        by=by,
        asked=asked,
        scope=scope_words(plan, asked),
        wards=tuple(Option(each.id, f"{each.id} {each.name}") for each in plan.wards),
        specialties=specialties_of(plan),
        types=types_of(plan),
        bys=tuple(Option(name, words) for name, words in BY_WORDS.items()),
        line=step_line(samples, LEFT, RIGHT, 8, 150, TARGET_PERCENT),
        stack=stack(samples, LEFT, RIGHT, 178, 312),
        ticks=time_ticks(at[0], max(at[-1], at[0] + timedelta(hours=1)), plan.zone, LEFT, RIGHT),
        head=BY_WORDS[by],
        groups=tuple(name.replace("_", " ") for name in groups),
        rows=tuple(_night(sample, groups.values(), plan.zone) for sample in [one for one in samples if one.beds] or samples),
        group_rows=tuple(_group(name.replace("_", " "), list(nights.values())) for name, nights in groups.items()),
        known=any(sample.beds for sample in samples),
    )


def _night(sample: Sample, groups: Iterable[Mapping[datetime, Sample]], zone: str) -> NightRow:
    day = (sample.at.astimezone(ZoneInfo(zone)) - timedelta(hours=12)).date()
    taken = tuple(nights[sample.at].occupied if sample.at in nights else 0 for nights in groups)
    return NightRow(day, f"{day:%a %d %b %Y}", sample, _percent(sample.occupied, sample.staffed), taken)


def _group(name: str, nights: Sequence[Sample]) -> GroupRow:
    taken = [sample.occupied for sample in nights]
    functional = sum(sample.staffed for sample in nights)
    return GroupRow(
        name, sum(taken), functional, min(taken), f"{sum(taken) / len(taken):.1f}", max(taken), _percent(sum(taken), functional)
    )


def _percent(occupied: int, staffed: int) -> str:
    return f"{100 * occupied / staffed:.1f}" if staffed else "–"
