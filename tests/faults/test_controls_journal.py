"""Negative controls of the journal: a listener that answers before it commits, and one whose commits do not wait for the disk.

The same harness judges the honest listener and the faulty ones by the same invariant: it must find nothing there, and a loss
here. A control that loses nothing means that the harness is blind.
"""

import asyncio
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from flow.embedded import Stores
from flow.embedded import stores as embedded_stores
from flow.history.migrate import migrate
from flow.history.pool import Database
from flow.settings import Settings
from tests.acceptance.house import ROOT, free_port
from tests.faults import invariants
from tests.faults.books import read_books
from tests.faults.feeder import Feeder
from tests.faults.run import lines, report
from tests.faults.stays import Ward

pytestmark = [pytest.mark.long, pytest.mark.timeout(240)]

SEED = int(os.environ.get("CONTROL_SEED", random.SystemRandom().randrange(100_000)))
LETTERS, KILLS = 4_000, 8
_rows: list[list[object]] = []


class Kept:
    """Stores that are kept up in a thread of their own: what is killed is started again, as the house does."""

    def __init__(self, folder: str) -> None:
        self.folder = Path(folder)
        self._end = asyncio.Event()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)
        self._thread.start()
        assert self._ready.wait(60)

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        async with embedded_stores(Settings.from_environ({"BEDFLOW_DATA_DIR": str(self.folder)})) as found:
            self.stores: Stores = found
            self._ready.set()
            await self._end.wait()

    def end(self) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(30)

    @property
    def postmaster(self) -> int:
        return int((self.folder / "postgres" / "postmaster.pid").read_text().split("\n")[0])


@pytest.fixture
def kept() -> Iterator[Kept]:
    folder = tempfile.mkdtemp(prefix="bedflow-control-")
    found = Kept(folder)
    try:
        asyncio.run(_prepare(found.stores.dsn))
        yield found
    finally:
        found.end()
        shutil.rmtree(folder, ignore_errors=True)


async def _prepare(dsn: str) -> None:
    """The schema; and a WAL writer that sleeps long, so that what does not wait for the disk is not there by luck."""
    database = await Database.connect(dsn, "small")
    await migrate(database)
    await database.close()
    connection = await asyncpg.connect(dsn)
    await connection.execute("alter system set wal_writer_delay = '10s'")
    await connection.execute("alter system set bgwriter_delay = '10s'")
    await connection.execute("select pg_reload_conf()")
    await connection.close()


class Listening:
    """The process of `journal.py`."""

    def __init__(self, mode: str, kept: Kept) -> None:
        self.mode, self.kept, self.port = mode, kept, free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        words = [sys.executable, "-m", "tests.faults.journal", self.mode, self.kept.stores.dsn, str(self.kept.folder), str(self.port)]
        self.process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and self.process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise AssertionError("the listener does not listen")

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()


def _run(mode: str, kept: Kept, *, postgres: bool) -> list[str]:
    """Feed it and kill it (or Postgres) again and again; what is missing in the end of what was acknowledged."""
    dice = random.Random(SEED)
    listening = Listening(mode, kept)
    feeder = Feeder(listening.port, Ward(SEED).tell(LETTERS).told, window=16)
    feeder.start()
    listening.start()
    try:
        for number in range(KILLS):
            feeder.allowed = LETTERS * (number + 1) // KILLS
            aim = feeder.answered + dice.randrange(50, LETTERS // KILLS - 50)
            _answered(feeder, aim)
            if postgres:
                os.kill(kept.postmaster, signal.SIGKILL)
                _until_up(kept.stores.dsn)
            listening.kill()
            feeder.hung_up()
            listening.start()
        feeder.allowed = LETTERS
        _answered(feeder, LETTERS)
    finally:
        feeder.end()
        listening.kill()
    found = invariants.lost(feeder.acked, read_books(kept.stores.dsn, "small", kept.folder).journal)
    who = "Postgres" if postgres else "the listener"
    _rows.append([f"{mode}, {who} killed {KILLS} times", feeder.answered, len(found)])
    return found


def _answered(feeder: Feeder, count: int, within: float = 60) -> None:
    deadline = time.monotonic() + within
    while feeder.answered < count:
        assert time.monotonic() < deadline, "the feed stands still"
        time.sleep(0.001)


def _until_up(dsn: str, within: float = 30) -> None:
    async def up() -> None:
        connection = await asyncpg.connect(dsn, timeout=5)
        await connection.close()

    deadline = time.monotonic() + within
    time.sleep(0.3)  # the kernel's own time to end the backends; what follows polls
    while True:
        try:
            asyncio.run(up())
            return
        except (OSError, asyncpg.PostgresError):
            assert time.monotonic() < deadline, "Postgres does not come back"
            time.sleep(0.05)


def test_the_honest_journal_loses_nothing(kept: Kept) -> None:
    assert _run("honest", kept, postgres=False) == []


def test_the_honest_journal_loses_nothing_with_postgres(kept: Kept) -> None:
    assert _run("honest", kept, postgres=True) == []


def test_answering_before_the_commit_loses_letters(kept: Kept) -> None:
    assert _run("ack-first", kept, postgres=False), "the harness is blind: nothing was found missing"


def test_not_waiting_for_the_disk_loses_letters(kept: Kept) -> None:
    assert _run("async-commit", kept, postgres=True), "the harness is blind: nothing was found missing"


def test_the_counts() -> None:
    report("faults-controls-journal", lines(("control", "acknowledged", "lost"), _rows), seed=SEED, rows=_rows)
    assert len(_rows) == 4
