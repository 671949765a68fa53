"""F2: 100,000 messages under 1,000 faults and more, with ten seeds; each run is one of F1 of twice the length, judged in the same way.

A run takes minutes: what is done is kept in `test-artifacts/faults-f2.json`, and the next call goes on from there. `F2_MINUTES` bounds a
call (no new seed is begun after it), `F2_SEED` gives the first seed.
"""

import json
import os
import random
import time
from pathlib import Path

import pytest

from tests.acceptance.house import house
from tests.faults.blows import stores_of
from tests.faults.run import ARTEFACTS, Run, lines, report
from tests.faults.stays import HOSPITAL, Ward
from tests.faults.test_smoke import HINDERED, KILLED, disturb, finish

MINUTES = float(os.environ.get("F2_MINUTES", "40"))
FIRST = int(os.environ.get("F2_SEED", "2001"))
SEEDS, MESSAGES, FAULTS = 10, 10_000, (*KILLED, *HINDERED) * 9
DONE = ARTEFACTS / "faults-f2.json"
HEADINGS = ("seed", "messages", "faults", "acknowledged", "taps told done", "judged", "findings", "equal after s", "seconds", "load")


def _done() -> list[list[object]]:
    """The rows of earlier calls, where they are of the same seeds."""
    try:
        kept = json.loads(DONE.read_text())
    except (OSError, ValueError):
        return []
    return list(kept["rows"]) if kept.get("first") == FIRST else []


def _one(folder: Path, seed: int) -> list[object]:
    folder.mkdir()
    file = folder / "hospital.toml"
    file.write_text(HOSPITAL)
    ward, begun = Ward(seed).tell(MESSAGES), time.monotonic()
    with house(folder, file, BEDFLOW_LOG_LEVEL="warning") as found:
        run = Run(found, ward.told, lambda: stores_of(found), seed).begin()
        try:
            disturb(run, random.Random(seed), FAULTS)
            finish(run, ward)
        finally:
            run.end()
    assert run.tally.found == [], f"seed {seed}: {run.tally.found}"
    taps = sum(click.promised for click in run.clicker.clicks)
    done = [len(ward.told), sum(run.tally.faults.values()), run.feeder.answered, taps, run.tally.checks, len(run.tally.found)]
    return [seed, *done, f"{run.tally.slowest:.1f}", round(time.monotonic() - begun), round(os.getloadavg()[0], 1)]


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_a_hundred_thousand_messages_under_a_thousand_faults(tmp_path: Path) -> None:
    begun, rows = time.monotonic(), _done()
    for seed in range(FIRST + len(rows), FIRST + SEEDS):
        if time.monotonic() - begun > MINUTES * 60:
            break
        print(f"seed {seed}")
        rows.append(_one(tmp_path / str(seed), seed))
        messages, faults = (sum(int(str(row[column])) for row in rows) for column in (1, 2))
        text = f"F2: {len(rows)} of {SEEDS} seeds, {messages} messages, {faults} faults.\n\n{lines(HEADINGS, rows)}"
        report("faults-f2", text, first=FIRST, rows=rows)
    if len(rows) < SEEDS:
        pytest.skip(f"{len(rows)} of {SEEDS} seeds are done after {MINUTES:.0f} minutes; call again to go on")
    assert sum(int(str(row[1])) for row in rows) >= 100_000
    assert sum(int(str(row[2])) for row in rows) >= 1_000
