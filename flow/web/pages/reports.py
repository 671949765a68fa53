"""The daily reports: their list, and each as it was made."""

import base64
import hashlib
import re
from dataclasses import replace
from datetime import date

from starlette.requests import Request
from starlette.responses import Response

from flow.addressees import REPORTS
from flow.history.daily_reports import DailyReports, Kept
from flow.views.exported import reports as exported
from flow.views.reports_page import ReportsPage, reports_page
from flow.views.tables import Report, files
from flow.web.pages.page import chrome, html
from flow.web.parts import house_of
from flow.web.problems import unknown


async def page(request: Request) -> Response:
    """The list."""
    view = await _view(request)
    return html(request, "manager/reports.html", replace(view, files=files(exported.report(view, house_of(request).plan.zone), "")))


async def listing(request: Request) -> Report:
    """The list as a report."""
    return exported.report(await _view(request), house_of(request).plan.zone)


async def _view(request: Request) -> ReportsPage:
    house = house_of(request)
    found = await DailyReports(house.database).listed()
    addressed, prints = len(house.settings.notify.of(REPORTS)), house.settings.chromium is not None
    return reports_page(chrome(request, "Daily reports"), house.plan, found, addressed=addressed, prints=prints)


async def report(request: Request) -> Response:
    """One report as it was made. It carries its own style sheet, which is allowed by its digest; nothing else is."""
    made = await _made(request)
    sheets = " ".join(f"'sha256-{_digest(sheet)}'" for sheet in re.findall(r"<style>(.*?)</style>", made.html, re.DOTALL))
    policy = f"default-src 'none'; style-src {sheets}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
    return Response(made.html, headers={"content-security-policy": policy}, media_type="text/html; charset=utf-8")


async def paper(request: Request) -> Response:
    """The same as PDF."""
    made = await _made(request)
    if made.pdf is None:
        raise unknown("no-pdf", f"This report has no PDF: {made.no_pdf}.")
    headers = {"content-disposition": f'inline; filename="bedflow-{made.day}.pdf"'}
    return Response(made.pdf, headers=headers, media_type="application/pdf")


async def _made(request: Request) -> Kept:
    try:
        day = date.fromisoformat(request.path_params["day"])
    except ValueError:
        raise unknown("unknown-report", "A report is named by its day, like 2026-11-21.") from None
    made = await DailyReports(house_of(request).database).one(day)
    if made is None:
        raise unknown("unknown-report", "No report was made of this day.")
    return made


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
