"""How a display of the load is let in, as one on a wall is: it shows six digits, an administrator types them in and says what it is for."""

import re
import time
from html import unescape
from typing import Any, NamedTuple

_CODE = re.compile(r">\s*(\d{3}) (\d{3})\s*<")
_STREAM = re.compile(r'data-stream="([^"]+)"')
_CSRF = re.compile(r'data-csrf="(\w+)"')
AGAIN = 5.0
"""Seconds until one who was told "too many tries" tries again: so many screens are let in by nobody at once."""


class Page(NamedTuple):
    """What a display's script reads of its page: its stream's address, the token with which it says what it shows."""

    stream: str
    csrf: str


def let_in(client: Any, admin: str, number: int, audience: str, ward: str) -> str:
    """Pair the display that `client` (locust's) is, whose cookie it holds from then on; returns the address of its page."""
    shown = _allowed(client, "GET", "/pair?kind=display", name="/pair")
    code = _found(_CODE, shown.text)
    said = {"code": code[1] + code[2], "name": f"Load {number}", "audience": audience, "ward": ward}
    bearer = {"Authorization": f"Bearer {admin}"}
    _allowed(client, "POST", "/admin/devices/new", data=said, headers=bearer, allow_redirects=False)
    home: str = client.post("/pair/status").json()["href"]
    return home


def opened(client: Any, address: str) -> Page:
    """Load a display's page."""
    html = client.get(address, name="/displays/[class]/ward/[ward]").text
    return Page(unescape(_found(_STREAM, html)[1]), _found(_CSRF, html)[1])


def _allowed(client: Any, method: str, path: str, **more: Any) -> Any:
    while True:
        with client.request(method, path, catch_response=True, **more) as answer:
            if answer.status_code != 429:
                return answer
            answer.success()
        time.sleep(AGAIN)


def _found(pattern: re.Pattern[str], text: str) -> re.Match[str]:
    found = pattern.search(text)
    if found is None:
        raise ValueError(f"the page has no {pattern.pattern}")
    return found
