"""Calling: one HTTP request to a service outside, for what the worker sends and the keys that it is answered by."""

import asyncio
from http.client import HTTPConnection, HTTPSConnection
from urllib.parse import urlsplit

from flow.tls import calling_context

PATIENCE = 10.0
LONGEST = 1 << 16
"""Bytes of an answer that are read."""


async def get(address: str, headers: dict[str, str]) -> tuple[int, bytes]:
    """GET; like `post`."""
    return await asyncio.to_thread(_call, "GET", address, None, headers)


async def post(address: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    """POST: status and body. It blocks, so in a thread; no redirect is followed. Raises OSError, HTTPException while nobody answers."""
    return await asyncio.to_thread(_call, "POST", address, body, headers)


def _call(method: str, address: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, bytes]:
    parts = urlsplit(address)
    assert parts.hostname is not None
    if parts.scheme == "https":
        connection: HTTPConnection = HTTPSConnection(parts.hostname, parts.port, timeout=PATIENCE, context=calling_context())
    else:
        connection = HTTPConnection(parts.hostname, parts.port, timeout=PATIENCE)
    try:
        connection.request(method, parts.path + (f"?{parts.query}" if parts.query else ""), body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read(LONGEST)
    finally:
        connection.close()
