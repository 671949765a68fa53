"""The role that serves: it reads and writes, adds to log and trail, and can neither change those nor take away what forbids it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from flow.embedded import Stores
from flow.errors import Misconfigured
from flow.history.audit import Audit
from flow.history.log import weigh
from flow.history.migrate import migrate
from flow.history.pool import Database
from tests.integration.test_audit_chain import NOW, Kind, Trace

REFUSED = (
    *(f"{deed} {table}" for table in ("log", "audit", "audit_seal", "reveal") for deed in ("delete from", "truncate")),
    *(f"update {table} set hospital = 'x'" for table in ("log", "audit", "audit_seal", "reveal", "migration")),
    "alter table audit disable trigger append_only",
    "drop trigger append_only on log",
    "drop table audit",
    "alter table log owner to current_user",
    "create or replace function append_only() returns trigger language plpgsql as $$ begin return null; end $$",
    "set session_replication_role = replica",
    "create table mine (n int)",
    "create role other superuser",
    "copy log to program 'cat'",
    "insert into migration (name) values ('9999_x')",
)


@pytest.fixture
async def served(dsn: str, stores: Stores) -> AsyncIterator[Database]:
    """A database as the role that serves sees it."""
    app_dsn = urlunsplit(urlsplit(stores.app_dsn)._replace(path=urlsplit(dsn).path))
    async with AsyncExitStack() as stack:
        owner = await Database.connect(dsn, "small", size=1)
        stack.push_async_callback(owner.close)
        serving = await Database.connect(app_dsn, "small", size=2)
        stack.push_async_callback(serving.close)
        await migrate(owner, app=await serving.role())
        await migrate(owner, app=await serving.role())
        yield serving


async def test_what_the_serving_role_may_not(served: Database) -> None:
    for deed in REFUSED:
        async with served.pool.acquire() as connection:
            with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.SyntaxOrAccessError)):
                await connection.execute(deed)


async def test_what_the_serving_role_may(served: Database) -> None:
    await Audit(served).note([Trace(NOW, Kind.READ, "asha")])
    async with served.write() as connection:
        await weigh(connection)
        tables = await connection.fetch("select tablename from pg_tables where schemaname = 'public'")
        for row in tables:
            await connection.execute(f"select * from {row['tablename']} limit 1")
        assert await connection.fetchval("select rolsuper from pg_roles where rolname = current_user") is False


async def test_a_role_that_could_take_any_right_is_refused(dsn: str) -> None:
    owner = await Database.connect(dsn, "small")
    try:
        with pytest.raises(Misconfigured, match="superuser or owns the schema"):
            await migrate(owner, app=await owner.role())
    finally:
        await owner.close()
