"""Population: the users of one run, in a process of their own, and what they met as locust counted it. `load` and `soak` start it."""

import csv
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.processes import ROOT
from tests.benchmarks.serving import Served

ARTEFACTS = ROOT / "test-artifacts"
ALL = "Aggregated"
LETS_IN = 20
"""Users for each administrator: half of them are displays, and nobody types more than ten codes a minute."""


@dataclass(frozen=True, slots=True)
class Met:
    """Of one kind of request: how many, how many failed, and the milliseconds of the middle, of nineteen of twenty, of 99 of 100."""

    name: str
    requests: int
    failures: int
    p50: float
    p95: float
    p99: float


def started(served: Served, users: int, seconds: float, name: str) -> "subprocess.Popen[bytes]":
    """Locust under way; its figures go to test-artifacts under this name."""
    ARTEFACTS.mkdir(exist_ok=True)
    environ = {
        "BEARER": served.token("admissions"),
        "CLEANER": served.token("housekeeping"),
        "ADMIN": ",".join(served.token("admin") for _ in range(1 + users // LETS_IN)),
        "MLLP": f"127.0.0.1:{served.mllp}",
        "STAYS": "1",
    }
    words = ["-f", "loadtests/locustfile.py", "--headless", "--only-summary", "-u", str(users), "-r", "8", "-t", f"{seconds:.0f}s"]
    command = [sys.executable, "-m", "locust", *words, "--host", f"http://127.0.0.1:{served.http}", "--csv", str(ARTEFACTS / name)]
    return subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environ}, stdout=subprocess.DEVNULL)


def met(name: str, folder: Path = ARTEFACTS) -> dict[str, Met]:
    """What a run that is over met, by `METHOD name` of the request, and `Aggregated`."""
    with (folder / f"{name}_stats.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {f"{row['Type']} {row['Name']}".strip(): _met(row) for row in rows}


def _met(row: dict[str, str]) -> Met:
    """Of what never came there are no times."""
    p50, p95, p99 = (float(row[part]) if row[part] != "N/A" else 0.0 for part in ("50%", "95%", "99%"))
    return Met(row["Name"], int(row["Request Count"]), int(row["Failure Count"]), p50, p95, p99)
