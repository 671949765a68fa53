"""What the list of displays says of one that calls numbers out: that its browser is silent, or cannot say them in a language."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

BLOCKED = "blocked"
TROUBLE = {BLOCKED: "sound blocked", "off": "sound off"}
OLD = timedelta(minutes=3)
"""After which a display's word on its sound counts no more: it says one a minute."""


class SoundLike(Protocol):
    """A display's newest word on its sound."""

    @property
    def sound(self) -> str: ...
    @property
    def mute(self) -> tuple[str, ...]: ...
    @property
    def said_at(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Heard:
    """What is not heard of a display, in words (empty: nothing is amiss), and whether a press would mend it."""

    words: str = ""
    blocked: bool = False


def heard(told: SoundLike | None, at: datetime, called: Callable[[str], str]) -> Heard:
    """Of one display; `called` is what staff call a language."""
    if told is None or at - told.said_at > OLD:
        return Heard()
    voices = f"no voice for {' and '.join(map(called, told.mute))}" if told.mute else ""
    return Heard(", ".join(filter(None, (TROUBLE.get(told.sound, ""), voices))), told.sound == BLOCKED)


def hearing(told: Mapping[str, SoundLike], at: datetime, called: Callable[[str], str]) -> Callable[[str], Heard]:
    """The same of any display, by its id."""
    return lambda device: heard(told.get(device), at, called)
