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
