"""Persons who were erased, and erasing one: found by record number, shown masked, erased by whoever has just proven who they are."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from flow.domain.audit import Kind
from flow.domain.erasure import Asker, Reason
from flow.domain.ids import PatientId
from flow.erasing import Summary
from flow.errors import Refused
from flow.history.erasure_work import What
from flow.views.erasures import erasures_page
from flow.web.act import actor_of
from flow.web.pages.form import form_of
from flow.web.pages.page import chrome, html
from flow.web.parts import house_of
from flow.web.problems import invalid, unknown
from flow.witness import happened

HOME = "/admin/erasures"


async def page(request: Request) -> Response:
    """Who was erased, by number and reason, with the proof."""
    return await _shown(request)


async def find(request: Request) -> Response:
    """Look for somebody by record number, which stays out of the address; masked."""
    form, house = await form_of(request), house_of(request)
    try:
        found = await house.erasing.find(form.needed("mrn", longest=80).strip(), form.text("authority", longest=80).strip())
    except Refused as refused:
        return await _shown(request, refusal=refused.reason, status=404)
    return await _shown(request, found)


async def erase(request: Request) -> Response:
    """Erase somebody for good."""
    form, house = await form_of(request), house_of(request)
    reason, asker = form.choice("reason", [each.name for each in Reason]), form.choice("asked_by", [each.name for each in Asker])
    patient, sure = form.needed("patient", longest=80), form.text("sure")
    if reason is None or asker is None or not sure:
        raise invalid("not-confirmed", "Say why, who asked for it, and that you are sure.")
    try:
        number = await house.erasing.begin(PatientId(patient), (Reason[reason], Asker[asker]), actor_of(request))
    except Refused as refused:
        return await _shown(request, refusal=refused.reason, status=409)
    happened(Kind.WRITTEN, what="person erased", erasure=number, of=patient)
    await house.erasing_work.ask(number, What.ERASE, actor_of(request).id)
    return RedirectResponse(HOME, 303)


async def finish(request: Request) -> Response:
    """Go on with an erasure that was begun and not finished."""
    house, number = house_of(request), _number(request)
    found = await house.erasing.erasures.one(number)
    if found is None:
        raise unknown("unknown-erasure", "There is no such erasure.")
    if found.done_at is None:
        await house.erasing_work.ask(number, What.ERASE, actor_of(request).id)
    return RedirectResponse(HOME, 303)


async def verify(request: Request) -> Response:
    """Have what was erased looked for in every table and file; the page says what was found once it is done."""
    house, number = house_of(request), _number(request)
    found = await house.erasing.erasures.one(number)
    if found is None or found.done_at is None:
        raise unknown("unknown-erasure", f"There is no erasure {number} that is finished.")
    await house.erasing_work.ask(number, What.VERIFY, actor_of(request).id)
    happened(Kind.WRITTEN, what="erasure to be verified", erasure=number)
    return RedirectResponse(HOME, 303)


def _number(request: Request) -> int:
    number: str = request.path_params["erasure"]
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        raise unknown("unknown-erasure", "There is no such erasure.")
    return int(number)


async def _shown(request: Request, whom: Summary | None = None, *, refusal: str = "", status: int = 200) -> Response:
    house = house_of(request)
    found = await house.erasing.erasures.all()
    view = erasures_page(
        chrome(request, "Erased persons"),
        found,
        house.people.vault.ring.keys.keys(),
        house.plan.zone,
        work=await house.erasing_work.work.all(),
        whom=whom,
        refusal=refusal,
    )
    return html(request, "erasures/page.html", view, status)
