"""The receiver: pg_receivewal as a child, which has each change on the folder's disk before a commit is answered; and the watch over it.

Every process of a house watches; the one that holds the folder's lock runs the receiver and takes the daily copy.
"""

import asyncio
import fcntl
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import asyncpg
import structlog
from prometheus_client import Gauge

from flow.backup.address import FOLLOWER, address
from flow.backup.copy import keep_key, take
from flow.backup.folder import Folder
from flow.backup.standing import Seen, Standing, Step
from flow.embedded.binaries import copying_programs
from flow.embedded.child import Child
from flow.errors import BedflowError, Unavailable
from flow.settings import Settings

log = structlog.get_logger()
LOOK = 0.25
AGAIN, LONGEST = 0.25, 30.0
"""Seconds before a receiver that died is started again; doubled each time until it has followed."""
AT_START = 15.0
"""Seconds that a house that starts waits until its commits are received, before it listens."""
EACH, KEPT = timedelta(days=1), 2
COPY_AGAIN = 300.0
"""Seconds between a copy that failed and the next try."""
LOST = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)

_GONE, _LAST_WORDS = b"has already been removed", 300

_together = Gauge("bedflow_backup_together", "1 while each commit waits until it is in the backup as well")

_SEEN = """
select current_setting('synchronous_standby_names') = $1::text as waited_for, r.state = 'streaming' as streaming,
       r.reply_time::text || r.flush_lsn::text as word, s.wal_status = 'lost' as lost, s.active
from (select 1) as one
left join pg_stat_replication r on r.application_name = $1
left join pg_replication_slots s on s.slot_name = $1
order by r.state = 'streaming' desc nulls last limit 1
"""


