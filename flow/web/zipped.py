"""Answers made smaller for those who take gzip. Pages carry no secret that stays the same (the CSRF token is masked anew each
time), so that their compressed length tells nothing (BREACH)."""

import gzip

from starlette.datastructures import Headers
from starlette.responses import Response

_WORTH_IT = 1000
_LEVEL = 6


def takes_gzip(headers: Headers) -> bool:
    """The client understands gzip."""
    return "gzip" in headers.get("accept-encoding", "")


def zipped(headers: Headers, body: bytes, kind: str, status: int = 200, level: int = _LEVEL) -> Response:
    """A response with its body, compressed where that is understood and worth it; `level` is zlib's."""
    if len(body) < _WORTH_IT or not takes_gzip(headers):
        return Response(body, status, {"vary": "accept-encoding"}, media_type=kind)
    small = gzip.compress(body, level, mtime=0)
    return Response(small, status, {"vary": "accept-encoding", "content-encoding": "gzip"}, media_type=kind)
