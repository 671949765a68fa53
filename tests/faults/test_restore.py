"""F11: the machine's disk is lost under load, and the hospital comes back from its backup with everything that was acknowledged.

Feed and person go on until the kill; what they were promised by then is compared with what came back (RPO 0), the audit chain with its
anchor outside. `make test` runs one such day of a small hospital, `make faults` several, with blows before.
"""

import asyncio
import json
import os
import random
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from flow.backup.folder import Folder
from flow.backup.look import look
from tests.acceptance.house import house
from tests.faults.blows import FAULT, stores_of
from tests.faults.run import Run, Seen, answering, lines, report
from tests.faults.stays import HOSPITAL, Ward

SEED = int(os.environ.get("F11_SEED", random.SystemRandom().randrange(100_000)))
PASSPHRASE = "a ward round at half past six"
BLOWS = ("kill", "kill-postgres", "flush", "kill", "kill-backend", "stop")


@dataclass(frozen=True, slots=True)
class Lost:
    """What had been promised when the disk was lost, and how the way back went."""

    seen: Seen
    seconds: float
    again: float


@contextmanager
def followed(folder: Path, ward: Ward) -> Iterator[Run]:
    """A hospital whose commits wait for a backup; its audit anchor and its backup lie outside."""
    file, secret = folder / "hospital.toml", folder / "passphrase"
    file.write_text(HOSPITAL)
    secret.write_text(f"{PASSPHRASE}\n")
    secret.chmod(0o600)
    outside = {
        "BEDFLOW_BACKUP": str(folder / "backup"),
        "BEDFLOW_BACKUP_PASSPHRASE": str(secret),
        "BEDFLOW_AUDIT_ANCHOR": str(folder / "anchor.txt"),
    }
    with house(folder, file, loaded=False, BEDFLOW_LOG_LEVEL="warning", **outside) as found:
        yield Run(found, ward.told, lambda: stores_of(found), SEED)


def lose_the_disk(run: Run) -> Lost:
    """kill -9, the data directory gone, `bedflow restore`, `bedflow serve`."""
    run.house.kill()
    run.feeder.hung_up()
    run.feeder.hold()
    run.clicker.rest()
    acked, clicks = dict(run.feeder.acked), list(run.clicker.clicks)
    data = Path(run.house.environ["BEDFLOW_DATA_DIR"])
    while data.exists():  # its Postgres is ending still, and may write
        shutil.rmtree(data.resolve(), ignore_errors=True)
    if data.is_symlink():
        data.unlink()
    begun = time.monotonic()
    told = run.house.run("restore", run.house.environ["BEDFLOW_BACKUP"], check=False)
    assert told.returncode == 0, told.stderr
    print(told.stdout)
    seconds = time.monotonic() - begun
    assert run.house.run("audit", "verify", "--json").returncode == 0, "the chain, or its end, is not what was anchored"
    back = time.monotonic()
    run.house.start()
    books = run.read()
    seen = Seen(acked, clicks, books.picture, books.books)
    run.judge(seen)
    return Lost(seen, seconds, time.monotonic() - back)


def copied(run: Run, within: float = 60) -> None:
    """Wait until the house's own copy is whole."""
    deadline = time.monotonic() + within
    while not list(Path(run.house.environ["BEDFLOW_BACKUP"]).glob("base-*Z/manifest.json")):
        assert time.monotonic() < deadline, run.house.log.read_text()[-2000:]
        time.sleep(0.05)


def load(run: Run, ward: Ward, letters: int, within: float = 60) -> None:
    """So many letters more, all but the last answered: the feed is in full swing."""
    ward.tell(letters + 40)
    run.clicker.may.set()
    run.feeder.allowed = len(ward.told)
    aim, deadline = run.feeder.answered + letters, time.monotonic() + within
    while run.feeder.answered < aim:
        assert time.monotonic() < deadline, "the feed stands still"
        time.sleep(0.005)