class Follower:
    """Follows one house into one folder, for as long as `run` is let."""

    def __init__(self, settings: Settings, dsn: str, hospital: str, folder: Folder) -> None:
        self.settings, self.dsn, self.hospital, self.folder = settings, dsn, hospital, folder
        self.together = asyncio.Event()
        self._standing = Standing()
        self._connection: asyncpg.Connection | None = None
        self._lock: int | None = None
        self._child: Child | None = None
        self._copying: asyncio.Task[None] | None = None
        self._pause, self._start_at, self._copy_at = AGAIN, 0.0, 0.0
        self._copy_now = False

    async def run(self) -> None:
        """Until cancelled; then commits wait for nobody and the receiver has ended."""
        try:
            while True:
                try:
                    async with asyncio.timeout(5):
                        await self.look()
                except LOST as error:
                    self._drop()
                    log.info("backup.not_looked", reason=type(error).__name__)
                except BedflowError as error:
                    log.error("backup.trouble", reason=error.reason)
                    await asyncio.sleep(1)
                await asyncio.sleep(LOOK)
        finally:
            await self._end()

    async def look(self) -> None:
        """One look at Postgres, and what follows from it."""
        connection = await self._connected()
        row = (await connection.fetch(_SEEN, FOLLOWER))[0]
        seen = Seen(bool(row["waited_for"]), bool(row["streaming"]), row["word"])
        if self._holds():
            await self._keep_up(connection, seen, lost=bool(row["lost"]))
        seen = replace(seen, streaming=seen.streaming and not self._copy_now)
        step = self._standing.decide(seen, asyncio.get_running_loop().time())
        if step is not None:
            await self._set(connection, step)
        elif seen.waited_for and seen.streaming:
            self._note(together=True)

    def _note(self, *, together: bool) -> None:
        _together.set(together)
        if together:
            self.together.set()
        else:
            self.together.clear()

    async def _set(self, connection: asyncpg.Connection, step: Step) -> None:
        together = step is Step.TOGETHER
        await say_who_is_waited_for(connection, FOLLOWER if together else "")
        self._note(together=together)
        if together:
            self._pause = AGAIN
            log.warning("backup.together", words="each commit waits until it is in the backup")
        else:
            log.error("backup.alone", words="the backup's receiver is away; commits go on without it, kept by Postgres alone")

    # -- the one that holds the lock ----------------------------------------------------------------------------------

    def _holds(self) -> bool:
        if self._lock is None:
            self.folder.make()
            handle = os.open(self.folder.path / "receiver.lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._lock = handle
            except BlockingIOError:
                os.close(handle)
        return self._lock is not None

    async def _keep_up(self, connection: asyncpg.Connection, seen: Seen, *, lost: bool) -> None:
        """Start the receiver where it is not, and a copy where one is due."""
        now = asyncio.get_running_loop().time()
        if lost and (self._child is None or not self._child.alive()):
            log.error("backup.gap", words="the receiver was away for too long; a new copy is taken")
            await connection.execute("select pg_drop_replication_slot($1)", FOLLOWER)
            self._begin_anew()
        if (self._child is None or not self._child.alive()) and now >= self._start_at:
            if self._child is not None:
                log.error("backup.receiver_ended", log=str(self._child.log))
                if _GONE in self._child.log.read_bytes()[-_LAST_WORDS:]:
                    self._begin_anew()
            await self._start(connection)
            self._start_at, self._pause = now + self._pause, min(self._pause * 2, LONGEST)
        if seen.streaming and (self._copying is None or self._copying.done()) and now >= self._copy_at:
            self._copying = asyncio.create_task(self._copy())

    def _begin_anew(self) -> None:
        """What the receiver would go on from is gone, as after a restore: it begins where Postgres is, and so does a copy."""
        self.folder.set_aside()
        self._copy_now, self._copy_at, self._pause = True, 0.0, AGAIN

    async def _start(self, connection: asyncpg.Connection) -> None:
        with suppress(asyncpg.DuplicateObjectError):
            await connection.execute("select pg_create_physical_replication_slot($1, true)", FOLLOWER)
        place = address(self.dsn)
        words = ["-D", self.folder.changes, "--slot", FOLLOWER, "--synchronous", "--status-interval=1", "--no-loop", "--no-password"]
        program = copying_programs(connection.get_server_version().major, self.settings.postgres_bin) / "pg_receivewal"
        command = [str(program), *map(str, words), "-d", place.dsn]
        self._child = Child(command, self.folder.path / "receiver.log", None, signal.SIGTERM, environ=place.environ)
        self._child.start()

    async def _copy(self) -> None:
        """A copy where there is none of today's, or the changes no longer follow the last."""
        try:
            keep_key(self.settings, self.folder)
            copies = self.folder.copies()
            if self._copy_now or not copies or datetime.now(UTC) - copies[-1].manifest.made_at > EACH or self.folder.broken_off(copies[-1]):
                copy = await take(self.settings, self.dsn, self.hospital, self.folder)
                self._copy_now = False
                await asyncio.to_thread(self.folder.keep, KEPT)
                log.warning("backup.copied", folder=str(copy.path), seq=copy.manifest.seq)
            self._copy_at = asyncio.get_running_loop().time() + 60
        except (*LOST, BedflowError) as error:
            log.error("backup.not_copied", reason=str(error))
            self._copy_at = asyncio.get_running_loop().time() + COPY_AGAIN

    # -- beginning and end --------------------------------------------------------------------------------------------

    async def _connected(self) -> asyncpg.Connection:
        if self._connection is None or self._connection.is_closed():
            self._connection = await asyncpg.connect(self.dsn, timeout=4)
        return self._connection

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None

    async def _end(self) -> None:
        if self._copying is not None:
            self._copying.cancel()
            await asyncio.gather(self._copying, return_exceptions=True)
        if self._lock is not None:
            with suppress(*LOST):
                await say_who_is_waited_for(await self._connected(), "")
            if self._child is not None:
                await self._child.stop((signal.SIGINT, 3.0))
            os.close(self._lock)
        self._drop()


async def say_who_is_waited_for(connection: asyncpg.Connection, name: str) -> None:
    """From now on commits wait for this receiver, or for none; those that wait go on. Raises Unavailable where we may not say so."""
    try:
        await connection.execute(f"alter system set synchronous_standby_names = '{name}'")  # nosemgrep: sql-out-of-text # a name of ours
        await connection.execute("select pg_reload_conf()")
    except asyncpg.InsufficientPrivilegeError:
        may = "GRANT ALTER SYSTEM ON PARAMETER synchronous_standby_names, and EXECUTE ON FUNCTION pg_reload_conf()"
        raise Unavailable(f"PostgreSQL does not let us say that commits wait for the backup. Give our role {may}.") from None


async def let_go(dsn: str, *, followed: bool) -> None:
    """Before anything is written: where commits wait for a receiver that is not there, left by a house that was killed, they no longer do.
    A house that is followed no longer (`followed`) leaves no slot, for which Postgres would keep changes."""
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        row = (await connection.fetch(_SEEN, FOLLOWER))[0]
        if row["waited_for"] and not row["streaming"]:
            await say_who_is_waited_for(connection, "")
        if not followed and row["active"] is False:
            await connection.execute("select pg_drop_replication_slot($1)", FOLLOWER)
    finally:
        await connection.close()


@asynccontextmanager
async def following(settings: Settings, dsn: str, hospital: str) -> AsyncIterator[None]:
    """The receiver and its watch while a house serves; begins when commits are received, or after `AT_START` without them."""
    if settings.backup is None:
        yield
        return
    follower = Follower(settings, dsn, hospital, Folder(settings.backup))
    task = asyncio.create_task(follower.run(), name="backup")
    try:
        try:
            async with asyncio.timeout(AT_START):
                await follower.together.wait()
        except TimeoutError:
            log.error("backup.alone", words="the backup's receiver does not follow; the house starts without it")
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
