"""The anchor: where the audit chain's head is laid down outside the database, so that a tail that was cut off is missed (TRUST.md, I8).

A file that is only added to, or a command that is handed the line on its standard input and carries it off the machine.
"""

import asyncio
import os
import shlex
from dataclasses import dataclass
from pathlib import Path

from flow.errors import Unavailable

_RUN = "run:"
_PATIENCE = 10.0


@dataclass(frozen=True, slots=True)
class Outside:
    """`command` is what is run, without a shell; empty where it is a file."""

    file: Path | None = None
    command: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{_RUN}{shlex.join(self.command)}" if self.command else str(self.file)

    async def lay_down(self, line: str) -> None:
        """Lay a line down; returns when it lies there. Raises Unavailable with the reason."""
        if self.command:
            await _hand_over(self.command, f"{line}\n")
        elif self.file is not None:
            await asyncio.to_thread(_append, self.file, f"{line}\n")


def outside(text: str) -> Outside:
    """The setting: a file's path, or `run:PROGRAM ARGUMENT...`. Raises ValueError saying what it must be."""
    if not text.startswith(_RUN):
        return Outside(Path(text).expanduser().absolute())
    words = shlex.split(text.removeprefix(_RUN))
    if not words:
        raise ValueError(f"a file, or {_RUN} and a program that takes a line on its standard input")
    return Outside(command=tuple(words))


def _append(file: Path, line: str) -> None:
    try:
        handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, line.encode())
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        raise Unavailable(f"The audit anchor {file} cannot be written ({error.strerror}).") from error


async def _hand_over(command: tuple[str, ...], line: str) -> None:
    try:
        child = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.PIPE)
    except OSError as error:
        raise Unavailable(f"The audit anchor's command {command[0]} does not start ({error.strerror}).") from error
    try:
        async with asyncio.timeout(_PATIENCE):
            await child.communicate(line.encode())
    except TimeoutError:
        child.kill()
        await child.wait()
        raise Unavailable(f"The audit anchor's command {command[0]} took more than {_PATIENCE:.0f} s.") from None
    if child.returncode:
        raise Unavailable(f"The audit anchor's command {command[0]} failed ({child.returncode}).")
