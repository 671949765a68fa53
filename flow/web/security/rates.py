"""How much one caller may ask in all: everything by address, and each person, device and programme by who they are; files of figures, which
cost far more than a page, apart. What must be guessed has limits of its own (`limits.py`); these keep one caller from having the whole
server.

Whoever asks from this machine itself is not counted by address: it is a programme of the house, or a proxy that does not say for whom.
"""

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from flow.web.door import Door
from flow.web.parts import House
from flow.web.security.limits import address
from flow.web.security.principal import Principal, Way, anybody
from flow.web.security.proxies import is_loopback

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


class PerCaller:
    """Counts every request of a person, a device or a programme, once it is known who that is. However many browsers somebody has, they
    are one."""

    def __init__(self, app: ASGIApp, *, house: House) -> None:
        self.app = app
        self.house = house

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        principal = anybody(Request(scope)) if scope["type"] == "http" else None
        if principal is not None:
            of_token = principal.way is Way.TOKEN
            most = self.house.settings.rate_token if of_token else self.house.settings.rate_person
            if most:
                await self.house.limiter.check(str(principal.way), principal.id, most, MINUTE)
        await self.app(scope, receive, send)


async def check_files(door: Door, principal: Principal | None, house: House) -> None:
    """Count one file of figures; raises 429 when it was one too many."""
    most = house.settings.rate_files
    if door.file and principal is not None and most:
        words = f"That were {most} files in a minute, which is the most one person may take. Wait a minute and try again."
        await house.limiter.check("files", principal.id, most, MINUTE, words)
