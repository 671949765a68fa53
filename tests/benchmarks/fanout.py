"""Fan-out: the server's processor time a delivery, waits and memory at 1,000 and 5,000 clients, ten events a second.

    python -m tests.benchmarks.fanout [--clients 1000 5000] [--seconds 10] [--rounds 2]

References in the same run: a bare uvloop loop of `transport.write`, nginx with nchan (Debian's packages; left out, and said, where they
are not installed), and sse-starlette as documented. Then 5,000 clients once more with two busy loops beside the server, one a core.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from shutil import which

import uvloop
from rich.progress import Progress

from tests.benchmarks.fanout_load import NCHAN, Count, measured, nchan_config, publish
from tests.benchmarks.fanout_server import frame_of, tick
from tests.benchmarks.processes import child, children_of, free_ports, printed_port, wait_for
from tests.benchmarks.results import machine, met, table, write_section

KINDS = {
    "raw": "bare uvloop loop",
    "wire": "**Bedflow, on the wire**",
    "asgi": "Bedflow, plain ASGI",
    "nchan": "nginx + nchan",
    "sse-starlette": "sse-starlette as documented",
}
SATURATED = 2_000
RAW_AIM, STARLETTE_AIM, P99_AIM_MS, MEMORY_AIM_KB = 1.15, 0.25, 100.0, 12.0


@contextmanager
def nginx(port: int) -> Iterator[list[int]]:
    """nginx with nchan; its processes."""
    with tempfile.TemporaryDirectory(prefix="bedflow-nchan-") as folder:
        file = Path(folder) / "nginx.conf"
        file.write_text(nchan_config(port, Path(folder)), encoding="utf-8")
        with subprocess.Popen(["nginx", "-c", str(file), "-p", folder]) as process:
            try:
                wait_for(port, process)  # type: ignore[arg-type]
                yield [process.pid, *children_of(process.pid)]
            finally:
                process.terminate()


async def _by_nchan(port: int, clients: int, seconds: float, processes: list[int]) -> Count:
    frames: asyncio.Queue[bytes] = asyncio.Queue()

    async def tell(seq: int, state: object, now: object) -> None:
        frame = frame_of(seq, state, now)  # type: ignore[arg-type]
        frames.put_nowait(frame.partition(b"data: ")[2].strip())

    sending = [asyncio.create_task(tick(tell)), asyncio.create_task(publish(port, frames))]
    try:
        return await measured(port, "/sub", clients, seconds, processes)
    finally:
        for task in sending:
            task.cancel()
        await asyncio.gather(*sending, return_exceptions=True)


def one(kind: str, clients: int, seconds: float) -> Count:
    """A server of its own, measured."""
    if kind == "nchan":
        [port] = free_ports(1)
        with nginx(port) as processes:
            return uvloop.run(_by_nchan(port, clients, seconds, processes))
    with child("tests.benchmarks.fanout_server", kind) as process:
        found = printed_port(process)
        assert found is not None, f"{kind} did not start"
        return uvloop.run(measured(found, "/api/v1/stream?topics=ward:4B", clients, seconds, [process.pid]))


@contextmanager
def busy() -> Iterator[None]:
    """Two loops that never rest, one a core."""
    cores = sorted(os.sched_getaffinity(0))[:2]
    command = [sys.executable, "-c", "import os,sys\nos.sched_setaffinity(0, {int(sys.argv[1])})\nwhile True: pass"]
    with ExitStack() as stack:
        for core in cores:
            process = stack.enter_context(subprocess.Popen([*command, str(core)]))
            stack.callback(process.kill)
        yield


def best(counts: list[Count]) -> Count:
    """The round that used least a delivery: what else the machine did can only add."""
    return min(counts, key=lambda count: count.each)


def row(kind: str, count: Count, found: dict[str, Count]) -> list[str]:
    ratio = [f"{count.each / found[other].each:.2f}" if other in found else "-" for other in ("raw", "nchan", "sse-starlette")]
    waits = [f"{count.wait(share):.1f}" for share in (0.5, 0.99)]
    return [KINDS[kind], f"{count.deliveries / count.seconds:,.0f}", f"{count.each:.2f}", *ratio, *waits, f"{count.memory / 1024:.1f}"]


def verdicts(clients: int, found: dict[str, Count]) -> Iterator[str]:
    """Each aim, met or missed."""
    ours = found["wire"]
    raw, starlette = ours.each / found["raw"].each, ours.each / found["sse-starlette"].each
    yield f"{clients:,} clients: {raw:.2f} x the bare loop, aim {RAW_AIM}: {met(raw <= RAW_AIM)}."
    if "nchan" in found:
        nchan = ours.each / found["nchan"].each
        yield f"{clients:,} clients: {nchan:.2f} x nchan, aim below 1: {met(nchan < 1)}."
    yield f"{clients:,} clients: {starlette:.2f} x sse-starlette, aim {STARLETTE_AIM}: {met(starlette <= STARLETTE_AIM)}."
    if clients >= 5_000:
        yield f"{clients:,} clients: p99 {ours.wait(0.99):.0f} ms, aim {P99_AIM_MS:g}: {met(ours.wait(0.99) <= P99_AIM_MS)}."
    kilobytes = ours.memory / 1024
    yield f"{clients:,} clients: {kilobytes:.1f} KB a client, aim {MEMORY_AIM_KB:g}: {met(kilobytes <= MEMORY_AIM_KB)}."


def main() -> None:
    """Measure and write the section."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, nargs="+", default=[1_000, 5_000])
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--rounds", type=int, default=2)
    given = parser.parse_args()
    kinds = [kind for kind in KINDS if kind != "nchan" or (which("nginx") and NCHAN.exists())]
    parts, aims, where = [], [], machine()
    known: dict[str, Count] = {}
    with Progress() as progress:
        task = progress.add_task("fan-out", total=len(given.clients) * given.rounds * len(kinds) + 2)
        for clients in given.clients:
            # at 5,000 sse-starlette would need two processors a second and never catches up: its figure at fewer clients stands in
            able = [kind for kind in kinds if kind != "sse-starlette" or clients <= SATURATED or not known]
            rounds: dict[str, list[Count]] = {kind: [] for kind in able}
            for _ in range(given.rounds):
                for kind in able:
                    rounds[kind].append(one(kind, clients, given.seconds))
                    progress.advance(task)
            found = known | {kind: best(counts) for kind, counts in rounds.items()}
            known = {kind: found[kind] for kind in found if kind == "sse-starlette"}
            head = ["server", "deliveries/s", "CPU us each", "x bare", "x nchan", "x sse-starlette", "p50 ms", "p99 ms", "KB a client"]
            parts.append(f"**{clients:,} clients**\n\n{table(head, [row(kind, found[kind], found) for kind in able])}")
            aims += verdicts(clients, found)
        if "nchan" in kinds:
            with busy():
                starved = {kind: one(kind, max(given.clients), given.seconds) for kind in ("wire", "nchan")}
            ours, theirs = starved["wire"].wait(0.5), starved["nchan"].wait(0.5)
            aims.append(f"Two busy loops beside it: p50 {ours:.1f} ms, nchan {theirs:.1f} ms, aim no more: {met(ours <= theirs)}.")
    missing = "" if "nchan" in kinds else " nginx and nchan are not installed here (Debian: nginx, libnginx-mod-nchan): left out."
    intro = f"Ten events a second, one tile each; the best of {given.rounds} rounds of {given.seconds:g} s. {where}.{missing}"
    write_section("fanout", "Fan-out", "\n\n".join([intro, *parts]) + "\n\n" + "\n".join(f"- {aim}" for aim in aims))


if __name__ == "__main__":
    main()
