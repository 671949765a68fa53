"""The sender of the MLLP benchmark, a process of its own: N connections, W messages under way on each, for some seconds.

    python -m tests.benchmarks.mllp_load PORT --connections 16 --window 1 --seconds 5 --run NAME

Prints one JSON object: answered, refused, lost, seconds, per_second, p50_ms, p99_ms.
"""

import argparse
import asyncio
import json
import time
from collections import deque
from collections.abc import Iterator
from typing import cast

import uvloop

from adt_feed.framing import wrap
from tests.benchmarks.letters import endless

ACCEPTED = (b"|AA|", b"|CA|")
END = b"\x1c\r"


class Load:
    """What all connections share."""

    def __init__(self, letters: Iterator[bytes], window: int) -> None:
        self.letters = letters
        self.window = window
        self.times: list[float] = []
        self.refused = 0
        self.lost = 0
        self.over = False


class Sender(asyncio.Protocol):
    """Keeps `window` messages under way; an answer sends the next. A server that hangs up after an answer is called again."""

    def __init__(self, load: Load) -> None:
        self.load = load
        self.since: deque[float] = deque()
        self.rest = b""
        self.transport: asyncio.Transport | None = None
        self.ended = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self._send(self.load.window)

    def data_received(self, data: bytes) -> None:
        *answers, self.rest = (self.rest + data).split(END)
        now = time.perf_counter()
        for answer in answers:
            self.load.times.append(now - self.since.popleft())
            self.load.refused += not any(code in answer for code in ACCEPTED)
        if answers:
            self._send(len(answers))

    def connection_lost(self, exc: Exception | None) -> None:
        self.load.lost += len(self.since)
        self.transport = None
        if not self.ended.done():
            self.ended.set_result(None)

    def _send(self, count: int) -> None:
        if self.transport is None:
            return
        if self.load.over:
            if not self.since:
                self.transport.close()
            return
        self.since.extend([time.perf_counter()] * count)
        self.transport.write(b"".join(wrap(next(self.load.letters)) for _ in range(count)))


async def connection(load: Load, port: int) -> None:
    """One sender that is connected again as often as the server hangs up."""
    while not load.over:
        try:
            _, sender = await asyncio.get_running_loop().create_connection(lambda: Sender(load), "127.0.0.1", port)
        except OSError:
            load.lost += 1
            await asyncio.sleep(0.1)
            continue
        await sender.ended


async def drive(port: int, connections: int, window: int, seconds: float, run: str) -> dict[str, float]:
    """The measurement: a second to warm up, then `seconds` that count."""
    load = Load(endless(run), window)
    senders = [asyncio.create_task(connection(load, port)) for _ in range(connections)]
    await asyncio.sleep(1.0)
    warm, begin = len(load.times), time.perf_counter()
    await asyncio.sleep(seconds)
    took, times = time.perf_counter() - begin, sorted(load.times[warm:])
    load.over = True
    await asyncio.wait(senders, timeout=10)
    return {
        "sent": len(load.times),
        "answered": len(times),
        "refused": load.refused,
        "lost": load.lost,
        "seconds": took,
        "per_second": len(times) / took,
        "p50_ms": 1000 * times[len(times) // 2] if times else 0.0,
        "p99_ms": 1000 * times[len(times) * 99 // 100] if times else 0.0,
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--window", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--run", default="run")
    given = parser.parse_args()
    print(json.dumps(uvloop.run(drive(given.port, given.connections, given.window, given.seconds, given.run))))


if __name__ == "__main__":
    main()
