"""Names for a reason (break-glass): the page that asks why, the grant of a quarter of an hour for one ward, and its end. It is on record
before a name is shown; an auditor reviews it (`openings`)."""

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from flow.domain.ids import WardId
from flow.domain.opening import FEWEST_WORDS, MOST_WORDS, REASONS
from flow.domain.plan import Ward
from flow.domain.roles import May
from flow.views.opened_names import WAITING, NamesPage, places_of
from flow.web.pages.form import Form, form_of
from flow.web.pages.page import chrome, here, html
from flow.web.parts import House, house_of
from flow.web.problems import forbidden, invalid
from flow.web.security.principal import Principal, Way, principal_of
from flow.witness import told

log = structlog.get_logger()


async def ask(request: Request) -> Response:
    """Why names are to be shown, and of which ward."""
    principal, asked = principal_of(request), Form(request.query_params)
    places = places_of(_wards(house_of(request), principal), waiting=_of_those_who_wait(principal))
    place = asked.text("ward", longest=60)
    return html(request, "names/page.html", NamesPage(chrome(request, "Show names"), places, place, here(asked.text("from", longest=200))))


async def show(request: Request) -> Response:
    """Open the names of a ward for a reason."""
    form, house, principal = await form_of(request), house_of(request), principal_of(request)
    if principal.way is not Way.SESSION:
        raise forbidden("This is for people who sign in with a name of their own.")
    ward = _ward(house, principal, form)
    why = _why(form)
    opened = await house.openings.begin(principal.seat, (principal.id, str(principal.role)), ward, why, house.clock.now())
    house.doorkeeper.forget(principal)
    log.warning("names.opened", opening=opened.id, actor=principal.id, ward=ward or "")
    told(opening=opened.id, of=ward or WAITING)
    return RedirectResponse(here(form.text("from", longest=200)), 303)


async def end(request: Request) -> Response:
    """Names are shown no more, in this browser and its streams."""
    form, house, principal = await form_of(request), house_of(request), principal_of(request)
    await house.openings.end(principal.seat, house.clock.now())
    house.doorkeeper.forget(principal)
    house.watch.cut(principal.digest)
    return RedirectResponse(here(form.text("from", longest=200)), 303)


def _wards(house: House, principal: Principal) -> list[Ward]:
    """Whose beds they see."""
    return [ward for ward in house.plan.wards if principal.may(May.BEDS, ward.id)]


def _of_those_who_wait(principal: Principal) -> bool:
    return principal.may(May.WAITING) and principal.only_ward(May.WAITING) is None


def _ward(house: House, principal: Principal, form: Form) -> WardId | None:
    place = form.needed("ward", longest=60)
    if place == WAITING and _of_those_who_wait(principal):
        return None
    if place not in {ward.id for ward in _wards(house, principal)}:
        raise forbidden("That is outside the wards of this sign-in.", "other-ward")
    return WardId(place)


def _why(form: Form) -> tuple[str, str]:
    reason, words = form.choice("reason", REASONS), form.text("words", longest=MOST_WORDS)
    if reason is None:
        raise invalid("missing", "Choose why names are shown; an auditor reads it.")
    if len(words) < FEWEST_WORDS:
        raise invalid("missing", "Say in a few words of your own what the names are needed for; an auditor reads it.")
    return reason, words
