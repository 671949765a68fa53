"""Postgres as a child: makes the cluster at the first start, clears what a killed owner left, starts, waits until it is ready.

Comes after `place.py` and `binaries.py`; `stores.py` holds it. The cluster is made beside its place and renamed into it, so
that half a cluster is never taken for one. Durability is as Postgres ships it: fsync and synchronous_commit are on.
"""

import asyncio
import os
import shutil
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import asyncpg

from flow.embedded.binaries import Binaries
from flow.embedded.child import Child, command_line, end_leftover, running, until
from flow.embedded.place import RunFolder, StoreUser, logs_dir, own_name
from flow.errors import Misconfigured

ROLE = DATABASE = "bedflow"
APP_ROLE = "bedflow_app"
"""Who serves: no superuser and no owner, with what `flow.history.grants` lets it."""
RETRY_SECONDS = 5.0
READY_SECONDS = 300.0  # recovery after a crash may take minutes; the child is alive meanwhile
COMPLAINTS = ("fatal", "panic", "error", "denied", "cannot", "no space")
ENDING = ((signal.SIGINT, 2.5), (signal.SIGQUIT, 1.0))  # "fast", then "immediate"

CONFIGURATION = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "wal_compression": "on",
    "jit": "off",
    "random_page_cost": "1.1",
    "autovacuum_naptime": "5s",  # statistics of what a new hospital has just been filled with; plans are made anew by them
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "log_error_verbosity": "terse",  # the DETAIL of an error holds a row's values, and so may hold a name
    "log_min_error_statement": "panic",
    "cluster_name": "bedflow",
    "restart_after_crash": "off",  # it ends, and we start it: one whose recovery fails for the disk's sake would stay and let nobody in
    "max_slot_wal_keep_size": "4GB",  # a backup's receiver that stays away must not fill the disk
}


FOLLOWED = "synchronous_standby_names"


def wait_for_nobody(cluster: Path) -> None:
    """Before the first start: whom commits waited for (`flow.backup`) is not there yet, and may never be again."""
    file = cluster / "postgresql.auto.conf"
    if file.exists() and FOLLOWED in (text := file.read_text("utf-8")):
        file.write_text("".join(line for line in text.splitlines(keepends=True) if not line.startswith(FOLLOWED)), "utf-8")


def cluster_dir(data_dir: Path) -> Path:
    return data_dir / "postgres"


