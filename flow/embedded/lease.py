"""Who owns the stores of a data directory: one process holds the lock, the others read its note and use what it runs.

`stores.lock` is locked with flock(2), so the kernel drops it when its holder is killed; `stores.json` says how to
reach the stores once they answer, and before that which run folder a successor should clear away.
"""

import asyncio
import fcntl
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from flow.errors import Misconfigured

WAIT_SECONDS = 90.0
POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Note:
    """What the owner runs; a URL is None where the owner uses a server that it does not run, both while it still starts. `dsn` is for the
    database's owner, `app_dsn` for who serves."""

    owner_pid: int
    run_folder: str
    valkey_pid: int
    dsn: str | None
    redis_url: str | None
    app_dsn: str | None = None

    @property
    def ready(self) -> bool:
        return (self.dsn or self.redis_url) is not None


class Lease:
    """The lock of a data directory, held or not, and the note beside it."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._note = data_dir / "stores.json"
        self._handle: int | None = None

    def take(self) -> bool:
        """Become the owner, unless another process is."""
        handle = os.open(self._data_dir / "stores.lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        self._share(handle)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        self._handle = handle
        return True

    def release(self) -> None:
        """Give the stores up, which by now have stopped."""
        if self._handle is not None:
            self.forget()
            os.close(self._handle)
            self._handle = None

    def forget(self) -> None:
        """Remove the note: its stores have stopped, or were left by an owner that was killed."""
        self._note.unlink(missing_ok=True)

    def write(self, note: Note) -> None:
        draft = self._note.with_suffix(".new")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            self._share(file.fileno())
            json.dump(asdict(note), file)
        draft.replace(self._note)

    def read(self) -> Note | None:
        """The owner's note, or what a killed owner left; None when there is none or it cannot be read."""
        try:
            return Note(**json.loads(self._note.read_text("utf-8")))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    async def take_or_read(self) -> Note | None:
        """Become the owner (None), or wait until the owner's stores run (its note); raises `Misconfigured` after 90 seconds."""
        deadline = asyncio.get_running_loop().time() + WAIT_SECONDS
        while not self.take():
            note = self.read()
            if note is not None and note.ready and _lives(note.owner_pid):
                return note
            if asyncio.get_running_loop().time() > deadline:
                raise Misconfigured(
                    f"Another Bedflow holds {self._data_dir} but its stores do not answer. Look at {self._data_dir / 'logs'}, "
                    f"stop that process, or set another BEDFLOW_DATA_DIR."
                )
            await asyncio.sleep(POLL_SECONDS)
        return None

    def _share(self, handle: int) -> None:
        """What root writes in somebody's data directory belongs to that somebody, who may come back without root."""
        if os.geteuid() == 0:
            owner = self._data_dir.stat()
            os.fchown(handle, owner.st_uid, owner.st_gid)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
