"""Whom a process and all that it starts want to speak to beyond this machine: `outward.c`, compiled by the machine's C compiler, writes it
down.

An audit hook of Python would not do: uvloop connects below it, and so do the stores.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).with_name("outward.c")


class Outward:
    """The list; whoever is started with `environ` is on it."""

    def __init__(self, folder: Path) -> None:
        compiler = shutil.which("cc")
        if compiler is None or sys.platform != "linux":
            pytest.skip("needs Linux and a C compiler (cc)")
        folder.chmod(0o755)
        library, self._file = folder / "outward.so", folder / "outward"
        subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", library, SOURCE, "-ldl"], check=True)
        library.chmod(0o755)
        self._file.touch()
        self._file.chmod(0o666)  # the stores may run as another user
        self.environ = {"LD_PRELOAD": str(library), "OUTWARD": str(self._file)}

    @property
    def told(self) -> list[str]:
        """What was wanted, in order: `connect 192.0.2.1`, `send ...`, `look-up name`."""
        return self._file.read_text().splitlines()
