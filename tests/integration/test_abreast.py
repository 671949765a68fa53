"""A generator in a process of its own: everything, in order; and an end that is not its last word is told."""

import os
from collections.abc import Iterator

import pytest

from flow.dev.abreast import BATCH, abreast


def counted(until: int) -> Iterator[tuple[int, int]]:
    yield from ((number, os.getpid()) for number in range(until))


def broken_off(after: int) -> Iterator[int]:
    yield from range(after)
    os._exit(3)


def test_all_of_it_comes_in_order_from_another_process() -> None:
    came = list(abreast(counted, 2 * BATCH + 7))
    assert [number for number, _ in came] == list(range(2 * BATCH + 7))
    assert {pid for _, pid in came} != {os.getpid()}


def test_a_process_that_dies_is_told() -> None:
    with pytest.raises(RuntimeError, match="ended with 3"):
        list(abreast(broken_off, BATCH + 1))
