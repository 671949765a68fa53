"""Stores that are not ours: `DATABASE_URL` and `REDIS_URL` are tried and their versions checked before anything is built on them."""

import asyncpg
import redis.asyncio
import redis.exceptions

from flow.embedded.binaries import LEAST_POSTGRES, LEAST_REDIS
from flow.errors import Misconfigured
from flow.setting_words import masked

CONNECT_SECONDS = 10.0


async def check_postgres(url: str) -> None:
    """Raises `Misconfigured` when the server does not let us in or is older than 15."""
    place = f"DATABASE_URL ({masked(url)})"
    try:
        connection = await asyncpg.connect(url, timeout=CONNECT_SECONDS)
    except (OSError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise Misconfigured(f"{place} cannot be used: {_reason(error)} Start that server or correct the address.") from None
    try:
        version = connection.get_server_version()
    finally:
        await connection.close()
    if version.major < LEAST_POSTGRES:
        raise Misconfigured(
            f"{place} is PostgreSQL {version.major}; Bedflow needs {LEAST_POSTGRES} or newer. "
            f"Upgrade that server, or unset DATABASE_URL to use the embedded one."
        )


async def check_redis(url: str) -> None:
    """Raises `Misconfigured` when the server does not let us in or is older than 7."""
    place = f"REDIS_URL ({masked(url)})"
    client = redis.asyncio.from_url(url, socket_connect_timeout=CONNECT_SECONDS, protocol=2)
    try:
        server = await client.info("server")
    except (OSError, ValueError, redis.exceptions.RedisError) as error:
        raise Misconfigured(f"{place} cannot be used: {_reason(error)} Start that server or correct the address.") from None
    finally:
        await client.aclose()
    version = str(server.get("valkey_version") or server["redis_version"])
    if int(version.partition(".")[0]) < LEAST_REDIS:
        raise Misconfigured(
            f"{place} is version {version}; Bedflow needs {LEAST_REDIS} or newer. "
            f"Upgrade that server, or unset REDIS_URL to use the embedded one."
        )


def _reason(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0].rstrip(".") + "."
