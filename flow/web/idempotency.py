"""The same POST twice, done once: an `Idempotency-Key` gets the answer it got before, and another body under it is refused.

Around a handler, inside the gate. The desk keeps the key with the command itself, in the same transaction, so that even a
crash between commit and answer cannot do a thing twice; here the answer is kept, so that it is the same to the byte.
"""

import gzip
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import blake2b

from starlette.requests import Request
from starlette.responses import Response

from flow.history.sessions import Reply
from flow.web.parts import house_of
from flow.web.problems import Denied, bad_request
from flow.web.security.principal import Principal
from flow.web.zipped import zipped

LONGEST_KEY = 200


@dataclass(frozen=True, slots=True)
class Key:
    """A request's key, and what it asks in 16 bytes."""

    key: str | None
    digest: bytes | None


def key_of(request: Request) -> Key:
    """What the desk is told of the request's key."""
    return Key(request.scope.get("idempotency-key"), request.scope.get("idempotency-digest"))


async def once(request: Request, handler: Callable[[Request], Awaitable[Response]], principal: Principal | None) -> Response:
    """The handler's answer, or the one it gave to this key before. Raises 422 `key-reused` when something else was asked."""
    assert principal is not None
    house, key = house_of(request), request.headers["idempotency-key"].strip()
    if not 0 < len(key) <= LONGEST_KEY or not all("!" <= character <= "~" for character in key):
        raise bad_request("bad-key", f"An Idempotency-Key has 1 to {LONGEST_KEY} characters: letters, digits and signs, no blank.")
    asked = await _digest(request)
    before = await house.replies.find(principal.id, key)
    if before is not None:
        return _again(request, before, asked)
    request.scope["idempotency-key"], request.scope["idempotency-digest"] = key, asked
    response = await handler(request)
    if response.status_code < 300:
        reply = Reply(asked, response.status_code, _plain(response))
        await house.replies.keep(principal.id, key, reply, house.clock.now())
    return response


def _again(request: Request, before: Reply, asked: bytes) -> Response:
    if before.digest != asked:  # nosemgrep: secret-compared # of what was asked, and no secret
        raise Denied(422, "key-reused", "This Idempotency-Key was used for another request.")
    media = "application/json" if before.body[:1] in (b"{", b"[") else "text/html"
    response = zipped(request.headers, before.body, media, before.status)
    response.headers["idempotent-replayed"] = "true"
    return response


def _plain(response: Response) -> bytes:
    """A body as it reads: who asks again may not take what the first answer was packed in."""
    body = bytes(response.body)
    return gzip.decompress(body) if response.headers.get("content-encoding") == "gzip" else body


async def _digest(request: Request) -> bytes:
    head = f"{request.method} {request.scope['path']}\0".encode()
    return blake2b(head + await request.body(), digest_size=16).digest()
