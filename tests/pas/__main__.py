"""The full run: every instance there, day by day and whole horizon, its figures written into this folder's README.

python -m tests.pas [--day 1] [--whole 55] [--seed 1]
"""

import argparse
import os
import platform
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import scipy
from rich.progress import Progress

from tests.pas.drivers import DAY, WHOLE, Places, abreast, daily
from tests.pas.evaluator import evaluate
from tests.pas.reader import DATA, Instance, read

README = Path(__file__).with_name("README.md")
BOUNDS = {"testdata01": 643.2, "testdata03": 741.0, "testdata05": 620.8, "testdata07": 1148.6}  # linear programs without transfers


class Row(NamedTuple):
    instance: str
    way: str
    points: float
    gap: float
    used: float
    took: float


def measured(name: str, way: str, instance: Instance, plan: Callable[[Instance], Places]) -> Row:
    began, used = time.perf_counter(), sum(os.times()[:4])
    places = plan(instance)
    used, took = sum(os.times()[:4]) - used, time.perf_counter() - began
    points = evaluate(instance, places)
    return Row(name, way, points, points / BOUNDS[name] - 1, used, took)


def table(rows: list[Row]) -> str:
    lines = ["| instance | way | points | gap to the bound | processor s | wall s |", "|---|---|---|---|---|---|"]
    lines += [f"| {row.instance} | {row.way} | {row.points:.1f} | {row.gap:+.1%} | {row.used:.0f} | {row.took:.0f} |" for row in rows]
    for way in dict.fromkeys(row.way for row in rows):
        gaps = [row.gap for row in rows if row.way == way]
        lines.append(f"| mean | {way} | | {sum(gaps) / len(gaps):+.1%} | | |")
    return "\n".join(lines)


def written(rows: list[Row], said: str) -> None:
    head, _, _ = README.read_text(encoding="utf-8").partition("## Figures")
    README.write_text(f"{head}## Figures\n\n{said}\n\n{table(rows)}\n", encoding="utf-8")


def said(given: argparse.Namespace) -> str:
    """When, where and how the figures were made."""
    machine = f"{platform.machine()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.0f}"
    asked = f"--day {given.day:g} --whole {given.whole:g} --seed {given.seed}"
    return f"`python -m tests.pas {asked}`, {datetime.now(UTC):%d %B %Y}, {machine}, HiGHS of scipy {scipy.__version__}."


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--day", type=float, default=DAY, help="seconds of improvement a day")
    asked.add_argument("--whole", type=float, default=WHOLE, help="seconds for a whole horizon")
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    ways = {
        "day by day": lambda one: daily(one, given.day, given.seed),
        "whole horizon": lambda one: abreast(one, given.whole, (given.seed, given.seed + 1)),
    }
    rows: list[Row] = []
    with Progress() as progress:
        task = progress.add_task("instances", total=len(BOUNDS) * len(ways))
        for way, plan in ways.items():
            for name in BOUNDS:
                progress.update(task, description=f"{name} {way}")
                rows.append(measured(name, way, read(DATA / f"{name}.txt"), plan))
                progress.console.print(f"{name} {way}: {rows[-1].points:.1f} ({rows[-1].gap:+.1%}) in {rows[-1].used:.0f} s")
                progress.advance(task)
    written(rows, said(given))


if __name__ == "__main__":
    main()
