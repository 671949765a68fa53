"""What could be read in two ways is read in none, by a real server on a real socket; and nobody fills the log by it."""

import logging

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from flow.heads import unclear
from tests.integration.test_slow_clients import said, served

BEHIND = b"GET / HTTP/1.1\r\nHost: behind\r\n\r\n"
UPGRADE = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n"


async def _fields(request: Request) -> Response:
    await request.body()
    return JSONResponse([name.decode() for name, _ in request.scope["headers"]])


async def test_a_field_behind_the_body_is_none_of_the_heads() -> None:
    """Whoever sends it through a proxy has it looked at by nobody: it could say who they are."""
    head = b"POST /fields HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    async with served() as (app, port):
        app.router.routes.append(Route("/fields", _fields, methods=["POST"]))
        heard = await said(port, head, b"1\r\nZ\r\n0\r\nX-Forwarded-For: 9.9.9.9\r\nHost: other\r\n\r\n")
        at_once = await said(port, head + b"1\r\nZ\r\n0\r\nX-Forwarded-For: 9.9.9.9\r\nHost: other\r\n\r\n")
        many = await said(port, head + b"0\r\n" + b"X: y\r\n" * 200 + b"\r\n")
    for each in (heard, at_once):
        assert each.endswith(b'["host","transfer-encoding","connection"]'), each
    assert b"HTTP/1.1 431 " in many


@pytest.mark.parametrize(
    ("target", "fields", "status"),
    [
        (b"/", [(b"host", b"beds.example.org")], None),
        (b"*", [(b"host", b"beds.example.org")], None),
        (b"https://Beds.example.org/login", [(b"host", b"beds.example.org")], None),
        (b"http://beds.example.org:8000?x", [(b"host", b"beds.example.org:8000")], None),
        (b"http://evil.example/login", [(b"host", b"beds.example.org")], 400),
        (b"http://beds.example.org@evil.example/", [(b"host", b"beds.example.org")], 400),
        (b"ftp://beds.example.org/", [(b"host", b"beds.example.org")], 400),
        (b"beds.example.org:443", [(b"host", b"beds.example.org:443")], 400),
        (b"/", [(b"transfer-encoding", b" Chunked")], None),
        (b"/", [(b"transfer-encoding", b"gzip, chunked")], 400),
        (b"/", [(b"transfer-encoding", b"gzip"), (b"transfer-encoding", b"chunked")], 400),
    ],
)
def test_a_head_names_one_host_and_one_coding(target: bytes, fields: list[tuple[bytes, bytes]], status: int | None) -> None:
    assert unclear(target, fields) == status


async def test_an_unclear_head_is_answered_and_nothing_behind_it() -> None:
    async with served() as (_, port):
        other = await said(port, b"GET http://evil.example/ HTTP/1.1\r\nHost: x\r\n\r\n" + BEHIND)
        coded = await said(port, b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" + BEHIND)
        own = await said(port, b"GET http://x/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert [each.partition(b"\r\n")[0] for each in (other, coded, own)] == [
        b"HTTP/1.1 400 Bad Request",
        b"HTTP/1.1 400 Bad Request",
        b"HTTP/1.1 200 OK",
    ]
    assert [each.count(b"HTTP/1.1") for each in (other, coded)] == [1, 1]


async def test_another_protocol_is_not_spoken_and_what_is_no_request_fills_no_log(caplog: pytest.LogCaptureFixture) -> None:
    """A line for each would let anybody write to the disk; they are counted (`web.refused_unread`)."""
    with caplog.at_level(logging.INFO, "uvicorn.error"):
        async with served() as (_, port):
            asked = await said(port, UPGRADE + BEHIND)
            refused = await said(port, b"no request at all\r\n\r\n")
    assert asked.startswith(b"HTTP/1.1 200 OK")
    assert b"connection: close" in asked
    assert asked.count(b"HTTP/1.1") == 1
    assert refused.startswith(b"HTTP/1.1 400 ")
    assert not [record.getMessage() for record in caplog.records if record.name == "uvicorn.error" and record.levelno >= logging.WARNING]
