"""How a backup stands, for `bedflow backup --status` and whoever else asks: in sentences, and what is wrong with it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import asyncpg

from flow.backup.address import FOLLOWER
from flow.backup.folder import Folder

OLD = timedelta(hours=30)


@dataclass(frozen=True, slots=True)
class State:
    """`wrong` are those of the lines that somebody must do something about."""

    lines: tuple[str, ...]
    wrong: tuple[str, ...]


async def look(dsn: str, folder: Folder) -> State:
    """Asks Postgres who is waited for, and the folder what it has."""
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        together = await connection.fetchval(
            "select current_setting('synchronous_standby_names') = $1::text and exists "
            "(select from pg_stat_replication where application_name = $1 and state = 'streaming')",
            FOLLOWER,
        )
    finally:
        await connection.close()
    return told(folder, together=bool(together), now=datetime.now(UTC))


def told(folder: Folder, *, together: bool, now: datetime) -> State:
    """The sentences."""
    lines, wrong = [], []
    if together:
        lines.append("Each commit waits until it is in the backup: nothing acknowledged is lost with this machine's disk.")
    else:
        wrong.append("Commits do not wait for the backup: what is acknowledged now lies on this machine's disk alone.")
    copies = folder.copies()
    if not copies:
        wrong.append(f"There is no whole copy in {folder.path}.")
    else:
        copy = copies[-1]
        since = len(folder.changes_since(copy)) if folder.changes.is_dir() else 0
        lines.append(f"The newest copy is {copy.path.name}, as of {copy.manifest.seq}; {since} segments of changes are there with it.")
        if now - copy.manifest.made_at > OLD:
            wrong.append(f"It is of {copy.manifest.made_at:%Y-%m-%d %H:%M} UTC, which is too old.")
        if folder.changes.is_dir() and folder.broken_off(copy):
            wrong.append("The changes after it have a gap: take a new copy with `bedflow backup`.")
    if not folder.key.exists():
        lines.append("The key is kept apart (BEDFLOW_BACKUP_PASSPHRASE would seal it in).")
    return State((*lines, *wrong), tuple(wrong))
