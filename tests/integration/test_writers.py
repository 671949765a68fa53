"""What every writer of the stream promises, over a real server and real sockets: the same tests for all three; then the wire's own."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route

from flow.connection import HandingOver
from flow.server import WebServer
from flow.setting_words import Address
from flow.settings import STREAM_WRITERS, Settings
from flow.state.live import Change, Live
from flow.views.bed_tile import Audience
from flow.web.security.gate import watched
from realtime.hub import Hub
from realtime.stream import WRITERS, Stream
from realtime.topics import Topic
from tests.acceptance.house import free_port
from tests.unit.test_hub import BEDS, NOW, PLAN, new_live, states

WARD = "/api/v1/stream?topics=ward:4B"


@dataclass
class Away:
    """The hub behind a server, as `bedflow serve` puts it there."""

    hub: Hub
    live: Live
    server: WebServer
    port: int

    async def change(self, seq: int, status: str = "cleaning") -> None:
        """A bed changes."""
        record = states(seq % len(BEDS), status, seq)
        self.live.put(record)
        self.live.tell(Change(seq, NOW, (record,)))


@dataclass
class Listener:
    """A client that reads HTTP/1.1 chunks and events, and keeps whole tiles as a screen does."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    head: bytes = b""
    rest: bytes = b""
    seen: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    tiles: dict[str, Any] = field(default_factory=dict)
    last_id: str = ""
    ended: bool = False

    async def until(self, name: str, seq: int = 0) -> dict[str, Any]:
        """Read on to an event of this name with at least this Seq; it must come."""
        async with asyncio.timeout(10):
            while True:
                while self.seen:
                    found, data = self.seen.pop(0)
                    if found == name and data.get("seq", 0) >= seq:
                        return data
                await self._read()

    async def end(self) -> None:
        """Read to the last chunk, or to the cut."""
        async with asyncio.timeout(15):
            while not self.ended:
                await self._read()

    async def _read(self) -> None:
        size = await self.reader.readline()
        if not size.strip():
            self.ended = True
            assert not size, "an empty line where a chunk's size belongs"
            return
        chunk = await self.reader.readexactly(int(size, 16) + 2)
        assert chunk.endswith(b"\r\n")
        self.ended = chunk == b"\r\n"
        *blocks, self.rest = (self.rest + chunk[:-2]).split(b"\n\n")
        for block in blocks:
            lines = dict(line.split(": ", 1) for line in block.decode().splitlines())
            self.last_id = lines.get("id", self.last_id)
            if "event" in lines:
                self._hear(lines["event"], json.loads(lines["data"]))

    def _hear(self, name: str, data: dict[str, Any]) -> None:
        if name == "snapshot":
            self.tiles = {}
        for tile in data.get("tiles", ()):
            assert tile["seq"] >= self.tiles.get(tile["key"], tile)["seq"], "a tile went back"
            self.tiles[tile["key"]] = tile
        self.seen.append((name, data))


@asynccontextmanager
async def served(writer: str) -> AsyncIterator[Away]:
    """A hub, its stream and uvicorn."""
    live = new_live()
    hub = Hub(live, PLAN)

    async def allow(request: Request, topics: frozenset[Topic]) -> Audience:
        return Audience.WARD

    app = Starlette(routes=[Route("/api/v1/stream", Stream(hub, allow, writer))])
    port = free_port()
    server = WebServer(app, Address("127.0.0.1", port), Settings.from_environ({}), farewell=hub.close, http=HandingOver)
    await server.start()
    running = asyncio.create_task(hub.run())
    try:
        yield Away(hub, live, server, port)
    finally:
        await server.stop()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


@asynccontextmanager
async def listening(away: Away, path: str = WARD, version: str = "1.1", **headers: str) -> AsyncIterator[Listener]:
    """A client; its buffers are small, so that who does not read is soon behind."""
    end = socket.socket()
    end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    end.connect(("127.0.0.1", away.port))
    reader, writer = await asyncio.open_connection(sock=end, limit=4096)
    lines = [f"GET {path} HTTP/{version}", "Host: 127.0.0.1", *(f"{name}: {value}" for name, value in headers.items())]
    writer.write("\r\n".join([*lines, "", ""]).encode())
    head = await reader.readuntil(b"\r\n\r\n")
    try:
        yield Listener(reader, writer, head)
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


@pytest.fixture(params=WRITERS)
async def away(request: pytest.FixtureRequest) -> AsyncIterator[Away]:
    async with served(request.param) as found:
        yield found


def test_the_setting_names_every_writer() -> None:
    assert WRITERS == STREAM_WRITERS


async def test_a_screen_is_given_all_then_what_changes(away: Away) -> None:
    async with listening(away) as screen:
        assert b"200" in screen.head.splitlines()[0]
        assert b"text/event-stream" in screen.head
        first = await screen.until("snapshot")
        assert len(first["tiles"]) == 7
        await screen.until("heartbeat")
        await away.change(105)
        data = await screen.until("tiles", 105)
        assert [tile["seq"] for tile in data["tiles"]] == [105]


