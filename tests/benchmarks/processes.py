"""Child processes of the benchmarks: started, waited for, ended by their own handle."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
START_SECONDS = 120.0
STOP_SECONDS = 20.0


@contextmanager
def child(module: str, *arguments: str, environ: dict[str, str] | None = None) -> Iterator["subprocess.Popen[str]"]:
    """`python -m module`, its output readable, ended with the block."""
    command = [sys.executable, "-m", module, *arguments]
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ, **(environ or {})}, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.communicate(timeout=STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def printed_port(process: "subprocess.Popen[str]") -> int | None:
    """The first line that is a number; None where the process ended without one."""
    assert process.stdout is not None
    return next((int(line) for line in process.stdout if line.strip().isdigit()), None)


def free_ports(count: int) -> list[int]:
    """Ports nobody listens on, below the range of outgoing connections."""
    found: list[int] = []
    for port in range(21_000 + os.getpid() % 7000, 32_000):
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)):
                found.append(port)
        if len(found) == count:
            return found
    raise RuntimeError("no free port")


def wait_for(port: int, process: "subprocess.Popen[str]") -> None:
    """Until something accepts on the port; RuntimeError when the process ends or takes too long."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as tried:
            if not tried.connect_ex(("127.0.0.1", port)):
                return
        time.sleep(0.1)
    raise RuntimeError("it did not start to listen")


def cpu_seconds(processes: list[int]) -> float:
    """User and system time that these processes have used (Linux: /proc/PID/stat)."""
    fields = [Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split() for pid in processes]
    return sum(int(row[11]) + int(row[12]) for row in fields) / os.sysconf("SC_CLK_TCK")


def resident_bytes(processes: list[int]) -> int:
    """Memory that these processes hold (Linux: /proc/PID/statm)."""
    pages = [int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) for pid in processes]
    return sum(pages) * os.sysconf("SC_PAGE_SIZE")


def children_of(pid: int) -> list[int]:
    """Its child processes (Linux)."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]
