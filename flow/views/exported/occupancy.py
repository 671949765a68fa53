"""The tables of the page of occupancy."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flow.views.occupancy_page import ManagerPage
from flow.views.tables import Cell, Column, Kind, Report, Table, table

HOURS = tuple(Column(f"h{hour:02}", f"{hour:02}", Kind.NUMBER, "%") for hour in range(24))
SAMPLES = (
    Column("time", "Time", Kind.MOMENT),
    Column("occupancy_percent", "Occupied %", Kind.NUMBER, "%"),
    Column("occupied", "Occupied", Kind.WHOLE, "beds"),
    Column("staffed", "Staffed", Kind.WHOLE, "beds"),
    Column("free", "Free", Kind.WHOLE, "beds"),
    Column("promised", "Promised", Kind.WHOLE, "beds"),
    Column("cleaning", "Cleaning", Kind.WHOLE, "beds"),
    Column("out_of_use", "Out of use", Kind.WHOLE, "beds"),
)
WARDS = (
    Column("ward", "Ward"),
    Column("beds", "Beds", Kind.WHOLE, "beds"),
    Column("mean_percent", "Mean %", Kind.NUMBER, "%"),
    Column("peak_percent", "Peak %", Kind.NUMBER, "%"),
    Column("turns", "Turns", Kind.WHOLE),
    Column("median_turn", "Median min", Kind.NUMBER, "min"),
    Column("ninth_turn", "90th min", Kind.NUMBER, "min"),
    Column("days_lost", "Days lost", Kind.NUMBER, "bed-days"),
)
TURNS = (
    Column("ward", "Ward"),
    Column("quarter", "A quarter under", Kind.NUMBER, "min"),
    Column("median", "Median", Kind.NUMBER, "min"),
    Column("three_quarters", "Three quarters under", Kind.NUMBER, "min"),
    Column("ninth", "Nine of ten under", Kind.NUMBER, "min"),
)


def report(page: ManagerPage, zone: str) -> Report:
    """Beds over time, the week's shape, the wards, how long beds took to be ready."""
    return Report(
        id="occupancy",
        title="Occupancy",
        hospital=page.chrome.hospital,
        period=page.period,
        filters=page.scope,
        version=str(page.version),
        source="the hospital's log: where each bed stood at each moment, with what was entered later",
        zone=zone,
        tables=(_samples(page, ZoneInfo(zone)), _heat(page), *((_turns(page),) if page.turns.rows else ()), _wards(page)),
    )


def _samples(page: ManagerPage, zone: ZoneInfo) -> Table:
    rows = [
        (
            Cell(datetime.fromisoformat(row.iso).astimezone(zone), row.at),
            row.percent,
            *(getattr(row.sample, name) for name in ("occupied", "staffed", "free", "coming", "cleaning", "out")),
        )
        for row in page.rows
    ]
    return table("samples", "Beds over time", SAMPLES, rows)


def _heat(page: ManagerPage) -> Table:
    rows = [(row.day, *row.means) for row in page.heat_rows]
    return table("week", "By hour and weekday", (Column("day", "Day"), *HOURS), rows)


def _turns(page: ManagerPage) -> Table:
    return table("turns", "Cleaning turn", TURNS, [(row.words, *row.figures) for row in page.turns.rows])


def _wards(page: ManagerPage) -> Table:
    rows = [(row.name, row.beds, row.mean, row.peak, row.turns, row.median, row.p90, row.lost) for row in page.ward_rows]
    return table("wards", "Wards", WARDS, rows)
