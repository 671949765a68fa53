"""The table of names and letters that were opened for a reason, as files have it."""

from flow.views.openings_page import LETTERS, NAMES, OpeningsPage
from flow.views.tables import Cell, Column, Kind, Report, table

OPENINGS = (
    Column("time", "When", Kind.MOMENT),
    Column("who", "Who"),
    Column("role", "As", within=True),
    Column("place", "Of whom"),
    Column("reason", "Why"),
    Column("words", "In their own words", within=True),
    Column("minutes", "Minutes", Kind.WHOLE),
    Column("names", "Names", Kind.WHOLE),
    Column("reviewed_by", "Reviewed by"),
    Column("reviewed_at", "Reviewed", Kind.MOMENT, within=True),
    Column("remark", "Remark", within=True),
)


def report(page: OpeningsPage, zone: str) -> Report:
    """What the page shows."""
    rows = [
        (
            *(Cell(row.at, row.time), row.who, row.role, row.place, row.reason, row.words, row.minutes, row.names),
            *(row.reviewed_by, Cell(row.reviewed_at, row.reviewed), row.remark),
        )
        for row in page.rows
    ]
    of = {NAMES: "names", LETTERS: "letters"}.get(page.of, "everything")
    filters = f"{of}, not reviewed yet, of any time" if page.new else of
    source = "openings of names and of letters, and the audit trail for how many names"
    found = table("openings", "Opened names and letters", OPENINGS, rows)
    time = page.when.period.words
    return Report("openings", found.title, page.chrome.hospital, time, filters, "1", source, zone, (found,))
