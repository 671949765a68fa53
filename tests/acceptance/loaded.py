"""Hospitals that start in a process which has the program loaded already.

To import all that serving needs and to compile its pages is most of a start, and a hundred files of tests start a hospital each. A server
process of this worker (multiprocessing's forkserver) does both once; each hospital is a fork of that, and does from there on what
`python -m flow` does: the same module with the same words, in the same folder, with an environment and a log of its own. Tests of the start
itself, of kills and of faults start the command.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from runpy import run_module
from typing import Any

PRELOADED = ["flow.cli.house", "flow.cli.demo", "flow.main.running", "tests.acceptance.compiled"]


class Loaded:
    """Such a process, with what the tests use of `subprocess.Popen`."""

    def __init__(self, words: list[str], folder: Path, environ: Mapping[str, str], log: Path) -> None:
        self._process = _context().Process(target=_run, args=(words, str(folder), dict(environ), str(log)))
        self._process.start()

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, once it has ended. Raises TimeoutExpired."""
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired("flow", timeout or 0)
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


@cache
def _context() -> Any:
    found = get_context("forkserver")
    found.set_forkserver_preload(PRELOADED)
    return found


def _run(words: list[str], folder: str, environ: dict[str, str], log: str) -> None:
    """In the fork: `python -m flow` with these words."""
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(out, 1)
    os.dup2(out, 2)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environ)
    time.tzset()
    sys.argv = ["flow", *words]
    run_module("flow", run_name="__main__", alter_sys=True)
