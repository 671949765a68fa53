"""The page of the minute ledger: what the idle bed-minutes of a period were lost to, as bars, as columns by day, and as tables.

flow.web hands in the sums (`flow.domain.ledger_sums`) and the ghosts; templates/manager/ledger.html draws them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from math import ceil

from flow.domain.check import Looked
from flow.domain.ghosts import Ghost, ghost_time
from flow.domain.ids import WardId
from flow.domain.ledger import Owner, Stretch
from flow.domain.ledger_sums import LEDGER_VERSION, Ledger, Sum, by_owner, by_stretch, shares
from flow.domain.plan import Plan
from flow.views.cleaning_staff import CleansLike, SpreadLike
from flow.views.ledger_words import DEFINITIONS, OWNERS, STRETCHES
from flow.views.occupancy_page import Kpi
from flow.views.page import Chrome
from flow.views.period import AskedPeriod, PeriodBar, Rules
from flow.views.request_form import Option
from flow.views.tables import Files
from flow.views.times import minutes_words

RULES = Rules(("24h", "7d", "28d", "90d"), longest=92, why="every minute of every bed is added up anew for each question", single=True)
LEFT, RIGHT, TOP, BOTTOM = 44, 704, 12, 212
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a bar or column; `owner` chooses its colour, `words` say its `hours`, `label` stands on it where there is room."""

    owner: Owner
    x: float
    y: float
    width: float
    height: float
    words: str
    hours: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch as a bar of parts, all bars to one scale."""

    title: str
    note: str
    y: float
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A day as a column of parts; `words` stand under it where there is room."""

    day: date
    words: str
    x: float
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A tick of the columns' scale."""

    y: float
    words: str


@dataclass(frozen=True, slots=True)
class OwnerRow:
    """A cause: bed-hours by stretch, all of them, and its share."""

    owner: Owner
    name: str
    hours: tuple[str, ...]
    total: str
    share: str


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A ward or a day (`key`): idle hours, those of each stretch, the cause that owns most of them, save that nobody needed the bed."""

    name: str
    total: str
    hours: tuple[str, ...]
    most: str
    ghost: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class CleanRow:
    """How long the cleans of a ward took, or of all: response, clean and turn, of each the median and the ninth of ten."""

    name: str
    done: int
    spreads: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """`key` are the causes that occur, as the legend; `known` whether any bed was idle; `stretch_keys` are `stretches` in an address."""

    chrome: Chrome
    when: PeriodBar
    ward: str
    scope: str
    wards: tuple[Option, ...]
    kpis: tuple[Kpi, ...]
    bars: tuple[Bar, ...]
    columns: tuple[Column, ...]
    marks: tuple[Mark, ...]
    key: tuple[tuple[Owner, str], ...]
    stretches: tuple[str, ...]
    stretch_keys: tuple[Stretch, ...]
    owner_rows: tuple[OwnerRow, ...]
    sum_row: OwnerRow
    ward_rows: tuple[GroupRow, ...]
    day_rows: tuple[GroupRow, ...]
    clean_rows: tuple[CleanRow, ...]
    definitions: tuple[tuple[str, str, str], ...]
    version: int
    known: bool
    files: Files | None = None

    @property
    def cause_rows(self) -> tuple[tuple[str, date, tuple[str, ...]], ...]:
        """The columns' figures: of each day the hours of each cause of the legend."""
        hours = [(column.day, {part.owner: part.hours for part in column.parts}) for column in self.columns]
        return tuple((f"{day:%a %d %b}", day, tuple(of.get(owner, "–") for owner, _ in self.key)) for day, of in hours)


