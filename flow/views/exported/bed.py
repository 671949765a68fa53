"""The tables of the page of a bed's days."""

from flow.views.bed_page import BedPage
from flow.views.tables import Cell, Column, Kind, Report, Table, table

STRETCHES = (
    Column("from", "From", Kind.MOMENT),
    Column("to", "To", Kind.MOMENT, notes=True),
    Column("minutes", "Lasted", Kind.WHOLE, "min"),
    Column("was", "Was"),
    Column("detail", "Why"),
    Column("learnt_by", "Learnt by"),
    Column("learnt_at", "Learnt at", Kind.MOMENT),
    Column("visit", "Visit"),
)
HOURS = (Column("was", "Was"), Column("hours", "Hours", Kind.NUMBER, "h"), Column("share", "Share", Kind.NUMBER, "%"))


def report(page: BedPage, zone: str) -> Report:
    """The stretches, and the hours of each state."""
    return Report(
        id="bed",
        title=f"Bed {page.bed}",
        hospital=page.chrome.hospital,
        period=page.period,
        filters=f"bed {page.bed}",
        version="1",
        source="the hospital's log, as corrected since",
        zone=zone,
        tables=(
            _stretches(page),
            table("hours", "Hours by state", HOURS, [(part.words, f"{part.hours} h", part.share) for part in page.parts]),
        ),
    )


def _stretches(page: BedPage) -> Table:
    rows = [
        (
            Cell(row.start, row.begun),
            Cell(row.end, row.ended),
            Cell(row.minutes, row.lasted),
            *(row.was, row.detail, row.how),
            Cell(row.learnt, row.when),
            row.visit or "–",
        )
        for row in page.rows
    ]
    return table("stretches", "Stretches", STRETCHES, rows)
