"""A listener and a journal without the rest of the house, in a process to be killed: whole, or with one fault of the negative controls.

    python -m tests.faults.journal honest|ack-first|async-commit DSN DATA_DIR PORT

The faults are handed in through the seams that stand anyway: `keep`, and the pool. `ack-first` answers and commits afterwards;
`async-commit` commits without waiting for the disk.
"""

import asyncio
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import asyncpg

from adt_feed.letter import Letter
from adt_feed.limits import Limits
from adt_feed.listener import MllpListener
from flow.history.inbox import Inbox
from flow.history.pool import Database
from flow.vault import open_vault

HOSPITAL = "small"


async def serve(mode: str, dsn: str, data_dir: str, port: int) -> None:
    """Until killed."""
    settings = {"synchronous_commit": "off" if mode == "async-commit" else "on"}
    pool = await asyncpg.create_pool(dsn, min_size=1, max_size=4, server_settings=settings)
    inbox = Inbox(Database(pool, HOSPITAL), open_vault(Path(data_dir)))
    later: set[asyncio.Task[object]] = set()

    async def keep(letters: Sequence[Letter]) -> None:
        if mode != "ack-first":
            await inbox.keep(letters)
            return
        task = asyncio.create_task(inbox.keep(letters))
        later.add(task)
        task.add_done_callback(later.discard)

    listener = MllpListener("his", keep, Limits(), lambda: datetime.now(UTC))
    await listener.start("127.0.0.1", port)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])))
