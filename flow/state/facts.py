"""What Redis says of itself and lets us do, for a checkup."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from redis.exceptions import ResponseError

from flow.state.client import connect, speaking


@dataclass(frozen=True, slots=True)
class RedisFacts:
    """`bounded`: our user may not set the server up; `kept`: it writes what it holds to a disk; `local`: on this machine's own socket;
    `host`, `encrypted`: by which way we go."""

    bounded: bool
    kept: bool
    local: bool
    host: str
    encrypted: bool


async def ask(url: str) -> RedisFacts:
    """Raises Unavailable."""
    redis, parts = connect(url), urlsplit(url)
    try:
        with speaking():
            persistence = await redis.info("persistence")
            try:
                save = (await redis.config_get("save")).get("save", "")
                bounded = False
            except ResponseError:
                save, bounded = "", True
    finally:
        await redis.aclose()
    kept = bool(persistence.get("aof_enabled")) or bool(save)
    return RedisFacts(bounded, kept, parts.scheme == "unix", parts.hostname or "", parts.scheme == "rediss")
