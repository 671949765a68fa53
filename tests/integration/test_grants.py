"""The role that serves: it reads and writes, adds to log and trail, and can neither change those nor take away what forbids it."""

from collections.abc import AsyncIterator
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

RECORD = ("log", "audit", "audit_seal", "reveal", "audit_cut", "snapshot_part")
REFUSED = (
    *(f"{deed} {table}" for table in RECORD for deed in ("delete from", "truncate")),
    *(f"set bedflow.retention = 'on'; delete from {table}" for table in RECORD),
    *(f"update {table} set hospital = 'x'" for table in (*RECORD, "migration")),
    "insert into audit_cut select * from audit_cut",
    "insert into snapshot_part values ('x', 1, 0, 'x')",
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
    found = await serving(dsn, stores, "small")
    yield found
    await found.close()


def app_dsn(dsn: str, stores: Stores) -> str:
    """The same database for the role that serves."""
    return urlunsplit(urlsplit(stores.app_dsn)._replace(path=urlsplit(dsn).path))


async def serving(dsn: str, stores: Stores, hospital: str) -> Database:
    """Connected as that role, which was let in."""
    owner, found = await Database.connect(dsn, hospital, size=1), await Database.connect(app_dsn(dsn, stores), hospital, size=2)
    await migrate(owner, app=await found.role())
    await migrate(owner, app=await found.role())
    await owner.close()
    return found


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
    """Of a schema that needs nothing new as well: the owner's address may have come into the settings after the first start."""
    owner = await Database.connect(dsn, "small")
    try:
        with pytest.raises(Misconfigured, match="superuser or owns the schema"):
            await migrate(owner, app=await owner.role())
    finally:
        await owner.close()
