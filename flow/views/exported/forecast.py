"""The tables of the page of the forecast, and every group at every horizon for a file alone."""

from collections.abc import Iterable
from datetime import timedelta
from zoneinfo import ZoneInfo

from flow.domain.forecast import Outlooks
from flow.views.forecast_page import ForecastPage, IfRow, Row
from flow.views.tables import Cell, Column, Kind, Report, Table, table

BEDS = (
    Column("occupied_now", "Now", Kind.WHOLE, "beds"),
    Column("staffed", "Staffed", Kind.WHOLE, "beds"),
    Column("expected", "Expected", Kind.WHOLE, "beds"),
)
SHOWN = (
    *BEDS,
    Column("band_80", "80 %"),
    Column("band_90", "90 %"),
    Column("full_percent", "Full", Kind.NUMBER, "%", notes=True),
    Column("short", "Short", Kind.NUMBER, "beds"),
    Column("trust", "Trust"),
)
FIGURES = (
    Column("made_at", "Made at", Kind.MOMENT),
    Column("for", "For", Kind.MOMENT),
    Column("level", "Level"),
    Column("name", "Name"),
    Column("hours", "Hours", Kind.WHOLE, "h"),
    *BEDS,
    *(Column(f"{end}_{band}", f"{end.title()} {band} %", Kind.WHOLE, "beds") for band in (80, 90) for end in ("low", "high")),
    Column("chance_of_full", "Chance of full", Kind.NUMBER, "share"),
    Column("short", "Short", Kind.NUMBER, "beds"),
    Column("state", "State"),
)
PAST = (Column("time", "Time", Kind.MOMENT), Column("occupied", "Occupied", Kind.WHOLE, "beds"))
WOULD = (Column("of", "Of"), Column("hours", "Hours", Kind.WHOLE, "h"))
JUDGED = (
    Column("hours", "Hours", Kind.WHOLE, "h"),
    Column("judged", "Judged"),
    Column("held_80_percent", "80 % band held", Kind.NUMBER, "%", notes=True),
    Column("held_90_percent", "90 % band held", Kind.NUMBER, "%", notes=True),
    Column("mean_error", "Mean error, beds", Kind.NUMBER, "beds"),
    Column("mean_error_as_now", "as many as now", Kind.NUMBER, "beds"),
    Column("mean_error_as_week", "as a week before", Kind.NUMBER, "beds"),
    Column("pinball", "Pinball loss", Kind.NUMBER),
    Column("pinball_under_percent", "under the better simple one", Kind.NUMBER, "%"),
    Column("brier", "Brier score of full", Kind.NUMBER),
    Column("brier_usual", "as often as before", Kind.NUMBER),
    Column("leans_percent", "Leans on the usual", Kind.NUMBER, "%"),
)


def report(page: ForecastPage, found: Outlooks, zone: str) -> Report:
    """Every figure first; then the screen's tables, as far as there are any."""
    would = (_would(page.if_rows),) if page.if_rows else ()
    judged = (table("judged", "How good it was", JUDGED, [(r.hours, r.count, *r.figures) for r in page.judged_rows]),)
    return Report(
        id="forecast",
        title="Forecast",
        hospital=page.chrome.hospital,
        period=page.made,
        filters=" · ".join(part for part in (page.scope, page.if_words and f"what if: {page.if_words}") if part),
        version=str(page.version),
        source="four weeks of the hospital's log: who leaves, who comes, and how many usually lie there at that hour",
        zone=zone,
        tables=(
            _figures(found, ZoneInfo(zone)),
            *((_own(page), _past(page), *would, _all(page)) if page.known else ()),
            *(judged if page.judged_rows else ()),
        ),
    )


def _figures(found: Outlooks, zone: ZoneInfo) -> Table:
    made = found.at.astimezone(zone)
    rows = [
        (
            *(made, made + timedelta(hours=row.hours), str(row.level), row.name or "all", row.hours, row.now, row.staffed, row.median),
            *(*row.band_80, *row.band_90, round(row.full, 4), round(row.short, 2), str(row.state)),
        )
        for row in found.rows
    ]
    return table("figures", "All figures", FIGURES, rows, on_screen=False)


def _own(page: ForecastPage) -> Table:
    rows = [(Cell(row.hours, f"{row.hours} h"), row.until, *_shown(row)) for row in page.rows]
    return table("group", "The group chosen", (Column("in", "In", Kind.WHOLE, "h"), Column("until", "Until", within=True), *SHOWN), rows)


def _past(page: ForecastPage) -> Table:
    counts = page.fan.counts if page.fan is not None else ()
    return table("past", "The hours before", PAST, [(Cell(each.at, each.words), each.occupied) for each in counts])


def _all(page: ForecastPage) -> Table:
    return table("groups", "Wards and specialties", (Column("of", "Of"), *SHOWN), [(row.name, *_shown(row)) for row in page.all_rows])


def _shown(row: Row) -> Iterable[str | int]:
    return (row.now, row.staffed, row.median, row.band_80, row.band_90, row.full, row.short, row.state)


def _would(rows: tuple[IfRow, ...]) -> Table:
    heads = (("staffed", "Staffed"), ("expected", "Expected"), ("full", "Chance of full"), ("short", "Short"))
    columns = [
        Column(f"{name}_{at}", f"{head}, {words}", within=at == "would")
        for name, head in heads
        for at, words in (("is", "as it is"), ("would", "as it would be"))
    ]
    told = [(row.name, row.hours, *(side for pair in row.pairs for side in _sides(*pair))) for row in rows]
    return table("would", "What would be", (*WOULD, *columns), told)


def _sides(before: str, after: str) -> tuple[str, Cell]:
    """What is the same is shown once."""
    return before, Cell(after, "" if before == after else f"→ {after}")
