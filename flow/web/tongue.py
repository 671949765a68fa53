"""In which language somebody reads: a page for everybody goes by the address, else by the browser; a phone by what was tapped there."""

from typing import TypeVar

from starlette.requests import Request
from starlette.responses import Response

from flow.locale import DEFAULT, languages, words
from flow.views.words import Words
from flow.web.parts import house_of
from flow.web.security.principal import PHONE_PAGES

R = TypeVar("R", bound=Response)
_A_YEAR = 365 * 86400


def asked_words(request: Request) -> Words:
    """The language asked for in the address, else the first of the browser's that we have."""
    asked = [request.query_params.get("lang", "")]
    asked += [part.partition(";")[0].strip()[:2].lower() for part in request.headers.get("accept-language", "").split(",")]
    return words(next((lang for lang in asked if lang in languages()), DEFAULT))


def goes_on_in(request: Request, response: R) -> R:
    """The phone keeps the language that the address asks for, on all its pages."""
    chosen = request.query_params.get("lang")
    for path in PHONE_PAGES.values() if chosen in languages() else ():
        secure = house_of(request).secure
        response.set_cookie("lang", str(chosen), max_age=_A_YEAR, path=path, secure=secure, httponly=True, samesite="lax")
    return response
