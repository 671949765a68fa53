"""What a browser is told to forget once a sign-in has ended in it: `Clear-Site-Data` (W3C, 3.1), with the answer that says so.

Pages that stay in its memory, and its storage. A paired device keeps its storage: a phone's holds taps that have not gone out yet, and
neither names nor anybody's sign-in. Cookies are dropped one by one, since a device's own would go with the others.
"""

from typing import Any

from starlette.requests import HTTPConnection
from starlette.types import Scope

from flow.web.security.cookies import DEVICE, SESSION, cookie_name

HEADER = "clear-site-data"
OF_PEOPLE, OF_DEVICES = '"cache", "storage"', '"cache"'


def left(scope: Scope) -> None:
    """Somebody's sign-in ends with this answer."""
    scope["left"] = True


def note_ended(scope: Scope, connection: HTTPConnection, session: Any, *, secure: bool) -> None:
    """The browser brought a sign-in's cookie that opens nothing any more: it was ended elsewhere, by its time, or by the provider."""
    scope["ended"] = session is None and bool(connection.cookies.get(cookie_name(SESSION, secure=secure)))


def left_if_ended(scope: Scope) -> None:
    """The answer tells the browser so: here it learns that its sign-in is over."""
    if scope.get("ended"):
        left(scope)


def forgets(scope: Scope, *, secure: bool) -> str:
    """The header's value; empty where nobody left."""
    if not scope.get("left"):
        return ""
    return OF_DEVICES if HTTPConnection(scope).cookies.get(cookie_name(DEVICE, secure=secure)) else OF_PEOPLE
