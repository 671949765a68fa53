"""A connection that outlives its request: uvicorn answers the head, then the connection is handed over, and request, task and protocol
are forgotten. What is left of a client that listens for hours is its socket.

Given to uvicorn as `http=HandingOver`; a stream's writer asks its scope with `connection_of`.
"""

import asyncio
from collections.abc import Callable, MutableMapping
from typing import Any, cast

from flow.bounds import Bounded

EXTENSION = "bedflow.connection"
LAST_CHUNK = b"0\r\n\r\n"
FULL = 64 * 1024
"""Bytes in a client's buffer above which it is behind."""


class Held(asyncio.Protocol):
    """A connection that was handed over. It belongs to whoever writes to `transport`; what the client still sends is not read.

    `shut` says that nothing is to be written now: more than `full` bytes wait already, or the connection is at its end.
    """

    __slots__ = ("_connections", "_paced", "_tell", "shut", "transport")

    def __init__(self, transport: asyncio.Transport, connections: set[Any], full: int = FULL) -> None:
        self.transport = transport
        self.shut = transport.is_closing()
        transport.set_write_buffer_limits(full)
        self._connections = connections
        self._paced: Callable[[], object] | None = None
        self._tell: list[Callable[[], object]] = []

    def when_gone(self, tell: Callable[[], object]) -> None:
        """Call this when the connection is lost, or now where it is."""
        if self.transport.is_closing():
            tell()
        else:
            self._tell.append(tell)

    def when_paced(self, tell: Callable[[], object]) -> None:
        """Call this now, and whenever `shut` has changed."""
        self._paced = tell
        tell()

    def end(self) -> None:
        """The answer is over, and the connection with it."""
        if not self.transport.is_closing():
            self.transport.write(LAST_CHUNK)
            self.shutdown()

    def shutdown(self) -> None:
        """What was written still goes out."""
        self._shut(True)
        self.transport.close()

    def pause_writing(self) -> None:
        """The buffer is full."""
        self._shut(True)

    def resume_writing(self) -> None:
        """It drains."""
        self._shut(self.transport.is_closing())

    def _shut(self, shut: bool) -> None:
        self.shut = shut
        if self._paced is not None:
            self._paced()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client left, or was cut."""
        self._shut(True)
        self._paced = None  # it holds its client, which holds us
        self._connections.discard(self)
        told, self._tell = self._tell, []
        for tell in told:
            tell()


class HandingOver(Bounded):
    """uvicorn's HTTP protocol, which gives its connection away when the request's scope is asked for it."""

    def on_headers_complete(self) -> None:
        """The request's scope is whole; its task has not begun."""
        super().on_headers_complete()
        self.scope["extensions"] = {EXTENSION: cast("dict[object, object]", self.hand_over)}

    def hand_over(self) -> Held:
        """Called by the request's task, after the head and before its end."""
        held = Held(self.transport, self.connections)
        self.cycle.response_complete = True
        if self in self.connections:  # else the client has left already
            self.connections.remove(self)
            cast("set[Any]", self.connections).add(held)
            self.transport.set_protocol(held)
        self.scope["extensions"] = {}
        self.parser = None  # type: ignore[assignment]  # as uvicorn does when a connection is lost: it holds on to us
        return held


def connection_of(scope: MutableMapping[str, Any]) -> Callable[[], Held] | None:
    """What hands the request's connection over; None on another server, and for a client older than HTTP/1.1, which knows no chunks."""
    if scope.get("http_version") != "1.1":
        return None
    return cast("Callable[[], Held] | None", scope.get("extensions", {}).get(EXTENSION))
