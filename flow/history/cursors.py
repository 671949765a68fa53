"""Where followers of the log stand, kept across restarts."""

from flow.history.pool import Connection
from flow.history.queries import load

_SQL = load("cursors")


async def load_cursor(connection: Connection, hospital: str, name: str) -> int | None:
    """The last Seq that a follower has dealt with; None for a new one."""
    found: int | None = await connection.fetchval(_SQL["load"], hospital, name)
    return found


async def save_cursor(connection: Connection, hospital: str, name: str, seq: int) -> None:
    """Deal no more with what lies at or below a Seq."""
    await connection.execute(_SQL["save"], hospital, name, seq)
