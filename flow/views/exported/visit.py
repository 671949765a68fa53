"""The table of a visit's path: numbers and times, no name."""

from flow.views.tables import Cell, Column, Kind, Report, table
from flow.views.visit_page import VisitPage

PATH = (
    Column("from", "From", Kind.MOMENT),
    Column("to", "To", Kind.MOMENT, notes=True),
    Column("minutes", "Lasted", Kind.WHOLE, "min"),
    Column("what", "What"),
    Column("bed", "Bed"),
    Column("note", "Note"),
)


def report(page: VisitPage, zone: str) -> Report:
    """The path in order of time."""
    rows = [
        (Cell(row.start, row.begun), Cell(row.end, row.ended), Cell(row.minutes, row.lasted), row.what, row.bed or "–", row.note)
        for row in page.rows
    ]
    return Report(
        id="visit",
        title=f"Visit {page.visit}",
        hospital=page.chrome.hospital,
        period=f"{page.rows[0].begun} to {page.rows[-1].ended}" if page.rows else "",
        filters=f"visit {page.visit}, {page.status}",
        version="1",
        source="the hospital's log, by event time, as corrected since",
        zone=zone,
        tables=(table("path", "Path", PATH, rows),),
    )
