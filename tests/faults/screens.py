"""The screens of a fault run: a hundred event streams of one ward, held open as displays and ward pages hold them, twenty of them
by readers that froze. Each keeps what it is sent; `heads` watches the stores beside them, and `invariants` judges both afterwards.
"""

import asyncio
import json
import random
import socket
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple, cast

SAMPLED = 0.25
"""Seconds between two looks at every screen."""
AGAIN = (0.2, 0.6)
"""Seconds after which one that was cut comes back, by lot."""


class Sample(NamedTuple):
    """A screen at a moment (epoch seconds): since when it is connected, until when its picture is true, each tile's Seq (0: none)."""

    screen: int
    at: float
    connected: float
    as_of: float
    tiles: Mapping[str, int]


class Told(NamedTuple):
    """An event of the stream as a screen reads it."""

    name: str
    as_of: float
    tiles: Mapping[str, int]


@lru_cache(maxsize=256)
def read(name: bytes, data: bytes) -> Told:
    """Screens of one ward get the same bytes: they are read once."""
    body = json.loads(data)
    as_of = datetime.fromisoformat(body["as_of"]).timestamp() if "as_of" in body else 0.0
    return Told(name.decode(), as_of, {tile["key"]: tile["seq"] for tile in body.get("tiles", ())})


class Screen(asyncio.Protocol):
    """One screen. `resumes`: it comes back with its Last-Event-ID, as a ward's page does; a display begins anew."""

    def __init__(self, number: int, *, resumes: bool, freezes: bool) -> None:
        self.number = number
        self.resumes = resumes
        self.freezes = freezes
        self.tiles: dict[str, int] = {}
        self.as_of = self.connected = 0.0
        self.opened = 0
        self.last_id = ""
        self.found: list[str] = []
        self.gone = asyncio.Event()
        self._rest = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._rest = b""
        self.gone.clear()

    def data_received(self, data: bytes) -> None:
        *blocks, self._rest = (self._rest + data).split(b"\n\n")
        for block in blocks:
            said = dict(line.split(b": ", 1) for line in block.split(b"\n") if b": " in line)
            if b"id" in said:
                self.last_id = said[b"id"].decode()
            if b"event" in said:
                self.hear(read(said[b"event"], said[b"data"]))

    def hear(self, told: Told) -> None:
        """Lay the tiles where they belong. A whole picture is the picture; its numbers may not be lower either (I4)."""
        for key, seq in told.tiles.items():
            if seq < self.tiles.get(key, 0):
                self.found.append(f"I4: {key} went back from {self.tiles[key]} to {seq} on screen {self.number}")
        self.tiles = dict(told.tiles) if told.name == "snapshot" else self.tiles | told.tiles
        self.as_of = told.as_of or self.as_of
        if told.name == "snapshot" and not self.connected:
            self.connected = time.time()
        if self.freezes and self.connected and self._transport is not None:
            self._transport.pause_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        self.connected, self._transport = 0.0, None
        self.gone.set()

    def thaw(self) -> None:
        """Read on, beginning with what lay there."""
        self.freezes = False
        if self._transport is not None:
            self._transport.resume_reading()

    def leave(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.abort()


class Screens(threading.Thread):
    """All of them, in a loop of their own; `samples` are taken until `end`."""

    def __init__(self, port: int, token: str, seed: int, count: int = 100, frozen: int = 20) -> None:
        super().__init__(daemon=True)
        self.port = port
        self.token = token
        self.all = [Screen(number, resumes=number % 2 == 0, freezes=number < frozen) for number in range(count)]
        self.samples: list[Sample] = []
        self._dice = random.Random(seed)
        self._loop: Future[asyncio.AbstractEventLoop] = Future()
        self._ending: asyncio.Event | None = None

    @property
    def awake(self) -> Sequence[Screen]:
        """Those that read."""
        return [screen for screen in self.all if not screen.freezes]

    def run(self) -> None:
        """Until `end`."""
        asyncio.run(self._run())

    def end(self) -> None:
        """Hang up everywhere and wait."""
        assert self._ending is not None
        self._loop.result().call_soon_threadsafe(self._ending.set)
        self.join()

    def thaw(self) -> None:
        """The frozen ones read on."""
        for screen in self.all:
            self._loop.result(10).call_soon_threadsafe(screen.thaw)

    async def _run(self) -> None:
        self._ending = asyncio.Event()
        self._loop.set_result(asyncio.get_running_loop())
        tasks = [asyncio.create_task(self._hold(screen)) for screen in self.all]
        tasks.append(asyncio.create_task(self._sample()))
        await self._ending.wait()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for screen in self.all:
            screen.leave()

    async def _hold(self, screen: Screen) -> None:
        while True:
            with suppress(OSError):
                await self._open(screen)
                await screen.gone.wait()
            await asyncio.sleep(self._dice.uniform(*AGAIN))

    async def _open(self, screen: Screen) -> None:
        end = socket.socket()
        end.setblocking(False)
        if screen.freezes:
            end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        loop = asyncio.get_running_loop()
        try:
            await loop.sock_connect(end, ("127.0.0.1", self.port))
            await loop.create_connection(lambda: screen, sock=end)
        except BaseException:
            end.close()
            raise
        screen.opened += 1
        lines = ["GET /api/v1/stream?topics=ward:4B HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Bearer {self.token}"]
        if screen.resumes and screen.last_id:
            lines.append(f"Last-Event-ID: {screen.last_id}")
            screen.connected = time.time()
        assert screen._transport is not None
        screen._transport.write("\r\n".join([*lines, "", ""]).encode())

    async def _sample(self) -> None:
        while True:
            now = time.time()
            for screen in self.all:
                self.samples.append(Sample(screen.number, now, screen.connected, screen.as_of, dict(screen.tiles)))
            await asyncio.sleep(SAMPLED)
