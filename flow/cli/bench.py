"""`bedflow bench`: runs the scripts of tests/benchmarks, each a process of its own; they measure and write their own results."""

import subprocess
import sys
from pathlib import Path

import typer

from flow.errors import Misconfigured

CHECKOUT = Path(__file__).parents[2]
BENCHMARKS = (
    *("tokenise", "mllp", "burst", "large", "group", "screen", "pixels", "fanout", "suggest", "joint", "asking", "legality"),
    "history",
)


def bench(name: str = typer.Argument(help=f"{', '.join(BENCHMARKS)} or all.")) -> None:
    """Measure speed beside references in the same run; results go to tests/benchmarks/README.md."""
    if name != "all" and name not in BENCHMARKS:
        raise Misconfigured(f"There is no benchmark {name!r}. There are: {', '.join(BENCHMARKS)}, all.", code="no-benchmark")
    if not (CHECKOUT / "tests" / "benchmarks").is_dir():
        raise Misconfigured("Benchmarks are part of a checkout, not of an installed Bedflow. Clone the project and run `make bench`.")
    chosen = BENCHMARKS if name == "all" else (name,)
    codes = [subprocess.run([sys.executable, "-m", f"tests.benchmarks.{one}"], cwd=CHECKOUT, check=False).returncode for one in chosen]
    raise typer.Exit(1 if any(codes) else 0)
