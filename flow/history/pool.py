"""The connections to Postgres. `read()` and `write()` lend one; `write()` is a transaction that commits when it ends well."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self

import asyncpg

from flow.errors import BedflowError, Misconfigured, Unavailable

Connection = asyncpg.pool.PoolConnectionProxy
LOST = (OSError, asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError, asyncpg.InterfaceError, TimeoutError)


class NotStored(BedflowError):
    """A statement was refused by the database: a constraint, a value it cannot hold. Nothing of the transaction is stored."""

    code = "not-stored"


class Database:
    """A pool for one hospital's database; `hospital` is in every key."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", hospital: str) -> None:
        self.pool = pool
        self.hospital = hospital

    @classmethod
    async def connect(cls, dsn: str, hospital: str, *, size: int = 10) -> Self:
        """Opens the pool. Raises Misconfigured when the server is older than PostgreSQL 15."""
        try:
            pool = await asyncpg.create_pool(dsn, min_size=1, max_size=size, command_timeout=60, init=_prepare)
        except LOST as error:
            raise Unavailable(f"PostgreSQL does not answer: {type(error).__name__}. Check DATABASE_URL and that it runs.") from error
        return cls(pool, hospital)

    async def close(self) -> None:
        """Closes every connection."""
        await self.pool.close()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Connection]:
        """A connection for reading."""
        try:
            async with self.pool.acquire() as connection:
                yield connection
        except LOST as error:
            raise Unavailable("PostgreSQL is away; try again.") from error
        except asyncpg.PostgresError as error:
            raise NotStored(f"PostgreSQL refused it: {type(error).__name__}.") from error

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Connection]:
        """A connection inside a transaction."""
        async with self.read() as connection, connection.transaction():
            yield connection


async def _prepare(connection: asyncpg.Connection) -> None:
    if connection.get_server_version().major < 15:
        found = connection.get_server_version().major
        raise Misconfigured(f"PostgreSQL {found} is too old: Bedflow needs 15 or newer. Point DATABASE_URL at one, or unset it.")
