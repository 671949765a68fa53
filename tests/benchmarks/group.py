"""What a group of letters costs the desk: round trips to PostgreSQL and milliseconds, by how many letters it holds.

    python -m tests.benchmarks.group [--groups 200]

One process with the stores that ship, nothing else running: letters of the screen benchmark are kept, then handled as one group.
Round trips are the same on any machine.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from statistics import mean, median

import uvloop
from asyncpg import Connection

from adt_feed.letter import Letter
from flow.main import open_house
from flow.main.house import House
from flow.settings import Settings
from tests.benchmarks.results import machine, table, write_section
from tests.benchmarks.screen_load import LETTER

SIZES = (1, 2, 16, 64)
ASKING = ("execute", "fetch", "fetchrow", "fetchval")


@contextmanager
def counted() -> Iterator[list[str]]:
    """Every statement that is sent while the block runs."""
    asked: list[str] = []
    kept = {name: getattr(Connection, name) for name in ASKING}

    def wrapped(name: str):  # type: ignore[no-untyped-def]
        async def ask(self: Connection, query: str, *arguments: object, **named: object) -> object:
            asked.append(query)
            return await kept[name](self, query, *arguments, **named)

        return ask

    for name in ASKING:
        setattr(Connection, name, wrapped(name))
    try:
        yield asked
    finally:
        for name, method in kept.items():
            setattr(Connection, name, method)


def letters(beds: Sequence[str], house: House) -> Iterator[Letter]:
    """Each bed is admitted to, then discharged from, in turn."""
    for number in count():
        lap, at = divmod(number, len(beds))
        raw = LETTER.format(kind=1 if lap % 2 == 0 else 3, id=f"G{number}", visit=f"{lap // 2}-{at}", place=beds[at]).encode()
        yield Letter(house.plan.feeds[0].id, raw, f"G{number}", "SIM", "ADT^A01", house.clock.now())


async def measure(folder: Path, groups: int) -> list[list[str]]:
    """A row for each size."""
    async with open_house(Settings.from_environ({"BEDFLOW_DATA_DIR": str(folder)})) as house:
        await house.desk.open()
        source = letters([*house.plan.beds], house)
        await _sized(house, source, 2, groups)
        return [await _sized(house, source, size, max(20, groups // size)) for size in SIZES]


async def _sized(house: House, source: Iterator[Letter], size: int, groups: int) -> list[str]:
    took, asked = [], []
    for _ in range(groups):
        await house.inbox.keep([next(source) for _ in range(size)])
        with counted() as found:
            begun, burnt = time.perf_counter(), time.process_time()
            taken = await house.desk.take_letters()
            took.append((time.perf_counter() - begun, time.process_time() - burnt))
        assert taken == size
        asked.append(len(found))
    times = [1000 * one for one, _ in took]
    cells = (median(times), min(times), 1000 * median(own for _, own in took))
    return [str(size), f"{mean(asked):.1f}", *(f"{cell:.2f}" for cell in cells)]


def main() -> None:
    """Measure and write the section."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--groups", type=int, default=200)
    parser.add_argument("--dry", action="store_true", help="print only")
    given = parser.parse_args()
    where = machine()
    with tempfile.TemporaryDirectory(prefix="bedflow-bench-") as folder:
        rows = uvloop.run(measure(Path(folder), given.groups))
    shown = table(["letters", "round trips", "ms, median", "ms, shortest", "of them Python's"], rows)
    print(shown) if given.dry else write_section("group", "A group of letters", f"{where}.\n\n{shown}")


if __name__ == "__main__":
    main()
