"""Answers that many ask for at once, kept as bytes: encoded and gzipped once for each change, with their ETag.

A key is remade when the Seq or the second of `as_of` has moved; the ETag is weak and carries the Seq alone, so a client that
has the same beds is told "304 Not Modified" in every quiet second.
"""

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from flow.state.live import Live

_MOST = 64
_WORTH_ZIPPING = 400


@dataclass(frozen=True, slots=True)
class _Page:
    seq: int
    epoch: str
    as_of: datetime
    plain: bytes
    zipped: bytes | None


class Kept:
    """Bytes by key, the latest of each."""

    def __init__(self) -> None:
        self._pages: dict[str, _Page] = {}

    def answer(self, request: Request, live: Live, epoch: str, key: str, make: Callable[[], bytes]) -> Response:
        """The kept bytes of a key as a response to this request: 304, gzipped or plain."""
        tag = etag(epoch, live.seq)
        headers = {"etag": tag, "cache-control": "private, no-cache", "vary": "accept-encoding, authorization, cookie"}
        if holds(request, tag):
            return Response(status_code=304, headers=headers)
        page = self._page(live, epoch, key, make)
        if page.zipped is not None and "gzip" in request.headers.get("accept-encoding", ""):
            headers["content-encoding"] = "gzip"
            return Response(page.zipped, headers=headers, media_type="application/json")
        return Response(page.plain, headers=headers, media_type="application/json")

    def _page(self, live: Live, epoch: str, key: str, make: Callable[[], bytes]) -> _Page:
        page = self._pages.get(key)
        if page is None or (page.seq, page.as_of, page.epoch) != (live.seq, live.as_of, epoch):
            if len(self._pages) > _MOST:
                self._pages.clear()
            plain = make()
            zipped = gzip.compress(plain, 5, mtime=0) if len(plain) >= _WORTH_ZIPPING else None
            page = self._pages[key] = _Page(live.seq, epoch, live.as_of, plain, zipped)
        return page


def etag(epoch: str, seq: int) -> str:
    """The weak ETag of what is drawn from the live picture at a Seq."""
    return f'W/"{epoch}-{seq}"'


def holds(request: Request, tag: str) -> bool:
    """Whether the client has this version already (RFC 9110, 13.1.2; weak comparison)."""
    asked = request.headers.get("if-none-match", "")
    bare = tag.removeprefix("W/")
    return asked == "*" or any(part.strip().removeprefix("W/") == bare for part in asked.split(",") if part)
