"""The pages of NABH's indicators by month, and of the anonymised table that may be given away. Both are drawn from the tables that their
files are written from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flow.domain.anonymous import COLUMNS, Anonymous
from flow.domain.kpis.cases import Figure
from flow.domain.nabh import INDICATORS, NOT_HELD, ORIGINS, VERSION, Indicator
from flow.domain.plan import Plan
from flow.domain.suppression import ALL, Key, Mark
from flow.views.page import Chrome
from flow.views.period import begins_words
from flow.views.request_form import Option
from flow.views.tables import Cell, Column, Files, Kind, Report, Table, table

ByMonth = Mapping[date, Mapping[str, Figure]]
"""Figures by month and KPI."""


@dataclass(frozen=True, slots=True)
class Defined:
    """What an indicator counts."""

    id: str
    title: str
    numerator: str
    denominator: str
    source: str
    note: str
    origin: str
    version: int


@dataclass(frozen=True, slots=True)
class MonthPage:
    """A page of one or more months; `month` is the last of them, as the address has it; `note` says where they begin before the record;
    `wrong` why it is not the one asked for."""

    chrome: Chrome
    month: str
    scope: str
    months: tuple[Option, ...]
    tables: tuple[Table, ...]
    definitions: tuple[Defined, ...]
    few: int
    empty: bool
    note: str
    wrong: str = ""
    files: Files | None = None


def nabh_page(chrome: Chrome, plan: Plan, found: ByMonth, months: Sequence[date], now: date, begun: date | None) -> MonthPage:
    """The indicators of some months, the newest chosen by the reader; a month that goes on is told so far."""
    shown = sorted(found)
    return MonthPage(
        chrome=chrome,
        month=f"{shown[-1]:%Y-%m}",
        scope=f"whole house · {_period(shown, now)}",
        months=_options(months),
        tables=(_indicators(found, shown), _not_held()),
        definitions=tuple(_defined(each) for each in INDICATORS),
        few=plan.reports.few,
        empty=not any(figure.denominator for figures in found.values() for figure in figures.values()),
        note=_note(shown[0], begun),
    )


def anonymous_page(
    chrome: Chrome, plan: Plan, found: Anonymous, month: date, months: Sequence[date], closed: datetime, begun: date | None
) -> MonthPage:
    """The discharges of a month that is over, without anybody, as they were known when it was closed."""
    known = f"as known {closed.astimezone(ZoneInfo(plan.zone)):%d %b %Y %H:%M}"
    return MonthPage(
        chrome=chrome,
        month=f"{month:%Y-%m}",
        scope=f"whole house · {month:%B %Y} · {known} · counts below {found.few} hidden",
        months=_options(months),
        tables=(_discharges(found, plan),),
        definitions=(),
        few=found.few,
        empty=not found.rows,
        note=_note(month, begun),
    )


def report(page: MonthPage, id: str, title: str, source: str, zone: str) -> Report:  # noqa: A002  # the name of the field
    """What the files of a page are written from."""
    scope, _, period = page.scope.partition(" · ")
    period += f" · {page.note}" if page.note else ""
    return Report(id, title, page.chrome.hospital, period, scope, str(VERSION), source, zone, page.tables)


def _note(first: date, begun: date | None) -> str:
    """A month that is recorded in part is not told as if it were whole."""
    return begins_words(begun, first) if begun is not None else ""


def _options(months: Sequence[date]) -> tuple[Option, ...]:
    return tuple(Option(f"{each:%Y-%m}", f"{each:%B %Y}") for each in reversed(months))


def _period(months: Sequence[date], now: date) -> str:
    words = f"{months[0]:%B %Y}" if len(months) == 1 else f"{months[0]:%B} to {months[-1]:%B %Y}"
    return f"{words}, the last so far" if months[-1] == now.replace(day=1) else words


def _indicators(found: ByMonth, months: Sequence[date]) -> Table:
    columns = [Column("indicator", "Indicator"), Column("unit", "Unit"), Column("definition", "Definition")]
    for month in months:
        key, words = f"{month:%Y_%m}", f"{month:%b %Y}"
        columns.append(Column(f"figure_{key}", words, Kind.NUMBER))
        columns += [Column(f"{part}_{key}", f"{part}, {words}", Kind.NUMBER) for part in ("numerator", "denominator")]
    rows = [
        (
            *(each.title, each.unit, str(each.basis)),
            *(words for month in months for words in _figure(each, found[month].get(each.kpi))),
        )
        for each in INDICATORS
    ]
    return table("indicators", "Indicators by month", columns, rows)


def _figure(indicator: Indicator, figure: Figure | None) -> tuple[str, str, str]:
    value = figure.ratio(indicator.measure) if figure is not None else None
    if figure is None or value is None:
        return "–", "–", "–"
    return f"{value:.{indicator.digits}f}", _part(figure.numerator), _part(figure.denominator)


def _part(value: float) -> str:
    """A count is whole, a sum of days or hours need not be."""
    return f"{value:.0f}" if value == int(value) else f"{value:.1f}"


def _not_held() -> Table:
    columns = (Column("indicator", "Indicator"), Column("needs", "What it would need"))
    return table("not_computed", "Not computed here", columns, list(NOT_HELD.items()))


def _defined(indicator: Indicator) -> Defined:
    m = indicator.measure
    return Defined(m.id, indicator.title, m.numerator, m.denominator, m.source, indicator.note, ORIGINS[indicator.basis], m.version)


def _discharges(found: Anonymous, plan: Plan) -> Table:
    """A row a week and ward, and one of all; a count that is not told has no value in a file, and its mark beside it."""
    ages = [Column(f"age_{band.replace(' ', '_')}", f"Age {band}", Kind.WHOLE, notes=True) for band in COLUMNS]
    columns = (Column("week", "Week of", Kind.DAY), Column("ward", "Ward"), *ages, Column("all", "All", Kind.WHOLE, notes=True))
    names = {str(ward.id): ward.name for ward in plan.wards}
    rows: list[tuple[Cell | str, ...]] = []
    for row in found.rows:
        week, ward = row
        name = f"{ward} {names[ward]}" if names.get(ward, ward) != ward else ward
        rows.append((Cell(week, f"{week:%d %b %Y}"), name, *(_count(found, (row, column)) for column in (*COLUMNS, ALL))))
    if rows:
        rows.append((Cell(None, "All weeks"), "All wards", *(_count(found, (ALL, column)) for column in (*COLUMNS, ALL))))
    return table("discharges", "Discharges", columns, rows)


def _count(found: Anonymous, key: Key) -> Cell:
    mark = found.marks.get(key)
    if mark is None:
        return Cell(found.counts[key], str(found.counts[key]))
    return Cell(None, f"<{found.few}" if mark is Mark.SMALL else "hidden")
