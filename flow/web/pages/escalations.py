"""What waits too long: the list behind the bell, how often each rule was acted on, and the manager's tap that mutes one."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from flow.addressees import PATIENTS
from flow.domain.roles import May, Role
from flow.locale import DEFAULT, in_each, languages
from flow.views.escalations import Bell, EscalationsPage, Reader, bell_of, escalations_page
from flow.web.pages.page import chrome, html
from flow.web.parts import house_of
from flow.web.problems import unknown
from flow.web.security.principal import principal_of

_PAGE = "/escalations"
_DAY = timedelta(days=1)


async def page(request: Request) -> Response:
    """What waits too long."""
    return html(request, "escalations/page.html", await _view(request))


async def board(request: Request) -> Response:
    """Its live region alone."""
    return html(request, "escalations/_board.html", await _view(request))


async def bell(request: Request) -> Response:
    """The bell of the bar with its count."""
    house = house_of(request)
    shown: Bell = bell_of(house.plan.escalations, await house.escalations.standing(), _reader(request))
    return html(request, "escalations/_bell.html", shown)


def _reader(request: Request) -> Reader:
    principal = principal_of(request)
    return Reader(principal.role, principal.only_ward(May.ESCALATIONS), principal.role is Role.MANAGER)


async def _view(request: Request) -> EscalationsPage:
    house, reader, now = house_of(request), _reader(request), house_of(request).clock.now()
    mutes, whole = await house.escalations.mutes(), reader.everything
    return escalations_page(
        chrome(request, "Waits too long"),
        house.plan,
        await house.escalations.standing(),
        reader,
        now,
        rates=await house.escalations.rates(now),
        mutes=mutes,
        messages=await house.messages.latest(now - _DAY) if whole else (),
        sends=bool(house.settings.notify),
        writes_patients=bool(house.settings.notify.of(PATIENTS)),
        spoken=in_each(sorted(languages(), key=DEFAULT.__ne__)),
    )


async def mute(request: Request) -> Response:
    """A rule is not told any more, or again."""
    house, rule = house_of(request), request.path_params["rule"]
    if rule not in house.plan.escalations.rule:
        raise unknown("unknown-rule", "There is no such rule.")
    deeds = {"mute": house.escalations.mute, "unmute": house.escalations.unmute}
    if request.path_params["deed"] not in deeds:
        raise unknown("unknown-deed", "A rule can be: mute, unmute.")
    await deeds[request.path_params["deed"]](rule, principal_of(request).id, house.clock.now())
    return await board(request) if "hx-request" in request.headers else RedirectResponse(_PAGE, 303)
