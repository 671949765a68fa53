"""How much and how slowly a client may send: uvicorn's HTTP protocol with limits on heads, on pace and on silence.

uvicorn reads whatever comes, for as long as it comes. Here a head has a size and a deadline, a body a least pace, a silent connection an
end; `overdue` says what a connection has broken, and the server (`flow.server`) asks each of them once a second.
"""

from collections import Counter
from enum import Enum, auto
from http import HTTPStatus
from typing import Any, NamedTuple

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from flow import heads


class Bounds(NamedTuple):
    """The limits of one server. A body may take `body_seconds`, and a second more for each `body_pace` bytes of it."""

    connections: int = 10_000
    target_bytes: int = 8 * 1024
    head_bytes: int = 32 * 1024
    fields: int = 100
    head_seconds: float = 10.0
    body_seconds: float = 10.0
    body_pace: int = 2 * 1024
    idle_seconds: float = 30.0
    unread_seconds: float = 60.0


class Phase(Enum):
    """What a connection is at."""

    IDLE = auto()
    HEAD = auto()
    BODY = auto()
    ANSWER = auto()


class _Refused(Exception):
    """A head over its limits, or one that can be read in two ways; httptools hands it on as a parser's error."""


class Bounded(HttpToolsProtocol):
    """One connection within `bounds`, which the server sets before it begins."""

    bounds = Bounds()
    surplus = False
    """One connection more than there may be."""
    unread: Counter[int]
    """How often what came was turned away before it was a request, by status; the server sets it and tells."""

    def connection_made(self, transport: Any) -> None:
        """Counts from the first moment: who connects and says nothing is late as well."""
        super().connection_made(transport)
        self._phase, self._since = Phase.HEAD, self.loop.time()
        self._head = self._named = self._fields = self._came = 0
        self._unread: float | None = None
        self._status = HTTPStatus.BAD_REQUEST
        if self.surplus:
            transport.abort()

    def data_received(self, data: bytes) -> None:
        """A head is counted by what came for it, finished or not."""
        if self.transport.is_closing():
            return
        if self._phase is Phase.IDLE:
            self._enter(Phase.HEAD)
            self._head = 0
        before = self._phase
        super().data_received(data)
        if before is self._phase is Phase.HEAD:
            self._head += len(data)
            if self._head > self.bounds.head_bytes:
                self._status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
                self.send_400_response("")

    def on_message_begin(self) -> None:
        """The first byte of a request, maybe right behind the one before it."""
        super().on_message_begin()
        if self._phase is not Phase.HEAD:
            self._enter(Phase.HEAD)
        self._head = self._named = self._fields = 0

    def on_url(self, url: bytes) -> None:
        """A piece of the request's target."""
        super().on_url(url)
        if len(self.url) > self.bounds.target_bytes:
            self._refused(HTTPStatus.REQUEST_URI_TOO_LONG)

    def on_header(self, name: bytes, value: bytes) -> None:
        """One field. What comes behind a body (a trailer) counts, and is none of the head's: a proxy has looked at that alone."""
        if self._phase is Phase.HEAD:
            super().on_header(name, value)
        self._fields += 1
        self._named += len(name) + len(value)
        if self._fields > self.bounds.fields or self._named > self.bounds.head_bytes:
            self._refused(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    def on_headers_complete(self) -> None:
        """The head is whole, and says one thing."""
        said = heads.unclear(self.url, self.headers)
        if said is not None:
            self._refused(said)
        self._enter(Phase.BODY)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        self._came += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The body is whole; where the answer was given before it, that was all."""
        self._enter(Phase.IDLE if self.cycle.response_complete else Phase.ANSWER)
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """The answer is given; what comes next is another request, unless this one's body still comes, or the next waits already."""
        if self._phase is Phase.ANSWER and not self.pipeline:
            self._enter(Phase.IDLE)
        super().on_response_complete()

    def pause_writing(self) -> None:
        """The client does not take what it asked for."""
        self._unread = self.loop.time()
        super().pause_writing()

    def resume_writing(self) -> None:
        """It does."""
        self._unread = None
        super().resume_writing()

    def overdue(self, now: float) -> str:
        """What this connection owes us; "" where it owes nothing."""
        bounds, took = self.bounds, now - self._since
        if self.flow.read_paused:  # by us: the clock of a body stands still
            self._since, self._came = now, 0
            return ""
        if self._unread is not None and now - self._unread > bounds.unread_seconds:
            return "unread"
        if self._phase is Phase.HEAD and took > bounds.head_seconds:
            return "head"
        if self._phase is Phase.BODY and took > bounds.body_seconds + self._came / bounds.body_pace:
            return "body"
        return "idle" if self._phase is Phase.IDLE and took > bounds.idle_seconds else ""

    def cut(self, reason: str) -> None:
        """End it: with 408 where a request was begun and nothing answered yet."""
        cycle: RequestResponseCycle | None = self.cycle
        answering = cycle is not None and not cycle.response_complete
        if reason == "unread" or (answering and self.cycle.response_started):
            self.transport.abort()
        elif reason == "idle" or (reason == "body" and not answering):
            self.transport.close()
        else:
            self.refuse(HTTPStatus.REQUEST_TIMEOUT)

    def refuse(self, status: HTTPStatus) -> None:
        """Answer with this status and nothing else, and close."""
        if self.transport.is_closing():
            return
        text = f"{status.phrase}\n".encode()
        lines = (
            f"HTTP/1.1 {status.value} {status.phrase}",
            "content-type: text/plain",
            f"content-length: {len(text)}",
            "connection: close",
        )
        self.transport.write("\r\n".join((*lines, "", "")).encode() + text)
        self.transport.close()

    def send_400_response(self, msg: str) -> None:
        """uvicorn's answer to what is no HTTP, or more of it than we take."""
        self.unread[self._status.value] += 1
        self.refuse(self._status)

    def _unsupported_upgrade_warning(self) -> None:
        """Whoever asks for another protocol (WebSocket, h2c) is answered in this one; the parser reads no further, and so it is the end."""
        self.cycle.keep_alive = False

    def _refused(self, status: HTTPStatus) -> None:
        self._status = status
        raise _Refused

    def _enter(self, phase: Phase) -> None:
        self._phase, self._since, self._came = phase, self.loop.time(), 0
