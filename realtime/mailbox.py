"""What one client still has to be sent. Bounded: however slow the client, at most the newest version of each tile waits.

A client that keeps up passes shared frames through; one that falls behind has its frames joined, last tile wins.
"""

import asyncio

from realtime.frames import Frame, joined, tiles_frame

_JOIN_ABOVE = 4


class Mailbox:
    """One client's frames, what is said besides, newest heartbeat, and end."""

    def __init__(self) -> None:
        self._frames: list[Frame] = []
        self._beat = b""
        self._bye = b""
        self._said: dict[str, bytes] = {}
        self._filled = asyncio.Event()

    def put(self, frame: Frame) -> None:
        """A frame for this client; a snapshot makes what waits void."""
        if frame.whole:
            self._frames.clear()
        self._frames.append(frame)
        if len(self._frames) > _JOIN_ABOVE:
            self._frames = [_merge(self._frames)]
        self._filled.set()

    def beat(self, data: bytes) -> None:
        """A heartbeat; only the newest waits."""
        self._beat = data
        self._filled.set()

    def say(self, name: str, data: bytes) -> None:
        """An event of no tile and no Seq; of each name only the newest waits."""
        self._said[name] = data
        self._filled.set()

    def close(self, farewell: bytes) -> None:
        """The last bytes."""
        self._bye = farewell
        self._filled.set()

    @property
    def waiting(self) -> bool:
        """Something is to be sent."""
        return self._filled.is_set()

    async def take(self) -> tuple[bytes, bool]:
        """Everything that waits, as soon as something does; and whether it is the end."""
        await self._filled.wait()
        self._filled.clear()
        data = joined(self._frames) if self._frames else b""
        data += b"".join(self._said.values()) + self._beat + self._bye
        self._frames, self._said, self._beat = [], {}, b""
        return data, bool(self._bye)


def _merge(frames: list[Frame]) -> Frame:
    tiles = {key: tile for frame in frames for key, tile in frame.tiles.items()}
    newest = frames[-1]
    return tiles_frame(newest.seq, newest.as_of, tiles, whole=frames[0].whole, nudge=any(f.nudge for f in frames))