@dataclass(slots=True)
class Postgres:
    """The Postgres of one data directory, run with `binaries` by `user` (None: by us) with its socket in `run`."""

    data_dir: Path
    binaries: Binaries
    user: StoreUser | None
    run: RunFolder
    _child: Child | None = field(default=None, init=False)
    _handle: int | None = field(default=None, init=False)

    @property
    def dsn(self) -> str:
        return self._dsn_of(DATABASE)

    @property
    def app_dsn(self) -> str:
        return self._dsn_of(DATABASE, APP_ROLE)

    @property
    def log(self) -> Path:
        return logs_dir(self.data_dir) / "postgres.log"

    def alive(self) -> bool:
        return self._child is not None and self._child.alive()

    async def start(self) -> None:
        """Start it and wait until it accepts connections, for 5 seconds anew when a dying predecessor is in the way."""
        cluster = cluster_dir(self.data_dir)
        if not (cluster / "PG_VERSION").exists():
            await self._make_cluster(cluster)
        self._write_access_files()
        self._child = self._child or self._server(cluster)
        give_up = time.monotonic() + RETRY_SECONDS
        await _clear_leftover(cluster)
        while not await self._started(cluster):
            if time.monotonic() > give_up:
                raise Misconfigured(f"PostgreSQL does not start: {last_complaint(self.log)} The whole log is {self.log}.")
            await asyncio.sleep(0.1)
        await self._ensure_database()

    async def stop(self) -> None:
        if self._child is not None:
            await self._child.stop(*ENDING)
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    async def _started(self, cluster: Path) -> bool:
        """One attempt; False when the child ended instead."""
        assert self._child is not None
        child = self._child
        child.start()
        await until(lambda: not child.alive() or _ready(cluster, child.pid), READY_SECONDS)
        return child.alive() and _ready(cluster, child.pid)

    def _server(self, cluster: Path) -> Child:
        options = {
            **CONFIGURATION,
            "unix_socket_directories": str(self.run.sockets),
            "hba_file": str(self.run.path / "pg_hba.conf"),
            "ident_file": str(self.run.path / "pg_ident.conf"),
        }
        place, handles = self._opened(cluster)
        command = [str(self.binaries.path / "postgres"), "-D", place]
        command += [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        return Child(command, self.log, self.user, signal.SIGINT, handles)

    def _opened(self, cluster: Path) -> tuple[str, tuple[int, ...]]:
        """The cluster as the child sees it: as root through a handle it inherits, since its user may not walk down to it."""
        if self.user is None:
            return str(cluster), ()
        if self._handle is not None:
            os.close(self._handle)
        self._handle = os.open(cluster, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        return f"/proc/self/fd/{self._handle}", (self._handle,)

    async def _make_cluster(self, cluster: Path) -> None:
        draft = cluster.with_suffix(".new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        if self.user is not None:
            os.chown(draft, self.user.uid, self.user.gid)
        place, handles = self._opened(draft)
        command = [str(self.binaries.path / "initdb"), "-D", place, "-U", ROLE, "--auth=reject", "--data-checksums", *self._locale()]
        child = Child(command, self.log, self.user, signal.SIGTERM, handles)
        child.start()
        try:
            code = await child.exit_code()
        finally:
            await child.stop()
        if code != 0:
            raise Misconfigured(f"PostgreSQL cannot make its cluster in {draft}: {last_complaint(self.log)} The whole log is {self.log}.")
        draft.rename(cluster)

    def _locale(self) -> list[str]:
        builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if self.binaries.major >= 17 else []
        return ["--encoding=UTF8", "--locale=C", *builtin]

    def _write_access_files(self) -> None:
        """Only this user and root come in, as either role; the kernel says who they are (`peer`), and no network is listened on."""
        ours = {"root", own_name()}
        (self.run.path / "pg_hba.conf").write_text("local all,replication all peer map=bedflow\n")
        lines = [f'bedflow "{name}" {role}\n' for name in sorted(ours) for role in (ROLE, APP_ROLE)]
        (self.run.path / "pg_ident.conf").write_text("".join(lines))
        for name in ("pg_hba.conf", "pg_ident.conf"):
            (self.run.path / name).chmod(0o644)

    async def _ensure_database(self) -> None:
        connection = await asyncpg.connect(self._dsn_of("postgres"), timeout=30)
        try:
            if not await connection.fetchval("SELECT true FROM pg_database WHERE datname = $1", DATABASE):
                await connection.execute(f"CREATE DATABASE {DATABASE}")  # nosemgrep: sql-out-of-text # a constant
            if not await connection.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", APP_ROLE):
                await connection.execute(f"CREATE ROLE {APP_ROLE} LOGIN")  # nosemgrep: sql-out-of-text # a constant
        finally:
            await connection.close()

    def _dsn_of(self, database: str, role: str = ROLE) -> str:
        return f"postgresql://{role}@/{database}?host={quote(str(self.run.sockets), safe='')}"


def _ready(cluster: Path, pid: int) -> bool:
    """Whether `postmaster.pid` says that this process accepts connections (its eighth line, as pg_ctl reads it)."""
    try:
        lines = (cluster / "postmaster.pid").read_text().splitlines()
    except OSError:
        return False
    return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"


async def _clear_leftover(cluster: Path) -> None:
    """Since we hold the lease, a postmaster of this cluster has lost its owner: end it. A number that was given to another
    process since is a stale file, which would stop Postgres from starting: remove it."""
    marker = cluster / "postmaster.pid"
    try:
        pid = int(marker.read_text().splitlines()[0])
    except (OSError, ValueError, IndexError):
        return
    if _is_postmaster_of(pid, cluster):
        await end_leftover(pid, *ENDING)
    elif running(pid):
        marker.unlink(missing_ok=True)


def _is_postmaster_of(pid: int, cluster: Path) -> bool:
    try:
        return Path(f"/proc/{pid}/cwd").samefile(cluster) and "postgres" in command_line(pid)
    except OSError:
        return not Path("/proc/self/cwd").exists() and str(cluster) in command_line(pid)


def last_complaint(log: Path) -> str:
    """The last line of a log that says what went wrong, as a sentence."""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 8192))
        lines = file.read().decode(errors="replace").splitlines()
    complaints = [line for line in lines if any(sign in line.lower() for sign in COMPLAINTS)]
    return (complaints or lines or ["it said nothing"])[-1].strip().rstrip(".") + "."
