"""Valkey as a child: the live picture's cache, in memory alone, on a Unix socket that only its user may open.

Comes after `place.py` and `binaries.py`; `stores.py` holds it. It keeps nothing on disk: what it loses is built again from
Postgres.
"""

import asyncio
import signal
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from flow.embedded.binaries import Binaries
from flow.embedded.child import Child, command_line, end_leftover
from flow.embedded.lease import Note
from flow.embedded.place import RunFolder, StoreUser, logs_dir
from flow.errors import Misconfigured

READY_SECONDS = 10.0
ENDING = ((signal.SIGTERM, 1.0),)

CONFIGURATION = {
    "port": "0",
    "unixsocketperm": "700",
    "save": "",
    "appendonly": "no",
    "daemonize": "no",
    "databases": "16",
    "maxmemory-policy": "noeviction",
}


@dataclass(slots=True)
class Valkey:
    """The Valkey (or Redis) of one data directory, run by `user` (None: by us) with its socket in `run`."""

    data_dir: Path
    binary: Binaries
    user: StoreUser | None
    run: RunFolder
    _child: Child | None = field(default=None, init=False)

    @property
    def socket(self) -> Path:
        return self.run.sockets / "valkey.sock"

    @property
    def url(self) -> str:
        return f"unix://{quote(str(self.socket))}?db=0"

    @property
    def pid(self) -> int:
        return self._child.pid if self._child else 0

    @property
    def log(self) -> Path:
        return logs_dir(self.data_dir) / "valkey.log"

    def alive(self) -> bool:
        return self._child is not None and self._child.alive()

    async def start(self) -> None:
        """Start it and wait until it answers; raises `Misconfigured` when it ends or is silent for 10 seconds."""
        options = {**CONFIGURATION, "unixsocket": str(self.socket), "dir": str(self.run.sockets)}
        command = [str(self.binary.path), *(part for name, value in options.items() for part in (f"--{name}", value))]
        self._child = Child(command, self.log, self.user, signal.SIGKILL)
        self._child.start()
        deadline = asyncio.get_running_loop().time() + READY_SECONDS
        while not await answers(self.socket):
            if not self._child.alive() or asyncio.get_running_loop().time() > deadline:
                await self._child.stop()
                raise Misconfigured(f"Valkey does not start. Its log is {self.log}.")
            await asyncio.sleep(0.01)

    async def stop(self) -> None:
        if self._child is not None:
            await self._child.stop(*ENDING)


async def answers(socket: Path) -> bool:
    """Whether a server answers PING on this socket."""
    try:
        reader, writer = await asyncio.open_unix_connection(socket)
    except OSError:
        return False
    try:
        writer.write(b"PING\r\n")
        return (await reader.readline()).startswith(b"+PONG")
    except OSError:
        return False
    finally:
        writer.close()


async def clear_leftover(note: Note | None) -> None:
    """End the Valkey that a killed owner left behind, where the kernel did not."""
    if note and note.valkey_pid and note.run_folder in command_line(note.valkey_pid):
        await end_leftover(note.valkey_pid, *ENDING)
