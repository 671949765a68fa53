"""The role that serves: it reads and writes, adds to log and trail, and can neither change those nor take away what forbids it."""

from collections.abc import AsyncIterator
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from flow.embedded import Stores
from flow.errors import Misconfigured
from flow.history.audit import Audit
from flow.history.grants import GOES_ON, ONLY_ADDED_TO
from flow.history.log import weigh
from flow.history.migrate import migrate
from flow.history.pool import Database
from flow.history.queries import load, nouns
from tests.integration.test_audit_chain import NOW, Kind, Trace

RECORD = (*ONLY_ADDED_TO, "audit_cut", "snapshot_part")
REFUSED = (
    *(f"{deed} {table}" for table in RECORD for deed in ("delete from", "truncate")),
    *(f"set bedflow.retention = 'on'; delete from {table}" for table in RECORD),
    *(f"update {table} set hospital = 'x'" for table in (*RECORD, "migration")),
    *(f"set bedflow.retention = 'on'; delete from {table}" for table in GOES_ON),
    *(f"update {table} set hospital = 'x'" for table in (*GOES_ON, "erasure")),
    *(f"truncate {table}" for table in (*GOES_ON, "erasure", "practitioner")),
    "update letter set fingerprint = 'x'",
    "update legal_hold set patient = 'another'",
    "update erasure set digests = '{}'",
    "update consent set given_by = 'x'",
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


OWNERS = {"cut", "lapsing"}
"""What whoever owns the tables asks for (`cutting`, `lapsing`)."""


async def test_whatever_serving_asks_for_it_may(served: Database) -> None:
    """Every query but the owner's is planned by the role that serves: one that it may not carry out is refused there."""
    queries, refused = {(noun, name): text for noun in nouns() for name, text in load(noun).items()}, set()
    async with served.pool.acquire() as connection:
        for (noun, name), text in queries.items():
            values = ", ".join("null" for _ in (await connection.prepare(text)).get_parameters())
            await connection.execute(f"prepare asked as {text}")
            try:
                await connection.execute(f"explain execute asked({values})" if values else "explain execute asked")
            except asyncpg.InsufficientPrivilegeError:
                refused.add((noun, name))
            await connection.execute("deallocate asked")
    assert {noun for noun, _ in refused} == {*OWNERS, "snapshot"}
    assert {name for noun, name in refused if noun == "snapshot"} == {"forget", "put"}
    gone = ("drop_entries", "drop_traces", "drop_links", "drop_reveals", "drop_reveal_reviews", "drop_commands", "put")
    assert {name for noun, name in refused if noun == "cut"} == set(gone)


async def test_a_role_that_could_take_any_right_is_refused(dsn: str) -> None:
    """Of a schema that needs nothing new as well: the owner's address may have come into the settings after the first start."""
    owner = await Database.connect(dsn, "small")
    try:
        with pytest.raises(Misconfigured, match="superuser or owns the schema"):
            await migrate(owner, app=await owner.role())
    finally:
        await owner.close()
