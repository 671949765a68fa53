"""A client written on its connection itself: the shared chunk goes to the transport, with no task and no copy in between.

Before it: `flow.connection`, which hands the connection over. A client whose buffer grows is left out, and sent what it lacks, joined,
when it has drained; one that does not drain is cut.
"""

import asyncio

from flow.connection import LAST_CHUNK, Held
from realtime.frames import Frame, Packet, packet
from realtime.mailbox import Waiting

STALL_SECONDS = 10.0
"""How long a client may be behind."""
LOOK_AGAIN = 0.1


class Wire:
    """One client, after its head has been sent."""

    __slots__ = ("_held", "_since", "_transport", "_waiting", "_write")

    def __init__(self, held: Held) -> None:
        self._held = held
        self._transport = held.transport
        self._write = held.transport.write
        self._waiting: Waiting | None = None
        self._since = 0.0

    def put(self, frame: Frame) -> None:
        """A frame: to the socket, or to what waits."""
        if self._waiting is None and not self._held.shut:  # asked here and not in a method: this line runs for every client and frame
            self._write(frame.packet.chunk)
        else:
            self._behind().put(frame)

    def beat(self, beat: Packet) -> None:
        """A heartbeat."""
        if self._keeps_up():
            self._write(beat.chunk)
        else:
            self._behind().beat(beat)

    def say(self, name: str, said: Packet) -> None:
        """An event of no tile."""
        if self._keeps_up():
            self._write(said.chunk)
        else:
            self._behind().say(name, said)

    def close(self, farewell: Packet) -> None:
        """The last bytes; who is behind is not waited for."""
        if self._keeps_up():
            self._write(farewell.chunk + LAST_CHUNK)
            self._held.shutdown()
        else:
            self._transport.abort()

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
            self._write(packet(data).chunk)
        elif loop.time() - self._since > STALL_SECONDS:
            self._transport.abort()
        else:
            loop.call_later(LOOK_AGAIN, self._catch_up)
