"""What the load sends, and how the soak judges what a process holds."""

import os
import subprocess
from itertools import islice

import pytest

from adt_feed.message import Message
from loadtests.letters import TOLD, stays, unknown
from loadtests.memory import Held, below, held_by, judged


def _told(framed: bytes) -> tuple[str, str, str]:
    """Trigger, bed, visit."""
    assert framed[:1] == b"\x0b" and framed[-2:] == b"\x1c\r"
    message = Message.parse(framed[1:-2])
    lines = {line[:3]: line.split("|") for line in framed[1:-2].decode().split("\r")}
    return message.trigger, lines["PV1"][3], lines["PV1"][19]


def test_a_stay_fills_a_bed_and_empties_it() -> None:
    told = [_told(framed) for framed in islice(stays(["B1", "B2"]), 60)]
    for bed in ("B1", "B2"):
        mine = [(kind, visit) for kind, where, visit in told if where == bed]
        assert mine[0] == ("A01", f"L{bed}-0")
        second = [kind for kind, visit in mine if visit == f"L{bed}-1"]
        assert second == ["A01", *["A08"] * TOLD, "A03"]
    assert len({visit for _, _, visit in told}) > 4


def test_updates_of_nobody_change_no_bed() -> None:
    assert {_told(framed)[:2] for framed in islice(unknown(), 10)} == {("A08", "")}


def _over(*megabytes: float) -> list[Held]:
    return [Held(2.0 * number, held) for number, held in enumerate(megabytes)]


def test_a_process_that_fills_its_caches_and_breathes_is_level() -> None:
    found = judged("one", _over(*range(50, 100), *([100.0, 103.0] * 50)))
    assert not found.leaks
    assert found.first == 50
    assert abs(found.per_minute) < 1


def test_a_process_that_grows_all_the_time_leaks() -> None:
    found = judged("one", _over(*(100 + number / 5 for number in range(150))))
    assert found.leaks
    assert found.per_minute == pytest.approx(6.0)
    assert found.grew == pytest.approx(0.2 * 89)


def test_a_soak_that_saw_nothing_judges_nothing() -> None:
    with pytest.raises(ValueError, match="too few"):
        judged("one", _over(1, 2, 3))


def test_memory_is_read_of_a_process_and_what_it_started() -> None:
    with subprocess.Popen(["sleep", "60"]) as child:
        assert {os.getpid(), child.pid} <= set(below(os.getpid()))
        child.kill()
    name, megabytes = held_by(os.getpid())
    assert name
    assert megabytes > 5
    assert held_by(2**22 + 1) == ("", 0.0)
