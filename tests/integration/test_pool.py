"""How errors of Postgres are sorted: what may succeed when asked again is an outage, what the statement itself did is not."""

import asyncpg
import pytest

from flow.errors import Unavailable
from flow.history.pool import Database, NotStored, _sorted

AGAIN = (
    asyncpg.InternalClientError,
    asyncpg.exceptions.AdminShutdownError,
    asyncpg.exceptions.CrashShutdownError,
    asyncpg.exceptions.CannotConnectNowError,
    asyncpg.exceptions.DiskFullError,
    asyncpg.exceptions.TooManyConnectionsError,
    asyncpg.exceptions.DeadlockDetectedError,
    asyncpg.exceptions.PostgresIOError,
    asyncpg.ConnectionDoesNotExistError,
    ConnectionResetError,
)
NEVER = (asyncpg.UniqueViolationError, asyncpg.CheckViolationError, asyncpg.exceptions.UntranslatableCharacterError)


@pytest.mark.parametrize("error", AGAIN)
def test_an_outage_is_tried_again(error: type[Exception]) -> None:
    with pytest.raises(Unavailable), _sorted():
        raise error("gone")


@pytest.mark.parametrize("error", NEVER)
def test_what_the_statement_did_is_not_tried_again(error: type[Exception]) -> None:
    with pytest.raises(NotStored), _sorted():
        raise error("refused")


async def test_a_connection_cut_by_an_operator_is_an_outage(dsn: str) -> None:
    database = await Database.connect(dsn, "test")
    with pytest.raises(Unavailable):
        async with database.write() as connection:
            await connection.execute("select pg_terminate_backend(pg_backend_pid())")
    async with database.read() as connection:
        assert await connection.fetchval("select 1") == 1, "the next one gets another connection"
    await database.close()


async def test_a_commit_waits_for_the_disk_whatever_the_default(dsn: str) -> None:
    """An AA means durable (HL7.md); a database whose default is `synchronous_commit = off` loses what it has committed."""
    plain = await asyncpg.connect(dsn)
    await plain.execute(f"alter database {await plain.fetchval('select current_database()')} set synchronous_commit = off")
    await plain.close()
    database = await Database.connect(dsn, "test", size=1)
    for _ in range(2):  # a connection is reset when it is handed back
        async with database.read() as connection:
            assert await connection.fetchval("show synchronous_commit") == "on"
    await database.close()


async def test_a_stricter_default_is_left_alone(dsn: str) -> None:
    database = await Database.connect(f"{dsn}&synchronous_commit=remote_apply", "test", size=1)
    async with database.read() as connection:
        assert await connection.fetchval("show synchronous_commit") == "remote_apply"
    await database.close()


async def test_feeds_commit_beside_each_other_on_connections_that_stay(dsn: str) -> None:
    database = await Database.connect(dsn, "test", size=4)
    async with database.held() as first, database.held() as second:
        both = {await one.fetchval("select pg_backend_pid()") for one in (first, second)}
    assert len(both) == 2
    async with database.held() as again:
        assert await again.fetchval("select pg_backend_pid()") in both
    await database.close()


async def test_a_held_connection_that_failed_is_not_used_again(dsn: str) -> None:
    database = await Database.connect(dsn, "test", size=2)
    with pytest.raises(Unavailable):
        async with database.held() as connection:
            await connection.execute("select pg_terminate_backend(pg_backend_pid())")
    async with database.held() as connection:
        assert await connection.fetchval("select 1") == 1
    await database.close()
