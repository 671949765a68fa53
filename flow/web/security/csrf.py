"""No other site may act with a person's cookie: the browser must say that the request comes from our own pages, and the page
must know the token that belongs to the cookie (OWASP CSRF Prevention Cheat Sheet: Fetch Metadata, and a token)."""

from starlette.requests import Request

from flow.web.problems import forbidden
from flow.web.security.cookies import is_csrf_token
from flow.web.security.principal import Principal, Way

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FIELD = "csrf"
HEADER = "x-csrf-token"


async def check_csrf(request: Request, principal: Principal | None, origin: str) -> None:
    """Raises 403 for an unsafe request that another site may have caused. A token's bearer is no browser and passes."""
    if request.method in SAFE or (principal is not None and principal.way is Way.TOKEN):
        return
    _check_origin(request, origin)
    if principal is not None and not is_csrf_token(principal.csrf, await _sent(request)):
        raise forbidden("This page is out of date. Load it again and repeat.", "csrf")


def _check_origin(request: Request, origin: str) -> None:
    site, came_from = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None and site != "same-origin":
        raise forbidden("This request came from another site.", "csrf")
    if came_from is not None and came_from not in (origin, _own(request)):
        raise forbidden("This request came from another site.", "csrf")


def _own(request: Request) -> str:
    return f"{request.scope['scheme']}://{request.headers.get('host', '')}"


async def _sent(request: Request) -> str:
    header = request.headers.get(HEADER)
    if header is not None:
        return header
    if request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        field = (await request.form(max_files=0, max_fields=100)).get(FIELD)
        return field if isinstance(field, str) else ""
    return ""
