"""Brings the schema up to date: the numbered files of `sql/migrations`, each once, each in a transaction, under a lock."""

from pathlib import Path

from flow.errors import Misconfigured
from flow.history.grants import grant, granted, refuse_mighty
from flow.history.pool import Database
from flow.history.queries import HOME

_TABLE = "create table if not exists migration (name text primary key, applied_at timestamptz not null default now())"
_LOCK = 7_151_530_001
_PATIENCE = 86_400.0
"""Seconds: an index over years of entries takes minutes, and nobody waits for an answer."""


def migrations() -> list[Path]:
    """The migration files in order."""
    return sorted((HOME / "migrations").glob("[0-9][0-9][0-9][0-9]_*.sql"))


async def migrate(database: Database, app: str | None = None) -> list[str]:
    """Applies what is missing; returns the names applied. Where the role that serves is another (`app`), it is granted what it needs and no
    more. Raises Misconfigured on a schema newer than this programme."""
    async with database.write() as connection:
        await connection.execute("select pg_advisory_xact_lock($1)", _LOCK)
        await connection.execute(_TABLE)
        applied = {row["name"] for row in await connection.fetch("select name from migration")}
        unknown = applied - {path.stem for path in migrations()}
        if unknown:
            raise Misconfigured(
                f"The database was made by a newer Bedflow (it knows {min(unknown)}). Install that version, or use another database."
            )
        missing = {path.stem: path.read_text(encoding="utf-8") for path in migrations() if path.stem not in applied}
        for name, text in missing.items():
            await connection.execute(text, timeout=_PATIENCE)
            await connection.execute("insert into migration (name) values ($1)", name)
        if app is not None:
            await refuse_mighty(connection, app)
            if missing or not await granted(connection, app):
                await grant(connection, app)
    return list(missing)
