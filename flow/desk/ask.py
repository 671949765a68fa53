"""What is asked of the desk, and what it answers."""

import asyncio
from dataclasses import dataclass, field

from flow.domain.cause import Origin
from flow.domain.commands import Command
from flow.domain.events import Entry
from flow.errors import Refused, Unavailable


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks, and from where: `seat` tells one person's browsers apart."""

    id: str
    origin: Origin = Origin.PERSON
    role: str = ""
    seat: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command led to; `seq` is the hospital's after it, `command` the handle to undo it by."""

    entries: tuple[Entry, ...]
    seq: int
    command: int


Answer = Outcome | Refused | Unavailable


@dataclass(slots=True)
class Ask:
    """A command that waits for its turn, and the place its answer is put."""

    command: Command
    actor: Actor
    key: str | None
    digest: bytes
    reply: "asyncio.Future[Outcome]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def answer(self, answer: Answer) -> None:
        """Give the answer, once; nobody may be waiting any more."""
        if self.reply.done():
            return
        if isinstance(answer, Outcome):
            self.reply.set_result(answer)
        else:
            self.reply.set_exception(answer)
