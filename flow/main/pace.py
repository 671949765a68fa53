"""How long feeds wait for their acknowledgment: from receipt to COMMIT, the newest of each feed, for the engineer's screen."""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

NEWEST = 1000
_SECOND = timedelta(seconds=1)


class Received(Protocol):
    """A letter that has just been kept."""

    @property
    def feed(self) -> str: ...
    @property
    def received_at(self) -> datetime: ...


class Pace:
    """The newest times of each feed, in seconds."""

    def __init__(self) -> None:
        self._took: dict[str, deque[float]] = {}

    def kept(self, letters: Iterable[Received], now: datetime) -> None:
        """These letters are committed and are answered now."""
        for letter in letters:
            self._took.setdefault(letter.feed, deque(maxlen=NEWEST)).append(max(0.0, (now - letter.received_at) / _SECOND))

    def times(self) -> Mapping[str, Sequence[float]]:
        """By feed, oldest first."""
        return {feed: tuple(took) for feed, took in self._took.items()}
