"""What makes the housekeeping phone an app: its service worker, and the deck of cards from which it deals without a network.

Beside pages/phone.py, which answers its taps. Neither holds a name.
"""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from flow.templating import CHECKOUT
from flow.views.phone_deck import deal, nothing_left
from flow.web.pages.phone import view_of
from flow.web.parts import house_of
from flow.web.zipped import zipped

_CARD = "housekeeping/_card.html"
_PARTS = ("phone-outbox.js", "phone-worker.js")


async def worker(request: Request) -> Response:
    """The service worker of the cleaners' phone."""
    return worker_of(request, "/housekeeping")


def worker_of(request: Request, scope: str) -> Response:
    """The service worker: one file for the browser, which compares it with the one it has at each visit."""
    script = b"".join((CHECKOUT / "static" / "js" / part).read_bytes() for part in _PARTS)
    response = zipped(request.headers, script, "text/javascript; charset=utf-8", 200)
    response.headers["service-worker-allowed"] = scope
    response.headers["cache-control"] = "no-cache"
    return response


async def deck(request: Request) -> Response:
    """The cards of the next beds, before and after their beginning, and the one that says that there is nothing to do."""
    templates, view = house_of(request).templates, await view_of(request)
    cards = {dealt.job.bed: {name: templates.render(_CARD, drawn) for name, drawn in dealt.pictures} for dealt in deal(view)}
    labels = {dealt.job.bed: dealt.job.label for dealt in deal(view)}
    begun = [dealt.job.bed for dealt in deal(view) if dealt.job.begun]
    body = {"cards": cards, "labels": labels, "begun": begun, "none": templates.render(_CARD, nothing_left(view))}
    return zipped(request.headers, msgspec.json.encode(body), "application/json", 200)
