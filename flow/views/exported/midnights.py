"""The tables of the midnight census."""

from flow.views.midnights_page import MidnightsPage
from flow.views.tables import Cell, Column, Kind, Report, Table, table

NIGHTS = (
    Column("day", "Day", Kind.DAY),
    Column("occupancy_percent", "Occupied %", Kind.NUMBER, "%"),
    Column("occupied", "Occupied", Kind.WHOLE, "beds"),
    Column("functional", "Functional", Kind.WHOLE, "beds"),
    Column("free", "Free", Kind.WHOLE, "beds"),
    Column("promised", "Promised", Kind.WHOLE, "beds"),
    Column("cleaning", "Cleaning", Kind.WHOLE, "beds"),
    Column("out_of_use", "Out of use", Kind.WHOLE, "beds"),
)
GROUPS = (
    Column("occupied_bed_nights", "Occupied bed-nights", Kind.WHOLE, "bed-nights"),
    Column("functional_bed_nights", "Functional bed-nights", Kind.WHOLE, "bed-nights"),
    Column("least", "Least", Kind.WHOLE, "beds"),
    Column("mean", "Mean", Kind.NUMBER, "beds"),
    Column("most", "Most", Kind.WHOLE, "beds"),
    Column("occupancy_percent", "Occupied %", Kind.NUMBER, "%"),
)


def report(page: MidnightsPage, zone: str) -> Report:
    """Nights, and groups over the period."""
    days = f"{page.rows[0].words} to {page.rows[-1].words}"
    source = "conditions of the beds at midnight of the hospital's zone; a midnight belongs to the day that it ends"
    tables = (_nights(page), _groups(page))
    return Report("midnights", "Midnight census", page.chrome.hospital, days, page.scope, "1", source, zone, tables)


def _nights(page: MidnightsPage) -> Table:
    groups = tuple(Column(f"occupied_{name.lower().replace(' ', '_')}", name, Kind.WHOLE, "beds") for name in page.groups)
    rows = [
        (
            Cell(row.day, row.words),
            row.percent,
            *(getattr(row.sample, name) for name in ("occupied", "staffed", "free", "coming", "cleaning", "out")),
            *row.groups,
        )
        for row in page.rows
    ]
    return table("nights", "Nights", (*NIGHTS, *groups), rows)


def _groups(page: MidnightsPage) -> Table:
    rows = [(row.name, row.nights, row.functional, row.least, row.mean, row.most, row.percent) for row in page.group_rows]
    return table("groups", f"By {page.head.lower()}", (Column("name", page.head), *GROUPS), rows)
