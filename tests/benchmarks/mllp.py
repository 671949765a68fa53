"""MLLP: durable acknowledgments a second, ours beside others', all in one run; DESIGN.md's first row.

    python -m tests.benchmarks.mllp [--seconds 2] [--rounds 3] [--without-serve]

The sender (`mllp_load`) is a process of its own and the same for all; so is each server (`mllp_servers`). `bedflow serve` runs
as it ships on a data directory of its own, and every letter it acknowledged is looked for in its journal.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

import asyncpg
import uvloop

from flow.embedded import stores
from flow.settings import Settings
from tests.benchmarks.letters import endless
from tests.benchmarks.processes import ROOT, child, free_ports, printed_port, wait_for
from tests.benchmarks.results import machine, met, table, write_section
from tests.faults.books import bagged

LOADS = ((16, 1), (16, 16))
"""Connections, and messages under way on each; the first is the load of a hospital's engines, the second a flood."""
MORE_LOADS = ((1, 1), *LOADS, (64, 1))
"""What we are measured under."""
AIMS = {"hl7apy": 100.0, "python-hl7": 8.0, "bare inserts": 0.5}
P50_AIM_MS = 3.0
SERVE = "bedflow serve"
JOURNAL = "listener and journal"


@dataclass(frozen=True, slots=True)
class Row:
    """One server under one load: connections, and messages under way on each."""

    name: str
    load: tuple[int, int]
    per_second: float = 0.0
    p50_ms: float = 0.0
    p99_ms: float = 0.0
    note: str = ""
    run: str = ""
    answered: int = 0


def measure(name: str, port: int, load: tuple[int, int], seconds: float, note: str = "") -> Row:
    """Run the sender against a port."""
    connections, window = load
    run = f"{name.replace(' ', '-')}-{connections}-{window}-{os.getpid()}"
    command = [sys.executable, "-m", "tests.benchmarks.mllp_load", str(port), "--connections", str(connections), "--run", run]
    more = ["--window", str(window), "--seconds", str(seconds)]
    found = json.loads(subprocess.run([*command, *more], cwd=ROOT, capture_output=True, text=True, check=True).stdout)
    notes = [note] * bool(note) + [f"{found['refused']} refused"] * bool(found["refused"])
    return Row(name, load, found["per_second"], found["p50_ms"], found["p99_ms"], ", ".join(notes), run, found["sent"])


def reference(name: str, *arguments: str, seconds: float, loads: tuple[tuple[int, int], ...] = LOADS, note: str = "") -> list[Row]:
    """Start one of `mllp_servers`, measure it, end it."""
    with child("tests.benchmarks.mllp_servers", *arguments) as process:
        port = printed_port(process)
        if port is None:
            return [Row(name, load, note="did not start") for load in loads]
        return [measure(name, port, load, seconds, note) for load in loads]


async def bare_inserts(data_dir: str, seconds: float) -> list[Row]:
    """asyncpg alone: groups of as many bodies as are under way, one statement and one commit each, fsync on."""
    async with stores(Settings.from_environ({"BEDFLOW_DATA_DIR": data_dir})) as found:
        connection = await asyncpg.connect(found.dsn)
        await connection.execute("create table if not exists bare (id bigserial primary key, body bytea not null)")
        insert = await connection.prepare("insert into bare (body) select unnest($1::bytea[])")
        rows = [await _insert_loop(insert, load, seconds) for load in LOADS]
        await connection.close()
    return rows


