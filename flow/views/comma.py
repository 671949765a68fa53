"""Rows as RFC 4180."""

import csv
import io
from collections.abc import Iterable, Sequence


def comma(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A head and rows; nothing stands for None."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue()
