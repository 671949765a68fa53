"""Crash points: off they do nothing and cost next to nothing; armed, the n-th passing is the process's last."""

import re
import signal
import subprocess
import sys
import timeit
from pathlib import Path

import pytest

from flow import crash
from flow.errors import Misconfigured
from flow.settings import Settings

ROOT = Path(__file__).parents[2]


OF_A_GROUP = ("group-begun", "log-appended", "before-desk-commit", "after-desk-commit")
"""These stand on both ways a group is written: under the lock, and in turn."""
OF_A_LETTER = ("before-journal-insert", "after-journal-commit")
"""And these on both ways a letter is kept: in the mailbag, and by what handles it."""


def test_every_point_stands_on_each_road_once() -> None:
    sources = [path.read_text("utf-8") for package in ("flow", "adt_feed") for path in (ROOT / package).rglob("*.py")]
    called = sorted(name for text in sources for name in re.findall(r'crash\.here\("([a-z-]+)"\)', text))
    assert called == sorted(crash.POINTS + OF_A_GROUP + OF_A_LETTER + crash.KEY_POINTS)
    assert len(crash.POINTS) >= 14


def test_the_third_passing_kills_and_nothing_is_cleaned_up() -> None:
    code = (
        "from flow import crash\ncrash.arm('log-appended:3')\n"
        "try:\n"
        "    for n in range(9):\n"
        "        crash.here('group-begun')\n"
        "        print(n, flush=True)\n"
        "        crash.here('log-appended')\n"
        "finally:\n"
        "    print('cleaned up', flush=True)\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == -signal.SIGKILL
    assert ended.stdout.split() == ["0", "1", "2"]


def test_unarmed_a_passing_is_an_empty_call() -> None:
    rounds = 100_000
    best = min(timeit.repeat(lambda: crash.here("log-appended"), number=rounds, repeat=5)) / rounds
    print(f"{best * 1e9:.0f} ns a passing")
    assert best < 1e-6


@pytest.mark.parametrize("text", ["log-appended", "log-appended:0", "log-appended:x", "nowhere:1", ":1"])
def test_a_point_that_does_not_exist_is_refused_at_the_start(text: str) -> None:
    with pytest.raises(Misconfigured, match="BEDFLOW_CRASH_AT"):
        Settings.from_environ({"BEDFLOW_CRASH_AT": text})


def test_a_point_is_read_from_the_setting() -> None:
    assert Settings.from_environ({"BEDFLOW_CRASH_AT": "after-publish:7"}).crash_at == "after-publish:7"
    assert Settings.from_environ({}).crash_at == ""
