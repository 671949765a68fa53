"""Where Redis and Postgres stood, looked at twenty times a second beside a fault run, and the log once it is over.

Redis is read first: whatever a commit does in between, its head can then only be behind (I3).
"""

import asyncio
import threading
import time
from bisect import bisect_right
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import NamedTuple

import asyncpg
import redis

EVERY = 0.05
AWAY = (OSError, ValueError, KeyError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""A store that is being killed, or whose note is being written."""


class Look(NamedTuple):
    """Both heads; None for a store that did not answer, or for a picture that is being made. `begun` and `ended` are epoch seconds."""

    begun: float
    ended: float
    picture: int | None
    log: int | None


class Heads(threading.Thread):
    """Looks until `end`. `stores` gives dsn and Redis address, anew each time: they may have moved."""

    def __init__(self, stores: Callable[[], tuple[str, str]], hospital: str = "small") -> None:
        super().__init__(daemon=True)
        self.stores = stores
        self.hospital = hospital
        self.looks: list[Look] = []
        self._ending = threading.Event()

    def run(self) -> None:
        """Until `end`."""
        asyncio.run(self._run())

    def end(self) -> None:
        """Stop and wait."""
        self._ending.set()
        self.join()

    async def _run(self) -> None:
        connection: asyncpg.Connection | None = None
        while not self._ending.is_set():
            begun, picture, log = time.time(), self._picture(), None
            try:
                if connection is None:
                    connection = await asyncpg.connect(self.stores()[0], timeout=2, command_timeout=2)
                log = await connection.fetchval("select seq from head where hospital = $1", self.hospital)
            except (
                OSError,
                ValueError,
                KeyError,
                TimeoutError,
                asyncpg.PostgresError,
                asyncpg.InterfaceError,
                asyncpg.InternalClientError,
            ):
                if connection is not None:
                    connection.terminate()
                connection = None
            self.looks.append(Look(begun, time.time(), picture, log))
            await asyncio.sleep(EVERY)
        if connection is not None:
            connection.terminate()

    def _picture(self) -> int | None:
        try:
            url = self.stores()[1]  # None between two Valkeys
            if not url:
                return None
            with redis.from_url(url, protocol=2, socket_timeout=1, socket_connect_timeout=1) as client:
                epoch, head = client.mget(f"{{bedflow:{self.hospital}}}:epoch", f"{{bedflow:{self.hospital}}}:head")  # type: ignore[misc, unused-ignore]
        except (OSError, ValueError, KeyError, redis.RedisError):
            return None
        return int(head) if epoch and head else None


class Past:
    """The log of a run and the looks at it: what must have been known when."""

    def __init__(self, looks: list[Look], log: list[tuple[int, str]]) -> None:
        """`log` holds (Seq, tile) of every entry about a bed, in order."""
        self.looks = looks
        self._seqs: dict[str, list[int]] = {}
        for seq, key in log:
            self._seqs.setdefault(key, []).append(seq)
        self._at: dict[int, dict[str, int]] = {}

    @cached_property
    def _known(self) -> tuple[list[float], list[int]]:
        seen = [look for look in self.looks if look.log is not None]
        return [look.ended for look in seen], [look.log or 0 for look in seen]

    def head(self, at: float) -> int:
        """A Seq that was committed by then; 0 before the first look."""
        times, heads = self._known
        found = bisect_right(times, at)
        return heads[found - 1] if found else 0

    def tiles(self, at: float) -> Mapping[str, int]:
        """The Seq that each tile had at least by then."""
        return self.at_head(self.head(at))

    def at_head(self, head: int) -> Mapping[str, int]:
        """The Seq of each tile as of a head."""
        if head not in self._at:
            self._at[head] = {key: seqs[found - 1] for key, seqs in self._seqs.items() if (found := bisect_right(seqs, head))}
        return self._at[head]

    @cached_property
    def whole_since(self) -> tuple[list[float], list[float]]:
        """At each look: since when the picture has stood without a gap (infinity: it does not)."""
        since, rows = float("inf"), []
        for look in self.looks:
            if look.picture is None:
                since = float("inf")
            elif since == float("inf"):
                since = look.ended
            rows.append(since)
        return [look.ended for look in self.looks], rows

    def picture_stands_since(self, at: float) -> float:
        """Since when Redis has held a picture, as of a moment."""
        times, since = self.whole_since
        found = bisect_right(times, at)
        return since[found - 1] if found else float("inf")


async def log_of(dsn: str, hospital: str = "small") -> list[tuple[int, str]]:
    """Every entry about a bed: Seq and the tile's key."""
    connection = await asyncpg.connect(dsn)
    try:
        rows = await connection.fetch("select seq, entity_id from log where hospital = $1 and entity = 'bed' order by seq", hospital)
    finally:
        await connection.close()
    return [(row["seq"], f"bed:{row['entity_id']}") for row in rows]
