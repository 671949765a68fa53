"""A process that seals a database anew, three rows at a time, until its crash point kills it: `DSN FOLDER POINT`."""

import asyncio
import sys
from pathlib import Path

from flow import crash
from flow.history import reseal
from flow.history.pool import Database
from flow.vault import open_vault


async def work(dsn: str, folder: str) -> None:
    database = await Database.connect(dsn, "test", size=1)
    reseal.BATCH = 3
    await reseal.Reseal(database, open_vault(Path(folder))).run(lambda *_: None)
    await database.close()


if __name__ == "__main__":
    _, dsn, folder, point = sys.argv
    crash.arm(point)
    asyncio.run(work(dsn, folder))
