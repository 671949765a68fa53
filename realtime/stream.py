"""The stream's door: `GET /api/v1/stream?topics=ward:4B,desk`, with Last-Event-ID, as server-sent events.

Three writers, one promise. Screens with tiles are written on the connection itself (`realtime.wire`), or by a plain ASGI loop where
another server or an old proxy is in between; the low-volume streams of desk and housekeeping go through sse-starlette. A client that
does not take its bytes is cut, and no other notices.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

from sse_starlette.sse import EventSourceResponse
from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send

from flow.connection import connection_of
from flow.views.bed_tile import Audience
from realtime.frames import GREETING, seen
from realtime.hub import Hub
from realtime.mailbox import Mailbox
from realtime.topics import KINDS, Topic, parse_topics
from realtime.wire import Wire

SEND_SECONDS = 10.0
"""How long a client may refuse its bytes."""
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]

WRITERS = ("wire", "asgi", "sse-starlette")
"""What writes the streams that carry tiles; `wire` gives way to `asgi` where there is no connection to be had."""

Allow = Callable[[Request, frozenset[Topic]], Awaitable[Audience]]
"""Who may listen to these topics, as which audience. Raises Refused `forbidden`."""


class Stream:
    """The ASGI endpoint; `kinds` are the topics that it may be asked for."""

    kinds = frozenset(KINDS)

    def __init__(self, hub: Hub, allow: Allow, writer: str = "wire") -> None:
        self.hub = hub
        self.allow = allow
        self.writer = writer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one client until it leaves, stalls, or the server stops; or hand its connection over to the hub, which `scope["held"]`
        tells whoever called. Raises Refused before the first byte."""
        request = Request(scope, receive)
        topics = parse_topics(request.query_params.get("topics", ""), self.hub.plan)
        audience = await self.allow(request, topics)
        last_seen = seen(request.headers.get("last-event-id", ""))
        has_tiles = any(topic.has_tiles for topic in topics)
        hand_over = connection_of(scope) if has_tiles and self.writer == "wire" else None
        if hand_over is not None:
            await _head(send)
            held = scope["held"] = hand_over()
            wire = self.hub.admit(Wire(held), topics, audience, last_seen)
            held.when_gone(lambda: self.hub.leave(topics, audience, wire))
            return
        mailbox = self.hub.join(topics, audience, last_seen)
        try:
            if has_tiles and self.writer != "sse-starlette":
                await _write(mailbox, receive, send)
            else:
                await _low_volume(mailbox)(scope, receive, send)
        finally:
            self.hub.leave(topics, audience, mailbox)


async def _head(send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": GREETING, "more_body": True})


async def _write(mailbox: Mailbox, receive: Receive, send: Send) -> None:
    """Bytes to the socket as they come, until the client leaves."""
    await _head(send)
    leaving = asyncio.ensure_future(_left(receive))
    writing = asyncio.ensure_future(_pump(mailbox, send))
    try:
        await asyncio.wait({leaving, writing}, return_when=asyncio.FIRST_COMPLETED)
        if writing.done():
            writing.result()
    finally:
        leaving.cancel()
        writing.cancel()
        await asyncio.gather(leaving, writing, return_exceptions=True)


async def _pump(mailbox: Mailbox, send: Send) -> None:
    last = False
    while not last:
        data, last = await mailbox.take()
        await _send(send, data, last=last)


async def _send(send: Send, data: bytes, *, last: bool) -> None:
    message: Message = {"type": "http.response.body", "body": data, "more_body": not last}
    async with asyncio.timeout(SEND_SECONDS):
        await send(message)


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _low_volume(mailbox: Mailbox) -> EventSourceResponse:
    """sse-starlette over the same mailbox; its own pings are off the road, ours are events a script can hear."""
    return EventSourceResponse(_taken(mailbox), ping=3600, send_timeout=SEND_SECONDS, headers={"X-Accel-Buffering": "no"})


async def _taken(mailbox: Mailbox) -> AsyncIterator[bytes]:
    yield GREETING
    last = False
    while not last:
        data, last = await mailbox.take()
        yield data
