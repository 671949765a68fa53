"""A soak: a hospital of its own under all four kinds of user for some minutes, its processes' memory by time; fails when one grows.

    make soak                      (five minutes; MINUTES=30 make soak for half an hour)
    python -m loadtests.soak --minutes 5

The table goes to README.md beside this file, every sample to test-artifacts/soak.csv.
"""

import argparse
import csv
import subprocess
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from loadtests.memory import Held, Judged, below, held_by, judged
from loadtests.population import ALL, ARTEFACTS, Met, met, started
from tests.benchmarks.results import machine, table, write_section
from tests.benchmarks.serving import serve

EVERY = 2.0
"""Seconds between two looks."""
USERS = 44
"""12 desks, 8 phones, 20 displays, 4 feeds."""
NAME = "soak-users"
README = Path(__file__).with_name("README.md")
NAMES = {"python": "the server", "postgres": "PostgreSQL, all of it", "valkey-server": "Valkey", "redis-server": "Redis"}

Samples = Mapping[str, list[Held]]


def watched(server: int, users: "subprocess.Popen[bytes]") -> Samples:
    """Memory by time of the server and what it started, until the users are done."""
    samples: dict[str, list[Held]] = defaultdict(list)
    begun = time.monotonic()
    while users.poll() is None:
        sums: dict[str, float] = defaultdict(float)
        for pid in below(server):
            name, megabytes = held_by(pid)
            sums[name] += megabytes
        for name, megabytes in sums.items():
            if name in NAMES:
                samples[name].append(Held(time.monotonic() - begun, megabytes))
        time.sleep(EVERY)
    return samples


def keep(samples: Samples) -> None:
    """Every sample, for whoever wants to draw it."""
    with (ARTEFACTS / "soak.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("process", "seconds", "megabytes"))
        writer.writerows((name, f"{one.at:.1f}", f"{one.megabytes:.2f}") for name, ones in samples.items() for one in ones)


def words(minutes: float, found: list[Judged], did: Met, where: str) -> str:
    """The section of the README."""
    rows = []
    for one in found:
        figures = [f"{megabytes:.1f}" for megabytes in (one.first, one.warm, one.last)]
        rows.append([NAMES[one.name], *figures, f"{one.per_minute:+.2f}", "grows" if one.leaks else "level"])
    shown = table(["process", "MB at first", "MB warm", "MB at the end", "MB a minute since warm", ""], rows)
    return f"{minutes:g} minutes, {USERS} users, {did.requests:,} requests, {did.failures:,} failures. {where}.\n\n{shown}"


def main() -> None:
    """Soak, judge, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0)
    given = parser.parse_args()
    where = machine()
    with tempfile.TemporaryDirectory(prefix="bedflow-soak-") as folder, serve(folder) as served:
        samples = watched(served.pid, started(served, USERS, 60 * given.minutes, NAME))
    keep(samples)
    found, did = [judged(name, ones) for name, ones in sorted(samples.items())], met(NAME)[ALL]
    write_section("soak", "Soak", words(given.minutes, found, did, where), README)
    if did.failures or any(one.leaks for one in found):
        raise SystemExit("The soak failed: see the table.")


if __name__ == "__main__":
    main()
