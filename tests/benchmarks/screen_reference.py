"""The reference of the screen benchmark: letters in, the tile out to its ward's sockets, in one bare loop. Prints two ports.

The place in a letter is `WARD/BED`; the frame is as long as ours with one tile. Nothing is kept, parsed, checked or limited.
"""

import asyncio
from collections import defaultdict
from typing import cast

import uvloop

from adt_feed.framing import MllpReader

WALLS: dict[bytes, list[asyncio.Transport]] = defaultdict(list)
FRAME = b'id: 1\nevent: tiles\ndata: {"seq":1,"as_of":"","tiles":[{"id":"%s","state":"%s","more":"%s"}]}\n\n'
FILL = b"x" * 300


class Wall(asyncio.Protocol):
    """A display of one ward."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        ward = data.partition(b"ward:")[2].partition(b" ")[0]
        WALLS[ward].append(self.transport)
        self.transport.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n")


class Letters(asyncio.Protocol):
    """A feed."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.frames = MllpReader(1 << 20)

    def data_received(self, data: bytes) -> None:
        for one in self.frames.feed(data):
            raw = cast("bytes", one)
            place = raw.partition(b"PV1|1|I|")[2].partition(b"|")[0]
            frame = FRAME % (place, b"occupied" if b"ADT^A01" in raw else b"dirty", FILL)
            for transport in WALLS[place.partition(b"/")[0]]:
                transport.write(frame)


async def main() -> None:
    """Serve until ended."""
    loop = asyncio.get_running_loop()
    for kind in (Letters, Wall):
        server = await loop.create_server(kind, "127.0.0.1", 0, backlog=512)
        print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main())
