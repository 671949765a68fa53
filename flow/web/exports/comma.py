"""A table as CSV (RFC 4180), UTF-8. Times are RFC 3339."""

import csv
import io
from datetime import date, datetime

from flow.views.tables import Report, Table, Value, flat

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A text that begins like this would be a formula to a spreadsheet."""


def comma(_report: Report, table: Table) -> bytes:
    """The bytes of the file; a text that a spreadsheet would compute is led by an apostrophe."""
    columns, rows = flat(table)
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([column.id for column in columns])
    writer.writerows([[_written(value) for value in row] for row in rows])
    return out.getvalue().encode()


def _written(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULA) else value
    return str(value)
