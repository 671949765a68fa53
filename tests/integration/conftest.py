"""Real stores for the integration tier: one Postgres and one Valkey a session, a fresh database and a flushed cache a test.

`BEDFLOW_POSTGRES_BIN`, `BEDFLOW_REDIS_BIN`, `DATABASE_URL` and `REDIS_URL` choose other servers, as in production.
"""

import asyncio
import itertools
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
import redis.asyncio

from flow.embedded import Stores
from flow.embedded import stores as embedded_stores
from flow.history.migrate import migrate
from flow.history.pool import Database
from flow.settings import Settings
from tests.keeper import keeper
from tests.memory import short_lived

HONOURED = ("DATABASE_URL", "REDIS_URL", "BEDFLOW_POSTGRES_BIN", "BEDFLOW_REDIS_BIN")
_numbers = itertools.count(1)
_templates: dict[str, str] = {}
"""The migrated database of each server."""


@pytest.fixture(scope="session")
def stores() -> Iterator[Stores]:
    """One embedded Postgres and Valkey for the whole session, in a folder of its own."""
    honoured = {name: os.environ[name] for name in HONOURED if name in os.environ}
    with short_lived("bedflow-test-") as folder, asyncio.Runner() as runner:
        opened = embedded_stores(Settings.from_environ({"BEDFLOW_DATA_DIR": str(folder), **honoured}))
        try:
            yield runner.run(opened.__aenter__())
        finally:
            runner.run(opened.__aexit__(None, None, None))


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A data directory in a folder that nobody else may enter, as `mktemp -d` makes it: what is timed here is us, and not the disk."""
    with short_lived("bedflow-test-") as folder:
        yield folder / "data"


@pytest.fixture
async def dsn(stores: Stores) -> AsyncIterator[str]:
    """A fresh database with the schema of today and nothing in it; dropped after the test."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    await _run(stores.dsn, f"CREATE DATABASE {name} TEMPLATE {await _migrated(stores.dsn)} STRATEGY file_copy")
    yield _database(stores.dsn, name)
    await _run(stores.dsn, f"DROP DATABASE {name} WITH (FORCE)")


async def _migrated(server: str) -> str:
    """The database that others are copies of: to copy it takes a tenth of what it takes to migrate one. It is a copy itself, since nobody
    may be at work in what is copied, and Postgres cleans up only where somebody has been."""
    if server not in _templates:
        first, name = f"migrated_{os.getpid()}", f"template_{os.getpid()}"
        await _run(server, f"CREATE DATABASE {first} TEMPLATE template0")
        found = await Database.connect(_database(server, first), "template", size=1)
        await migrate(found)
        await found.close()
        await _run(server, f"CREATE DATABASE {name} TEMPLATE {first} STRATEGY file_copy")
        _templates[server] = name
    return _templates[server]


@pytest.fixture
async def redis_url(stores: Stores) -> str:
    """A logical database of the cache that is empty at the start of the test."""
    url = f"{stores.redis_url.partition('?')[0]}?db={next(_numbers) % 15 + 1}"
    client = redis.asyncio.from_url(keeper(url), protocol=2)
    await client.flushdb()
    await client.aclose()
    return url


async def _run(dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def _database(dsn: str, name: str) -> str:
    return urlunsplit(urlsplit(dsn)._replace(path=f"/{name}"))


@pytest.fixture
async def database(dsn: str) -> AsyncIterator[Database]:
    """A store with the schema of today and nothing in it."""
    found = await Database.connect(dsn, "test", size=2)
    yield found
    await found.close()
