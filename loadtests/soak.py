"""A soak: a hospital of its own under all four kinds of user for some minutes, its processes' memory by time; fails when one grows.

    make soak                      (five minutes; MINUTES=30 make soak for half an hour)
    python -m loadtests.soak --minutes 25 --users 24

The table goes to README.md beside this file, every sample to test-artifacts/soak.csv.
"""

import argparse
import csv
import os
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from loadtests.letters import TOLD
from loadtests.memory import POSTGRES, SESSIONS, Held, Judged, held_below, judged, warm
from loadtests.population import ALL, ARTEFACTS, Met, Under, met, started
from tests.benchmarks.results import machine, table, write_section
from tests.benchmarks.serving import serve

EVERY = 2.0
"""Seconds between two looks."""
USERS = 44
"""11 desks, 7 phones, 22 displays, 4 feeds."""
NAME = "soak-users"
README = Path(__file__).with_name("README.md")
NAMES = {
    "python": "the server",
    SESSIONS: "PostgreSQL, its sessions",
    POSTGRES: "PostgreSQL, its own",
    "valkey-server": "Valkey",
    "redis-server": "Redis",
}
ALLOWED = {"python": 0.5, SESSIONS: 0.5, POSTGRES: 0.2, "valkey-server": 0.3, "redis-server": 0.3}
"""MB a minute beyond what the work explains."""
STAY_MB = 0.008
"""What the server keeps of a stay that is over (the desk holds it for thirty hours: `flow/history/group.py`)."""
TAIL_MB, TAIL_STAYS = 0.0055, 1500
"""What a stay adds to the tail of changes in Redis, and how many fill it (`flow.state.picture.TAIL`)."""
LETTERS = "MLLP letter to AA"

Samples = Mapping[str, list[Held]]


def watched(server: int, users: Under) -> Samples:
    """Memory by time of the server and what it started, until the users are done."""
    samples: dict[str, list[Held]] = defaultdict(list)
    begun = time.monotonic()
    while not users.over:
        at = time.monotonic() - begun
        for name, megabytes in held_below(server).items():
            if name in NAMES:
                samples[name].append(Held(at, megabytes))
        time.sleep(EVERY)
    return samples


def keep(samples: Samples) -> None:
    """Every sample, for whoever wants to draw it."""
    with (ARTEFACTS / "soak.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("process", "seconds", "megabytes"))
        writer.writerows((name, f"{one.at:.1f}", f"{one.megabytes:.2f}") for name, ones in samples.items() for one in ones)


def stays_a_minute(figures: Mapping[str, Met], minutes: float) -> float:
    """How many stays the feeds ended."""
    told = figures.get(LETTERS)
    return told.requests / (TOLD + 2) / minutes if told is not None else 0.0


def expected(name: str, begun: float, ended: float, stays: float) -> float:
    """MB a minute that so many stays a minute leave between two moments (seconds): in the server all, in Redis till its tail is full."""
    if name == "python":
        return STAY_MB * stays
    if name in ("valkey-server", "redis-server"):
        had, has = (min(TAIL_STAYS, stays * at / 60) for at in (begun, ended))
        return TAIL_MB * (has - had) / (ended - begun) * 60
    return 0.0


def judgements(samples: Samples, stays: float) -> list[Judged]:
    """Every process judged."""
    found = []
    for name, ones in sorted(samples.items()):
        rest = warm(ones)
        found.append(judged(name, ones, ALLOWED[name], expected(name, rest[0].at, rest[-1].at, stays)))
    return found


def words(minutes: float, users: int, stays: float, found: list[Judged], did: Met, where: str) -> str:
    """The section of the README."""
    rows = []
    for one in found:
        figures = [f"{megabytes:.1f}" for megabytes in (one.first, one.warm, one.last)]
        most = f"{one.expected + one.allowed:.2f}"
        rows.append([NAMES[one.name], *figures, f"{one.per_minute:+.2f}", most, "grows" if one.leaks else "level"])
    shown = table(["process", "MB at first", "MB warm", "MB at the end", "MB a minute since warm", "at most", ""], rows)
    did_words = f"{did.requests:,} requests, {did.failures:,} failures, {stays:.0f} stays a minute"
    return f"{minutes:g} minutes, {users} users, {did_words}. {where}.\n\n{shown}"


def main() -> None:
    """Soak, judge, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--users", type=int, default=USERS)
    given = parser.parse_args()
    where = machine()
    with tempfile.TemporaryDirectory(prefix="bedflow-soak-") as folder, serve(folder) as served:
        samples = watched(served.pid, started(served, given.users, 60 * given.minutes, NAME))
    keep(samples)
    where += f", {os.getloadavg()[0]:.1f} at its end"
    figures = met(NAME)
    stays = stays_a_minute(figures, given.minutes)
    found = judgements(samples, stays)
    write_section("soak", "Soak", words(given.minutes, given.users, stays, found, figures[ALL], where), README)
    if figures[ALL].failures or any(one.leaks for one in found):
        raise SystemExit("The soak failed: see the table.")


if __name__ == "__main__":
    main()
