"""The list of daily reports."""

from datetime import date

from flow.views.reports_page import ReportsPage
from flow.views.tables import Cell, Column, Kind, Report, table

REPORTS = (
    Column("day", "Day", Kind.DAY),
    Column("summary", "In short"),
    Column("made", "Made", Kind.MOMENT),
    Column("sent", "Sent", Kind.MOMENT, notes=True),
    Column("open", "Open"),
)


def report(page: ReportsPage, zone: str) -> Report:
    """The newest first."""
    rows = [
        (
            Cell(date.fromisoformat(row.day), row.words),
            row.summary,
            Cell(row.made_at, row.made),
            Cell(row.sent_at, row.sent),
            f"HTML no PDF: {row.no_pdf}" if row.no_pdf else "HTML PDF",
        )
        for row in page.rows
    ]
    return Report(
        id="reports",
        title="Daily reports",
        hospital=page.chrome.hospital,
        period=f"{page.rows[-1].words} to {page.rows[0].words}" if page.rows else "",
        filters="whole house",
        version="1",
        source="the daily reports as they were made and sent",
        zone=zone,
        tables=(table("reports", "Reports", REPORTS, rows, on_screen=bool(rows)),),
    )
