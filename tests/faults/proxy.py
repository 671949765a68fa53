"""A TCP proxy between a sender and our MLLP port that breaks the line on purpose: by a shuffled deck, one fault after so many frames.

drop-ack    some answers are swallowed and the sender is hung up on: it cannot know that they were given
silence     every answer is swallowed and nobody hangs up, until the sender loses patience
cut-ack     half an answer, then the end
cut-frame   half a frame reaches us, then the end
reset       both ends are reset in the middle of whatever is under way
black-hole  nothing gets through any more, either way, and nobody hangs up
refuse      the port is closed for a while
jitter      bytes dribble in small pieces, late, both ways

A fault counts when it has happened, not when it is due. `eager` is the negative control: a proxy that answers AA itself before
anything is stored.
"""

import asyncio
import random
import socket
import struct
from collections import Counter, deque
from collections.abc import Mapping

from adt_feed.framing import END, wrap
from tests.faults.stays import control_of

PIECES = 200  # frames of dribbling
LINGER = struct.pack("ii", 1, 0)


class Proxy:
    """`faults` says how many of each kind are asked for over `frames` frames; `happened` counts them."""

    def __init__(self, target: int, faults: Mapping[str, int], frames: int, dice: random.Random, *, eager: bool = False) -> None:
        self.target = target
        self.dice = dice
        self.eager = eager
        self.happened: Counter[str] = Counter()
        self.connections = self.frames = self.port = 0
        deck = [kind for kind, count in faults.items() for _ in range(count)]
        dice.shuffle(deck)
        self._deck = deque(deck)
        self._told = int(frames * 0.9)
        self._next = self._told // max(len(deck), 1)
        self._server: asyncio.Server | None = None
        self._links: set[asyncio.Task[None]] = set()

    async def start(self) -> "Proxy":
        """Listen."""
        self._server = await asyncio.start_server(self._link, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def stop(self) -> None:
        """Listen no more and end every connection."""
        if self._server is not None:
            self._server.close()
        for link in list(self._links):
            link.cancel()
        await asyncio.gather(*self._links, return_exceptions=True)

    def due(self) -> str:
        """One more frame has come: the fault that is due, if any."""
        self.frames += 1
        if not self._deck or self.frames < self._next:
            return ""
        kind = self._deck.popleft()
        room = max(self._told - self.frames, 1)  # what is still to come holds the rest of the deck, however the dice fall
        self._next = self.frames + self.dice.randrange(1, max(2 * room // (len(self._deck) + 1), 1) + 1)
        return kind

    def put_back(self, kind: str) -> None:
        """The line broke before the fault could happen: it is due again."""
        self._deck.appendleft(kind)

    async def shut(self) -> None:
        """Refuse everybody for a moment."""
        assert self._server is not None
        self._server.close()
        await asyncio.sleep(self.dice.uniform(0.05, 0.25))
        await self.start()

    async def _link(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._links.add(task)
        self.connections += 1
        link = None
        try:
            link = Link(self, (reader, writer), await asyncio.open_connection("127.0.0.1", self.target))
            await link.run()
        except (OSError, asyncio.CancelledError):
            pass  # either end is away, or the run is over
        finally:
            self._links.discard(task)
            if link is not None:
                link.end()
            writer.transport.abort()


class Link:
    """One sender's connection and ours behind it."""

    def __init__(self, proxy: Proxy, sender: "Streams", ours: "Streams") -> None:
        self.proxy, self.dice = proxy, proxy.dice
        self.from_sender, self.to_sender = sender
        self.from_us, self.to_us = ours
        self.armed = ""  # a fault that waits for its moment
        self.dribble = 0
        self._held = b""

    async def run(self) -> None:
        """Until either end, or a fault, ends it."""
        ways = [asyncio.create_task(self._up()), asyncio.create_task(self._down())]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    def end(self) -> None:
        """Let both ends go."""
        if self.armed:
            self.proxy.put_back(self.armed)
        for writer in (self.to_sender, self.to_us):
            writer.close()

    def _happens(self, kind: str) -> None:
        self.proxy.happened[kind] += 1
        self.armed = ""

    async def _up(self) -> None:
        while data := await self.from_sender.read(65536):
            *frames, self._held = (self._held + data).split(END)
            for frame in frames:
                if self.proxy.eager:
                    control = control_of(frame).encode()
                    self.to_sender.write(wrap(b"MSH|^~\\&|X|X|||20260101||ACK|1|P|2.5\rMSA|AA|" + control + b"\r"))
                if await self._broken(frame + END, self.proxy.due() if not self.armed else ""):
                    return
        self.to_us.write(self._held)

    async def _broken(self, frame: bytes, kind: str) -> bool:
        """Hand one frame on, or break the line at it; True when it is over."""
        if kind in ("drop-ack", "silence", "cut-ack"):
            self.armed = kind
        elif kind == "jitter":
            self.dribble += PIECES
            self._happens(kind)
        elif kind:
            await self._break(frame, kind)
            return True
        await self._give(self.to_us, frame)
        return False

    async def _break(self, frame: bytes, kind: str) -> None:
        part = frame[: self.dice.randrange(1, len(frame) - 1)]
        self._happens(kind)
        if kind == "cut-frame":
            self.to_us.write(part)
            await self.to_us.drain()
        elif kind == "reset":
            self.to_us.write(part)
            for writer in (self.to_sender, self.to_us):
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER)
                writer.transport.abort()
        elif kind == "refuse":
            await self.proxy.shut()
        elif kind == "black-hole":
            while await self.from_sender.read(65536):
                pass

    async def _down(self) -> None:
        while data := await self.from_us.read(65536):
            if self.proxy.eager:
                continue
            if self.armed == "silence":
                self._happens("silence")
                await asyncio.Event().wait()  # until the sender hangs up
            if self.armed:
                kind = self.armed
                self._happens(kind)
                cut = data.index(END) - self.dice.randrange(1, 20) if kind == "cut-ack" else 0
                self.to_sender.write(data[: max(cut, 0)])
                await self.to_sender.drain()
                return
            await self._give(self.to_sender, data)

    async def _give(self, writer: asyncio.StreamWriter, data: bytes) -> None:
        while self.dribble and data:
            self.dribble -= 1
            size = self.dice.randrange(1, 40)
            writer.write(data[:size])
            data = data[size:]
            await asyncio.sleep(self.dice.uniform(0, 0.002))
        writer.write(data)
        await writer.drain()


Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
