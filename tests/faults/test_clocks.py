"""F9: the clock jumps under load, an hour on, a day back, apart from the clock of Postgres: nothing is lost, nothing is twice,
the feed is acknowledged all the while, and the journal decided again gives the same hospital.

By LD_PRELOAD (`shim.c`) for the hospital's process alone: its Postgres keeps the right time.
"""

import json
import os
import random
import time
from pathlib import Path

import pytest

from tests.acceptance.house import house
from tests.faults.blows import stores_of
from tests.faults.run import Run, lines, report
from tests.faults.shim import Clock
from tests.faults.stays import HOSPITAL, Ward
from tests.memory import short_lived

pytestmark = [pytest.mark.long, pytest.mark.timeout(300)]
SEED = int(os.environ.get("F9_SEED", random.SystemRandom().randrange(100_000)))
HOUR = 3600.0
JUMPS = (
    ("an hour on", HOUR),
    ("back to the right time", 0.0),
    ("a day back", -24 * HOUR),
    ("ten minutes on from there", -24 * HOUR + 600),
    ("right again", 0.0),
)
LETTERS = 300


def test_the_clock_jumps_and_nothing_is_lost(tmp_path: Path) -> None:
    print(f"seed {SEED}")
    file, rows = tmp_path / "hospital.toml", []
    file.write_text(HOSPITAL)
    ward = Ward(SEED)
    with short_lived("bedflow-shim-") as folder:
        clock = Clock(folder)
        with house(tmp_path, file, loaded=False, BEDFLOW_LOG_LEVEL="warning", **clock.environ) as found:
            run = Run(found, ward.told, lambda: stores_of(found), SEED).begin()
            try:
                for name, seconds in JUMPS:
                    _fed(run, ward, 50)
                    clock.set(seconds)
                    rows.append([name, LETTERS, f"{_fed(run, ward, LETTERS):.1f}", _taps(run), f"{_settled(run):.1f}", _shift(run)])
                    run.tally.fault(name)
            finally:
                run.end()
            verdict = json.loads(found.run("rebuild", "--from-journal", "--check", "--json", check=False).stdout)
            run.tally.found += [f"I7: {finding}" for finding in (*verdict["surprises"], *verdict["differences"])]
            books = run.read().books
    headings = (
        "the clock goes",
        "letters then",
        "answered within s",
        "taps told done so far",
        "equal after s",
        "the journal's newest hour is off by",
    )
    report("faults-f9", f"F9, seed {SEED}.\n\n{lines(headings, rows)}", seed=SEED, rows=rows)
    assert run.tally.found == []
    assert books.lies_in == ward.lies_in
    assert [row[-1] for row in rows] == ["+1", "+0", "-24", "-24", "+0"], "the clock was not shifted"


def _fed(run: Run, ward: Ward, letters: int) -> float:
    """So many letters, answered; how long it took."""
    begun = time.monotonic()
    run.clicker.may.set()
    ward.tell(letters)
    run.feeder.allowed = len(ward.told)
    while not run.feeder.done:
        assert time.monotonic() < begun + 30, run.house.log.read_text()[-2000:]
        time.sleep(0.01)
    return time.monotonic() - begun


def _settled(run: Run) -> float:
    begun = time.monotonic()
    run.clicker.rest()
    assert run.caught_up(20)
    return time.monotonic() - begun


def _taps(run: Run) -> int:
    return sum(click.promised for click in list(run.clicker.clicks))


def _shift(run: Run) -> str:
    """How far the time that the last letter was received at is from ours, in whole hours."""
    newest = max(run.read().books.journal, key=lambda letter: letter.id).received_at.timestamp()
    return f"{round((newest - time.time()) / HOUR):+d}"
