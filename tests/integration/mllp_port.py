"""An MLLP port for tests: a journal that can be held or broken, and peers that speak raw bytes."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import TypeAlias

import pytest

from adt_feed.framing import MllpReader, wrap
from adt_feed.letter import Letter
from adt_feed.limits import Limits
from adt_feed.listener import MllpListener
from adt_feed.message import Message

NOW = datetime(2026, 11, 21, 4, 17, tzinfo=UTC)
PATIENCE = 10.0  # seconds after which a test gives up waiting

Open: TypeAlias = Callable[..., Awaitable["Peer"]]


def message(control_id: str, *, mode: str = "", body: str = "PID|1||SECRET^^^MRN") -> bytes:
    return f"MSH|^~\\&|SIM|FAC|BED|HOSP|20261121||ADT^A01|{control_id}|P|2.5|||{mode}\r{body}\r".encode()


class Journal:
    """Stands for the inbox: keeps letters in a list; can be held, fail, or refuse one letter."""

    def __init__(self) -> None:
        self.groups: list[list[Letter]] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.called = asyncio.Event()
        self.error: Exception | None = None
        self.poison = ""

    async def keep(self, letters: list[Letter]) -> None:
        self.called.set()
        await self.gate.wait()
        if self.error is not None:
            raise self.error
        if self.poison and any(letter.control_id == self.poison for letter in letters):
            raise ValueError("SECRET")
        self.groups.append(letters)

    @property
    def letters(self) -> list[Letter]:
        return [letter for group in self.groups for letter in group]


class Peer:
    """A sender that speaks raw bytes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.frames = MllpReader(1 << 20)
        self.heard: list[Message] = []

    def send(self, *payloads: bytes) -> None:
        self.writer.write(b"".join(map(wrap, payloads)))

    async def answers(self, count: int) -> list[tuple[str, str]]:
        """(MSA-1, MSA-2) of the next answers."""
        while len(self.heard) < count:
            data = await asyncio.wait_for(self.reader.read(65536), PATIENCE)
            assert data, f"closed after {len(self.heard)} of {count} answers"
            self.heard += [Message.parse(one) for one in self.frames.feed(data) if isinstance(one, bytes)]
        found, self.heard = self.heard[:count], self.heard[count:]
        return [(one.all[1].field(1), one.all[1].field(2)) for one in found]

    async def closed(self) -> bytes:
        """Everything up to the end of the connection."""
        try:
            return await asyncio.wait_for(self.reader.read(), PATIENCE)
        except ConnectionError:
            return b""


@pytest.fixture
async def journal() -> Journal:
    return Journal()


Serve: TypeAlias = Callable[..., Awaitable[tuple[MllpListener, Open]]]


@pytest.fixture
async def serve(journal: Journal) -> AsyncIterator[Serve]:
    listeners: list[MllpListener] = []
    peers: list[Peer] = []

    async def start(**limits: object) -> tuple[MllpListener, Open]:
        listener = MllpListener("his", journal.keep, Limits(**limits), lambda: NOW)  # type: ignore[arg-type]
        port = await listener.start("127.0.0.1", 0)
        listeners.append(listener)

        async def connect(sock: socket.socket | None = None) -> Peer:
            if sock is None:
                streams = await asyncio.open_connection("127.0.0.1", port)
            else:
                sock.setblocking(False)
                await asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", port))
                streams = await asyncio.open_connection(sock=sock)
            peers.append(Peer(*streams))
            return peers[-1]

        return listener, connect

    yield start
    journal.gate.set()
    for peer in peers:
        peer.writer.close()
    for listener in listeners:
        await listener.stop(2)


async def until(true: Callable[[], bool]) -> None:
    """Give the loop turns until something is so."""
    async with asyncio.timeout(PATIENCE):
        while not true():
            await asyncio.sleep(0.001)
