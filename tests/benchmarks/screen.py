"""Letter to screen with 500 displays at 200 letters a second, `bedflow serve` beside a bare server of the same frames.

    python -m tests.benchmarks.screen [--displays 500] [--rate 200] [--seconds 5]

The reference keeps nothing: it writes each letter's tile to its ward's sockets in a bare `transport.write` loop.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
from urllib.request import Request, urlopen

import uvloop

from tests.benchmarks.processes import ROOT, child, free_ports, printed_port, wait_for
from tests.benchmarks.results import machine, table, write_section
from tests.benchmarks.screen_load import Place, Timing, drive

P50_AIM_MS, P99_AIM_MS = 5.0, 50.0


def as_it_ships(data_dir: str, given: argparse.Namespace) -> tuple[list[Place], Timing]:
    """`bedflow serve` on its sample hospital; returns the beds too."""
    mllp, http = free_ports(2)
    environ = {"BEDFLOW_DATA_DIR": data_dir, "BEDFLOW_MLLP": f"127.0.0.1:{mllp}", "BEDFLOW_HTTP": f"127.0.0.1:{http}"}
    environ["BEDFLOW_LOG_LEVEL"] = "error"
    with child("flow", "serve", environ=environ) as process:
        wait_for(mllp, process)
        token = _token(environ)
        places = _places(http, token)
        return places, uvloop.run(drive(mllp, http, places, token, given.displays, given.rate, given.seconds))


def _token(environ: dict[str, str]) -> str:
    command = [sys.executable, "-m", "flow", "token", "create", "--role", "admissions"]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **environ}, capture_output=True, text=True, check=True).stdout.strip()


def _places(http: int, token: str) -> list[Place]:
    """Every bed, wards taken in turn so that all walls have something to show."""
    request = Request(f"http://127.0.0.1:{http}/api/v1/beds?limit=1000", headers={"authorization": f"Bearer {token}"})
    with urlopen(request, timeout=20) as answer:
        found = [Place(bed["id"], bed["ward"]) for bed in json.load(answer)["items"]]
    return sorted(found, key=lambda place: (place.bed[::-1], place.ward))


def bare(places: list[Place], given: argparse.Namespace) -> Timing:
    """The reference in a process of its own."""
    with child("tests.benchmarks.screen_reference") as process:
        mllp, http = printed_port(process), printed_port(process)
        assert mllp is not None and http is not None
        known = [Place(f"{place.ward}/{place.bed}", place.ward) for place in places]
        return asyncio.run(drive(mllp, http, known, "none", given.displays, given.rate, given.seconds))


def _row(name: str, timing: Timing) -> list[str]:
    waits = sorted(timing.waits) or [float("nan")]
    cells = [f"{1000 * waits[min(len(waits) - 1, len(waits) * share // 100)]:.1f}" for share in (50, 95, 99)]
    return [name, f"{len(timing.waits):,}", *cells]


def main() -> None:
    """Measure and write the section."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--displays", type=int, default=500)
    parser.add_argument("--rate", type=float, default=200.0)
    parser.add_argument("--seconds", type=float, default=5.0)
    given = parser.parse_args()
    where = machine()
    with tempfile.TemporaryDirectory(prefix="bedflow-bench-") as folder:
        places, ours = as_it_ships(folder, given)
    rows = [_row("bedflow serve", ours), _row("bare `transport.write` loop, nothing kept", bare(places, given))]
    shown = table(["server", "tiles shown", "p50 ms", "p95 ms", "p99 ms"], rows)
    verdicts = [
        f"p{share} {found} ms, aim {aim:g}: {'met' if float(found) <= aim else 'missed'}."
        for share, found, aim in ((50, rows[0][2], P50_AIM_MS), (99, rows[0][4], P99_AIM_MS))
    ]
    intro = f"{given.displays} displays over all wards, {given.rate:g} letters/s for {given.seconds:g} s, each changing one bed. {where}."
    write_section("screen", "Letter to screen", f"{intro}\n\n{shown}\n\n" + "\n".join(f"- {one}" for one in verdicts))


if __name__ == "__main__":
    uvloop.install()
    main()
