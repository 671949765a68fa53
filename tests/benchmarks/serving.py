"""`bedflow serve` as it ships, a process of its own on a data directory of its own, for the benchmarks that ask it things."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.request import Request, urlopen

from tests.benchmarks.processes import ROOT, child, free_ports, wait_for


@dataclass(frozen=True, slots=True)
class Served:
    """Where it listens; fsync, sealing, desk, relay and screens are on."""

    data_dir: str
    mllp: int
    http: int
    environ: dict[str, str]
    pid: int = 0

    def token(self, role: str) -> str:
        """A bearer token."""
        command = [sys.executable, "-m", "flow", "token", "create", "--role", role]
        said = subprocess.run(command, cwd=ROOT, env={**os.environ, **self.environ}, capture_output=True, text=True, check=True)
        return said.stdout.strip()

    def get(self, path: str, token: str) -> Any:
        """What the API answers to a GET."""
        request = Request(f"http://127.0.0.1:{self.http}{path}", headers={"authorization": f"Bearer {token}"})
        with urlopen(request, timeout=20) as answer:
            return json.load(answer)


@contextmanager
def serve(data_dir: str, **more: str) -> Iterator[Served]:
    """Start it, wait until it listens, end it. RuntimeError where it does not start."""
    mllp, http = free_ports(2)
    environ = {
        "BEDFLOW_DATA_DIR": data_dir,
        "BEDFLOW_MLLP": f"127.0.0.1:{mllp}",
        "BEDFLOW_HTTP": f"127.0.0.1:{http}",
        "BEDFLOW_LOG_LEVEL": "error",
        "BEDFLOW_RATE_TOKEN": "0",
        **more,
    }
    with child("flow", "serve", environ=environ) as process:
        wait_for(mllp, process)
        wait_for(http, process)
        yield Served(data_dir, mllp, http, environ, process.pid)
