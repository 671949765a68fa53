"""How long porters' jobs took, from the log's own records: what the desk, the supervisor and the manager are shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flow.history.pool import Database
from flow.history.queries import load

_SQL = load("transports")


@dataclass(frozen=True, slots=True)
class Took:
    """Minutes: the median and the ninth of ten; None without any."""

    p50: float | None
    p90: float | None


@dataclass(frozen=True, slots=True)
class TransportTimes:
    """Of the jobs delivered in a period: asked for to accepted, accepted to picked up, picked up to delivered, and the whole."""

    done: int
    accept: Took
    pick_up: Took
    ride: Took
    whole: Took


async def times(database: Database, start: datetime, end: datetime, wards: Sequence[str] | None = None) -> TransportTimes:
    """How long the jobs that were delivered in a period took."""
    async with database.read() as connection:
        row = await connection.fetchrow(_SQL["times"], database.hospital, start, end, wards)
    assert row is not None
    return TransportTimes(row["done"], *(Took(row[f"{name}_p50"], row[f"{name}_p90"]) for name in ("accept", "pick_up", "ride", "whole")))
