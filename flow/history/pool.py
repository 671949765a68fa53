"""The connections to Postgres. `read()` and `write()` lend one; `write()` is a transaction that commits when it ends well."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Self

import asyncpg

from flow.errors import BedflowError, Misconfigured, Unavailable

Connection = asyncpg.pool.PoolConnectionProxy
LOST = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # a connection cut in the middle of an operation
    asyncpg.PostgresConnectionError,
    asyncpg.exceptions.OperatorInterventionError,  # shut down, crashed, still starting, cancelled
    asyncpg.exceptions.InsufficientResourcesError,  # disk full, out of memory, too many connections
    asyncpg.exceptions.TransactionRollbackError,  # a deadlock
    asyncpg.exceptions.PostgresSystemError,  # an input/output error
)
"""Nobody's fault in what was asked: the same again may succeed. Never a reason to park a letter."""

CONNECT_SECONDS, COMMAND_SECONDS = 30.0, 60.0
"""How long Postgres is waited for."""
MOST_HELD = 4
"""Connections that wait unused for the next commit of the journal or of the desk."""
_NOT_DURABLE = ("off", "local")
"""Of `synchronous_commit`: a commit may be gone after a crash (`off`) or a fail-over (`local`); an AA promises that it is not."""


_PLAN_ONCE = "set plan_cache_mode = force_generic_plan"
"""The same few statements for ever, each by keys: to plan them anew for the length of each array takes longer than to do them."""


class NotStored(BedflowError):
    """A statement was refused by the database: a constraint, a value it cannot hold. Nothing of the transaction is stored."""

    code = "not-stored"


class Overtaken(BedflowError):
    """Another group was written between reading and writing. Nothing of this one is stored."""

    code = "overtaken"


class Database:
    """A pool for one hospital's database; `hospital` is in every key."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", hospital: str) -> None:
        self.pool = pool
        self.hospital = hospital
        self._held: list[Connection] = []

    @classmethod
    async def connect(cls, dsn: str, hospital: str, *, size: int = 10) -> Self:
        """Opens the pool; its commits wait for the disk, whatever the server's default. Raises Misconfigured when the server is older
        than PostgreSQL 15."""
        try:
            pool = await _opened(dsn, size, {})
            if await pool.fetchval("show synchronous_commit") in _NOT_DURABLE:
                await pool.close()
                pool = await _opened(dsn, size, {"synchronous_commit": "on"})
        except LOST as error:
            raise Unavailable(f"PostgreSQL does not answer: {type(error).__name__}. Check DATABASE_URL and that it runs.") from error
        return cls(pool, hospital)

    async def close(self) -> None:
        """Closes every connection."""
        while self._held:
            await self._let_go(self._held.pop())
        await self.pool.close()

    async def role(self) -> str:
        """Who we are to Postgres."""
        async with self.read() as connection:
            return str(await connection.fetchval("select current_user"))

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Connection]:
        """A connection for reading."""
        with _sorted():
            async with self.pool.acquire() as connection:
                yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Connection]:
        """A connection inside a transaction."""
        async with self.read() as connection, connection.transaction():
            yield connection

    @asynccontextmanager
    async def held(self) -> AsyncIterator[Connection]:
        """A connection that is never handed back: no reset, which is a round trip, between two commits of the journal.

        One for each user at the same time; after any error it is let go. Each statement commits by itself.
        """
        with _sorted():
            self._held = [connection for connection in self._held if _alive(connection)]
            connection = self._held.pop() if self._held else await self._to_hold()
        try:
            with _sorted():
                yield connection
        except BaseException:
            await self._let_go(connection)
            raise
        if len(self._held) < MOST_HELD:
            self._held.append(connection)
        else:
            await self._let_go(connection)

    @asynccontextmanager
    async def begun(self, script: str) -> AsyncIterator[Connection]:
        """The same inside a transaction, which the script begins; it commits when the block ends well."""
        async with self.held() as connection:
            try:
                await connection.execute(script)
                yield connection
                await connection.execute("commit")
            except BaseException:
                await _roll_back(connection)
                raise

    async def _to_hold(self) -> Connection:
        connection = await self.pool.acquire()
        try:
            await connection.execute(_PLAN_ONCE)
        except BaseException:
            await self._let_go(connection)
            raise
        return connection

    async def _let_go(self, connection: Connection) -> None:
        with suppress(*LOST, asyncpg.PostgresError):
            await self.pool.release(connection)


def _alive(connection: Connection) -> bool:
    """False for one that was cut while it was held; the pool has taken it back then."""
    try:
        return not connection.is_closed()
    except asyncpg.InterfaceError:
        return False


async def _roll_back(connection: Connection) -> None:
    with suppress(*LOST, asyncpg.PostgresError):
        await connection.execute("rollback")


@contextmanager
def _sorted() -> Iterator[None]:
    """Errors of Postgres as the house sorts them."""
    try:
        yield
    except asyncpg.SerializationError as error:
        raise Overtaken("Another group was written meanwhile.") from error
    except LOST as error:
        raise Unavailable("PostgreSQL is away; try again.") from error
    except asyncpg.PostgresError as error:
        raise NotStored(f"PostgreSQL refused it: {type(error).__name__}.") from error


async def _opened(dsn: str, size: int, settings: dict[str, str]) -> "asyncpg.Pool[asyncpg.Record]":
    return await asyncpg.create_pool(
        dsn,
        min_size=1,
        max_size=size,
        timeout=CONNECT_SECONDS,
        command_timeout=COMMAND_SECONDS,
        init=_prepare,
        max_cached_statement_lifetime=0,  # to plan one anew takes longer than a letter; new statistics have it done all the same
        server_settings=settings,
    )


async def _prepare(connection: asyncpg.Connection) -> None:
    if connection.get_server_version().major < 15:
        found = connection.get_server_version().major
        raise Misconfigured(f"PostgreSQL {found} is too old: Bedflow needs 15 or newer. Point DATABASE_URL at one, or unset it.")