async def _insert_loop(insert: "asyncpg.prepared_stmt.PreparedStatement[asyncpg.Record]", load: tuple[int, int], seconds: float) -> Row:
    size, times, letters = load[0] * load[1], [], endless("bare")
    until = time.perf_counter() + seconds
    while (begin := time.perf_counter()) < until:
        await insert.fetch([next(letters) for _ in range(size)])
        times.append(time.perf_counter() - begin)
    times.sort()
    p50, p99 = times[len(times) // 2], times[len(times) * 99 // 100]
    return Row("bare inserts", load, size * len(times) / sum(times), 1000 * p50, 1000 * p99, "no network, no index, not sealed")


def as_it_ships(data_dir: str, seconds: float) -> list[Row]:
    """`bedflow serve`: fsync, sealing, desk, relay and screens on; its journal is searched for what it acknowledged."""
    mllp, http = free_ports(2)
    environ = {
        "BEDFLOW_DATA_DIR": data_dir,
        "BEDFLOW_MLLP": f"127.0.0.1:{mllp}",
        "BEDFLOW_HTTP": f"127.0.0.1:{http}",
        "BEDFLOW_LOG_LEVEL": "error",
    }
    with child("flow", "serve", environ=environ) as process:
        try:
            wait_for(mllp, process)
        except RuntimeError as error:
            return [Row(SERVE, load, note=str(error)) for load in MORE_LOADS]
        rows = [measure(SERVE, mllp, load, seconds) for load in MORE_LOADS]
        return [asyncio.run(_looked_up(data_dir, row)) for row in rows]


async def _looked_up(data_dir: str, row: Row) -> Row:
    """The row, with how many of its acknowledged letters the journal holds, in the mailbag or laid out."""
    async with stores(Settings.from_environ({"BEDFLOW_DATA_DIR": data_dir})) as found:
        connection = await asyncpg.connect(found.dsn)
        kept = await connection.fetchval("select count(*) from letter where control_id like $1 || '-%'", row.run)
        bags = await connection.fetch("select hospital, body from mailbag")
        await connection.close()
    hospital = bags[0]["hospital"] if bags else ""
    kept += sum(letter.control_id.startswith(f"{row.run}-") for letter in bagged(bags, hospital, Path(data_dir)))
    said = "every ACK in the journal" if kept >= row.answered else f"{row.answered - kept} ACKs NOT in the journal"
    return replace(row, note=", ".join(filter(None, (row.note, said))))


def run_all(seconds: float, with_serve: bool) -> list[Row]:
    """Every row, one after the other."""
    with tempfile.TemporaryDirectory(prefix="bedflow-bench-") as folder:
        rows = reference("storeless echo", "echo", seconds=seconds)
        rows += reference("listener, nothing kept", "listener", seconds=seconds)
        rows += asyncio.run(bare_inserts(f"{folder}/bare", seconds))
        rows += reference(JOURNAL, "journal", f"{folder}/journal", seconds=seconds, note="no desk, relay or screens")
        if with_serve:
            rows += as_it_ships(f"{folder}/serve", seconds)
        if find_spec("hl7"):
            rows += reference("python-hl7", "python-hl7", seconds=seconds, note="stores nothing")
        else:
            rows += [Row("python-hl7", load, note="not installed here") for load in LOADS]
        rows += reference("hl7apy", "hl7apy", seconds=seconds, loads=LOADS[:1], note="stores nothing, hangs up after each")
    return rows


def best(rounds: list[list[Row]]) -> list[Row]:
    """Of each row the round with the most messages a second; a round in which an ACK was lost counts before all others."""
    return [min(same, key=lambda row: (" NOT " not in row.note, -row.per_second)) for same in zip(*rounds, strict=True)]


def verdicts(rows: list[Row]) -> list[str]:
    """DESIGN.md's aims, met or missed, as sentences."""
    rate = {(row.name, row.load): row.per_second for row in rows}
    measured = SERVE if rate.get((SERVE, LOADS[0])) else JOURNAL
    p50 = next(row.p50_ms for row in rows if (row.name, row.load) == (measured, LOADS[0]))
    said = [f"Judged: `{measured}`. p50 at 16 connections: {p50:.1f} ms, aim {P50_AIM_MS:g}: {met(p50 <= P50_AIM_MS)}."]
    for name, aim in AIMS.items():
        for load in LOADS:
            if theirs := rate.get((name, load), 0.0):
                ratio = rate[measured, load] / theirs
                said.append(f"{ratio:.1f} x {name} with {load[1]} under way, aim {aim:g}: {met(ratio >= aim)}.")
    echoes = [rate[measured, load] / rate["storeless echo", load] for load in LOADS if rate["storeless echo", load]]
    said.append(
        f"{' and '.join(f'{ratio:.2f}' for ratio in echoes)} x the storeless echo; between them stand the header, the group,"
        " the seal (AES-256-GCM), the insert and the fsync, and in `serve` the desk and the relay on the same cores."
    )
    return said


def main() -> None:
    """Measure and write the section."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--rounds", type=int, default=3, help="each row is its best: other tenants of the machine only ever slow it")
    parser.add_argument("--without-serve", action="store_true", help="leave out `bedflow serve`")
    given = parser.parse_args()
    where = machine()
    rows = best([run_all(given.seconds, not given.without_serve) for _ in range(given.rounds)])
    cells = [[r.name, *map(str, r.load), f"{r.per_second:,.0f}", f"{r.p50_ms:.2f}", f"{r.p99_ms:.2f}", r.note] for r in rows]
    shown = table(["server", "connections", "under way on each", "messages/s", "p50 ms", "p99 ms", ""], cells)
    intro = f"The same sender for all; the best of {given.rounds} rounds over all rows, {given.seconds:g} s each. {where}."
    write_section("mllp", "MLLP, durable acknowledgments", f"{intro}\n\n{shown}\n\n" + "\n".join(f"- {one}" for one in verdicts(rows)))


if __name__ == "__main__":
    uvloop.install()
    main()
