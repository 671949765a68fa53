"""The managers' page of data quality, and its tables as files."""

from collections.abc import Container
from dataclasses import replace
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.data_quality import Found, Sign, signs
from flow.domain.evidence import Shifts
from flow.history.data_quality import entries
from flow.views import data_quality_page as drawn
from flow.views.data_quality_page import Asked, DataQualityPage, data_quality_page
from flow.views.ledger_page import PERIODS, period
from flow.views.tables import Report, files
from flow.web.pages.page import chrome, html
from flow.web.parts import House, house_of


async def page(request: Request) -> Response:
    """Entries that say little of what happened, by ward and shift."""
    view, found, end = await _view(request)
    tables = drawn.report(view, found, house_of(request).plan, end)
    return html(request, "manager/data_quality.html", replace(view, files=files(tables, request.url.query)))


async def report(request: Request) -> Report:
    """The tables of the page."""
    view, found, end = await _view(request)
    return drawn.report(view, found, house_of(request).plan, end)


async def _view(request: Request) -> tuple[DataQualityPage, tuple[Found, ...], datetime]:
    house = house_of(request)
    shifts = Shifts(house.plan.cleaning.shifts, house.plan.zone, house.plan.forecast.huddles)
    names = [*dict.fromkeys(shift.name for shift in shifts.known), "between shifts"]
    asked = _asked(request, house, names)
    start, end = period(asked.range, house.clock.now())
    found = signs(await entries(house.database, start, end), shifts)
    return data_quality_page(chrome(request, "Data quality"), house.plan, found, names, asked, start, end), found, end


def _asked(request: Request, house: House, shifts: list[str]) -> Asked:
    """What the address says wrongly is left out."""
    places = {str(ward) for ward in house.plan.ward} | {str(clinic.id) for clinic in house.plan.clinics}
    query = request.query_params

    def one(name: str, known: Container[str], usual: str = "") -> str:
        said = query.get(name, usual)
        return said if said in known else usual

    return Asked(one("range", PERIODS, "7d"), one("sign", set(Sign)), one("ward", places), one("shift", shifts))
