"""Under which names the pages are served: a request that names another host came by somebody else's name (DNS rebinding, a poisoned link),
and what is told "our own origin" must not be what it claims. Before the router; the names come from the settings."""

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from flow.lan import addresses
from flow.settings import Settings
from flow.web.problems import Denied

PROBES = ("/healthz", "/readyz")
"""Asked by machines that know an address alone, and say nothing but yes or no."""
_FIELD = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::\d{1,5})?")


def names_of(settings: Settings) -> frozenset[str]:
    """The public host, the one that is listened on, and this machine's addresses where its network is served."""
    listened = settings.http.host
    everywhere = settings.lan or (_is_address(listened) and ip_address(listened).is_unspecified)
    return frozenset({urlsplit(settings.origin).hostname or "", listened, "localhost", *(addresses() if everywhere else ())}) - {""}


class KnownHosts:
    """Refuses a request for a host that is none of ours: 421, or 400 where it names none, or two."""

    def __init__(self, app: ASGIApp, *, settings: Settings) -> None:
        self.app = app
        self.names = names_of(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] not in PROBES:
            self._check([value for name, value in scope["headers"] if name == b"host"])
        await self.app(scope, receive, send)

    def _check(self, named: list[bytes]) -> None:
        if len(named) != 1:
            raise Denied(400, "bad-host", "A request names one host.", {"connection": "close"})
        host = _host(named[0].decode("latin-1"))
        if host not in self.names and not (_is_address(host) and ip_address(host).is_loopback):
            detail = "Bedflow is not served under this name. Use its own address (BEDFLOW_PUBLIC_URL)."
            raise Denied(421, "other-host", detail, {"connection": "close"})


def _host(named: str) -> str:
    """The host of a Host field, without its port; "" for what is none."""
    found = _FIELD.fullmatch(named)
    return found[1].strip("[]").lower() if found else ""


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
