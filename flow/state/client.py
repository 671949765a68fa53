"""The connection to Redis or Valkey, with the settings a blocking reader and a careful writer need."""

from collections.abc import Iterator
from contextlib import contextmanager

from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

from flow.errors import Unavailable


def connect(url: str) -> "Redis":
    """A client. No socket time-out (an idle blocking read is legitimate), no retry of writes, RESP2 answers."""
    client: Redis = Redis.from_url(url, socket_timeout=None, socket_connect_timeout=5, protocol=2, retry=None, health_check_interval=0)
    return client


@contextmanager
def speaking() -> Iterator[None]:
    """Turns whatever the client raises into Unavailable."""
    try:
        yield
    except (RedisConnectionError, RedisError, OSError) as error:
        raise Unavailable(f"Redis is away ({type(error).__name__}); the picture is rebuilt when it is back.") from error
