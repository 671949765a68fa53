"""How much one caller may ask in all: everything by address, and a programme by its token. What must be guessed has limits of its own
(`limits.py`); these keep one caller from having the whole server.

Whoever asks from this machine itself is not counted by address: it is a programme of the house, or a proxy that does not say for whom.
"""

from ipaddress import ip_address

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from flow.web.parts import House
from flow.web.security.limits import address
from flow.web.security.principal import Way, anybody

MINUTE = 60


class PerAddress:
    """Counts every request by where it comes from, before anything is looked up for it."""

    def __init__(self, app: ASGIApp, *, house: House) -> None:
        self.app = app
        self.house = house

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        most = self.house.settings.rate_address
        if scope["type"] == "http" and most and not is_loopback(came_from := address(Request(scope))):
            await self.house.limiter.check("all", came_from, most, MINUTE)
        await self.app(scope, receive, send)


class PerToken:
    """Counts every request of a programme by its token, once it is known which that is."""

    def __init__(self, app: ASGIApp, *, house: House) -> None:
        self.app = app
        self.house = house

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        most = self.house.settings.rate_token
        if scope["type"] == "http" and most:
            principal = anybody(Request(scope))
            if principal is not None and principal.way is Way.TOKEN:
                await self.house.limiter.check("token", principal.id, most, MINUTE)
        await self.app(scope, receive, send)


def is_loopback(host: str) -> bool:
    """An address of this machine's own."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
