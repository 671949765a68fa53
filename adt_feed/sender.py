"""Sender: an MLLP client. Before it are messages of a file, the simulator or the outbound queue; after it is another listener.

Several messages are under way at once; each answer is matched by its MSA-2. After a lost connection what was not answered is
sent again, in order: the receiver knows a repeat by its control id.
"""

import asyncio
import ssl as tls
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from adt_feed.acks import wants_ack
from adt_feed.er7 import LINE_END, read_er7
from adt_feed.framing import Bad, MllpReader, wrap
from adt_feed.header import Header
from flow.errors import Unavailable, Unreadable

__all__ = ["MllpClient", "OnAck", "Tally", "read_er7", "send"]

LONGEST_ANSWER = 1 << 20
CHUNK = 1 << 16
ACCEPTED = frozenset({"AA", "CA"})
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0  # seconds between attempts

OnAck: TypeAlias = Callable[[bytes, str], None]
"""Told of every answer: the message, and the code of its acknowledgment."""


@dataclass(slots=True)
class Tally:
    """What came of a sending. `silent`: asked for no answer (MSH-15/16). `stray`: answers to nothing that waited for one."""

    sent: int = 0
    aa: int = 0
    ae: int = 0
    ar: int = 0
    ca: int = 0
    ce: int = 0
    cr: int = 0
    silent: int = 0
    resent: int = 0
    stray: int = 0
    reconnects: int = 0

    @property
    def accepted(self) -> int:
        """AA and CA."""
        return self.aa + self.ca

    @property
    def answered(self) -> int:
        """Answers of any code."""
        return self.aa + self.ae + self.ar + self.ca + self.ce + self.cr


@dataclass(slots=True)
class _Waiting:
    control_id: bytes
    message: bytes


@dataclass(slots=True)
class _Work:
    """One sending: what is still to go, what waits for its answer, and what was counted."""

    source: Iterable[bytes]
    on_ack: OnAck | None
    tally: Tally = field(default_factory=Tally)
    waiting: deque[_Waiting] = field(default_factory=deque)

    def next_frames(self, window: int) -> bytes:
        """Frames up to `window` unanswered messages."""
        frames = []
        while len(self.waiting) < window and (message := next(iter(self.source), None)) is not None:
            frames.append(wrap(message))
            self.tally.sent += 1
            header = _header(message)
            if wants_ack(header, ok=True) is None:
                self.tally.silent += 1
            else:
                self.waiting.append(_Waiting(header.control_id_bytes if header else b"", message))
        return b"".join(frames)

    def again(self) -> bytes:
        """Frames of everything that was sent on a lost connection and not answered."""
        self.tally.resent += len(self.waiting)
        return b"".join(wrap(one.message) for one in self.waiting)

    def settle(self, answer: bytes) -> None:
        """Count one acknowledgment and take its message off the window."""
        code, control_id = _acknowledgment(answer)
        found = next((one for one in self.waiting if one.control_id == control_id), None)
        if found is None and not control_id and code not in ACCEPTED and self.waiting:
            found = self.waiting[0]  # what could not be read is refused without its id, in its turn
        if found is None or code not in {"AA", "AE", "AR", "CA", "CE", "CR"}:
            self.tally.stray += 1
            return
        self.waiting.remove(found)
        setattr(self.tally, code.lower(), getattr(self.tally, code.lower()) + 1)
        if self.on_ack is not None:
            self.on_ack(found.message, code)


class MllpClient:
    """A connection that is made when needed, kept, and made again when lost. Not for two sendings at once."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        window: int = 16,
        patience: float = 30.0,
        attempts: int = 12,
        ssl: tls.SSLContext | None = None,
    ) -> None:
        self.host = host
        self.port = port
        self._window = window
        self._patience = patience  # seconds to wait for a connection, or for the next answer
        self._attempts = attempts  # without a single answer
        self._ssl = ssl
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._frames = MllpReader(LONGEST_ANSWER)

    async def send(self, messages: Iterable[bytes], on_ack: OnAck | None = None) -> Tally:
        """Send all, in order; returns when every one is answered. Unavailable when the receiver stays away."""
        work = _Work(iter(messages), on_ack)
        failures = 0
        while True:
            before = work.tally.answered
            try:
                await self._converse(work)
                return work.tally
            except (OSError, TimeoutError) as error:
                await self.close()
                failures = 1 if work.tally.answered > before else failures + 1
                if failures >= self._attempts:
                    raise self._given_up(work.tally) from error
            work.tally.reconnects += 1
            await asyncio.sleep(min(FIRST_PAUSE * 2 ** (failures - 1), LONGEST_PAUSE))

    async def close(self) -> None:
        """End the connection; the next sending makes a new one."""
        if self._streams is None:
            return
        _, writer = self._streams
        self._streams = None
        writer.close()
        try:
            await asyncio.wait_for(writer.wait_closed(), self._patience)
        except (OSError, TimeoutError):
            writer.transport.abort()

    async def _converse(self, work: _Work) -> None:
        if self._streams is None:
            await self._connect()
        assert self._streams is not None
        reader, writer = self._streams
        writer.write(work.again())
        while True:
            writer.write(work.next_frames(self._window))
            async with asyncio.timeout(self._patience):
                await writer.drain()
                if not work.waiting:
                    return
                await self._hear(reader, work)

    async def _hear(self, reader: asyncio.StreamReader, work: _Work) -> None:
        """Until something that was sent is answered: a receiver that talks of other things is as silent as one that says nothing."""
        before = work.tally.answered
        while work.tally.answered == before:
            data = await reader.read(CHUNK)
            if not data:
                raise ConnectionResetError("closed by the receiver")
            for frame in self._frames.feed(data):
                work.settle(frame.sample if isinstance(frame, Bad) else frame)

    async def _connect(self) -> None:
        async with asyncio.timeout(self._patience):
            self._streams = await asyncio.open_connection(self.host, self.port, ssl=self._ssl)
        self._frames = MllpReader(LONGEST_ANSWER)

    def _given_up(self, tally: Tally) -> Unavailable:
        return Unavailable(
            f"{self.host}:{self.port} does not answer. Sent {tally.sent}, of which {tally.answered} were answered.", code="receiver-away"
        )


async def send(
    messages: Iterable[bytes],
    host: str,
    port: int,
    *,
    window: int = 16,
    on_ack: OnAck | None = None,
    patience: float = 30.0,
    attempts: int = 12,
    ssl: tls.SSLContext | None = None,
) -> Tally:
    """Send messages over one connection of its own; see `MllpClient.send`."""
    client = MllpClient(host, port, window=window, patience=patience, attempts=attempts, ssl=ssl)
    try:
        return await client.send(messages, on_ack)
    finally:
        await client.close()


def _header(message: bytes) -> Header | None:
    try:
        return Header.read(message)
    except Unreadable:
        return None


def _acknowledgment(answer: bytes) -> tuple[str, bytes]:
    """MSA-1 and MSA-2 of an answer; ("", b"") where it holds none."""
    header = _header(answer)
    if header is None:
        return "", b""
    for line in LINE_END.split(answer):
        name, *fields = line.split(header.separator)
        if name.upper() == b"MSA" and fields:
            return fields[0].decode("ascii", "replace").strip().upper(), fields[1] if len(fields) > 1 else b""
    return "", b""
