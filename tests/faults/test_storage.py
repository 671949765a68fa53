"""F5: the disk is full, or says EIO where it was asked to keep something, under load: nobody is told done, nothing that was told is lost,
and the hospital goes on by itself when the disk does.

Real disks of a few megabytes, and an fsync that fails by LD_PRELOAD (`shim.c`).
"""

import os
import random
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.acceptance.house import HouseProcess, house
from tests.acceptance.inside import laid_cluster
from tests.faults.blows import stores_of
from tests.faults.heads import AWAY
from tests.faults.run import Run, lines, report
from tests.faults.shim import Disk, filled, small_disk
from tests.faults.stays import HOSPITAL, Ward
from tests.memory import short_lived

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]
SEED = int(os.environ.get("F5_SEED", random.SystemRandom().randrange(100_000)))
FAILS_FOR = 4.0
_rows: list[list[object]] = []


class Stored:
    """A hospital with its feed, whose disk is about to fail."""

    def __init__(self, found: HouseProcess) -> None:
        self.house, self.ward = found, Ward(SEED)
        self.run = Run(found, self.ward.told, lambda: stores_of(found), SEED).begin()
        self.load(200)

    def load(self, letters: int, within: float = 60) -> None:
        """So many letters more, and all of them answered."""
        self.send(letters)
        deadline = time.monotonic() + within
        while not self.run.feeder.done:
            assert time.monotonic() < deadline, self.house.log.read_text()[-300:]
            time.sleep(0.02)

    def send(self, letters: int) -> None:
        self.run.clicker.may.set()
        self.ward.tell(letters)
        self.run.feeder.allowed = len(self.ward.told)

    def feed_for(self, seconds: float) -> int:
        """For so long, in steps: all that was told must be answered in the end. Returns how many letters were acknowledged."""
        before, deadline = self.run.feeder.answered, time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.run.feeder.done:
                self.send(200)
            time.sleep(0.05)
        return self.run.feeder.answered - before

    def _caught_up(self, within: float = 60) -> bool:
        """Postgres may be starting once more."""
        deadline = time.monotonic() + within
        while True:
            try:
                return self.run.caught_up(30)
            except AWAY:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)

    def whole_again(self, name: str, during: int) -> None:
        """After the failure: all is answered and handled once, the ward is what the feed says; the figures are noted."""
        begun = time.monotonic()
        self.load(100, 90)
        self.run.clicker.rest()
        assert self._caught_up()
        books = self.run.read().books
        if books.lies_in != self.ward.lies_in:
            self.run.tally.found.append(f"I1: the ward is {books.lies_in}, the feed says {self.ward.lies_in}")
        _rows.append([name, during, self.run.feeder.answered, len(self.run.tally.found), f"{time.monotonic() - begun:.1f}"])
        assert self.run.tally.found == []


@contextmanager
def stored(folder: Path, **extra: str) -> Iterator[Stored]:
    """On a data directory in memory, or, where `folder/data` stands already, on that."""
    file = folder / "hospital.toml"
    file.write_text(HOSPITAL)
    with house(folder, file, loaded=False, BEDFLOW_LOG_LEVEL="warning", **extra) as found:
        told = Stored(found)
        try:
            yield told
        finally:
            told.run.end()


def _while_failing(told: Stored, failing: Callable[[], None], seconds: float = FAILS_FOR) -> int:
    """Letters that were acknowledged from a second after the failure on."""
    failing()
    told.feed_for(1)
    during = told.feed_for(seconds)
    told.run.feeder.hold()
    return during


def test_an_fsync_that_fails_once(tmp_path: Path) -> None:
    with short_lived("bedflow-shim-") as folder:
        disk = Disk(folder)
        with stored(tmp_path, BEDFLOW_POSTGRES_BIN=str(disk.programs)) as told:
            during = _while_failing(told, disk.once.touch)
            assert not disk.once.exists(), "no fsync failed"
            told.whole_again("fsync: EIO, once", during)


