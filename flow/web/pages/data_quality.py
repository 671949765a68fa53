"""The managers' page of data quality, and its tables as files."""

from collections.abc import Container
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.data_quality import Found, Sign, signs
from flow.domain.evidence import Shifts
from flow.history.data_quality import entries
from flow.views import data_quality_page as drawn
from flow.views.data_quality_page import RULES, Asked, DataQualityPage, data_quality_page
from flow.views.period import MINUTE, AskedPeriod
from flow.views.tables import Report, files
from flow.web.pages.page import chrome, html
from flow.web.parts import House, house_of
from flow.web.period_asked import files_query, period_of


async def page(request: Request) -> Response:
    """Entries that say little of what happened, by ward and shift."""
    when = await period_of(request, RULES)
    view, found = await _view(request, when)
    tables = drawn.report(view, found, house_of(request).plan)
    return html(request, "manager/data_quality.html", replace(view, files=files(tables, files_query(request, when))))


async def report(request: Request) -> Report:
    """The tables of the page."""
    view, found = await _view(request, await period_of(request, RULES, exact=True))
    return drawn.report(view, found, house_of(request).plan)


async def _view(request: Request, when: AskedPeriod) -> tuple[DataQualityPage, tuple[Found, ...]]:
    house, when = house_of(request), when.floored(MINUTE)
    shifts = Shifts(house.plan.cleaning.shifts, house.plan.zone, house.plan.forecast.huddles)
    names = [*dict.fromkeys(shift.name for shift in shifts.known), "between shifts"]
    asked = _asked(request, house, names)
    found = signs(await entries(house.database, when.period.start, when.period.end), shifts)
    return data_quality_page(chrome(request, "Data quality"), house.plan, found, names, asked, when), found


def _asked(request: Request, house: House, shifts: list[str]) -> Asked:
    """What the address says wrongly is left out."""
    places = {str(ward) for ward in house.plan.ward} | {str(clinic.id) for clinic in house.plan.clinics}

    def one(name: str, known: Container[str]) -> str:
        said = request.query_params.get(name, "")
        return said if said in known else ""

    return Asked(one("sign", set(Sign)), one("ward", places), one("shift", shifts))