def ledger_page(
    chrome: Chrome,
    plan: Plan,
    found: Ledger,
    ghosts: Sequence[Ghost],
    looked: Looked,
    cleans: Mapping[WardId | None, CleansLike],
    *,
    when: AskedPeriod,
    ward: str | None,
) -> LedgerPage:
    """The page of one period, of a ward or the house; `looked` is what came of the checks raised in it, `cleans` by ward (None: all)."""
    present = [owner for owner in Owner if any(each.owner is owner for each in found.sums)]
    percent = shares({owner: by_owner(found.sums).get(owner, timedelta()) for owner in Owner})
    columns, marks = _columns(found)
    return LedgerPage(
        chrome=chrome,
        when=when.bar("/manager/ledger", {"ward": ward}),
        ward=ward or "",
        scope=f"{plan.ward_name(ward) if ward else 'whole house'} · {when.period.words}",
        wards=tuple(Option(each.id, f"{each.id} {each.name}") for each in plan.wards),
        kpis=_kpis(found, ghosts, looked),
        bars=_bars(found),
        columns=columns,
        marks=marks,
        key=tuple((owner, OWNERS[owner]) for owner in present),
        stretches=tuple(STRETCHES[stretch][0] for stretch in Stretch),
        stretch_keys=tuple(Stretch),
        owner_rows=tuple(_owner_row(owner, found, percent) for owner in Owner),
        sum_row=_sum_row(found, percent),
        ward_rows=tuple(_group(plan.ward_name(name), rows, name, _of(ghosts, name)) for name, rows in _by_ward(found.sums, plan)),
        day_rows=tuple(_group(f"{day:%a %d %b}", rows, day.isoformat()) for day, rows in _by_day(found.sums)),
        clean_rows=tuple(_cleans(cleans, plan, ward)),
        definitions=tuple((name, title, words) for name, (title, words) in DEFINITIONS.items()),
        version=LEDGER_VERSION,
        known=bool(found.sums),
    )


def _kpis(found: Ledger, ghosts: Sequence[Ghost], looked: Looked) -> tuple[Kpi, ...]:
    longest = max((ghost.end - ghost.start for ghost in ghosts), default=timedelta())
    middle = tuple(
        Kpi(words, "–" if ended.median is None else minutes_words(ended.median), f"median of {ended.count}", "stretches")
        for (words, _), ended in zip(STRETCHES.values(), (found.ended[stretch] for stretch in Stretch), strict=True)
    )
    times = "once" if len(ghosts) == 1 else f"{len(ghosts)} times"
    said = f"{times} · longest {minutes_words(longest / timedelta(minutes=1))}" if ghosts else "none was found"
    return (
        Kpi("Idle bed-hours", _hours(found.total), "in the period", "idle"),
        *middle,
        Kpi("Ghost bed-hours", f"{ghost_time(ghosts) / _HOUR:.1f}", said, "ghost"),
        Kpi("Beds in doubt", str(looked.raised), _looked(looked), "doubt"),
    )


def _looked(looked: Looked) -> str:
    if looked.median is None:
        return "nobody has looked" if looked.raised else "nothing contradicted itself"
    return f"{looked.answered} looked at, median {minutes_words(looked.median)} · {looked.wrong} shown wrongly"


def _hours(time: timedelta) -> str:
    return f"{time / _HOUR:.1f}" if time < 100 * _HOUR else f"{time / _HOUR:.0f}"


def _bars(found: Ledger) -> tuple[Bar, ...]:
    times = by_stretch(found.sums)
    most = max(times.values(), default=timedelta())
    bars = []
    for place, (stretch, (words, _)) in enumerate(STRETCHES.items()):
        whole = times.get(stretch, timedelta())
        owners = by_owner(each for each in found.sums if each.stretch is stretch)
        y, x, parts = place * 62.0, 0.0, list[Part]()
        for owner, spent in owners.items():
            width = round(720 * (spent / most), 1)
            hours = _hours(spent)
            label = f"{hours} h" if width >= 60 else ""
            parts.append(Part(owner, round(x, 1), y + 22, width, 26, f"{OWNERS[owner]}: {hours} h", hours, label))
            x += width
        bars.append(Bar(words, f"{_hours(whole)} bed-hours", y, tuple(parts)))
    return tuple(bars)


