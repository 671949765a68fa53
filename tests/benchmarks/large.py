"""A 1 MiB message: what it costs the other connections of `bedflow serve`.

    python -m tests.benchmarks.large [--trials 30]

One connection sends small messages, one under way. In every other trial another connection sends one message of nearly 1 MiB (an
ORU with a document in OBX-5); the reference is the trials between, as long and without it. A trial counts its slowest answer.
"""

import argparse
import asyncio
import base64
import os
import sys
import tempfile
import time
from statistics import median

import uvloop

from adt_feed.framing import wrap
from tests.benchmarks.letters import endless
from tests.benchmarks.results import machine, met, table, write_section
from tests.benchmarks.serving import serve

AIM_MS = 20.0
SIZE = (1 << 20) - 1024
PAUSE = 0.25
END = b"\x1c\r"
LARGE = (
    "MSH|^~\\&|LAB|FAC|BED|HOSP|20261121023343||ORU^R01|{id}|P|2.5\rPID|1||P1^^^HOSP^MR||Doe^Jane\rPV1|1|I|W1^R1^B1^HOSP||||||||||||||||V1\r"
    "OBR|1|||DOC^Report\rOBX|1|ED|DOC^Report||^application^pdf^Base64^{document}||||||F\r"
)


class Small:
    """The connection that is disturbed; `slowest` is the longest answer, in ms, since it was last set to 0."""

    def __init__(self) -> None:
        self.slowest = 0.0
        self.begun = 0.0
        self.over = False

    async def run(self, port: int) -> None:
        """One message after the other until told to stop."""
        letters = endless("small")
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while not self.over:
            self.begun = time.perf_counter()
            writer.write(wrap(next(letters)))
            await reader.readuntil(END)
            self.slowest = max(self.slowest, 1000 * (time.perf_counter() - self.begun))
            await asyncio.sleep(0.001)
        writer.close()


async def drive(port: int, trials: int) -> tuple[list[float], list[float], list[float]]:
    """Slowest answers of the small connection with and without a large message, and how long the large ones took; in ms."""
    small, document = Small(), base64.b64encode(os.urandom(SIZE * 3 // 4)).decode()
    disturbed, alone, large = [], [], []
    task = asyncio.create_task(small.run(port))
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 16)
    await asyncio.sleep(1.0)
    for number in range(trials):
        frame = wrap(LARGE.format(id=f"L{number}", document=document).encode())
        small.slowest, begin = 0.0, time.perf_counter()
        writer.write(frame)
        await reader.readuntil(END)
        large.append(1000 * (time.perf_counter() - begin))
        await asyncio.sleep(PAUSE)
        disturbed.append(small.slowest)
        small.slowest = 0.0
        await asyncio.sleep(large[-1] / 1000 + PAUSE)
        alone.append(small.slowest)
    small.over = True
    await task
    writer.close()
    return disturbed, alone, large


def _row(name: str, times: list[float]) -> list[str]:
    ordered = sorted(times)
    return [name, *(f"{one:.1f}" for one in (median(ordered), ordered[len(ordered) * 9 // 10], ordered[-1]))]


def main() -> None:
    """Measure and write the section."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=30)
    given = parser.parse_args()
    where = machine()
    print("step: messages of 1 MiB beside small ones", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory(prefix="bedflow-bench-") as folder, serve(folder, BEDFLOW_MAX_FRAME_BYTES=str(2 << 20)) as served:
        disturbed, alone, large = uvloop.run(drive(served.mllp, given.trials))
    cost = median(disturbed) - median(alone)
    rows = [
        _row("slowest small answer beside a large one", disturbed),
        _row("slowest small answer alone", alone),
        _row("the large one's answer", large),
    ]
    shown = table(["ms", "median", "p90", "worst"], rows)
    intro = f"`bedflow serve`; {given.trials} messages of 1 MiB on one connection, small ones on another. {where}."
    verdict = (
        f"It costs another connection {cost:.1f} ms (difference of the medians of the slowest), aim {AIM_MS:g}: {met(cost <= AIM_MS)}."
    )
    write_section("large", "A message of 1 MiB", f"{intro}\n\n{shown}\n\n{verdict}")


if __name__ == "__main__":
    main()
