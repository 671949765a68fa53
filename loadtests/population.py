"""Population: the users of one run, and what they met as locust counted it. `load` and `soak` start it.

The feeds have a process of their own: a letter's answer that waits until a display's script has read its tiles says nothing of the server.
"""

import csv
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.processes import ROOT
from tests.benchmarks.serving import Served

ARTEFACTS = ROOT / "test-artifacts"
ALL = "Aggregated"
FEEDS = "-feeds"
"""What the name of the feeds' figures ends in."""
IN_TWELVE = ("DeskUser", "HousekeepingUser", "DisplayUser")
"""Who eleven of twelve users are; the twelfth is a feed."""
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


class Under:
    """The users under way."""

    def __init__(self, processes: "Sequence[subprocess.Popen[bytes]]") -> None:
        self._processes = processes

    @property
    def over(self) -> bool:
        """They are done."""
        return all(process.poll() is not None for process in self._processes)

    def wait(self) -> None:
        """Till they are."""
        for process in self._processes:
            process.wait()


def started(served: Served, users: int, seconds: float, name: str) -> Under:
    """Locust under way; its figures go to test-artifacts under this name."""
    ARTEFACTS.mkdir(exist_ok=True)
    for old in ARTEFACTS.glob(f"{name}*_stats.csv"):
        old.unlink()
    feeds = max(1, round(users / 12))
    environ = {**os.environ, **_grants(served, users)}
    shares = ((name, users - feeds, IN_TWELVE), (name + FEEDS, feeds, ("FeedUser",)))
    commands = [_command(served, *share, seconds) for share in shares]
    return Under([subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL) for command in commands])


def _grants(served: Served, users: int) -> dict[str, str]:
    return {
        "BEARER": served.token("admissions"),
        "CLEANER": served.token("housekeeping"),
        "ADMIN": ",".join(served.token("admin") for _ in range(1 + users // LETS_IN)),
        "MLLP": f"127.0.0.1:{served.mllp}",
        "STAYS": "1",
    }


def _command(served: Served, name: str, users: int, kinds: Sequence[str], seconds: float) -> list[str]:
    words = ["-f", "loadtests/locustfile.py", "--headless", "--only-summary", "-u", str(users), "-r", "8", "-t", f"{seconds:.0f}s"]
    return [sys.executable, "-m", "locust", *words, "--host", f"http://127.0.0.1:{served.http}", "--csv", str(ARTEFACTS / name), *kinds]


def met(name: str, folder: Path = ARTEFACTS) -> dict[str, Met]:
    """What a run that is over met, by `METHOD name` of the request, and under `Aggregated` how many requests there were, and failed."""
    found: dict[str, Met] = {}
    asked, failed = 0, 0
    for path in sorted(folder.glob(f"{name}*_stats.csv")):
        with path.open(encoding="utf-8") as file:
            told = {f"{row['Type']} {row['Name']}".strip(): _met(row) for row in csv.DictReader(file)}
        whole = told.pop(ALL)
        found |= told
        asked, failed = asked + whole.requests, failed + whole.failures
    return found | {ALL: Met(ALL, asked, failed, 0.0, 0.0, 0.0)}


def _met(row: dict[str, str]) -> Met:
    """Of what never came there are no times."""
    p50, p95, p99 = (float(row[part]) if row[part] != "N/A" else 0.0 for part in ("50%", "95%", "99%"))
    return Met(row["Name"], int(row["Request Count"]), int(row["Failure Count"]), p50, p95, p99)
