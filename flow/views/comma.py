"""Rows as RFC 4180."""

from collections.abc import Iterable, Sequence


def comma(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A head and rows; nothing stands for None."""
    lines = [",".join(_quoted(value) for value in row) for row in [columns, *rows]]
    return "\r\n".join(lines) + "\r\n"


def _quoted(value: object) -> str:
    text = "" if value is None else str(value)
    return '"' + text.replace('"', '""') + '"' if any(sign in text for sign in ',"\r\n') else text
