"""One child process: started through `launch.py`, watched by polling, ended signal by signal, always reaped.

`postgres.py` and `valkey.py` say what to run; this module knows only processes. Its file descriptors are closed to the
child save those it is given, and it leads a session of its own, so that Ctrl-C in the terminal reaches Bedflow first.
"""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from flow.embedded.place import StoreUser

LAUNCH = Path(__file__).with_name("launch.py")
POLL_SECONDS = 0.01
LOG_BYTES = 5_000_000


@dataclass(slots=True)
class Child:
    """A program to run: as `user` when that is given, with output to `log`, the `handles` open, `death_signal` if we die;
    `environ` is what else it finds in its environment."""

    command: Sequence[str]
    log: Path
    user: StoreUser | None
    death_signal: signal.Signals
    handles: tuple[int, ...] = ()
    environ: Mapping[str, str] = field(default_factory=dict)
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def pid(self) -> int:
        return self._process.pid if self._process else 0

    def start(self) -> None:
        """Start it. The kernel ties it to the calling thread, which should be the one that outlives it: the loop's."""
        uid, gid = (self.user.uid, self.user.gid) if self.user else (0, 0)
        head = [sys.executable, "-I", "-S", str(LAUNCH), str(os.getpid()), str(int(self.death_signal)), str(uid), str(gid)]
        _turn_over(self.log)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*head, *self.command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env={"PATH": os.defpath, "LC_ALL": "C", **self.environ},
                pass_fds=self.handles,
                start_new_session=True,
            )

    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    async def exit_code(self) -> int:
        """Wait for its end; a negative code is the signal that ended it."""
        assert self._process is not None
        while (code := self._process.poll()) is None:  # noqa: ASYNC110  (a poll needs no thread and no signal handler)
            await asyncio.sleep(POLL_SECONDS)
        return code

    async def stop(self, *steps: tuple[signal.Signals, float]) -> None:
        """Send each signal and wait for as many seconds before the next; ends with SIGKILL, and with the child reaped."""
        for step, seconds in (*steps, (signal.SIGKILL, 10.0)):
            if not self.alive():
                return
            os.kill(self.pid, step)
            await until(lambda: not self.alive(), seconds)


def _turn_over(log: Path) -> None:
    """Begin a new log when the present one has grown long; one old one is kept."""
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_suffix(".old.log"))


async def until(condition: Callable[[], bool], seconds: float) -> bool:
    """Poll until the condition holds, at most `seconds`; says whether it does."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not condition():
        if asyncio.get_running_loop().time() >= deadline:
            return False
        await asyncio.sleep(POLL_SECONDS)
    return True


def running(pid: int) -> bool:
    """Whether a process of this number lives (a zombie does not count where /proc tells)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not command_line_is_empty(pid)


def command_line_is_empty(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes() == b""
    except OSError:
        return False


def command_line(pid: int) -> str:
    """What a process calls itself; empty when it is gone or cannot be asked."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        shown = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
        return shown.stdout.strip()


async def end_leftover(pid: int, *steps: tuple[signal.Signals, float]) -> None:
    """End a process that is not our child, as left behind by an owner that was killed."""
    for step, seconds in (*steps, (signal.SIGKILL, 5.0)):
        try:
            os.kill(pid, step)
        except ProcessLookupError:
            return
        if await until(lambda: not running(pid), seconds):
            return
