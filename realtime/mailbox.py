"""What one client still has to be sent. Bounded: however slow the client, at most the newest version of each tile waits.

A client that keeps up passes shared frames through; one that falls behind has its frames joined, last tile wins.
"""

import asyncio
from collections.abc import Callable
from typing import Protocol

from realtime.frames import Frame, Packet, joined

_JOIN_ABOVE = 4


class Pace(Protocol):
    """Who is to know whether a client's socket takes bytes now: `realtime.listeners`."""

    def keeps_up(self, client: "Client", write: Callable[[bytes], object]) -> None:
        """Chunks may be written to it with no question, by this."""

    def falls_behind(self, client: "Client") -> None:
        """It is to be given packets, and keeps what it cannot take."""


class Client(Protocol):
    """Whom the hub sends to. None of these may wait: a slow client is its own writer's care and nobody else's."""

    def put(self, frame: Frame) -> None:
        """A frame; a snapshot makes what waits void."""

    def beat(self, beat: Packet) -> None:
        """A heartbeat; only the newest counts."""

    def say(self, name: str, said: Packet) -> None:
        """An event of no tile and no Seq; of each name only the newest counts."""

    def close(self, farewell: Packet) -> None:
        """The last bytes."""

    def paced_by(self, pace: Pace) -> None:
        """Tell it from now on, first of all how things stand; one that says nothing is given packets."""


class Waiting:
    """A client's frames, what is said besides, newest heartbeat, and end, until somebody takes them."""

    __slots__ = ("_beat", "_bye", "_frames", "_said")

    def __init__(self) -> None:
        self._frames: list[Frame] = []
        self._beat = b""
        self._bye = b""
        self._said: dict[str, bytes] = {}

    def put(self, frame: Frame) -> None:
        """A frame; a snapshot makes what waits void."""
        if frame.whole:
            self._frames.clear()
        self._frames.append(frame)
        if len(self._frames) > _JOIN_ABOVE:
            self._frames = [joined(self._frames)]

    def beat(self, beat: Packet) -> None:
        """A heartbeat; only the newest waits."""
        self._beat = beat.data

    def say(self, name: str, said: Packet) -> None:
        """An event of no tile and no Seq; of each name only the newest waits."""
        self._said[name] = said.data

    def close(self, farewell: Packet) -> None:
        """The last bytes."""
        self._bye = farewell.data

    def taken(self) -> tuple[bytes, bool]:
        """Everything that waits, and whether it is the end."""
        data = joined(self._frames).packet.data if self._frames else b""
        data += b"".join(self._said.values()) + self._beat + self._bye
        self._frames, self._said, self._beat = [], {}, b""
        return data, bool(self._bye)


class Mailbox(Waiting):
    """What waits for a client whose writer is a task: it is woken when something is to be sent."""

    __slots__ = ("_filled",)

    def __init__(self) -> None:
        super().__init__()
        self._filled = asyncio.Event()

    def put(self, frame: Frame) -> None:
        super().put(frame)
        self._filled.set()

    def beat(self, beat: Packet) -> None:
        super().beat(beat)
        self._filled.set()

    def say(self, name: str, said: Packet) -> None:
        super().say(name, said)
        self._filled.set()

    def close(self, farewell: Packet) -> None:
        super().close(farewell)
        self._filled.set()

    def paced_by(self, pace: Pace) -> None:
        """Its writer is a task: nothing is written past it."""

    @property
    def waiting(self) -> bool:
        """Something is to be sent."""
        return self._filled.is_set()

    async def take(self) -> tuple[bytes, bool]:
        """Everything that waits, as soon as something does; and whether it is the end."""
        await self._filled.wait()
        self._filled.clear()
        return self.taken()
