"""Builds the web application: the table of routes behind their gates, and the layers every request passes through.

From outside in: security headers, for whom a proxy asks, faults caught, which host, how often, body limit, who is asking; then the router,
the route's gate, the handler.
"""

from collections.abc import Iterable
from http import HTTPStatus
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Mount, Route
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from flow.web.api.openapi import describe
from flow.web.door import Door, Open, Query
from flow.web.parts import House, Parts
from flow.web.problems import Catch
from flow.web.routes import API, PAGES
from flow.web.security.audience import allow, check_topics
from flow.web.security.gate import Gate
from flow.web.security.hosts import KnownHosts
from flow.web.security.rates import PerAddress, PerCaller
from flow.web.security.shell import BodyLimit, Introduce, SecurityHeaders
from flow.web.shelf import Shelf
from flow.web.static import Static

TOPICS = Query("topics", "what to listen to, joined by commas: ward:ID, opd:ID, desk, housekeeping")
AUDIENCE = Query("audience", "public, ward or staff; at most what the sign-in is granted, which is the default")
STATIC = Path(__file__).resolve().parent.parent.parent / "static"


def build(parts: Parts) -> Starlette:
    """The ASGI application. Raises RuntimeError when a route stands without its gate, or a topic of the stream without its right."""
    house = House(parts)
    doors = [*API, *PAGES, *([stream_door(parts.stream(allow))] if parts.stream is not None else [])]
    routes: list[BaseRoute] = [gated(door) for door in doors]
    routes.append(Mount("/static", Static(STATIC), name="static"))
    check_gates(routes)
    app = Starlette(
        routes=routes,
        middleware=[
            Middleware(SecurityHeaders, secure=house.secure, subdomains=parts.settings.hsts_subdomains),
            Middleware(ProxyHeadersMiddleware, trusted_hosts=[str(each) for each in parts.settings.trusted_proxies]),
            Middleware(Catch),
            Middleware(KnownHosts, settings=parts.settings),
            Middleware(PerAddress, house=house),
            Middleware(BodyLimit),
            Middleware(Introduce, house=house),
            Middleware(PerCaller, house=house),
        ],
        exception_handlers={HTTPException: reraise},
    )
    app.router.redirect_slashes = False
    app.state.house = house
    app.state.occupancy = Shelf(seconds=5)
    app.state.ledgers = Shelf(seconds=15)
    app.state.kpis = Shelf(seconds=15)
    app.state.openapi = describe(doors, parts.plan.name)
    app.state.methods = methods_by_path(doors)
    return app


def methods_by_path(doors: Iterable[Door]) -> dict[str, str]:
    """What may be asked of each address, as a field `Allow` says it (RFC 9110, 10.2.1)."""
    found: dict[str, set[str]] = {}
    for door in doors:
        found.setdefault(door.path, set()).update({door.method, "HEAD"} if door.method == "GET" else {door.method})
    return {path: ", ".join(sorted(methods)) for path, methods in found.items()}


async def reraise(request: Any, error: Exception) -> None:
    """Leave starlette's own errors to `Catch`, which answers all of them alike. Starlette says of one route what may be asked; an address
    has one for each method, and one that is written out (`/letters/replay`) is none of a pattern that it fits (`/letters/{letter}`)."""
    gate = request.scope.get("endpoint")
    if isinstance(error, HTTPException) and error.status_code == HTTPStatus.METHOD_NOT_ALLOWED and isinstance(gate, Gate):
        methods = request.app.state.methods
        raise HTTPException(error.status_code, headers={"allow": methods.get(request.scope["path"]) or methods[gate.door.path]})
    raise error


def gated(door: Door) -> Route:
    """A door as a route."""
    return Route(door.path, Gate(door), methods=[door.method], name=f"{door.method} {door.path}")


def stream_door(route: Route) -> Door:
    """The stream's route behind a gate; `allow` looks at its topics, each of which has a right."""
    check_topics(getattr(route.app, "kinds", ()))
    return Door("GET", route.path, route.app, Open.SIGNED_IN, query=(TOPICS, AUDIENCE), stream=True)


def check_gates(routes: Iterable[BaseRoute]) -> None:
    """Every route has a gate, and every gate a right; files under /static are for all."""
    for route in routes:
        is_files = isinstance(route, Mount) and isinstance(route.app, Static)
        if not is_files and not (isinstance(route, Route) and isinstance(route.endpoint, Gate)):
            raise RuntimeError(f"route {getattr(route, 'path', route)} has no permission")
