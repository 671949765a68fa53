"""The seam to the durable queue. `flow.history.outbox` keeps it in Postgres; tests keep it in memory."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from flow.domain.charges import Ledger
from flow.domain.ids import VisitId
from flow.domain.outgoing import Batch, Waiting


class Queue(Protocol):
    """One feed's queue, its cursor in the log, and the ledger of what it was charged."""

    async def cursor(self) -> int | None:
        """The last Seq dealt with; None for a feed that was never told anything."""

    async def post(self, batch: Batch) -> None:
        """Lay down a batch with its cursor, all of it or nothing."""

    async def charged(self, visits: Sequence[VisitId]) -> Mapping[VisitId, Ledger]:
        """What was charged of these visits."""

    def turn(self) -> AbstractAsyncContextManager[bool]:
        """True inside for the one process that may send now, so that no letter leaves twice and none overtakes another."""

    async def next(self) -> Waiting | None:
        """The oldest letter that waits."""

    async def sent(self, waiting: Waiting, code: str) -> None:
        """It was accepted."""

    async def refused(self, waiting: Waiting, code: str) -> None:
        """It was answered with an error; it stays first in line."""

    async def dead(self, waiting: Waiting, code: str, reason: str) -> None:
        """It is given up and shown to an engineer; the next ones go on."""
