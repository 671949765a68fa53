"""How long feeds wait for their acknowledgment: from receipt to COMMIT, the newest of each feed, for the engineer's screen; and who sends
again as soon as it is acknowledged."""

from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

NEWEST = 1000
_SECOND = timedelta(seconds=1)
SOON, OFTEN = timedelta(milliseconds=1), 8
"""A sender hurries that has so often in a row sent so soon after it was answered."""


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
        self._answered: dict[str, datetime] = {}
        self._soon: Counter[str] = Counter()

    def hurries(self, letter: Received) -> bool:
        """Whether its feed sends as fast as it is answered; to be asked once of each group."""
        answered = self._answered.get(letter.feed)
        soon = answered is not None and answered < letter.received_at < answered + SOON
        self._soon[letter.feed] = self._soon[letter.feed] + 1 if soon else 0
        return self._soon[letter.feed] >= OFTEN

    def kept(self, letters: Iterable[Received], now: datetime) -> None:
        """These letters are committed and are answered now."""
        for letter in letters:
            self._took.setdefault(letter.feed, deque(maxlen=NEWEST)).append(max(0.0, (now - letter.received_at) / _SECOND))
            self._answered[letter.feed] = now

    def times(self) -> Mapping[str, Sequence[float]]:
        """By feed, oldest first."""
        return {feed: tuple(took) for feed, took in self._took.items()}