def _goes_on(run: Run, ward: Ward) -> None:
    """The feed goes on where it was, and the ward is what it says."""
    run.clicker.may.set()
    ward.tell(60)
    run.feeder.allowed = len(ward.told)
    deadline = time.monotonic() + 60
    while not run.feeder.done and time.monotonic() < deadline:
        time.sleep(0.02)
    run.clicker.rest()
    assert run.caught_up(20)
    books = run.read().books
    if books.lies_in != ward.lies_in or len(books.records["visit"]) != ward.visits:
        run.tally.found.append(f"I1: the ward is {books.lies_in}, the feed says {ward.lies_in}")


def _again(run: Run) -> None:
    """The journal gives what stands, over all that was lost."""
    verdict = json.loads(run.house.run("rebuild", "--from-journal", "--check", "--json", check=False).stdout)
    run.tally.found += [f"I7: {finding}" for finding in (*verdict["surprises"], *verdict["differences"])]


def _row(lost: Lost, run: Run) -> list[object]:
    done = sum(click.promised for click in lost.seen.clicks)
    missing = run.tally.count("I1") + run.tally.count("I10")
    return [len(lost.seen.acked), done, missing, f"{lost.seconds:.1f}", f"{lost.again:.1f}"]


HEADINGS = ("letters acknowledged", "taps told done", "of them lost", "restored after s", "serving after s more")


def receiver(run: Run) -> int:
    """The process that follows into the backup's folder."""
    mine = run.house.environ["BEDFLOW_BACKUP"].encode()
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            words = (entry / "cmdline").read_bytes() if entry.name.isdigit() else b""
            if b"pg_receivewal" in words.split(b"\0")[0] and mine in words:
                return int(entry.name)
    raise AssertionError("nobody receives")


def told_of(run: Run, words: str, times: int, within: float = 40) -> None:
    """Wait until the house has logged something for the n-th time."""
    deadline = time.monotonic() + within
    while run.house.log.read_text().count(words) < times:
        assert time.monotonic() < deadline, run.house.log.read_text()[-2000:]
        time.sleep(0.05)


def _without_its_receiver(run: Run, ward: Ward) -> float:
    """The receiver hangs: the hospital stops for a moment, says that it goes on alone, and goes on. Then it is back."""
    pid = receiver(run)
    os.kill(pid, signal.SIGSTOP)
    begun = time.monotonic()
    load(run, ward, 50)
    held_up = time.monotonic() - begun
    told_of(run, "event=backup.alone", 1)
    os.kill(pid, signal.SIGCONT)
    told_of(run, "event=backup.together", 2)
    return held_up


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_a_lost_disk_loses_nothing_acknowledged(tmp_path: Path) -> None:
    print(f"seed {SEED}")
    ward = Ward(SEED)
    with followed(tmp_path, ward) as run:
        run.begin()
        try:
            copied(run)
            load(run, ward, 100)
            print(f"held up for {_without_its_receiver(run, ward):.1f} s by a receiver that hangs")
            load(run, ward, 200)
            lost = lose_the_disk(run)
            told_of(run, "event=backup.together", 3)
            state = asyncio.run(look(run.stores()[0], Folder(tmp_path / "backup")))
            assert state.wrong == ()
            _goes_on(run, ward)
        finally:
            run.end()
    report("faults-f11-short", lines(HEADINGS, [_row(lost, run)]), seed=SEED)
    assert run.tally.found == []
    assert len(lost.seen.acked) > 250


@pytest.mark.long
@pytest.mark.timeout(900)
def test_the_disk_is_lost_again_and_again(tmp_path: Path) -> None:
    print(f"seed {SEED}")
    ward, dice, rows = Ward(SEED), random.Random(SEED), []
    with followed(tmp_path, ward) as run:
        run.begin()
        try:
            copied(run)
            for number in range(3):
                assert asyncio.run(look(run.stores()[0], Folder(tmp_path / "backup"))).wrong == (), f"after {number} restores"
                for name in dice.sample(BLOWS, int(os.environ.get("F11_BLOWS", "3"))):
                    load(run, ward, 400)
                    FAULT[name](run, dice)
                    assert answering(run.house)
                load(run, ward, 1000)
                lost = lose_the_disk(run)
                rows.append(_row(lost, run))
            _goes_on(run, ward)
            _again(run)
        finally:
            run.end()
    report("faults-f11", f"F11, seed {SEED}.\n\n{lines(HEADINGS, rows)}", seed=SEED, rows=rows)
    assert run.tally.found == []
