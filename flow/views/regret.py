"""The managers' report on overrides: beds taken otherwise than suggested, why, what it cost or won by the points, and what came of it.

flow.web hands in the choices of a period (`flow.history.choices`), reasons without patients' names; templates/manager/overrides.html draws
it. Sums are told from five cases on, and never by person; who reads sums alone reads no reason that fewer
gave, for a reason in somebody's own words tells who it was.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flow.domain.choice import Choice, Judged
from flow.domain.ids import BedId
from flow.domain.plan import Plan
from flow.views.occupancy_page import Kpi
from flow.views.page import Chrome
from flow.views.period import AskedPeriod, PeriodBar, Rules
from flow.views.request_form import words_of
from flow.views.tables import Files

RULES = Rules(("7d", "28d", "90d"), "28d", single=True)
FEWEST = 5
UNDER = f"under {FEWEST}"
OTHERS = "other reasons, each under 5 times"
NO_REASON = "no reason given"


@dataclass(frozen=True, slots=True)
class OverrideRow:
    """One override as shown and exported. `points` are signed, `won` says that they are above 0 (None: nothing to compare with)."""

    at: str
    iso: str
    ward: str
    asked: str
    bed: str
    score: str
    best: str
    best_score: str
    points: str
    won: bool | None
    rule: str
    reason: str
    promised: str
    came: str
    off_ward: str
    isolation: str
    moved: str


@dataclass(frozen=True, slots=True)
class SumRow:
    """A group of overrides; fewer than five are not told apart: `count` is `under 5` and the rest is `–`."""

    name: str
    count: str
    points: str
    mean: str
    off_ward: str
    moved: str


@dataclass(frozen=True, slots=True)
class RegretPage:
    """`rows` are empty for who may read aggregates alone (`detailed` False); `nothing` says why there are no overrides."""

    chrome: Chrome
    when: PeriodBar
    period: str
    kpis: tuple[Kpi, ...]
    by_reason: tuple[SumRow, ...]
    by_ward: tuple[SumRow, ...]
    rows: tuple[OverrideRow, ...]
    total: int
    detailed: bool
    nothing: str
    files: Files | None = None


def regret_page(
    chrome: Chrome, plan: Plan, found: Sequence[Judged], when: AskedPeriod, *, detailed: bool = True, promised: int = 0
) -> RegretPage:
    """The report; `found` are all choices of the period, the newest first, among the beds `promised` in it."""
    overrides = [each for each in found if each.choice.is_override]
    zone = ZoneInfo(plan.zone)
    return RegretPage(
        chrome=chrome,
        when=when.bar("/manager/overrides", {}),
        period=when.period.words,
        kpis=_kpis(plan, _share(len(found), len(overrides), promised), overrides, told=detailed or len(overrides) not in range(1, FEWEST)),
        by_reason=_reasons(plan, overrides, detailed=detailed),
        by_ward=_sums(plan, overrides, lambda choice: plan.ward_name(choice.ward)),
        rows=tuple(_row(plan, each, zone) for each in overrides) if detailed else (),
        total=len(overrides),
        detailed=detailed,
        nothing=_nothing(len(found), promised),
    )


def _nothing(recorded: int, promised: int) -> str:
    if recorded:
        return "Every bed assigned in this period, as far as a suggestion was recorded with it, was the best one suggested."
    if promised:
        return "Beds were assigned in this period, but none with a suggestion recorded to compare it with."
    return "No bed was assigned in this period."


def _share(recorded: int, overrides: int, promised: int) -> str:
    """What the overrides are out of; assignments without a recorded suggestion are told, and not counted as followed."""
    missing = max(0, promised - recorded)
    if not recorded:
        return f"{missing} {_assignments(missing)}, none with a recorded suggestion" if missing else "no assignment yet"
    more = f"; {missing} more without a recorded suggestion" if missing else ""
    return f"{100 * overrides / recorded:.0f} % of {recorded} {_assignments(recorded)}{more}"


def _assignments(number: int) -> str:
    return "assignment" if number == 1 else "assignments"


def _reasons(plan: Plan, overrides: Sequence[Judged], *, detailed: bool) -> tuple[SumRow, ...]:
    """By reason; for a reader of sums alone the rarer reasons are one group without their words."""
    rows = _sums(plan, overrides, lambda choice: choice.reason or NO_REASON)
    if detailed:
        return rows
    rare = {" ".join(row.name.split()).casefold() for row in rows if row.count == UNDER}
    return _sums(plan, overrides, lambda choice: OTHERS if _spelled(choice) in rare else choice.reason or NO_REASON)


def _spelled(choice: Choice) -> str:
    return " ".join((choice.reason or NO_REASON).split()).casefold()


def _kpis(plan: Plan, share: str, overrides: Sequence[Judged], *, told: bool) -> tuple[Kpi, ...]:
    """`told` False: too few to tell a reader of sums alone."""
    if not told:
        words = ("Overrides", "override"), ("Points lost", "points"), ("Rules broken", "rule"), ("Off the home ward", "off_ward")
        return tuple(Kpi(title, UNDER, "told from five on", define) for title, define in (*words, ("Moved again in 48 h", "moved")))
    points = [each.choice.points for each in overrides if each.choice.points is not None]
    lost, won = sum(p for p in points if p < 0), sum(p for p in points if p > 0)
    ruled = sum(bool(each.choice.blocked) for each in overrides)
    off = sum(_off_ward(plan, each) is True for each in overrides)
    moved = sum(each.outcome.moved_again for each in overrides)
    came = sum(each.outcome.arrived_at is not None for each in overrides)
    return (
        Kpi("Overrides", str(len(overrides)), share, "override"),
        Kpi("Points lost", signed(lost), f"{signed(won)} won by breaking a rule", "points"),
        Kpi("Rules broken", str(ruled), "each with its reason", "rule"),
        Kpi("Off the home ward", str(off), f"of {came} who have come", "off_ward"),
        Kpi("Moved again in 48 h", str(moved), f"of {came} who have come", "moved"),
    )


def _sums(plan: Plan, overrides: Iterable[Judged], name_of: Callable[[Choice], str]) -> tuple[SumRow, ...]:
    groups: dict[str, list[Judged]] = {}
    spelled: dict[str, str] = {}
    for each in overrides:
        name = " ".join(name_of(each.choice).split())
        spelled.setdefault(name.casefold(), name)
        groups.setdefault(name.casefold(), []).append(each)
    ordered = sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))
    return tuple(_sum(plan, spelled[key], group) for key, group in ordered)


def _sum(plan: Plan, name: str, group: Sequence[Judged]) -> SumRow:
    if len(group) < FEWEST:
        return SumRow(name, UNDER, "–", "–", "–", "–")
    points = [each.choice.points for each in group if each.choice.points is not None]
    came = [each for each in group if each.outcome.arrived_at is not None]
    off = sum(_off_ward(plan, each) is True for each in came)
    return SumRow(
        name=name,
        count=str(len(group)),
        points=signed(sum(points)) if points else "–",
        mean=signed(round(sum(points) / len(points))) if points else "–",
        off_ward=f"{off} of {len(came)}",
        moved=f"{sum(each.outcome.moved_again for each in came)} of {len(came)}",
    )


def _row(plan: Plan, each: Judged, zone: ZoneInfo) -> OverrideRow:
    choice, weighed = each.choice, each.choice.weighed
    local = choice.at.astimezone(zone)
    return OverrideRow(
        at=local.strftime("%d %b %H:%M"),
        iso=local.isoformat(timespec="minutes"),
        ward=choice.ward,
        asked=_asked(choice),
        bed=_label(plan, weighed.bed),
        score=str(weighed.score),
        best=_label(plan, weighed.best) if weighed.best is not None else "none",
        best_score=str(weighed.best_score) if weighed.best is not None else "–",
        points=signed(choice.points) if choice.points is not None else "–",
        won=None if choice.points is None else choice.points > 0,
        rule="; ".join(choice.blocked),
        reason=choice.reason or NO_REASON,
        promised=_promised(choice, zone),
        came=_came(each),
        off_ward={True: "yes", False: "no", None: "–"}[_off_ward(plan, each)],
        isolation=_isolation(plan, each),
        moved=("yes" if each.outcome.moved_again else "no") if each.outcome.arrived_at is not None else "–",
    )


def _asked(choice: Choice) -> str:
    parts = [f"P{choice.priority}", f"{words_of(choice.type)} bed", choice.specialty, "isolation" if choice.isolation else ""]
    return " · ".join(part for part in parts if part)


def _label(plan: Plan, bed: BedId) -> str:
    return f"{plan.beds[bed].ward} {plan.beds[bed].label}" if bed in plan.beds else str(bed)


def _promised(choice: Choice, zone: ZoneInfo) -> str:
    """When the suggestion would have been ready."""
    weighed = choice.weighed
    if weighed.best is None:
        return "–"
    return f"{weighed.best_ready_at.astimezone(zone):%d %b %H:%M}" if weighed.best_ready_at is not None else "at once"


def _came(each: Judged) -> str:
    """How long after the promise the patient lay in the bed."""
    if each.outcome.arrived_at is None:
        return "given up" if each.outcome.given_up else "not yet"
    minutes = max(0, int((each.outcome.arrived_at - each.choice.at).total_seconds() // 60))
    return f"after {minutes // 60} h {minutes % 60:02d}"


def _off_ward(plan: Plan, each: Judged) -> bool | None:
    """Whether the patient came to a ward of another specialty; None where that is not known."""
    bed = each.outcome.bed
    if bed is None or bed not in plan.beds or not each.choice.specialty:
        return None
    return plan.ward[plan.beds[bed].ward].specialty.casefold() != each.choice.specialty.casefold()


def _isolation(plan: Plan, each: Judged) -> str:
    bed = each.outcome.bed
    if not each.choice.isolation or bed is None or bed not in plan.beds:
        return "–"
    there = plan.beds[bed]
    alone = there.type == "isolation" or "single" in there.features or len(plan.roommates[there.room]) == 1
    return "met" if alone else "unmet"


def signed(points: int) -> str:
    """`+12`, `−7`, `0`."""
    return f"+{points}" if points > 0 else f"−{-points}" if points < 0 else "0"
