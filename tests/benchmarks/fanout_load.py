"""The clients of the fan-out benchmark: thousands of sockets in one process, counting what they are sent and timing every twentieth."""

import asyncio
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple, cast

from tests.benchmarks.processes import cpu_seconds, resident_bytes

TIMED = 20
"""One client in so many is timed."""
MARK = b"event: tiles"
AT_ONCE = 200
NCHAN = Path("/usr/lib/nginx/modules/ngx_nchan_module.so")
"""Where Debian's libnginx-mod-nchan lays it."""


class Count(NamedTuple):
    """What a window brought: deliveries, processor seconds of the server, waits of the timed clients, seconds, bytes a client."""

    deliveries: int
    used: float
    waits: list[float]
    seconds: float
    memory: float

    @property
    def each(self) -> float:
        """Microseconds of the server's processors a delivery."""
        return 1e6 * self.used / max(1, self.deliveries)

    def wait(self, share: float) -> float:
        """Milliseconds."""
        waits = sorted(self.waits) or [float("nan")]
        return 1000 * waits[min(len(waits) - 1, int(len(waits) * share))]


class Client(asyncio.Protocol):
    """One screen."""

    count = 0

    def __init__(self, request: bytes, waits: list[float] | None) -> None:
        self.request = request
        self.waits = waits
        self.heard = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        found = data.count(MARK)
        Client.count += found
        if found and not self.heard.done():
            self.heard.set_result(None)
        if found and self.waits is not None:
            at = data.partition(b'"as_of":"')[2][:32]
            if at.endswith(b"+00:00"):
                self.waits.append(time.time() - datetime.fromisoformat(at.decode()).timestamp())


async def measured(port: int, path: str, clients: int, seconds: float, processes: list[int]) -> Count:
    """Connect them, wait until each has been told something, count for so many seconds."""
    loop, request = asyncio.get_running_loop(), f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n".encode()
    before = resident_bytes(processes)
    all_of_them = [Client(request, [] if number % TIMED == 0 else None) for number in range(clients)]
    for first in range(0, clients, AT_ONCE):
        some = all_of_them[first : first + AT_ONCE]
        await asyncio.gather(*(loop.create_connection(lambda one=one: one, "127.0.0.1", port) for one in some))  # type: ignore[misc]
        await asyncio.wait_for(asyncio.gather(*(one.heard for one in some)), 60)
    await asyncio.sleep(1.0)
    for one in all_of_them:
        if one.waits is not None:
            one.waits.clear()
    Client.count, used, began = 0, cpu_seconds(processes), time.perf_counter()
    await asyncio.sleep(seconds)
    took, used, deliveries = time.perf_counter() - began, cpu_seconds(processes) - used, Client.count
    memory = (resident_bytes(processes) - before) / clients
    waits = [wait for one in all_of_them for wait in one.waits or ()]
    for one in all_of_them:
        one.transport.abort()
    return Count(deliveries, used, waits, took, memory)


async def publish(port: int, frames: asyncio.Queue[bytes]) -> None:
    """Give nchan's publisher door a frame whenever there is one."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while True:
        body = await frames.get()
        head = f"POST /pub HTTP/1.1\r\nHost: 127.0.0.1\r\nX-EventSource-Event: tiles\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        length = next((int(line.split(b":")[1]) for line in answer.splitlines() if line.lower().startswith(b"content-length")), 0)
        await reader.readexactly(length)


def now() -> datetime:
    """The clock that both ends read."""
    return datetime.now(UTC)


def nchan_config(port: int, folder: Path) -> str:
    """nginx with one worker, a publisher's door and an event stream."""
    user = "user root;" if os.geteuid() == 0 else ""
    return f"""load_module {NCHAN}; {user} worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log error;
events {{ worker_connections 20000; }}
http {{
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi; keepalive_requests 1000000; tcp_nodelay on;
  nchan_shared_memory_size 256M;
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location = /pub {{ nchan_publisher http; nchan_channel_id wall; nchan_message_buffer_length 1; }}
    location = /sub {{ nchan_subscriber eventsource; nchan_channel_id wall; }}
  }}
}}
"""
