"""The stores of a data directory, for as long as a block runs: used where they run already, else started, kept up, stopped.

The front door of this package. `place.py` and `binaries.py` come before, `flow.history` and `flow.state` connect after.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import asyncpg
import structlog

from flow.embedded import valkey
from flow.embedded.binaries import postgres_binaries, redis_binary, within_reach
from flow.embedded.lease import Lease, Note
from flow.embedded.outside import check_postgres, check_redis
from flow.embedded.place import RunFolder, StoreUser, make_run_folder, own_name, prepare_data_dir, store_user
from flow.embedded.postgres import Postgres, cluster_dir, wait_for_nobody
from flow.embedded.valkey import Valkey
from flow.errors import BedflowError, Misconfigured
from flow.settings import Settings

log = structlog.get_logger(__name__)
WATCH_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Stores:
    """Where Postgres (an asyncpg DSN) and Redis (a redis-py URL) are. `dsn` is for whoever owns the schema, `app_dsn` for who serves: a
    role that may add to the log and the audit trail, and not change them. They are one where the settings name one alone."""

    dsn: str
    redis_url: str
    app_dsn: str


@asynccontextmanager
async def stores(settings: Settings) -> AsyncIterator[Stores]:
    """Both stores, answering, until the block ends; raises `Misconfigured` with what is wrong and what to do.

    A server named in the settings is used as it is. The others are those of the data directory: when another process runs
    them, this one uses them for as long as that one lives.
    """
    prepare_data_dir(settings.data_dir)
    if settings.database_url:
        await check_postgres(settings.database_url)
    if settings.redis_url:
        await check_redis(settings.redis_url)
    if settings.database_url and settings.redis_url:
        yield Stores(settings.database_owner_url or settings.database_url, settings.redis_url, settings.database_url)
        return
    async with AsyncExitStack() as stack:
        lease = Lease(settings.data_dir)
        note = await lease.take_or_read()
        if note is None:
            stack.callback(lease.release)
            note = await _own(settings, lease, stack)
        yield _joined(settings, note)


def _joined(settings: Settings, note: Note) -> Stores:
    """The settings' servers and the note's; the note lacks one when its owner was started with other settings."""
    dsn, redis_url = settings.database_url or note.dsn, settings.redis_url or note.redis_url
    if dsn is None or redis_url is None:
        name = "DATABASE_URL" if dsn is None else "REDIS_URL"
        running = f"The Bedflow that runs on {settings.data_dir} (process {note.owner_pid})"
        raise Misconfigured(f"{running} was started with {name}: set the same here.")
    if settings.database_url:
        return Stores(settings.database_owner_url or dsn, redis_url, dsn)
    return Stores(dsn, redis_url, note.app_dsn or dsn)


async def _own(settings: Settings, lease: Lease, stack: AsyncExitStack) -> Note:
    """Start what the settings do not name, note it for others, and see to its end in reverse order."""
    own_name()
    await _clear_leftovers(lease)
    user = store_user(cluster_dir(settings.data_dir))
    run = make_run_folder(settings.data_dir, user)
    stack.callback(run.remove)
    lease.write(_note(run, None, None))
    postgres, cache = _programs(settings, user, run)
    if postgres is not None:
        wait_for_nobody(cluster_dir(settings.data_dir))
    for store in (cache, postgres):
        if store is not None:
            stack.push_async_callback(store.stop)
            await store.start()
    note = _note(run, postgres, cache)
    lease.write(note)
    watch = asyncio.create_task(_keep_up(lease, run, postgres, cache), name="stores")
    stack.push_async_callback(_cancel, watch)
    return note


def _programs(settings: Settings, user: StoreUser | None, run: RunFolder) -> tuple[Postgres | None, Valkey | None]:
    data_dir = settings.data_dir
    postgres = cache = None
    if not settings.database_url:
        binaries = postgres_binaries(cluster_dir(data_dir), settings.postgres_bin)
        postgres = Postgres(data_dir, within_reach(binaries, user, run), user, run)
    if not settings.redis_url:
        cache = Valkey(data_dir, within_reach(redis_binary(settings.redis_bin), user, run), user, run)
    return postgres, cache


def _note(run: RunFolder, postgres: Postgres | None, cache: Valkey | None) -> Note:
    dsn, url = postgres.dsn if postgres else None, cache.url if cache else None
    return Note(os.getpid(), str(run.path), cache.pid if cache else 0, dsn, url, postgres.app_dsn if postgres else None)


async def _clear_leftovers(lease: Lease) -> None:
    """End and remove what an owner that was killed left: its Valkey and its run folder (Postgres is seen to at its start)."""
    left = lease.read()
    lease.forget()
    await valkey.clear_leftover(left)
    if left is not None:
        RunFolder.left_behind(left.run_folder)


async def _keep_up(lease: Lease, run: RunFolder, postgres: Postgres | None, cache: Valkey | None) -> None:
    """Start a store again that ended without our doing, for as long as we run; nothing that a full disk does may end this."""
    noted = True
    while True:
        await asyncio.sleep(WATCH_SECONDS)
        for store in (postgres, cache):
            if store is not None and not store.alive():
                await _restart(store)
                noted = False
        noted = noted or _noted(lease, _note(run, postgres, cache))


def _noted(lease: Lease, note: Note) -> bool:
    try:
        lease.write(note)
    except OSError as error:
        log.error("stores_not_noted", reason=str(error))
        return False
    return True


async def _restart(store: Postgres | Valkey) -> None:
    log.warning("store_ended", store=type(store).__name__.lower())
    try:
        await store.start()
    except (BedflowError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:  # it may die while it starts
        log.error("store_not_restarted", store=type(store).__name__.lower(), reason=str(error))
        await asyncio.sleep(1.0)
    else:
        log.warning("store_restarted", store=type(store).__name__.lower())


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait([task])
