"""Suggestions over the API at fifty requests a second: City General (500 beds), nine beds in ten with a patient, sixty people waiting.

    python -m tests.benchmarks.asking [--rate 50] [--seconds 20]

Requests leave by the clock, not when the last was answered, and are timed from when they were due: a server that falls behind shows it.
Meanwhile a bed changes ten times a second, so that the engine has to follow. The reference in the same run is `/healthz`, asked as often
through the same connections: what a request costs that asks nothing.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from dataclasses import dataclass
from urllib.request import Request, urlopen

import numpy as np
import uvloop

from tests.benchmarks.burst_load import admissions, answered, send
from tests.benchmarks.results import machine, met, table, write_section
from tests.benchmarks.screen_load import Place
from tests.benchmarks.serving import Served, serve

AIM_MS = 25.0
CONNECTIONS, FULL, WAITING, CHANGES = 16, 90, 60, 10
"""Connections, percent of beds with a patient, requests on the list, beds that change each second."""


@dataclass(frozen=True, slots=True)
class Asker:
    """One hospital, and who asks it."""

    http: int
    token: str

    def asking(self, method: str, path: str, body: bytes = b"") -> bytes:
        """A request as it goes out."""
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {self.token}\r\n"
        return f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body

    async def at_rate(self, asked: list[bytes], rate: float, seconds: float) -> list[float]:
        """Ask in turn, by the clock; milliseconds from when each was due to its answer. ConnectionError for one that is not 200."""
        free: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()
        for _ in range(CONNECTIONS):
            free.put_nowait(await asyncio.open_connection("127.0.0.1", self.http))

        async def one(request: bytes, due: float) -> float:
            reader, writer = await free.get()
            writer.write(request)
            status = await answered(reader)
            free.put_nowait((reader, writer))
            if status != 200:
                raise ConnectionError(f"it was answered {status}")
            return 1000 * (time.perf_counter() - due)

        tasks, begun = [], time.perf_counter() + 0.1
        for number in range(int(rate * seconds)):
            due = begun + number / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            tasks.append(asyncio.create_task(one(asked[number % len(asked)], due)))
        return list(await asyncio.gather(*tasks))

    async def change(self, bed: str) -> None:
        """A bed goes dirty and is free again, ten times a second, until cancelled."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.http)
        while True:
            for status in ("cleaning", "available"):
                writer.write(self.asking("POST", f"/api/v1/beds/{bed}/status", json.dumps({"status": status}).encode()))
                await answered(reader)
                await asyncio.sleep(1 / CHANGES)


def wait_for_beds(served: Served, token: str) -> list[str]:
    """Put people on the list, each of other needs; the addresses of their suggestions."""
    kinds = ({}, {"needs": ["oxygen"]}, {"isolation_kind": "droplet"}, {"wishes": ["oxygen"], "room_choice": "private"})
    found = []
    for number in range(WAITING):
        person = {"mrn": f"BENCH-{number}", "name": f"Patient {number}", "sex": "FM"[number % 2]}
        asked = {"type": "general", "patient": person, "age": 20 + number, "priority": 1 + number % 4, **kinds[number % len(kinds)]}
        head = {"authorization": f"Bearer {token}", "content-type": "application/json"}
        made = Request(f"http://127.0.0.1:{served.http}/api/v1/bed-requests", json.dumps(asked).encode(), head)
        with urlopen(made, timeout=20) as answer:
            found.append(f"/api/v1/bed-requests/{json.load(answer)['id']}/suggestions")
    return found


async def measure(served: Served, token: str, supervisor: str, given: argparse.Namespace) -> tuple[list[float], list[float], int]:
    """Fill the house, then ask: suggestions while beds change, and the reference; and how many beds have a patient."""
    beds = [bed["id"] for bed in served.get("/api/v1/beds?limit=1000", token)["items"]]
    full = [Place(bed, "") for number, bed in enumerate(beds) if number % 100 < FULL]
    await send(served.mllp, admissions(full), 4, 4)
    async with asyncio.timeout(60):
        while served.get("/api/v1/beds/availability", token)["totals"]["occupied"] < len(full):
            await asyncio.sleep(0.2)
    asker = Asker(served.http, token)
    asked = [asker.asking("GET", path) for path in await asyncio.to_thread(wait_for_beds, served, token)]
    nothing = await asker.at_rate([asker.asking("GET", "/healthz")], given.rate, given.seconds / 4)
    changing = asyncio.create_task(Asker(served.http, supervisor).change(next(bed for bed in reversed(beds) if Place(bed, "") not in full)))
    found = await asker.at_rate(asked, given.rate, given.seconds)
    changing.cancel()
    await asyncio.gather(changing, return_exceptions=True)
    return found, nothing, len(full)


def _row(name: str, taken: list[float]) -> list[str]:
    return [name, f"{len(taken):,}", *(f"{np.percentile(taken, share):.1f}" for share in (50, 95, 99)), f"{max(taken):.1f}"]


def main() -> int:
    """Measure and write the section."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=50.0)
    parser.add_argument("--seconds", type=float, default=20.0)
    given, where = parser.parse_args(), machine()
    with tempfile.TemporaryDirectory(prefix="bedflow-bench-") as folder, serve(folder) as served:
        found, nothing, full = uvloop.run(measure(served, served.token("admissions"), served.token("supervisor"), given))
    p95 = float(np.percentile(found, 95))
    rows = [_row("suggestions, best five", found), _row("`/healthz`", nothing)]
    intro = (
        f"`bedflow serve`, {full} of 500 beds with a patient, {WAITING} people waiting, a bed changing {CHANGES} times a second; "
        f"{given.rate:g} requests/s by the clock for {given.seconds:g} s, timed from when each was due. {where}."
    )
    shown = table(["asked", "answers", "p50 ms", "p95 ms", "p99 ms", "longest ms"], rows)
    good = p95 <= AIM_MS
    write_section("asking", "Suggestions over the API", f"{intro}\n\n{shown}\n\nAim p95 {AIM_MS:g} ms: {p95:.1f} ms, {met(good)}.")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
