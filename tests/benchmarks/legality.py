"""Legality over 100,000 random states: what tests/unit/test_allocation_legality.py does a few thousand times.

    python -m tests.benchmarks.legality [--states 100000]

Every state is a random hospital of one or two wards and a random request; a failed assertion stops the run with its state.
"""

import argparse
import sys
from time import perf_counter

from tests.benchmarks.results import machine, table, write_section
from tests.unit.test_allocation_legality import states

EACH = 50
SEED = 2026


def main() -> int:
    """Check and write the section."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--states", type=int, default=100_000)
    count, where, begun = parser.parse_args().states, machine(), perf_counter()
    plans = -(-count // EACH)
    offered = states(SEED, plans, EACH)
    seconds = perf_counter() - begun
    rows = [[f"{plans * EACH:,}", f"{plans:,}", f"{offered:,}", "0", f"{seconds:.0f}"]]
    shown = table(["states", "hospitals", "beds suggested", "illegal, forgotten or wrongly added up", "seconds"], rows)
    write_section("legality", "Suggestions against an independent legality checker", f"{where}.\n\n{shown}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
