"""A patient's own page: whoever holds the slip's address sees how far the queue is, and nothing of anybody. No sign-in, no cookie.

A whole waiting hall may ask from one address (the hospital's own network), so that who has a slip is counted by the slip; who guesses, by
where they come from. The language that they tap is also the one in which they are written to.
"""

from contextlib import suppress

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from flow.domain.consent import OWN_PAGE, PATIENT
from flow.domain.opd import Token
from flow.domain.opd_near import holder
from flow.domain.showing import DEAD
from flow.errors import Unavailable
from flow.locale import languages
from flow.views.opd_own import OwnGone, own_page
from flow.web.api.opd import of_day, today
from flow.web.api.wire import picture
from flow.web.pages.opd_slip import tells_of
from flow.web.pages.page import html
from flow.web.parts import House, house_of
from flow.web.security.limits import address
from flow.web.tongue import asked_words

A_MINUTE, A_WHILE = 60, 600
LOOKS, GUESSES = 40, 20
"""A minute for one slip (the page asks three times, a family may look on), in ten minutes for addresses that are nobody's."""


async def page(request: Request) -> Response:
    """The place in the queue of whoever holds this slip."""
    house, token = house_of(request), await _held(request)
    if token is None:
        return _nobodys(request)
    clinic = house.plan.clinic[token.clinic]
    told = await _told(house, token)
    view = own_page(
        token,
        clinic,
        of_day(house, clinic.id),
        house.live.rooms,
        house.clock.now(),
        as_of=house.live.as_of,
        zone=house.plan.zone,
        usual=house.plan.opd_telling.consultation_minutes,
        words=asked_words(request),
        languages=languages(),
        hospital=house.plan.name,
        here=request.scope["path"],
        dead=DEAD * max(1.0, house.settings.clock_speed),
        told=told,
    )
    response = _hidden(html(request, "opd/own.html", view))
    if _taps_language(request) and tells_of(house, token):
        response.background = BackgroundTask(_choose, house, token, view.words.lang)
    return response


async def stop(request: Request) -> Response:
    """Whoever holds the slip wants no more messages: the number goes, and the log of consents says so."""
    house, token = house_of(request), await _held(request)
    if token is None:
        return _nobodys(request)
    await house.contacts.withdraw(holder(token), PATIENT, house.clock.now(), OWN_PAGE)
    return _hidden(RedirectResponse(f"/t/{request.path_params['slip']}?lang={asked_words(request).lang}", 303))


async def _held(request: Request) -> Token | None:
    """The token of the slip in the address; None for nobody's. Looks and guesses are counted."""
    house, code = house_of(request), request.path_params["slip"]
    picture(house)
    token = found(house, code)
    if token is None:
        await house.limiter.check("slip-guess", address(request), GUESSES, A_WHILE)
    else:
        await house.limiter.check("slip", code, LOOKS, A_MINUTE)
    return token


def _nobodys(request: Request) -> Response:
    return _hidden(html(request, "opd/own_gone.html", _gone(request, house_of(request)), 404))


async def _told(house: House, token: Token) -> bool:
    """Whether they are written to; the page shows the queue though Postgres, who knows, is away."""
    with suppress(Unavailable):
        return tells_of(house, token) and bool(await house.contacts.willing([holder(token)]))
    return False


def _taps_language(request: Request) -> bool:
    """Somebody chose it, and it is not the page that asks again (static/js/opd-own.js)."""
    return request.query_params.get("lang", "") in languages() and request.headers.get("sec-fetch-mode") in (None, "navigate")


async def _choose(house: House, token: Token, lang: str) -> None:
    """After the answer: the page shows the queue though Postgres is away."""
    with suppress(Unavailable):
        await house.hall.tongues.choose(holder(token), lang, house.clock.now())


def found(house: House, code: str) -> Token | None:
    """The token of today with this code."""
    day = today(house)
    return house.hall.slips.find(code, (token for token in house.live.tokens.values() if token.day == day))


def _gone(request: Request, house: House) -> OwnGone:
    return OwnGone(asked_words(request), languages(), house.plan.name, request.scope["path"])


def _hidden(response: Response) -> Response:
    """For whoever holds the slip, and no search engine; the address goes to nobody."""
    response.headers["x-robots-tag"] = "noindex, nofollow"
    response.headers["referrer-policy"] = "no-referrer"
    return response
