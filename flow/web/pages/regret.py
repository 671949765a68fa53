"""The managers' report on overrides, and its tables as files. Whoever reads aggregates alone gets the sums without
the rows."""

import re
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.choice import Judged
from flow.domain.person import PersonDetails
from flow.domain.roles import May
from flow.history.choices import judged, promised
from flow.views.exported import overrides as exported
from flow.views.period import AskedPeriod
from flow.views.regret import RULES, RegretPage, regret_page
from flow.views.tables import Report, files
from flow.web.pages.page import chrome, html
from flow.web.parts import house_of
from flow.web.period_asked import files_query, period_of
from flow.web.security.principal import principal_of


async def page(request: Request) -> Response:
    """The report."""
    when = await period_of(request, RULES)
    view = await _view(request, when)
    tables = exported.report(view, house_of(request).plan.zone)
    return html(request, "manager/overrides.html", replace(view, files=files(tables, files_query(request, when))))


async def report(request: Request) -> Report:
    """The tables of the page."""
    return exported.report(await _view(request, await period_of(request, RULES, exact=True)), house_of(request).plan.zone)


async def _view(request: Request, when: AskedPeriod) -> RegretPage:
    house, start, end = house_of(request), when.period.start, when.period.end
    found = await judged(house.database, start, end)
    detailed = principal_of(request).may(May.CASES)
    people = await house.people.get({patient for each, patient in found if patient is not None and each.choice.reason})
    clean = [without_name(each, people.get(patient) if patient is not None else None) for each, patient in found]
    total = await promised(house.database, start, end)
    return regret_page(chrome(request, "Overrides"), house.plan, clean, when, detailed=detailed, promised=total)


def without_name(each: Judged, person: PersonDetails | None) -> Judged:
    """The choice with its reason as given, less the patient's name and MRN: people write them where they should not."""
    if person is None:
        return each
    words = [re.escape(word) for word in (*person.name.split(), person.mrn) if len(word) > 2]
    if not words:
        return each
    reason = re.sub(rf"\b({'|'.join(words)})\b", "•••", each.choice.reason, flags=re.IGNORECASE)
    return replace(each, choice=replace(each.choice, reason=reason))
