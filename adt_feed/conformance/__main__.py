"""The child: messages on stdin, each with its length in a line before it; a report as a line of JSON on stdout for each.

Its memory is limited, so that a message made to blow up takes down this process and nothing else.
"""

import sys
from contextlib import suppress

import msgspec

from adt_feed.conformance.judge import judge
from adt_feed.conformance.report import Report

MEMORY = 1 << 30
"""Bytes of address space."""


def main() -> None:
    """Until stdin ends."""
    _limit_memory()
    while length := sys.stdin.buffer.readline():
        raw = sys.stdin.buffer.read(int(length))
        sys.stdout.buffer.write(msgspec.json.encode(answer(raw)) + b"\n")
        sys.stdout.buffer.flush()


def answer(raw: bytes) -> Report:
    """The report, also where the memory did not suffice."""
    try:
        return judge(raw)
    except MemoryError:
        return Report(problem="memory-limit")


def _limit_memory() -> None:
    """Where the system can."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
