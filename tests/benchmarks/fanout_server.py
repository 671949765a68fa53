"""One server of the fan-out benchmark: ten times a second a bed of a ward changes, and every client is sent its tile. Prints its port.

    python -m tests.benchmarks.fanout_server raw|wire|asgi|sse-starlette

`raw` writes the same bytes to every socket in a bare uvloop loop and does nothing else. `wire` and `asgi` are our hub, stream and uvicorn
as `bedflow serve` joins them. `sse-starlette` is that package as its documentation uses it: a queue and an EventSourceResponse a client.
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import cast

import uvloop
from sse_starlette.sse import EventSourceResponse
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from flow.connection import HandingOver
from flow.domain.bed import BedState
from flow.domain.hospital import opened
from flow.domain.ids import WardId
from flow.plan_file import load_plan
from flow.server import WebServer
from flow.setting_words import Address
from flow.settings import SAMPLE_HOSPITAL, Settings
from flow.state.live import Change, Live
from flow.views.bed_tile import Audience, bed_tile
from realtime.frames import encode_tile, tiles_frame
from realtime.hub import Hub
from realtime.stream import Stream
from realtime.topics import Topic
from tests.benchmarks.processes import free_ports

PLAN = load_plan(SAMPLE_HOSPITAL)
WARD = PLAN.ward[WardId("4B")]
EVERY = 0.1
Tell = Callable[[int, BedState, datetime], Awaitable[None]]


async def tick(tell: Tell) -> None:
    """A bed of the ward changes, ten times a second."""
    loop, seq = asyncio.get_running_loop(), 1_000
    states = {state.id: state for state in opened(PLAN, datetime.now(UTC))}
    began = loop.time()
    while True:
        seq += 1
        now = datetime.now(UTC)
        state = replace(states[WARD.beds[seq % len(WARD.beds)].id], seq=seq, now=replace(next(iter(states.values())).now, since=now))
        await tell(seq, state, now)
        await asyncio.sleep(max(0.0, began + (seq - 1_000) * EVERY - loop.time()))


def frame_of(seq: int, state: BedState, now: datetime) -> bytes:
    """What our hub sends of that change."""
    tile = bed_tile(PLAN.beds[state.id], state, Audience.WARD)
    return tiles_frame(seq, now.isoformat(), {f"bed:{state.id}": encode_tile(tile)}).packet.data


async def raw() -> None:
    """The least that can be done."""
    clients: list[asyncio.Transport] = []

    class Client(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            self.transport = cast("asyncio.Transport", transport)

        def data_received(self, data: bytes) -> None:
            self.transport.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n")
            clients.append(self.transport)

    async def tell(seq: int, state: BedState, now: datetime) -> None:
        frame = frame_of(seq, state, now)
        for transport in clients:
            transport.write(frame)

    server = await asyncio.get_running_loop().create_server(Client, "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await tick(tell)


async def ours(writer: str) -> None:
    """Hub, stream and uvicorn."""
    live = Live(epoch="bench", as_of=datetime.now(UTC))
    for state in opened(PLAN, datetime.now(UTC)):
        live.put(state)
    hub = Hub(live, PLAN)

    async def allow(request: Request, topics: frozenset[Topic]) -> Audience:
        return Audience.WARD

    async def tell(seq: int, state: BedState, now: datetime) -> None:
        live.put(state)
        live.seq, live.as_of = seq, now
        live.tell(Change(seq, now, (state,)))

    app = Starlette(routes=[Route("/api/v1/stream", Stream(hub, allow, writer))])
    await serve(app, hub.close)
    await asyncio.gather(hub.run(), tick(tell))


async def by_the_book() -> None:
    """sse-starlette as documented."""
    queues: set[asyncio.Queue[dict[str, str]]] = set()

    async def stream(request: Request) -> Response:
        queue: asyncio.Queue[dict[str, str]] = asyncio.Queue()
        queues.add(queue)

        async def events() -> AsyncIterator[dict[str, str]]:
            try:
                while True:
                    yield await queue.get()
            finally:
                queues.discard(queue)

        return EventSourceResponse(events())

    async def tell(seq: int, state: BedState, now: datetime) -> None:
        data = frame_of(seq, state, now).decode().partition("data: ")[2].strip()
        for queue in queues:
            queue.put_nowait({"id": str(seq), "event": "tiles", "data": data})

    await serve(Starlette(routes=[Route("/api/v1/stream", stream)]), lambda: None)
    await tick(tell)


async def serve(app: ASGIApp, farewell: Callable[[], None]) -> None:
    """uvicorn, as the product starts it."""
    [port] = free_ports(1)
    await WebServer(app, Address("127.0.0.1", port), Settings.from_environ({}), farewell=farewell, http=HandingOver).start()
    print(port, flush=True)


def main() -> None:
    """Serve until ended."""
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    kind = sys.argv[1]
    uvloop.run(raw() if kind == "raw" else by_the_book() if kind == "sse-starlette" else ours(kind))


if __name__ == "__main__":
    main()
