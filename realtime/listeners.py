"""Who listens to one group's frames: those whose sockets take bytes now, by what writes to them, and the others, who keep what waits.

A frame goes to thousands; to look at each of them first, whether it keeps up, costs more than Python's share of writing to it. So a
client says itself when it falls behind and when it has caught up, which is seldom.

Before it: `realtime.hub`, which makes the frame. After it: `realtime.wire` and `realtime.mailbox`.
"""

from collections.abc import Callable, Iterator
from itertools import islice

from realtime.mailbox import Client

SLICE = 128
"""Clients written to in one go: between two slices others get their turn."""

Write = Callable[[bytes], object]
"""A transport's own `write`, of a whole chunk."""
Delivery = Iterator[None]
"""Gives one thing to many, a slice a step; whom it goes to was settled when it was made, so that who joins meanwhile, with the newer
picture, is not sent the older frame."""


class Listeners:
    """The clients of a group."""

    def __init__(self) -> None:
        self._direct: dict[Client, Write] = {}  # in the order in which they came, as their sockets lie in memory
        self._others: dict[Client, None] = {}

    def __len__(self) -> int:
        return len(self._direct) + len(self._others)

    def add(self, client: Client) -> None:
        """A new client, after what it lacked has been put."""
        self._others[client] = None
        client.paced_by(self)

    def remove(self, client: Client) -> None:
        """It is gone."""
        self._direct.pop(client, None)
        self._others.pop(client, None)

    def keeps_up(self, client: Client, write: Write) -> None:
        """From now on chunks are written to it with no question; one that has gone stays gone."""
        if client in self._others:
            del self._others[client]
            self._direct[client] = write

    def falls_behind(self, client: Client) -> None:
        """From now on it is given packets, and keeps what it cannot take."""
        if self._direct.pop(client, None) is not None:
            self._others[client] = None

    def everybody(self) -> list[Client]:
        """All of them now."""
        return [*self._direct, *self._others]

    def deliver(self, chunk: bytes, give: Callable[[Client], None]) -> Delivery:
        """Write a chunk to those who keep up, and `give` to the others what it holds."""
        return _in_slices(list(self._direct.values()), list(self._others), chunk, give)


def _in_slices(direct: list[Write], others: list[Client], chunk: bytes, give: Callable[[Client], None]) -> Delivery:
    for first in range(0, len(direct), SLICE):
        _write(direct[first : first + SLICE], chunk)
        yield
    rest = iter(others)
    while some := list(islice(rest, SLICE)):
        for client in some:
            give(client)
        yield


def _write(direct: list[Write], chunk: bytes) -> None:
    """uvloop raises for a connection that has ended since the last slice; its client has been told, and is forgotten."""
    for write in direct:
        try:
            write(chunk)
        except RuntimeError:
            continue