async def test_who_comes_back_is_given_what_it_missed(away: Away) -> None:
    async with listening(away) as screen:
        await screen.until("snapshot")
        await away.change(101)
        await screen.until("tiles", 101)
    await away.change(102)
    async with listening(away, **{"Last-Event-ID": screen.last_id}) as screen:
        data = await screen.until("tiles", 102)
        assert [tile["seq"] for tile in data["tiles"]] == [102]


@pytest.mark.parametrize("forged", ["9999", "101-0", "-1", "1e2", "١", "1" * 40, "-", "none"])
async def test_who_comes_back_with_an_id_that_was_never_given_begins_anew(away: Away, forged: str) -> None:
    """Of a time to come, of before this picture, made up: everything is told, and nothing breaks."""
    await away.change(101)
    async with listening(away, **{"Last-Event-ID": forged}) as screen:
        assert len((await screen.until("snapshot", 101))["tiles"]) == 7


async def test_who_comes_back_and_missed_nothing_hears_on(away: Away) -> None:
    """There is no frame for it; the stream goes on with the heartbeat and the next change."""
    await away.change(101)
    async with listening(away, **{"Last-Event-ID": "101"}) as screen:
        await screen.until("heartbeat")
        await away.change(102)
        assert [tile["seq"] for tile in (await screen.until("tiles", 102))["tiles"]] == [102]


async def test_many_screens_are_told_the_same(away: Away) -> None:
    """More than a slice of them; each ends with what a newcomer is given."""
    async with AsyncExitStack() as stack:
        screens = [await stack.enter_async_context(listening(away)) for _ in range(150)]
        for screen in screens:
            await screen.until("snapshot")
        assert away.hub.clients == 150
        for seq in range(100, 120):
            await away.change(seq, "occupied" if seq % 2 else "cleaning")
            await asyncio.sleep(0)
        for screen in screens:
            await screen.until("tiles", 118)
        fresh = await stack.enter_async_context(listening(away))
        await fresh.until("snapshot")
        assert all(screen.tiles == fresh.tiles for screen in screens)


async def test_who_leaves_is_forgotten(away: Away) -> None:
    async with listening(away) as screen:
        await screen.until("snapshot")
        assert away.hub.clients == 1
    async with asyncio.timeout(5):
        while away.hub.clients:
            await asyncio.sleep(0.01)


async def test_a_stop_says_farewell_and_ends_the_stream(away: Away) -> None:
    async with listening(away) as screen, listening(away) as other:
        await screen.until("snapshot")
        await other.until("snapshot")
        stopping = asyncio.create_task(away.server.stop())
        await screen.until("farewell")
        await screen.end()
        await other.end()
        async with asyncio.timeout(2):
            await stopping
        assert not away.hub.clients


async def test_one_that_does_not_read_is_cut_alone(away: Away, monkeypatch: pytest.MonkeyPatch) -> None:
    """Frozen for longer than is allowed; the one beside it misses nothing, and is told of each change at once."""
    for room, name in (("realtime.stream", "SEND_SECONDS"), ("realtime.wire", "STALL_SECONDS")):
        monkeypatch.setattr(f"{room}.{name}", 0.2)
    monkeypatch.setattr("realtime.hub.REST", 0.0)
    async with listening(away) as frozen, listening(away) as screen:
        await frozen.until("snapshot")
        await screen.until("snapshot")
        seq = 100
        async with asyncio.timeout(30):
            while away.hub.clients == 2:
                for _ in BEDS:
                    seq += 1
                    await away.change(seq)
                await asyncio.wait_for(screen.until("tiles", seq), 2)
        assert away.hub.clients == 1


async def test_an_old_proxy_is_not_sent_chunks_of_ours() -> None:
    """HTTP/1.0 knows no chunks of the wire's; the plain road serves it."""
    async with served("wire") as away, listening(away, version="1.0") as screen:
        assert (await screen.reader.readuntil(b"event: snapshot")) is not None
        assert away.hub.clients == 1


async def test_on_the_wire_nothing_of_the_request_stays() -> None:
    """A listening client is its socket: the request's task is over, uvicorn's protocol forgotten; and changes still come."""
    async with served("wire") as away, listening(away) as screen:
        await screen.until("snapshot")
        state = away.server._server.server_state
        async with asyncio.timeout(5):
            while state.tasks:
                await asyncio.sleep(0.01)
        assert [type(one).__name__ for one in state.connections] == ["Held"]
        await away.change(103)
        await screen.until("tiles", 103)


async def test_a_grant_that_is_taken_back_ends_a_connection_that_was_handed_over() -> None:
    """As the gate watches it."""
    async with served("wire") as away, listening(away) as screen:
        await screen.until("snapshot")
        [held] = away.server._server.server_state.connections
        gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        watched(gone, held)
        gone.set_result(None)
        await screen.end()
        assert screen.ended
        async with asyncio.timeout(5):
            while away.hub.clients:
                await asyncio.sleep(0.01)


async def test_a_connection_that_is_lost_is_watched_no_more() -> None:
    async with served("wire") as away:
        async with listening(away) as screen:
            await screen.until("snapshot")
            [held] = away.server._server.server_state.connections
            gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            watched(gone, held)
        async with asyncio.timeout(5):
            while not gone.cancelled():
                await asyncio.sleep(0.01)
        late: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        watched(late, held)
        assert late.cancelled()
