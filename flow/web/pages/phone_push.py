"""Alerts for a phone that nobody looks at: its browser's address is taken here, where the hospital has allowed its push service."""

from binascii import Error

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from flow.errors import Refused
from flow.web.pages.form import form_of
from flow.web.parts import house_of
from flow.web.problems import forbidden, invalid
from flow.web.security.principal import principal_of
from flow.web_push import public_of, subscription


async def key(request: Request) -> Response:
    """The key with which this hospital signs what it pushes; 204 where it pushes nothing."""
    house = house_of(request)
    if house.settings.push is None or not principal_of(request).is_phone:
        return Response(status_code=204)
    return JSONResponse({"key": public_of(house.pushes.key)})


async def subscribe(request: Request) -> Response:
    """Take the address at which this phone's browser may be written to."""
    form, house, principal = await form_of(request), house_of(request), principal_of(request)
    if not principal.is_phone:
        raise forbidden("Only a paired phone gets alerts.")
    try:
        to = subscription(form.needed("endpoint", longest=1000), form.needed("p256dh"), form.needed("auth"))
    except (ValueError, Error):
        raise invalid("bad-subscription", "That is no push subscription.") from None
    if house.settings.push is None or to.service not in house.settings.push.services:
        raise Refused("This hospital does not use that push service.", code="no-push")
    await house.pushes.subscribe(principal.id, to, house.clock.now())
    return Response(status_code=204)
