"""Bed labels: the sheet that is printed for a ward, and where the address on a label leads."""

import io
from urllib.parse import quote

import segno
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from flow.domain.roles import May, Reach
from flow.views.labels import label_sheet
from flow.web.pages.page import chrome, html
from flow.web.parts import house_of
from flow.web.problems import unknown
from flow.web.security.principal import principal_of


async def page(request: Request) -> Response:
    """The labels of one ward, to print."""
    plan = house_of(request).plan
    ward = plan.ward.get(request.query_params.get("ward", plan.wards[0].id))  # type: ignore[call-overload]
    if ward is None:
        raise unknown("unknown-ward", "There is no such ward.")
    sheet = label_sheet(chrome(request, "Bed labels"), plan, ward.id, house_of(request).settings.origin, code_of)
    return html(request, "labels/page.html", sheet)


def code_of(text: str) -> str:
    """A QR code as SVG, of a size that the style sheet gives it; a quarter of it may be scratched (level Q, ISO/IEC 18004)."""
    out = io.BytesIO()
    segno.make(text, error="q", micro=False).save(out, kind="svg", xmldecl=False, svgns=False, omitsize=True, svgclass=None, lineclass=None)
    return out.getvalue().decode()


async def open_label(request: Request) -> Response:
    """The address on a bed's QR label: to the page on which this person works with the bed."""
    bed = house_of(request).plan.beds[request.path_params["bed"]]
    principal = principal_of(request)
    if principal.may(May.CLEAN, bed.ward) and principal.reach(May.NAMES) is Reach.NO:
        return RedirectResponse(f"/housekeeping?bed={quote(bed.id, safe='')}", 303)
    return RedirectResponse(f"/wards/{quote(bed.ward, safe='')}#{quote(bed.id, safe='')}", 303)
