"""Valkey as a child: the live picture's cache, in memory alone, on a Unix socket that only its user may open, for a user that may do what
Bedflow does and nothing else (`flow.state.acl`). Whoever must empty or ask it comes as `keeper`, whose address lies in the run folder.

Comes after `place.py` and `binaries.py`; `stores.py` holds it. It keeps nothing on disk: what it loses is built again from
Postgres.
"""

import asyncio
import os
import signal
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from urllib.parse import quote

from flow.embedded.binaries import Binaries
from flow.embedded.child import Child, command_line, end_leftover
from flow.embedded.lease import Note
from flow.embedded.place import RunFolder, StoreUser, logs_dir
from flow.errors import Misconfigured
from flow.state.acl import USER, file_of

KEEPER = "keeper"
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
    _passwords: tuple[str, str] = field(default_factory=lambda: (token_hex(24), token_hex(24)), init=False, repr=False)

    @property
    def socket(self) -> Path:
        return self.run.sockets / "valkey.sock"

    @property
    def url(self) -> str:
        return self._address(USER, self._passwords[0])

    def _address(self, user: str, password: str) -> str:
        return f"unix://{user}:{password}@{quote(str(self.socket))}?db=0"

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
        options = {**CONFIGURATION, "unixsocket": str(self.socket), "dir": str(self.run.sockets), "aclfile": str(self._users())}
        command = [str(self.binary.path), *(part for name, value in options.items() for part in (f"--{name}", value))]
        self._child = Child(command, self.log, self.user, signal.SIGKILL)
        self._child.start()
        deadline = asyncio.get_running_loop().time() + READY_SECONDS
        while not await answers(self.socket):
            if not self._child.alive() or asyncio.get_running_loop().time() > deadline:
                await self._child.stop()
                raise Misconfigured(f"Valkey does not start. Its log is {self.log}.")
            await asyncio.sleep(0.01)

    def _users(self) -> Path:
        """Lay down who may come in, by digests, and for us alone how a keeper does."""
        ours, keepers = self._passwords
        users = self.run.sockets / "users.acl"
        digest = sha256(keepers.encode()).hexdigest()
        _write(users, f"{file_of(ours)}user {KEEPER} reset on #{digest} ~* &* +@all\n")
        if self.user is not None:
            os.chown(users, self.user.uid, self.user.gid)
        _write(self.run.path / KEEPER, self._address(KEEPER, keepers))
        return users

    async def stop(self) -> None:
        if self._child is not None:
            await self._child.stop(*ENDING)


def _write(file: Path, text: str) -> None:
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "w", encoding="ascii") as written:
        written.write(text)


async def answers(socket: Path) -> bool:
    """Whether a server answers on this socket: that it does not know us will do."""
    try:
        reader, writer = await asyncio.open_unix_connection(socket)
    except OSError:
        return False
    try:
        writer.write(b"PING\r\n")
        return (await reader.readline()).startswith((b"+PONG", b"-NOAUTH"))
    except OSError:
        return False
    finally:
        writer.close()


async def clear_leftover(note: Note | None) -> None:
    """End the Valkey that a killed owner left behind, where the kernel did not."""
    if note and note.valkey_pid and note.run_folder in command_line(note.valkey_pid):
        await end_leftover(note.valkey_pid, *ENDING)
