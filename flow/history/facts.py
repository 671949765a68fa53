"""What PostgreSQL says of itself and of us, for a checkup."""

from dataclasses import dataclass
from datetime import datetime

from flow.history.pool import Database
from flow.history.queries import load

_SQL = load("facts")


@dataclass(frozen=True, slots=True)
class PostgresFacts:
    """`alters` are tables of the record that our role may change or owns; `encrypted` whether this connection is."""

    version: int
    settings: dict[str, str]
    superuser: bool
    alters: tuple[str, ...]
    local: bool
    encrypted: bool
    now: datetime


async def ask(database: Database) -> PostgresFacts:
    """Raises Unavailable."""
    async with database.read() as connection:
        row = await connection.fetchrow(_SQL["facts"])
        alters = await connection.fetch(_SQL["alters"])
        settings = await connection.fetch(_SQL["durability"])
    assert row is not None
    return PostgresFacts(
        version=row["version"] // 10_000,
        settings={each["name"]: each["setting"] for each in settings},
        superuser=row["superuser"],
        alters=tuple(each["relname"] for each in alters),
        local=row["local"],
        encrypted=row["encrypted"],
        now=row["now"],
    )
