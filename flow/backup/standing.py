"""Whether commits wait for the receiver: decided from what Postgres says of it, by time alone. No I/O."""

from dataclasses import dataclass, field
from enum import StrEnum

PATIENCE = 2.0
"""Seconds without a receiver after which commits go on alone: less than a sender or a person gives up in."""
SILENCE = 3.0
"""Seconds without a word of one that is connected; it says one each second."""
CALM = 1.0
"""Seconds that one must have been there before commits wait for it: one that dies again and again must not stop them each time."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What Postgres says: whether commits wait for the receiver, whether it is there and has caught up, its last word (any mark)."""

    waited_for: bool
    streaming: bool
    word: str | None


class Step(StrEnum):
    """What to do about it."""

    TOGETHER = "together"
    ALONE = "alone"


@dataclass
class Standing:
    """What was seen over time; `decide` is asked a few times a second, with a clock that only goes on."""

    _there_since: float | None = field(default=None, init=False)
    _there_last: float | None = field(default=None, init=False)
    _word: str | None = field(default=None, init=False)
    _word_at: float = field(default=0.0, init=False)

    def decide(self, seen: Seen, now: float) -> Step | None:
        """What must change now, if anything."""
        if seen.word != self._word:
            self._word, self._word_at = seen.word, now
        if seen.streaming and now - self._word_at < SILENCE:
            self._there_since = now if self._there_since is None else self._there_since
            self._there_last = self._word_at
        else:
            self._there_since = None
        if self._there_last is None:
            self._there_last = now
        if self._there_since is not None:
            return Step.TOGETHER if not seen.waited_for and now - self._there_since >= CALM else None
        return Step.ALONE if seen.waited_for and now - self._there_last >= PATIENCE else None
