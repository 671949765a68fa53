"""The tables of the page of the KPIs: each as on the screen, and all of them in one for a file."""

from collections.abc import Iterable

from flow.domain.kpis.table import MEASURES
from flow.views.kpi_page import TOGETHER, Card, KpiPage, Row
from flow.views.tables import Cell, Column, Kind, Report, Table, Value, table

FIGURE = Column("figure", "Figure", Kind.NUMBER, notes=True)
NINTH = Column("nine_of_ten", "Nine of ten", Kind.NUMBER, notes=True)
UNIT = Column("unit", "Unit")
PARTS = (
    Column("aim", "Aim", Kind.NUMBER),
    Column("kept", "Kept", within=True),
    Column("numerator", "Numerator", Kind.NUMBER),
    Column("denominator", "Denominator", Kind.NUMBER),
)
COUNTS = (
    Column("cases", "Cases", Kind.WHOLE),
    Column("under_way", "Under way", Kind.WHOLE),
    Column("ended_otherwise", "Ended otherwise", Kind.WHOLE),
    Column("invalid", "Invalid", Kind.WHOLE),
)
Row_ = tuple[Cell | Value, ...]


def report(page: KpiPage, zone: str) -> Report:
    """Every figure in one table first: which is what a programme wants; then the screen's."""
    scope, _, period = page.scope.rpartition(" · ")
    return Report(
        id="kpis",
        title="KPIs",
        hospital=page.chrome.hospital,
        period=period,
        filters=scope,
        version=", ".join(f"{each.title} {each.version}" for each in page.definitions),
        source="the records of visits, bed requests, cleans and tokens; each KPI's own stands on the page",
        zone=zone,
        tables=(_figures(page), _all(page), *(_card(card) for card in page.cards)),
    )


def _figures(page: KpiPage) -> Table:
    columns = (Column("kpi", "KPI"), Column("title", "Title"), Column("version", "Version", Kind.WHOLE), UNIT, Column("group", "Group"))
    rows = [(each.id, each.title, MEASURES[each.id].version, each.unit, TOGETHER, *_row(each.row)) for each in page.summaries]
    for card in page.cards:
        cut = [row for row in card.rows if row.group != TOGETHER]
        rows += [(card.id, card.title, MEASURES[card.id].version, card.unit, row.group, *_row(row)) for row in cut]
    return table("figures", "All figures", (*columns, FIGURE, NINTH, *PARTS, *COUNTS), rows, on_screen=False)


def _all(page: KpiPage) -> Table:
    def told() -> Iterable[Row_]:
        for each in page.summaries:
            figure, ninth, *rest = _row(each.row)
            yield (each.title, figure, ninth, each.unit, *rest)

    return table("all", "All together", (Column("kpi", "KPI"), FIGURE, NINTH, UNIT, *PARTS, *COUNTS), told())


def _card(card: Card) -> Table:
    head = (Column("group", card.head), FIGURE)
    if card.spans:
        return table(card.id, card.title, (*head, NINTH, *PARTS, *COUNTS), [(row.group, *_row(row)) for row in card.rows])
    figures = (_row(row) for row in card.rows)
    rows = [(row.group, figure[0], *figure[2:6]) for row, figure in zip(card.rows, figures, strict=True)]
    return table(card.id, card.title, (*head, *PARTS), rows)


def _row(row: Row) -> Row_:
    kept = Cell(None, "") if row.kept == "–" else row.kept
    parts = (row.value, row.ninth, row.aim, kept, row.numerator, row.denominator)
    return (*parts, row.cases, row.under_way, row.otherwise, row.invalid)
