"""A table as Parquet: each column with its type, its title and unit beside it, and what the report is in the file's own metadata."""

import io
from typing import TYPE_CHECKING

from flow.views.tables import Column, Kind, Report, Table, flat

if TYPE_CHECKING:
    import pyarrow as pa


def parquet(report: Report, table: Table) -> bytes:
    """The bytes of the file."""
    import pyarrow as pa  # only who exports pays for its import
    from pyarrow import parquet as file

    columns, rows = flat(table)
    schema = pa.schema([_field(column, report.zone) for column in columns], metadata=dict((*report.about(), ("Table", table.title))))
    found = [pa.array([row[place] for row in rows], type=schema.field(place).type) for place in range(len(columns))]
    out = io.BytesIO()
    file.write_table(pa.Table.from_arrays(found, schema=schema), out, compression="zstd")
    return out.getvalue()


def _field(column: Column, zone: str) -> "pa.Field":
    import pyarrow as pa

    types = {
        Kind.TEXT: pa.string(),
        Kind.WHOLE: pa.int64(),
        Kind.NUMBER: pa.float64(),
        Kind.DAY: pa.date32(),
        Kind.MOMENT: pa.timestamp("s", tz=zone),
    }
    return pa.field(column.id, types[column.kind], metadata={"title": column.title, "unit": column.unit})
