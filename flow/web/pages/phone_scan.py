"""The phone's scanner, and what it finds: a bed by its label, with its job or how it stands.

The scanner's page alone may run WebAssembly: the reader of codes is one where the browser has none of its own.
"""

from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.roles import May
from flow.locale import languages
from flow.views.page import Chrome
from flow.views.phone import Language, language_switch, phone_page
from flow.views.phone_found import found
from flow.views.words import Words
from flow.web.api.beds import bed_of
from flow.web.pages.desk.view import live_requests
from flow.web.pages.page import chrome, html
from flow.web.pages.phone import language_of, speaking
from flow.web.parts import house_of
from flow.web.security.principal import principal_of
from flow.web.security.shell import CSP
from flow.web.who import who_of

WASM = CSP.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")


@dataclass(frozen=True, slots=True)
class ScanPage:
    """The scanner; `badge`: it looks for somebody's badge, else for a bed's label. `secret` is that of a badge whose PIN was wrong, so
    that it is not scanned again; `refused` says what was."""

    chrome: Chrome
    words: Words
    languages: tuple[Language, ...]
    badge: bool
    refused: str = ""
    secret: str = ""


async def scan(request: Request) -> Response:
    """The scanner for beds' labels."""
    return speaking(request, "/housekeeping/scan") or scanner(request, badge=False)


def scanner(request: Request, *, badge: bool, refused: str = "", secret: str = "") -> Response:
    """The scanner's page."""
    spoken = language_of(request)
    frame = replace(chrome(request, spoken.say("Scan")), lang=spoken.lang)
    view = ScanPage(frame, spoken, language_switch(spoken.lang, languages()), badge, spoken.say(refused), secret)
    response = html(request, "housekeeping/scan.html", view, 401 if refused else 200)
    response.headers["content-security-policy"] = WASM
    return response


async def card(request: Request) -> Response:
    """A bed's card, whichever bed it is: the label was scanned beside it."""
    house, spoken = house_of(request), language_of(request)
    bed, state = bed_of(house, request.path_params["bed"])
    who = replace(await who_of(request), wards=None)
    view = phone_page(
        chrome(request, spoken.say("Cleaning")),
        house.plan,
        {bed.id: state},
        live_requests(house),
        house.clock.now(),
        spoken,
        order=house.cleaning(),
        who=who,
        ward=principal_of(request).only_ward(May.JOBS),
        languages=languages(),
    )
    return html(request, "housekeeping/_found.html", found(view, house.plan, state, spoken))
