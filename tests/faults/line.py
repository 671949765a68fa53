"""A line between a hospital and its stores that can be cut without either end being told, as a switch that dies does; then it is whole
again, and what was under way arrives, as TCP sends it again."""

import asyncio
import threading
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path


class Line(threading.Thread):
    """Listens on a port of loopback and passes everything on to a Unix socket; nothing while it is cut."""

    def __init__(self, port: int, target: Path) -> None:
        super().__init__(daemon=True)
        self.port, self.target = port, target
        self.connections = 0
        self._loop: Future[asyncio.AbstractEventLoop] = Future()
        self._whole = self._ending = asyncio.Event()

    def run(self) -> None:
        """Until `end`."""
        asyncio.run(self._run())

    def begin(self) -> "Line":
        """Listens when this returns."""
        self.start()
        self._loop.result(10)
        return self

    def cut(self) -> None:
        """Nothing gets through, either way; new connections are taken and hear nothing."""
        self._loop.result().call_soon_threadsafe(self._whole.clear)

    def mend(self) -> None:
        """Everything gets through again."""
        self._loop.result().call_soon_threadsafe(self._whole.set)

    def end(self) -> None:
        """Hang up everywhere."""
        self._loop.result().call_soon_threadsafe(self._ending.set)
        self.join(10)

    async def _run(self) -> None:
        self._whole, self._ending = asyncio.Event(), asyncio.Event()
        self._whole.set()
        server = await asyncio.start_server(self._pass_on, "127.0.0.1", self.port)
        self._loop.set_result(asyncio.get_running_loop())
        await self._ending.wait()
        server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        await self._whole.wait()
        there, here = await asyncio.open_unix_connection(self.target)
        with suppress(asyncio.CancelledError):
            await asyncio.gather(self._one_way(reader, here), self._one_way(there, writer))

    async def _one_way(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                await self._whole.wait()
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()