def test_fsyncs_that_fail_for_seconds(tmp_path: Path) -> None:
    with short_lived("bedflow-shim-") as folder:
        disk = Disk(folder)
        with stored(tmp_path, BEDFLOW_POSTGRES_BIN=str(disk.programs)) as told:
            during = _while_failing(told, disk.failing.touch)
            disk.failing.unlink()
            assert during == 0, "acknowledged while no fsync came to anything"
            told.whole_again(f"fsync: EIO for {FAILS_FOR:.0f} s", during)


def test_a_full_disk_under_postgres(tmp_path: Path) -> None:
    """WAL that is laid out already is written still; then nothing is acknowledged until there is room."""
    with small_disk(tmp_path / "disk", 200) as disk:
        with laid_cluster(tmp_path / "laid"):
            shutil.copytree(tmp_path / "laid", disk / "data", symlinks=True)
            for path in (disk / "data" / "postgres").rglob("*"):
                shutil.copystat(path, path)
            _like(tmp_path / "laid" / "postgres", disk / "data" / "postgres")
        file = tmp_path / "hospital.toml"
        file.write_text(HOSPITAL)
        found = HouseProcess(tmp_path, file, {"BEDFLOW_LOG_LEVEL": "warning", "BEDFLOW_DATA_DIR": str(disk / "data")})
        found.start()
        told = Stored(found)
        try:
            with filled(disk):
                _until(lambda: _stands_still(told), 100)
                before = told.run.feeder.answered
                time.sleep(FAILS_FOR)
                during = told.run.feeder.answered - before
            assert during == 0
            told.whole_again("disk of Postgres full", during)
        finally:
            told.run.end()
            found.stop()


def _alone(told: Stored) -> bool:
    """Fed on a little, and commits no longer wait for the backup."""
    told.feed_for(0.1)
    return "backup.alone" in told.house.log.read_text()


def _like(source: Path, target: Path) -> None:
    """The owner and mode of every file, as the stores' user needs them."""
    for path in (source, *source.rglob("*")):
        other = target / path.relative_to(source)
        stat = path.lstat()
        os.chown(other, stat.st_uid, stat.st_gid)
        other.chmod(stat.st_mode & 0o777)


def _stands_still(told: Stored) -> bool:
    """Fed on, in steps, and not one letter answered for seconds."""
    return told.feed_for(3) == 0


def _until(condition: Callable[[], bool], within: float) -> None:
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline


def test_a_full_disk_under_the_backup(tmp_path: Path) -> None:
    """The receiver ends, commits go on without it, and wait for it again when there is room."""
    with small_disk(tmp_path / "disk", 90) as disk, stored(tmp_path, BEDFLOW_BACKUP=str(disk / "backup")) as told:
        log = told.house.log
        with filled(disk):
            _until(lambda: _alone(told), 300)
            during = told.feed_for(FAILS_FOR)
            told.run.feeder.hold()
        assert during > 50, "the hospital stopped for its backup"
        told.whole_again("disk of the backup full", during)
        _until(lambda: log.read_text().count("backup.together") >= 2 or time.sleep(0.1) is not None, 60)


def test_a_full_disk_under_the_audit_anchor(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 1) as disk, stored(tmp_path, BEDFLOW_AUDIT_ANCHOR=str(disk / "anchor.txt")) as told:
        with filled(disk):
            during = _while_failing(told, lambda: None)
        assert during > 50
        told.whole_again("disk of the audit anchor full", during)


def test_the_counts() -> None:
    """TRUST.md: storage, five times."""
    headings = ("what failed", "acknowledged meanwhile", "acknowledged in all", "findings", "whole again after s")
    report("faults-f5", f"F5, seed {SEED}.\n\n{lines(headings, _rows)}", seed=SEED, rows=_rows)
    assert len(_rows) == 5
