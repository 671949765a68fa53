"""The outer layers of every answer: headers that bind the browser, a limit on bodies, and who is asking."""

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from flow.web.parts import House
from flow.web.problems import Denied
from flow.web.security.csrf import SAFE
from flow.web.security.leaving import HEADER, forgets, note_ended
from flow.web.security.principal import Way

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; media-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": CSP,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(self), microphone=(), geolocation=(), payment=(), usb=()",
    "cache-control": "no-store",
}
OF_FILES = ("x-content-type-options", "cross-origin-resource-policy", "strict-transport-security")
"""Which of them a browser heeds in a script, a style or a letter's shape; the others it reads of documents alone."""
_HSTS = "max-age=31536000"
LONGEST_BODY = 256 * 1024
FOR_ALL = ("/static/", "/healthz", "/readyz")
"""Answered whoever asks, and so without asking Postgres who it is."""


class SecurityHeaders:
    """Outermost: what a handler has not set itself."""

    def __init__(self, app: ASGIApp, *, secure: bool, subdomains: bool = False) -> None:
        self.app = app
        self.secure = secure
        hsts = f"{_HSTS}; includeSubDomains" if subdomains else _HSTS
        self.headers = {**HEADERS, "strict-transport-security": hsts} if secure else HEADERS
        self.of_files = {name: value for name, value in self.headers.items() if name in OF_FILES}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def adding(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers, wanted = MutableHeaders(scope=message), self.of_files if _is_part(scope, message) else self.headers
                for name, value in wanted.items():
                    headers.setdefault(name, value)
                if forgotten := forgets(scope, secure=self.secure):
                    headers[HEADER] = forgotten
            await send(message)

        await self.app(scope, receive, adding)


def _is_part(scope: Scope, message: Message) -> bool:
    """A file that only ever is a part of some page; a picture of shapes may be opened as a document, and then runs scripts."""
    path: str = scope.get("path", "")
    return path.startswith("/static/") and not path.endswith(".svg") and message["status"] in (200, 304)


class BodyLimit:
    """Refuses a body over `longest` bytes, by its declared length or as it comes in."""

    def __init__(self, app: ASGIApp, *, longest: int = LONGEST_BODY) -> None:
        self.app = app
        self.longest = longest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        came = 0

        async def counting() -> Message:
            nonlocal came
            if declared.isdigit() and int(declared) > self.longest:
                raise self._too_long()
            message = await receive()
            came += len(message.get("body", b""))
            if came > self.longest:
                raise self._too_long()
            return message

        await self.app(scope, counting, send)

    def _too_long(self) -> Denied:
        return Denied(413, "body-too-long", f"A request may have {self.longest // 1024} KiB at most.", {"connection": "close"})


class Introduce:
    """Puts whoever is asking into `scope["principal"]` (None when nobody we know), who is half signed in into `scope["half"]` alone."""

    def __init__(self, app: ASGIApp, *, house: House) -> None:
        self.app = app
        self.house = house

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not scope["path"].startswith(FOR_ALL):
            connection = HTTPConnection(scope)
            found = await self.house.doorkeeper.identify(connection, secure=self.house.secure, active=_active(connection))
            half = found is not None and bool(found.wants)
            note_ended(scope, connection, found if found is not None and found.way is not Way.DEVICE else None, secure=self.house.secure)
            scope["principal"], scope["half"] = (None, found) if half else (found, None)
        await self.app(scope, receive, send)


def _active(connection: HTTPConnection) -> bool:
    """Somebody did something: wrote, or went to a page. What a page fetches by itself keeps no sign-in alive (a stream's tick)."""
    mode = connection.headers.get("sec-fetch-mode")
    path: str = connection.scope["path"]
    if path.startswith("/api/v1/stream"):
        return False
    return connection.scope["method"] not in SAFE or mode in (None, "navigate")
