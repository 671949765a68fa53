"""A client written on its connection itself: the shared chunk goes to the transport, with no task and no copy in between.

Before it: `flow.connection`, which hands the connection over. A client whose buffer grows is left out, and sent what it lacks, joined,
when it has drained; one that does not drain is cut.
"""

import asyncio

from flow.connection import LAST_CHUNK, Held
from realtime.frames import Frame, Packet, packet
from realtime.mailbox import Pace, Waiting

STALL_SECONDS = 10.0
"""How long a client may be behind."""
LOOK_AGAIN = 0.1


class Wire:
    """One client, after its head has been sent."""

    __slots__ = ("_held", "_pace", "_since", "_transport", "_waiting")

    def __init__(self, held: Held) -> None:
        self._held = held
        self._transport = held.transport
        self._pace: Pace | None = None
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
            self._held.shutdown()
        else:
            self._transport.abort()

    def paced_by(self, pace: Pace) -> None:
        """While it keeps up, chunks are written past it."""
        self._pace = pace
        self._held.when_paced(self._paced)

    def _paced(self) -> None:
        """The buffer is full, or has drained, or the connection is at its end."""
        if self._pace is None:
            return
        if self._keeps_up():
            self._pace.keeps_up(self, self._transport.write)
        else:
            self._pace.falls_behind(self)

    def _keeps_up(self) -> bool:
        return self._waiting is None and not self._held.shut

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
            self._paced()
        elif loop.time() - self._since > STALL_SECONDS:
            self._transport.abort()
        else:
            loop.call_later(LOOK_AGAIN, self._catch_up)
