"""How a backup stands, for `bedflow backup --status`, `bedflow doctor` and the administrator's page: in sentences, what is wrong with it,
and the figures behind them."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import asyncpg

from flow.backup.address import FOLLOWER
from flow.backup.folder import Folder

OLD = timedelta(hours=30)
FAR = 64 << 20
"""Bytes of changes that a receiver which follows may be behind for a moment; at a commit it is behind by none."""

_FOLLOWED = """
select current_setting('synchronous_standby_names') = $1::text and r.state = 'streaming' as together, r.flush_lsn::text as received,
       pg_wal_lsn_diff(pg_current_wal_flush_lsn(), r.flush_lsn)::bigint as behind, r.reply_time as heard_at
from (select 1) as one
left join pg_stat_replication r on r.application_name = $1
order by r.state = 'streaming' desc nulls last limit 1
"""


@dataclass(frozen=True, slots=True)
class Followed:
    """What Postgres says of the receiver: whether commits wait for it, the place in the log until which it has every change on its disk,
    how many bytes of changes it has not, and when it last said so; of one that is away nothing is known."""

    together: bool = False
    received: str = ""
    behind: int | None = None
    heard_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class State:
    """`wrong` are those of the lines that somebody must do something about; `copied_at` is when the newest whole copy was begun."""

    lines: tuple[str, ...]
    wrong: tuple[str, ...]
    copied_at: datetime | None = None
    followed: Followed = Followed()


async def look(dsn: str, folder: Folder, patience: float = 10.0) -> State:
    """Asks Postgres who is waited for, and the folder what it has, each for so many seconds at most."""
    async with asyncio.timeout(patience):
        connection = await asyncpg.connect(dsn, timeout=patience)
        try:
            row = (await connection.fetch(_FOLLOWED, FOLLOWER))[0]
        finally:
            await connection.close()
        followed = Followed(bool(row["together"]), row["received"] or "", row["behind"], row["heard_at"])
        return await asyncio.to_thread(told, folder, followed, datetime.now(UTC))


async def look_or_say(dsn: str, folder: Folder, patience: float = 2.0) -> State:
    """The same for a page, which must not hang: what cannot be asked in time is what is wrong."""
    try:
        return await look(dsn, folder, patience)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
        said = f"PostgreSQL or {folder.path} does not answer: how the backup stands is not known."
        return State((said,), (said,))


def told(folder: Folder, followed: Followed, now: datetime) -> State:
    """The sentences."""
    lines, wrong = [], []
    if followed.together:
        lines.append("Each commit waits until it is in the backup: nothing acknowledged is lost with this machine's disk.")
    else:
        wrong.append("Commits do not wait for the backup: what is acknowledged now lies on this machine's disk alone.")
    if followed.behind is not None:
        lines.append(f"Changes are received until {followed.received}, {followed.behind} bytes behind.")
        if followed.behind > FAR:
            wrong.append(f"The receiver is {followed.behind >> 20} MB of changes behind.")
    copied_at = _of_copies(folder, now, lines, wrong)
    if not folder.key.exists():
        lines.append("The key is kept apart (BEDFLOW_BACKUP_PASSPHRASE would seal it in).")
    return State((*lines, *wrong), tuple(wrong), copied_at, followed)


def _of_copies(folder: Folder, now: datetime, lines: list[str], wrong: list[str]) -> datetime | None:
    copies = folder.copies()
    if not copies:
        wrong.append(f"There is no whole copy in {folder.path}.")
        return None
    copy = copies[-1]
    since = len(folder.changes_since(copy)) if folder.changes.is_dir() else 0
    lines.append(f"The newest copy is {copy.path.name}, as of {copy.manifest.seq}; {since} segments of changes are there with it.")
    if now - copy.manifest.made_at > OLD:
        wrong.append(f"It is of {copy.manifest.made_at:%Y-%m-%d %H:%M} UTC, which is too old.")
    if folder.changes.is_dir() and folder.broken_off(copy):
        wrong.append("The changes after it have a gap: take a new copy with `bedflow backup`.")
    return copy.manifest.made_at
