"""The gate before every route: nobody passes without the route's right, in the ward the route speaks of.

After `Introduce` (who is asking) and the router (which route); before the handler. It stands for a request, not for an
address: the route's own pattern and parameters decide, never `request.url`.
"""

import asyncio
from contextlib import suppress
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from flow.connection import Held
from flow.domain.ids import BedId
from flow.domain.roles import May, Reach
from flow.web.door import Door, Open, Where
from flow.web.idempotency import once
from flow.web.pages.prove import asked_again
from flow.web.parts import House, house_of
from flow.web.problems import Denied, bad_request, forbidden, unknown
from flow.web.security.csrf import check_csrf
from flow.web.security.principal import Principal, Way, anybody, half_of
from flow.web.security.rates import check_files
from flow.witness import witnessing

ANSWERED_WITHIN = 60.0
"""Seconds that a handler may take, with all that it asks of the stores; a stream has none."""


class Gate:
    """One door as an ASGI application."""

    def __init__(self, door: Door) -> None:
        self.door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive, send)
        scope["door"] = self.door
        principal = anybody(request)
        house = house_of(request)
        check_grant(self.door, principal, request, house)
        _check_address(request)
        await check_csrf(request, half_of(request) if self.door.needs is Open.HALF else principal, house.settings.origin)
        await check_files(self.door, principal, house)
        if self.door.stream:
            assert principal is not None
            await self._stream(principal, house, scope, receive, send)
            return
        with witnessing() as seen:
            response = await self._in_time(request, principal)
            await house.trail.of(request, seen, response)
        await response(scope, receive, send)

    async def _in_time(self, request: Request, principal: Principal | None) -> Response:
        """Nobody waits for ever, and nothing works for ever for somebody. Raises 503 when it takes too long: a deed may then be done or
        not, and the same Idempotency-Key says which."""
        deadline = asyncio.timeout(ANSWERED_WITHIN)
        try:
            async with deadline:
                return await self._answer(request, principal)
        except TimeoutError:
            if not deadline.expired():
                raise
            told = f"This took longer than {ANSWERED_WITHIN:.0f} seconds and was given up. Ask for less, or try again later."
            raise Denied(503, "too-slow", told, {"retry-after": "10"}) from None

    async def _answer(self, request: Request, principal: Principal | None) -> Response:
        handler = self.door.handler
        if self.door.fresh and principal is not None and (asked := await asked_again(request, principal)) is not None:
            return asked
        return await (once(request, handler, principal) if principal and _repeatable(request) else handler(request))

    async def _stream(self, principal: Principal, house: House, scope: Scope, receive: Receive, send: Send) -> None:
        """Run a stream for as long as its principal is welcome; cut, it ends as an answer ends, and a browser asks again."""
        task, gone = asyncio.current_task(), house.watch.add(principal)
        assert task is not None

        def cut(ended: "asyncio.Future[None]") -> None:
            if not ended.cancelled():
                task.cancel()

        gone.add_done_callback(cut)
        scope["listens"] = partial(house.watch.listens, gone)
        try:
            await self.door.handler(scope, receive, send)
        except asyncio.CancelledError:
            if not gone.done():
                raise
            task.uncancel()
            with suppress(RuntimeError):  # its writer has ended it already
                await send({"type": "http.response.body", "body": b""})
        finally:
            gone.remove_done_callback(cut)
            watched(gone, scope.get("held"))


def watched(gone: "asyncio.Future[None]", held: Held | None) -> None:
    """A connection that was handed over is watched on until it is lost; any other stream is over."""
    if held is None:
        gone.cancel()
        return
    gone.add_done_callback(lambda ended: None if ended.cancelled() else held.end())
    held.when_gone(gone.cancel)


def _check_address(request: Request) -> None:
    """A NUL in the address names nothing that Postgres could hold."""
    if any("\0" in str(value) for value in (*request.path_params.values(), *request.query_params.values())):
        raise bad_request("bad-address", "The address holds a NUL character.")


def _repeatable(request: Request) -> bool:
    return request.method == "POST" and "idempotency-key" in request.headers


def check_grant(door: Door, principal: Principal | None, request: Request, house: House) -> None:
    """Raises 401 for nobody, 403 for somebody without the right there, 404 for a ward, bed or clinic that is none."""
    if door.needs is Open.TO_ALL or (door.needs is Open.HALF and half_of(request) is not None):
        return
    if principal is None:
        raise Denied(401, "not-signed-in", "Sign in first.", {"www-authenticate": "Bearer"})
    if principal.locked and door.needs is not Open.UNLOCKING:
        raise Denied(401, "locked", "This phone is locked. Type its PIN.", {"www-authenticate": "Bearer"})
    if door.needs in (Open.PERSON, Open.HALF) and principal.way is not Way.SESSION:
        raise forbidden("This is for people who sign in with a name of their own.")
    if door.needs is Open.HALF:
        raise forbidden("You are signed in already.", "signed-in")
    if door.needs is Open.UNLOCKING and not principal.is_phone:
        raise forbidden("Only a paired phone has a PIN.")
    if door.needs is Open.STATION and principal.station is None:
        raise forbidden("Badges are for paired ward stations. Sign in with your name here.", "no-station")
    if isinstance(door.needs, May) and not principal.may(door.needs):
        raise forbidden(f"This sign-in ({principal.role}) may not do that.")
    bound = isinstance(door.needs, May) and door.where is Where.WHOLE and principal.reach(door.needs) is Reach.WARD
    if bound or (isinstance(door.needs, May) and not all(principal.may(door.needs, place) for place in _places(door, request, house))):
        raise forbidden("That is outside the ward or clinic of this sign-in.", "other-ward")


def _places(door: Door, request: Request, house: House) -> list[str | None]:
    """The wards or clinics that the route's parameters name; None where they name none."""
    match door.where:
        case Where.WARD:
            return [_known(house.plan.ward, request.path_params["ward"], "ward")]
        case Where.CLINIC:
            return [_known(house.plan.clinic, request.path_params["clinic"], "clinic")]
        case Where.CLINICS:
            return [_known(house.plan.clinic, name, "clinic") for name in request.path_params["clinics"].split("+")]
        case Where.BED:
            bed = BedId(_known(house.plan.beds, request.path_params["bed"], "bed"))
            return [house.plan.beds[bed].ward]
        case _:
            return [None]


def _known(home: Any, key: str, noun: str) -> str:
    if key not in home:
        raise unknown(f"unknown-{noun}", f"There is no {noun} {key[:40]}.")
    return key
