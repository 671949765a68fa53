"""The table of other policies, as far as they are worked out."""

from flow.views.policies_page import COLUMNS, PoliciesPage, PolicyRow
from flow.views.tables import Cell, Column, Kind, Report, Value, table

_WAIT, _NINTH, _OVER, _OFF, _OTHER, _UNMET, _UNPLACED = COLUMNS
POLICIES = (
    Column("policy", "Policy"),
    Column("note", "Note", within=True),
    Column("wait_median", _WAIT, Kind.WHOLE, "min"),
    Column("wait_ninth", _NINTH, Kind.WHOLE, "min"),
    Column("over_4h_percent", _OVER, Kind.NUMBER, "%"),
    Column("off_ward_percent", _OFF, Kind.NUMBER, "%"),
    Column("other_type_percent", _OTHER, Kind.NUMBER, "%"),
    Column("isolation_unmet", _UNMET, Kind.WHOLE, "patients"),
    Column("isolation_needed", "Isolation needed", Kind.WHOLE, "patients", within=True),
    Column("unplaced", _UNPLACED, Kind.WHOLE, "patients"),
)


def report(page: PoliciesPage, zone: str) -> Report:
    """A row a policy; without one the screen has no table."""
    weights = ", ".join(f"{each.words} {each.value}" for each in page.weights)
    return Report(
        id="policies",
        title="Other policies",
        hospital=page.chrome.hospital,
        period=page.period,
        filters=f"chosen weights: {weights}",
        version="1",
        source=f"the hospital's log, as corrected since, replayed; {page.known}",
        zone=zone,
        tables=(table("policies", "Policies compared", POLICIES, map(_row, page.rows), on_screen=bool(page.rows)),),
    )


def _row(row: PolicyRow) -> tuple[Cell | Value, ...]:
    found, (median, ninth, over, off, other, unmet, unplaced) = row.figures, row.cells
    waits = (Cell(round(found.wait_p50), median), Cell(round(found.wait_p90), ninth))
    isolation = (Cell(found.unmet, str(found.unmet)), Cell(found.isolation, f"of {found.isolation}")) if found.isolation else (unmet, "")
    return (row.name, row.note, *waits, over, off, other, *isolation, unplaced)