def _columns(found: Ledger) -> tuple[tuple[Column, ...], tuple[Mark, ...]]:
    days = _by_day(found.sums)
    most = max((sum((each.time for each in rows), timedelta()) for _, rows in days), default=timedelta())
    top = _ceiling(most / _HOUR)
    width = (RIGHT - LEFT) / max(1, len(days))
    columns = []
    for place, (day, rows) in enumerate(days):
        owners, y, parts = by_owner(rows), float(BOTTOM), list[Part]()
        x = LEFT + place * width
        for owner, spent in owners.items():
            height = round((BOTTOM - TOP) * (spent / _HOUR) / top, 2)
            y -= height
            said = f"{day:%a %d %b}, {OWNERS[owner]}: {_hours(spent)} h"
            parts.append(Part(owner, round(x + width * 0.1, 1), round(y, 2), round(width * 0.8, 1), height, said, _hours(spent)))
        shown = place % ceil(len(days) / 9) == 0
        words = f"{day:%a %d}" if len(days) <= 60 else f"{day:%d %b}"
        columns.append(Column(day, words if shown else "", round(x + width / 2, 1), tuple(parts)))
    marks = [Mark(BOTTOM - (BOTTOM - TOP) * n / 4, f"{top * n / 4:g}") for n in range(5)]
    return tuple(columns), tuple(marks)


def _ceiling(hours: float) -> float:
    """The next round figure, which four ticks divide."""
    for most in (4, 8, 20, 40, 80, 200, 400, 800, 2000, 4000, 8000, 12000):
        if hours <= most:
            return most
    return 20000


def _owner_row(owner: Owner, found: Ledger, percent: Mapping[Owner, Decimal]) -> OwnerRow:
    rows = [each for each in found.sums if each.owner is owner]
    return OwnerRow(owner, OWNERS[owner], *_three(rows), f"{percent[owner]} %")


def _sum_row(found: Ledger, percent: Mapping[Owner, Decimal]) -> OwnerRow:
    return OwnerRow(Owner.UNASSIGNED, "All", *_three(found.sums), f"{sum(percent.values(), Decimal(0))} %")


def _three(rows: Sequence[Sum]) -> tuple[tuple[str, ...], str]:
    times = by_stretch(rows)
    return tuple(_hours(times[s]) if times.get(s) else "–" for s in Stretch), _hours(sum(times.values(), timedelta()))


def _group(name: str, rows: Sequence[Sum], key: str, ghost: str = "") -> GroupRow:
    owners = by_owner(rows)
    causes = [owner for owner in owners if owner is not Owner.UNASSIGNED]
    most = max(causes, key=lambda owner: owners[owner], default=None)
    hours, total = _three(rows)
    return GroupRow(name, total, hours, f"{OWNERS[most]}, {_hours(owners[most])} h" if most is not None else "–", ghost, key)


def _cleans(cleans: Mapping[WardId | None, CleansLike], plan: Plan, ward: str | None) -> Iterable[CleanRow]:
    """The house, then its wards in the file's order; of one ward that alone."""
    if ward is None and None in cleans:
        yield _clean_row("All wards", cleans[None])
    for each in plan.wards:
        if each.id in cleans:
            yield _clean_row(plan.ward_name(each.id), cleans[each.id])


def _clean_row(name: str, times: CleansLike) -> CleanRow:
    return CleanRow(name, times.done, tuple(words for each in (times.response, times.clean, times.turn) for words in _spread(each)))


def _spread(found: SpreadLike) -> tuple[str, str]:
    return ("–", "–") if found.p50 is None or found.p90 is None else (f"{found.p50:.0f}", f"{found.p90:.0f}")


def _by_day(sums: Iterable[Sum]) -> list[tuple[date, list[Sum]]]:
    return [(day, list(rows)) for day, rows in groupby(sorted(sums, key=lambda each: each.day), key=lambda each: each.day)]


def _by_ward(sums: Iterable[Sum], plan: Plan) -> list[tuple[str, list[Sum]]]:
    """Wards of the file in its order, then any that it no longer names."""
    found: dict[str, list[Sum]] = {ward.id: [] for ward in plan.wards}
    for each in sums:
        found.setdefault(each.ward, []).append(each)
    return [(ward, rows) for ward, rows in found.items() if rows]


def _of(ghosts: Iterable[Ghost], ward: object) -> str:
    return f"{ghost_time(ghost for ghost in ghosts if ghost.ward == ward) / _HOUR:.1f}"
