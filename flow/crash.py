"""Crash points: named places on the road at which a fault test kills the process (TRUST.md, F0). For tests; off, a point is an empty call.

`BEDFLOW_CRASH_AT=name:n` arms one: at its n-th passing the process ends by SIGKILL, with nothing flushed, closed or told.
"""

import os
import signal
from collections.abc import Callable

POINTS = (
    "letter-framed",
    "before-journal-insert",
    "after-journal-commit",
    "acks-written",
    "group-begun",
    "letters-taken",
    "letters-decided",
    "letters-settled",
    "log-appended",
    "before-desk-commit",
    "after-desk-commit",
    "before-click-answer",
    "before-publish",
    "after-publish",
    "before-outbox",
    "before-send",
    "after-answer",
)
"""In the order of the road, from a letter's last byte to the live picture, and on to other systems."""

KEY_POINTS = ("key-drafted", "reseal-batch-written", "reseal-batch-committed", "census-drafted")
"""Beside the road: while keys are changed."""


def _on(point: str) -> None:
    """Nothing is armed: walk on."""


here: Callable[[str], None] = _on
"""The process passes this point of the road."""


def arm(at: str) -> None:
    """Arm the point of `name:n`; nothing where `at` is empty. Raises ValueError when there is no such point."""
    global here  # noqa: PLW0603  # one process has one fault; a seam handed through nine rooms would cost each of them a parameter
    here = _bomb(*parse(at)) if at else _on


def parse(at: str) -> tuple[str, int]:
    """Name and number of `name:n`. Raises ValueError saying what it must be."""
    name, _, number = at.partition(":")
    if name not in POINTS + KEY_POINTS or not (number.isascii() and number.isdigit() and int(number) > 0):
        raise ValueError(f"NAME:N, at the N-th passing of one of {', '.join(POINTS + KEY_POINTS)}")
    return name, int(number)


def _bomb(name: str, number: int) -> Callable[[str], None]:
    left = number

    def count(point: str) -> None:
        nonlocal left
        if point == name:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return count
