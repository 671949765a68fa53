"""The servers of the MLLP benchmark, each a process of its own that prints its port and serves until it is ended.

python -m tests.benchmarks.mllp_servers echo | listener | journal DATA_DIR | hl7apy | python-hl7
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, datetime
from typing import Any, cast

import uvloop

from adt_feed.acks import ack
from adt_feed.framing import MllpReader, wrap
from adt_feed.header import Header
from adt_feed.letter import Letter
from adt_feed.listener import Limits, MllpListener

HOST = "127.0.0.1"


def now() -> datetime:
    return datetime.now(UTC)


async def forever(port: int) -> None:
    print(port, flush=True)
    await asyncio.Event().wait()


class Echo(asyncio.Protocol):
    """Frames in, acknowledgments out; nothing is kept, grouped, counted or limited."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.frames = MllpReader(1 << 20)

    def data_received(self, data: bytes) -> None:
        answers = [wrap(ack(Header.read(cast("bytes", one)), "AA", now=now())) for one in self.frames.feed(data)]
        if answers:
            self.transport.write(b"".join(answers))


async def echo() -> None:
    """A storeless MLLP server: what the network and the framing cost alone."""
    server = await asyncio.get_running_loop().create_server(Echo, HOST, 0)
    await forever(server.sockets[0].getsockname()[1])


async def serve(keep: Callable[[list[Letter]], Awaitable[object]]) -> None:
    listener = MllpListener("bench", keep, Limits(), now)
    await forever(await listener.start(HOST, 0))


async def listener() -> None:
    """Our listener whose journal keeps nothing."""

    async def nowhere(_letters: list[Letter]) -> None:
        return

    await serve(nowhere)


async def journal(data_dir: str) -> None:
    """Our listener and journal (sealed, fsync on) without the desk, the relay and the screens."""
    from flow.embedded import stores
    from flow.history.inbox import Inbox
    from flow.history.migrate import migrate
    from flow.history.pool import Database
    from flow.settings import Settings
    from flow.vault import open_vault

    settings = Settings.from_environ({"BEDFLOW_DATA_DIR": data_dir})
    async with stores(settings) as found:
        database = await Database.connect(found.dsn, "bench")
        await migrate(database)
        inbox = Inbox(database, open_vault(settings.data_dir))
        await serve(inbox.keep)


def hl7apy() -> None:
    """hl7apy's MLLP server, parser and acknowledgment."""
    from hl7apy.core import Message
    from hl7apy.mllp import AbstractHandler, MLLPServer
    from hl7apy.parser import parse_message

    class Handler(AbstractHandler):  # type: ignore[misc]
        def reply(self) -> str:
            message = parse_message(self.incoming_message, find_groups=False)
            answer = Message("ACK", version="2.5")
            answer.msh.msh_9 = "ACK"
            answer.msa.msa_1 = "AA"
            answer.msa.msa_2 = message.msh.msh_10.to_er7()
            return cast("str", answer.to_mllp())

    class AnyType(dict[str, Any]):
        def __missing__(self, _kind: str) -> tuple[type[Handler]]:
            return (Handler,)

    server = MLLPServer(HOST, 0, AnyType())
    print(server.server_address[1], flush=True)
    server.serve_forever()


async def python_hl7() -> None:
    """python-hl7's asyncio server, parser and acknowledgment."""
    from hl7.mllp import start_hl7_server

    async def converse(reader: Any, writer: Any) -> None:
        try:
            while not writer.is_closing():
                message = await reader.readmessage()
                writer.writemessage(message.create_ack())
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await start_hl7_server(converse, HOST, 0)
    await forever(server.sockets[0].getsockname()[1])


SERVERS: dict[str, Callable[..., Coroutine[Any, Any, None]]] = {
    "echo": echo,
    "listener": listener,
    "journal": journal,
    "python-hl7": python_hl7,
}


def main() -> None:
    """Serve what the first argument names."""
    name, *arguments = sys.argv[1:]
    if name == "hl7apy":
        hl7apy()
    else:
        uvloop.run(SERVERS[name](*arguments))


if __name__ == "__main__":
    main()
