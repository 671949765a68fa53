"""What a fault run strikes a hospital with: the process, its Postgres and its Valkey killed, stopped for a moment, or emptied.

The hospital runs with stores of its own, which its process starts again; they are found by the note it leaves in its data directory.
"""

import json
import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path

import redis

from tests.acceptance.house import HouseProcess
from tests.faults.run import Run
from tests.keeper import keeper


def note_of(found: HouseProcess) -> dict[str, str]:
    note: dict[str, str] = json.loads((Path(found.environ["BEDFLOW_DATA_DIR"]) / "stores.json").read_text())
    return note


def stores_of(found: HouseProcess) -> tuple[str, str]:
    note = note_of(found)
    return note["dsn"], note["redis_url"]


def _postmaster(found: HouseProcess) -> int:
    return int((Path(found.environ["BEDFLOW_DATA_DIR"]) / "postgres" / "postmaster.pid").read_text().split("\n")[0])


def _backend(found: HouseProcess) -> int:
    """One of the processes that the recorded postmaster started for a client."""
    mine = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                ours = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1]) == _postmaster(found)
                mine += [int(entry.name)] if ours and b"bedflow_app bedflow" in (entry / "cmdline").read_bytes() else []
            except OSError:
                continue
    return max(mine)


def _valkey(found: HouseProcess) -> int:
    """The process of the live picture's store. Raises KeyError while there is none: to a signal 0 would mean ourselves."""
    pid = int(note_of(found)["valkey_pid"])
    if not pid:
        raise KeyError("the store is being started")
    return pid


def _kill(run: Run, dice: random.Random) -> None:
    run.house.kill()
    run.dead_process()
    run.house.start()


def _kill_postgres(run: Run, dice: random.Random) -> None:
    _once_up(lambda: os.kill(_postmaster(run.house), signal.SIGKILL))
    run.postgres_is_back()


def _kill_backend(run: Run, dice: random.Random) -> None:
    _once_up(lambda: os.kill(_backend(run.house), signal.SIGKILL))
    run.postgres_is_back()


def _kill_redis(run: Run, dice: random.Random) -> None:
    _once_up(lambda: os.kill(_valkey(run.house), signal.SIGKILL))


def _flush(run: Run, dice: random.Random) -> None:
    def empty() -> None:
        with redis.from_url(keeper(stores_of(run.house)[1])) as client:
            client.flushall()

    _once_up(empty)


def _flush_dead(run: Run, dice: random.Random) -> None:
    """Flushed, and killed before it can be rebuilt."""
    _flush(run, dice)
    _kill(run, dice)


def _stop(run: Run, dice: random.Random) -> None:
    assert run.house.process is not None
    _hold(run.house.process.pid, dice)


def _stop_redis(run: Run, dice: random.Random) -> None:
    _once_up(lambda: _hold(_valkey(run.house), dice))


def _stop_backend(run: Run, dice: random.Random) -> None:
    """Postgres hangs for one of its clients; who waits for what that one locks, waits."""
    _once_up(lambda: _hold(_backend(run.house), dice))


def _hold(pid: int, dice: random.Random) -> None:
    os.kill(pid, signal.SIGSTOP)
    time.sleep(dice.uniform(0.1, 0.8))
    os.kill(pid, signal.SIGCONT)


def _once_up(act: Callable[[], None], within: float = 10) -> None:
    """A store that is being restarted has no process for a moment; wait for one to hit."""
    deadline = time.monotonic() + within
    while True:
        try:
            act()
            return
        except (OSError, ValueError, KeyError, IndexError, redis.RedisError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


FAULT: dict[str, Callable[[Run, random.Random], None]] = {
    "kill": _kill,
    "kill-postgres": _kill_postgres,
    "kill-backend": _kill_backend,
    "kill-redis": _kill_redis,
    "flush": _flush,
    "flush-dead": _flush_dead,
    "stop": _stop,
    "stop-redis": _stop_redis,
    "stop-backend": _stop_backend,
}
