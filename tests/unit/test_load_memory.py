"""How the soak judges what a process holds: caches that fill and a lump are none, 2 MB a minute is a leak, in numbers and in a process."""

import mmap
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from loadtests.memory import FOUND, Held, Judged, below, held_below, held_by, judged
from loadtests.soak import ALLOWED, EVERY, TAIL_MB, TAIL_STAYS, expected, judgements
from tests.benchmarks.processes import ROOT

FIVE = 150
"""Looks of five minutes."""


def _over(megabytes: Iterator[float]) -> list[Held]:
    return [Held(EVERY * number, held) for number, held in enumerate(megabytes)]


def _grows(per_minute: float, looks: int = FIVE, noise: float = 1.5) -> Iterator[float]:
    """Caches that fill for a minute and a half, then so much a minute, and now and then a lump that goes away again."""
    dice = random.Random(7)
    for number in range(looks):
        lump = 20.0 if number % 37 == 5 else 0.0
        yield 80 + min(number, 45) + per_minute * number * EVERY / 60 + dice.uniform(0, noise) + lump


def _judged(per_minute: float, looks: int = FIVE) -> Judged:
    return judged("one", _over(_grows(per_minute, looks)), allowed=0.5)


@pytest.mark.parametrize("looks", [FIVE, 5 * FIVE])
def test_a_process_that_fills_its_caches_and_breathes_is_level(looks: int) -> None:
    found = _judged(0.0, looks)
    assert not found.leaks
    assert found.first < 85
    assert abs(found.per_minute) < 0.2


@pytest.mark.parametrize("looks", [FIVE, 5 * FIVE])
def test_two_megabytes_a_minute_are_a_leak(looks: int) -> None:
    found = _judged(FOUND, looks)
    assert found.leaks
    assert found.per_minute == pytest.approx(FOUND, abs=0.2)


@pytest.mark.parametrize("name", sorted(ALLOWED))
def test_no_process_is_allowed_so_much_that_such_a_leak_is_lost(name: str) -> None:
    """On top of what the stays of the work leave behind."""
    stays = 190.0
    work = expected(name, 120, 300, stays)
    (level,) = judgements({name: _over(_grows(work))}, stays)
    (leak,) = judgements({name: _over(_grows(work + FOUND))}, stays)
    assert (level.leaks, leak.leaks) == (False, True)


def test_of_redis_is_expected_that_its_tail_fills_and_no_more() -> None:
    filling, full = expected("valkey-server", 0, 300, 190), expected("valkey-server", 600, 1500, 190)
    assert (filling, full) == (pytest.approx(TAIL_MB * 190), 0)
    assert expected("valkey-server", 0, 1200, 190) == pytest.approx(TAIL_MB * TAIL_STAYS / 20)
    assert expected("postgres", 0, 300, 190) == 0


def test_a_soak_too_short_to_find_it_judges_nothing() -> None:
    with pytest.raises(ValueError, match="too short"):
        judged("one", _over(_grows(0.0, looks=30)), allowed=0.5)
    with pytest.raises(ValueError, match="too short"):
        judged("one", [], allowed=0.5)


LEAKS = "import sys\nheld = []\nfor line in sys.stdin:\n    held.append(bytearray(b'x' * int(line)))\n    print(flush=True)\n"
SHARES = (
    "import mmap, sys\nshared = mmap.mmap(-1, 64 << 20)\nat = 0\nfor line in sys.stdin:\n"
    "    shared[at:at + int(line)] = b'x' * int(line)\n    at += int(line)\n    print(flush=True)\n"
)


@contextmanager
def _asked(program: str) -> Iterator["subprocess.Popen[str]"]:
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        yield process
        process.kill()


def _looked_at(program: str, each: int) -> list[Held]:
    """Five minutes of a process that takes so many bytes between two looks, without their waits."""
    found = []
    with _asked(program) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for number in range(FIVE):
            print(each, file=process.stdin, flush=True)
            process.stdout.readline()
            found.append(Held(EVERY * number, held_by(process.pid)[1]))
    return found


EACH = int(FOUND * (1 << 20) * EVERY / 60)


def test_a_real_process_that_leaks_so_much_is_caught() -> None:
    found = judged("one", _looked_at(LEAKS, EACH), allowed=max(ALLOWED.values()))
    assert found.leaks
    assert found.per_minute == pytest.approx(FOUND, rel=0.15)


def test_shared_memory_touched_for_the_first_time_is_no_growth() -> None:
    assert mmap.PAGESIZE < EACH
    found = judged("one", _looked_at(SHARES, EACH), allowed=min(ALLOWED.values()))
    assert not found.leaks
    assert abs(found.per_minute) < 0.1


def test_memory_is_read_of_a_process_and_what_it_started() -> None:
    with _asked(LEAKS) as child:
        assert {os.getpid(), child.pid} <= set(below(os.getpid()))
        assert held_by(os.getpid())[0] in held_below(os.getpid())
    name, megabytes = held_by(os.getpid())
    assert name
    assert megabytes > 5
    assert held_by(2**22 + 1) == ("", 0.0)
