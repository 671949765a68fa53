"""The seam to the durable queue: what is laid into it and taken out. `flow.history.outbox` keeps it in Postgres."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from flow.domain.charges import Ledger
from flow.domain.ids import VisitId


@dataclass(frozen=True, slots=True)
class Posted:
    """A letter to be sent: `kind` A20, A14, A15 or P03, `key` its MSH-10 and what makes it one of its kind, `subject` the request or
    visit it is about."""

    kind: str
    key: str
    body: bytes
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The letter whose turn it is; `attempts` that were answered with an error so far."""

    id: int
    kind: str
    key: str
    subject: str
    body: bytes
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Batch:
    """What some entries of the log came to: letters, and what is charged from now on. `seq` is the last entry dealt with; None where the
    hours passed and nothing happened."""

    posted: Sequence[Posted] = ()
    charged: Mapping[VisitId, Ledger] = field(default_factory=dict)
    seq: int | None = None


class Queue(Protocol):
    """One feed's queue, its cursor in the log, and the ledger of what it was charged."""

    async def cursor(self) -> int | None:
        """The last Seq dealt with; None for a feed that was never told anything."""

    async def post(self, batch: Batch) -> None:
        """Lay down a batch with its cursor, all of it or nothing."""

    async def charged(self, visits: Sequence[VisitId]) -> Mapping[VisitId, Ledger]:
        """What was charged of these visits."""

    async def next(self) -> Waiting | None:
        """The oldest letter that waits."""

    async def sent(self, waiting: Waiting, code: str) -> None:
        """It was accepted."""

    async def refused(self, waiting: Waiting, code: str) -> None:
        """It was answered with an error; it stays first in line."""

    async def dead(self, waiting: Waiting, code: str, reason: str) -> None:
        """It is given up and shown to an engineer; the next ones go on."""
