"""What a proxy before us says of the request. This is the one room that reads it; whom the client's address is taken from is decided by
uvicorn's middleware and `BEDFLOW_TRUSTED_PROXIES` (`flow.web.app`), before anything here."""

from ipaddress import ip_address

from starlette.requests import Request

_SAID = ("x-forwarded-for", "forwarded")


def came_by_proxy(request: Request) -> bool:
    """Some proxy says for whom it asks; one that stands on this machine is then no caller of this machine's."""
    return any(name in request.headers for name in _SAID)


def is_loopback(host: str) -> bool:
    """An address of this machine's own."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
