"""Who sends too much, too slowly or nothing at all is cut, by a real server on a real socket; whoever else is served meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
import structlog
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from flow.bounds import Bounds
from flow.server import WebServer
from flow.setting_words import Address
from flow.settings import Settings
from tests.acceptance.house import free_port

SHORT = Bounds(connections=20, head_seconds=0.4, body_seconds=0.4, body_pace=100_000, idle_seconds=0.4, unread_seconds=0.4)
WITHIN = 5.0


async def _echo(request: Request) -> Response:
    try:
        return PlainTextResponse(str(len(await request.body())))
    except ClientDisconnect:
        request.app.state.left += 1
        return PlainTextResponse("nobody reads this")


async def _hasty(_: Request) -> Response:
    return PlainTextResponse("unread")


async def _long(_: Request) -> Response:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(1000):
            yield b"x" * 65536

    return StreamingResponse(pieces())


@asynccontextmanager
async def served(bounds: Bounds = SHORT) -> AsyncIterator[tuple[Starlette, int]]:
    """Three routes behind a server with these bounds, and its port."""
    routes = [Route("/", _echo, methods=["GET", "POST"]), Route("/hasty", _hasty, methods=["POST"]), Route("/long", _long)]
    app, port = Starlette(routes=routes), free_port()
    app.state.left = 0
    server = WebServer(app, Address("127.0.0.1", port), Settings.from_environ({}), farewell=lambda: None, bounds=bounds)
    await server.start()
    try:
        yield app, port
    finally:
        await server.stop()


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A client's connection, thrown away at the end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=4096)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()
        with suppress(OSError):
            await writer.wait_closed()


async def said(port: int, *pieces: bytes, every: float = 0.1) -> bytes:
    """Everything that the server says to one who sends these pieces, one after another, up to its hanging up: that must come."""
    async with connected(port) as (reader, writer), asyncio.timeout(WITHIN):
        drip = asyncio.create_task(_drip(writer, pieces, every))
        heard = b""
        with suppress(ConnectionError):
            while piece := await reader.read(65536):
                heard += piece
        drip.cancel()
        return heard


async def _drip(writer: asyncio.StreamWriter, pieces: tuple[bytes, ...], every: float) -> None:
    with suppress(OSError):
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(every)


HEAD = b"POST / HTTP/1.1\r\nHost: localhost\r\n"


@pytest.mark.parametrize(
    ("pieces", "status"),
    [
        pytest.param([b"GET / HT"], b"408", id="half a request line"),
        pytest.param([b"GET / HTTP/1.1\r\n", *[b"X-A: b\r\n"] * 40], b"408", id="a field now and then"),
        pytest.param([b"\r\n"] * 40, b"408", id="empty lines before the request"),
        pytest.param([], b"408", id="nothing"),
        pytest.param([HEAD + b"Content-Length: 1000\r\n\r\n", *[b"x"] * 40], b"408", id="a body that drips"),
        pytest.param([HEAD + b"Transfer-Encoding: chunked\r\n\r\n", *[b"1\r\nx\r\n"] * 40], b"408", id="chunks that drip"),
        pytest.param([HEAD + b"Content-Length: 1000\r\n\r\n"], b"408", id="a body that never comes"),
    ],
)
async def test_a_client_that_drips_is_cut(pieces: list[bytes], status: bytes) -> None:
    async with served() as (app, port):
        answer = await said(port, *pieces)
        assert answer.startswith(b"HTTP/1.1 " + status)
        assert b"connection: close" in answer
        assert (await said(port, b"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")).startswith(b"HTTP/1.1 200")
        assert app.state.left == (b"Content-Length" in b"".join(pieces) or b"chunked" in b"".join(pieces))


@pytest.mark.parametrize(
    ("head", "status"),
    [
        pytest.param(b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: h\r\n\r\n", b"414", id="a long address"),
        pytest.param(b"GET / HTTP/1.1\r\nCookie: " + b"a" * 40_000 + b"\r\n\r\n", b"431", id="one long field"),
        pytest.param(b"GET / HTTP/1.1\r\nCookie: " + b"a" * 2_000_000, b"431", id="one field without an end"),
        pytest.param(b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 101 + b"\r\n", b"431", id="many fields"),
        pytest.param(b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 200_000, b"431", id="fields without an end"),
        pytest.param(HEAD + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b"400", id="two lengths at once"),
        pytest.param(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"400", id="another protocol"),
    ],
)
async def test_a_head_over_its_limits_is_refused_and_the_connection_closed(head: bytes, status: bytes) -> None:
    async with served() as (_, port):
        assert (await said(port, head)).startswith(b"HTTP/1.1 " + status)


async def test_what_is_no_request_is_counted_and_told_once_a_second() -> None:
    with structlog.testing.capture_logs() as logs:
        async with served() as (_, port):
            for sent in (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"\x16\x03\x01", b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: h\r\n\r\n"):
                await said(port, sent)
            async with asyncio.timeout(WITHIN):
                while sum(line.get("status_400", 0) + line.get("status_414", 0) for line in logs) < 3:
                    await asyncio.sleep(0.02)
    assert {line["event"] for line in logs} == {"web.refused_unread"}
    assert len(logs) <= 3


async def test_a_head_within_its_limits_passes_however_many_a_connection_sends() -> None:
    request = b"GET /?" + b"q" * 7000 + b" HTTP/1.1\r\nHost: h\r\n" + b"A: " + b"b" * 240 + b"\r\n" + b"A: b\r\n" * 90
    async with served() as (_, port):
        answers = await said(port, *[request + b"\r\n"] * 8, request + b"Connection: close\r\n\r\n", every=0)
        assert answers.count(b"HTTP/1.1 200") == 9


async def test_a_slow_body_that_keeps_its_pace_is_taken() -> None:
    bounds = SHORT._replace(body_pace=1000)
    async with served(bounds) as (_, port):
        answer = await said(port, HEAD + b"Content-Length: 3000\r\nConnection: close\r\n\r\n", *[b"x" * 300] * 10, every=0.15)
        assert answer.startswith(b"HTTP/1.1 200")
        assert answer.endswith(b"3000")


async def test_silence_between_requests_and_after_an_early_answer_ends() -> None:
    async with served() as (_, port):
        assert (await said(port, b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")).startswith(b"HTTP/1.1 200")
        early = await said(port, b"POST /hasty HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n", *[b"x"] * 40)
        assert early.startswith(b"HTTP/1.1 200")


async def test_who_does_not_read_the_answer_is_cut() -> None:
    async with served() as (_, port), connected(port) as (_, writer), asyncio.timeout(WITHIN):
        writer.write(b"GET /long HTTP/1.1\r\nHost: h\r\n\r\n")
        while not await _was_cut(port):
            await asyncio.sleep(0.05)


async def _was_cut(port: int) -> bool:
    """Whether the kernel knows of no connection of ours that the server still keeps."""
    connections = await asyncio.to_thread(Path("/proc/net/tcp").read_text)
    return not any(line.split()[1].endswith(f":{port:04X}") and line.split()[3] == "01" for line in connections.splitlines()[1:])


async def test_one_connection_too_many_is_turned_away_and_room_is_made_again() -> None:
    request = b"GET / HTTP/1.1\r\nHost: h\r\n"
    async with served(SHORT._replace(connections=2, idle_seconds=60, head_seconds=60)) as (_, port), connected(port) as (reader, writer):
        writer.write(request + b"\r\n")
        assert (await reader.readuntil(b"\r\n")).startswith(b"HTTP/1.1 200")
        async with connected(port) as (reader, writer):
            writer.write(request + b"\r\n")
            assert (await reader.readuntil(b"\r\n")).startswith(b"HTTP/1.1 200")
            assert await said(port, request + b"Connection: close\r\n\r\n") == b""
        async with asyncio.timeout(WITHIN):
            while not (answer := await said(port, request + b"Connection: close\r\n\r\n")):
                await asyncio.sleep(0.05)
        assert answer.startswith(b"HTTP/1.1 200")
