"""The tables of the audit trail: what the page puts together, and each entry by itself."""

from collections.abc import Sequence

from flow.views.audit_page import AuditPage, Entry
from flow.views.tables import Cell, Column, Kind, Report, table

GROUPS = (
    Column("time", "When"),
    Column("who", "Who"),
    Column("role", "As", within=True),
    Column("address", "From"),
    Column("kind", "What"),
    Column("view", "Where", within=True),
    Column("place", "Ward or bed"),
    Column("patients", "Patients", Kind.WHOLE),
    Column("entries", "Entries", Kind.WHOLE),
)
ENTRIES = (
    Column("number", "Number", Kind.WHOLE),
    Column("time", "When", Kind.MOMENT),
    Column("who", "Who"),
    Column("role", "As"),
    Column("address", "From"),
    Column("kind", "What"),
    Column("view", "Where"),
    Column("place", "Ward or bed"),
    Column("patients", "Patients, by pseudonym"),
    Column("detail", "Details"),
    Column("led_to", "Led to"),
)


def report(page: AuditPage, entries: Sequence[Entry], zone: str) -> Report:
    """Both; `entries` are all of the period, the page's groups those of the page."""
    groups = table(
        "groups",
        "The page",
        GROUPS,
        [
            (g.time, g.head.who, g.head.role, g.head.address, g.head.kind, g.head.what, g.head.place, len(g.patients), len(g.entries))
            for g in page.groups
        ],
    )
    each = table(
        "entries",
        "Every entry",
        ENTRIES,
        [
            (
                *(e.id, Cell(e.at, e.time), e.who, e.role, e.address, e.kind, e.what, e.place),
                *(" ".join(e.patients), e.detail, "; ".join(e.led_to)),
            )
            for e in entries
        ],
        on_screen=False,
    )
    filters = ", ".join(f"{name} {value}" for name, value in page.asked.filters.items()) or "everything"
    source = f"audit trail. {page.sealed}"
    return Report("trail", "Audit trail", page.chrome.hospital, page.when.period.words, filters, "1", source, zone, (groups, each))
