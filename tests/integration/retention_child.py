"""A process that throws away what is over until it is killed: after its first batch of letters, or in the middle of a cut.

python -m tests.integration.retention_child DSN FOLDER NOW POINT
"""

import asyncio
import os
import signal
import sys
from datetime import datetime
from pathlib import Path

from flow.clock import FixedClock
from flow.history import cuts, cutting, retention
from flow.history.inbox import Inbox
from flow.history.pool import Database
from flow.main.retaining import Retaining
from flow.vault import open_vault
from tests.integration.test_retention import KEEPS, PLAN


def killed(*_: object) -> None:
    """With nothing closed or told."""
    os.kill(os.getpid(), signal.SIGKILL)


async def main(dsn: str, folder: str, now: str, point: str) -> None:
    """Small steps, up to the point."""
    retention.BATCH, cutting.LINKS = 40, 8
    if point == "in the cut":
        cuts.put = killed  # type: ignore[assignment]
    database, vault = await Database.connect(dsn, PLAN.id), open_vault(Path(folder))
    inbox, clock = Inbox(database, vault), FixedClock(datetime.fromisoformat(now))
    retaining = Retaining(database, dsn, PLAN, vault, inbox, clock, KEEPS, lambda letter: set())
    await retaining.run("test", tell=killed if point == "letters" else lambda what, count: None)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
