"""Every error as an answer: `application/problem+json` (RFC 9457) with a stable `code` for the API, words for a page.

After the handlers and the gate have raised; before the headers go on. A refusal's reason is shown verbatim.
"""

from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import quote

import msgspec
import structlog
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from flow.errors import BedflowError, Refused, Unavailable, Unreadable
from flow.web.fault_page import fault_page, refusal
from flow.web.security.leaving import left_if_ended
from flow.web.security.principal import PHONE_PAGES, Wants, anybody, half_of

log = structlog.get_logger()
SECOND = "/login/second"
"""Where whoever is half signed in shows the second factor, or sets one up."""
FIRST = "/login/first-password"
"""Where the first password is changed for one of one's own."""
_NOTED = frozenset({401, 403, 413, 421, 429})
_NO_MISTAKES = frozenset({"bad-host", "bad-address", "locked-out"})
"""Refusals that are written down: by status, and those of what no browser sends by mistake."""


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """The body of every error. `code` is stable and machine-readable; `detail` is for people."""

    title: str
    status: int
    code: str
    detail: str
    type: str = "about:blank"


class Denied(Exception):
    """The answer is an error of this status. `code` as in `Problem`."""

    def __init__(self, status: int, code: str, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = dict(headers or {})


def bad_request(code: str, detail: str) -> Denied:
    """400: it cannot be read at all."""
    return Denied(400, code, detail)


def invalid(code: str, detail: str) -> Denied:
    """422: it can be read and makes no sense."""
    return Denied(422, code, detail)


def unknown(code: str, detail: str) -> Denied:
    """404: there is no such thing (or none that this caller may know of)."""
    return Denied(404, code, detail)


def forbidden(detail: str, code: str = "forbidden") -> Denied:
    """403: known, and not allowed."""
    return Denied(403, code, detail)


_KNOWN_AS = {
    "forbidden": 403,
    "unknown-topic": 404,
    "unknown-bed": 404,
    "unknown-request": 404,
    "unknown-token": 404,
    "unknown-clinic": 404,
    "unknown-room": 404,
    "unknown-letter": 404,
    "unknown-code": 404,
    "key-reused": 422,
    "weak-password": 422,
    "bad-name": 422,
    "unknown-role": 422,
}
"""Refusals that are no conflict with the hospital's state."""


def denied_by(error: Exception) -> Denied:
    """An error raised on purpose as an answer; anything else is a fault of ours and says no more than that."""
    match error:
        case Denied():
            return error
        case Refused():
            return Denied(_KNOWN_AS.get(error.code, 409), error.code, error.reason)
        case Unreadable():
            return Denied(422, error.code, error.reason)
        case Unavailable():
            return Denied(503, error.code, error.reason, {"retry-after": "2"})
        case BedflowError():
            return Denied(500, error.code, "Bedflow failed; the fault is in its log.")
        case ClientDisconnect():
            return Denied(408, "left", "The request did not come in time, or not to its end.")
        case HTTPException():
            return Denied(error.status_code, _code(error.status_code), error.detail, error.headers)
        case _:
            return Denied(500, "fault", "Bedflow failed; the fault is in its log.")


def _code(status: int) -> str:
    return HTTPStatus(status).phrase.lower().replace(" ", "-")


async def answer_to(request: Request, error: Exception) -> Response:
    """The response for an error, in the language of whoever asked: API, htmx or a browser's page."""
    denied = denied_by(error)
    if denied.status == 401:
        left_if_ended(request.scope)
    if denied.status >= 500:
        log.error("web.fault", code=denied.code, kind=type(error).__name__, method=request.method, route=_route(request))
    elif denied.status in _NOTED or denied.code in _NO_MISTAKES:
        log.info("web.refused", code=denied.code, actor=getattr(request.scope.get("principal"), "id", None), route=_route(request))
        await _note_refusal(request, denied)
    if is_api(request):
        return _problem(denied)
    if denied.status == 401 and request.method == "GET" and "hx-request" not in request.headers:
        return RedirectResponse(_way_in(request, denied), 303)
    if denied.status == 403 and (own := _own_page(request)) is not None:
        return RedirectResponse(own, 303)
    if "hx-request" in request.headers:
        headers = {**denied.headers, **_where(denied, request)}
        return Response(refusal(request, denied.detail), denied.status, headers, media_type="text/html")
    return Response(fault_page(request, denied.status, denied.detail), denied.status, denied.headers, media_type="text/html")


async def _note_refusal(request: Request, denied: Denied) -> None:
    """Into the audit trail; not that somebody who is not signed in yet was shown the way to the sign-in page."""
    if denied.status != 401 or request.method not in ("GET", "HEAD") or "authorization" in request.headers:
        await request.app.state.house.trail.refused(request, denied.code)


def _where(denied: Denied, request: Request) -> dict[str, str]:
    """A deed's refusal names its place, which the form's own attributes may change: a form that a newer board has replaced has none left,
    and htmx would lay the refusal over the whole board."""
    if denied.status == 401:
        return {"hx-refresh": "true"}
    return {} if request.method == "GET" else {"hx-retarget": "#refusal", "hx-reswap": "innerHTML"}


def _way_in(request: Request, denied: Denied) -> str:
    if denied.code == "locked":
        return "/housekeeping/unlock"
    if request.scope["path"].startswith((SECOND, FIRST)):
        return "/login"
    half = half_of(request)
    return f"{'/login' if half is None else way_on(half.wants)}?next={_local(request)}"


def way_on(missing: Wants) -> str:
    """Where whoever is half signed in goes on."""
    return FIRST if missing == "new-password" else SECOND


def _own_page(request: Request) -> str | None:
    """Where a phone goes that asks for the page of the other trade: it has changed hands. None for whoever is not on that way."""
    principal, path = anybody(request), request.scope["path"]
    lost = principal is not None and principal.is_phone and path in PHONE_PAGES.values() and "hx-request" not in request.headers
    return PHONE_PAGES[principal.role] if principal is not None and lost and PHONE_PAGES[principal.role] != path else None


def is_api(request: Request) -> bool:
    """Asked by a programme."""
    path: str = request.scope["path"]
    return path.startswith(("/api/", "/healthz", "/readyz", "/metrics", "/fhir/", "/cds-services/"))


def _problem(denied: Denied) -> Response:
    body = Problem(_title(denied.status), denied.status, denied.code, denied.detail)
    return Response(msgspec.json.encode(body), denied.status, denied.headers, media_type="application/problem+json")


def _title(status: int) -> str:
    return HTTPStatus(status).phrase


def _route(request: Request) -> str:
    """The route's pattern, never the address: that may hold what somebody typed."""
    return str(getattr(request.scope.get("door"), "path", "-"))


def _local(request: Request) -> str:
    """The address asked for, fit to come back to after sign-in."""
    query = request.scope["query_string"].decode("ascii", "replace")
    return quote(request.scope["path"] + (f"?{query}" if query else ""), safe="/")


class Catch:
    """Innermost middleware around the router: no error passes it unanswered, and no traceback with a name reaches the log."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False

        async def noting(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, noting)
        except Exception as error:  # the last stop: whatever went wrong becomes an answer and one line of log
            if begun:
                log.error("web.broken_off", kind=type(error).__name__)
                raise
            response = await answer_to(Request(scope, receive), error)
            await response(scope, receive, send)
