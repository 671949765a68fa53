"""Every managers' table as a file: CSV, Excel, Parquet, all three from the one structure of `flow.views.tables`.

A page becomes one by a line in the table of routes: `*exports("kpis", kpi_page.report)`. Writing is work for a thread: four weeks of
moments must not keep the screens waiting.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.roles import May
from flow.views.tables import Report, Table
from flow.web.door import Door, Where
from flow.web.exports.comma import comma
from flow.web.exports.excel import excel
from flow.web.exports.parquet import parquet
from flow.web.problems import unknown
from flow.witness import taken_out

Reporting = Callable[[Request], Awaitable[Report]]
"""The report of what an address asks for."""


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file; `whole`: it holds every table of a page, else the one that the address names."""

    media: str
    write: Callable[[Report, Table], bytes]
    whole: bool = False


FORMATS: Mapping[str, Format] = {
    "csv": Format("text/csv; charset=utf-8", comma),
    "xlsx": Format("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", lambda report, _: excel(report), whole=True),
    "parquet": Format("application/vnd.apache.parquet", parquet),
}


def exports(name: str, report: Reporting, right: May = May.REPORTS, root: str = "/manager") -> tuple[Door, ...]:
    """The doors to the files of a page."""
    return tuple(Door("GET", f"{root}/{name}.{kind}", _sending(report, kind), right, Where.WHOLE, file=True) for kind in FORMATS)


def _sending(reporting: Reporting, kind: str) -> Callable[[Request], Awaitable[Response]]:
    async def send(request: Request) -> Response:
        report = await reporting(request)
        chosen = request.query_params.get("table", "")
        found = next((each for each in report.tables if each.id == chosen or not chosen), None)
        if found is None:
            raise unknown("unknown-table", f"This page has no such table. It has: {', '.join(each.id for each in report.tables)}.")
        form = FORMATS[kind]
        content = await asyncio.to_thread(form.write, report, found)
        name = report.id if form.whole or found is report.tables[0] else f"{report.id}-{found.id}"
        taken_out(file=f"{name}.{kind}")
        headers = {"content-disposition": f'attachment; filename="{name}.{kind}"'}
        return Response(content, headers=headers, media_type=form.media)

    return send
