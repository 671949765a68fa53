"""A client written on its connection itself: the shared chunk goes to the transport, with no task and no copy in between.

Before it: `flow.connection`, which hands the connection over. A client whose buffer grows is left out, and sent what it lacks, joined,
when it has drained; one that does not drain is cut.
"""

import asyncio

from flow.connection import LAST_CHUNK
from realtime.frames import Frame, Packet, packet
from realtime.mailbox import Waiting

FULL = 64 * 1024
"""Bytes in a client's buffer above which it is behind."""
STALL_SECONDS = 10.0
"""How long a client may be behind."""
LOOK_AGAIN = 0.1


class Wire:
    """One client, after its head has been sent."""

    __slots__ = ("_since", "_transport", "_waiting")

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._waiting: Waiting | None = None
        self._since = 0.0

    def put(self, frame: Frame) -> None:
        """A frame: to the socket, or to what waits."""
        if self._keeps_up():
            self._transport.write(frame.packet.chunk)
        else:
            self._behind().put(frame)

    def beat(self, beat: Packet) -> None:
        """A heartbeat."""
        if self._keeps_up():
            self._transport.write(beat.chunk)
        else:
            self._behind().beat(beat)

    def say(self, name: str, said: Packet) -> None:
        """An event of no tile."""
        if self._keeps_up():
            self._transport.write(said.chunk)
        else:
            self._behind().say(name, said)

    def close(self, farewell: Packet) -> None:
        """The last bytes; who is behind is not waited for."""
        if self._keeps_up():
            self._transport.write(farewell.chunk + LAST_CHUNK)
            self._transport.close()
        else:
            self._transport.abort()

    def _keeps_up(self) -> bool:
        transport = self._transport
        return self._waiting is None and not transport.is_closing() and transport.get_write_buffer_size() < FULL

    def _behind(self) -> Waiting:
        if self._waiting is None:
            loop = asyncio.get_running_loop()
            self._waiting, self._since = Waiting(), loop.time()
            loop.call_later(LOOK_AGAIN, self._catch_up)
        return self._waiting

    def _catch_up(self) -> None:
        """Drained: what waited, at once. Not drained for too long: cut; the browser comes back with its Last-Event-ID."""
        if self._transport.is_closing() or self._waiting is None:
            return
        loop = asyncio.get_running_loop()
        if self._transport.get_write_buffer_size() == 0:
            data, _ = self._waiting.taken()
            self._waiting = None
            self._transport.write(packet(data).chunk)
        elif loop.time() - self._since > STALL_SECONDS:
            self._transport.abort()
        else:
            loop.call_later(LOOK_AGAIN, self._catch_up)
