"""The words of one language, keyed by the English ones (as gettext does). Views carry one; templates ask it with `say`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self


class Tongue(str):
    """A language's code, with what its switch shows: a letter or two, and its name, both in its own script; `known`: what others call it,
    its English name first."""

    __slots__ = ("known", "letters", "name", "voice")
    letters: str
    name: str
    voice: str
    known: tuple[str, ...]

    def __new__(cls, code: str, letters: str = "", name: str = "", voice: str = "", known: tuple[str, ...] = ()) -> Self:
        found = super().__new__(cls, code)
        found.letters, found.name, found.voice, found.known = letters or code.upper(), name or code, voice or code, known
        return found

    @property
    def calls(self) -> frozenset[str]:
        """Its names, in small letters."""
        return frozenset(name.casefold() for name in (self.name, *self.known))


@dataclass(frozen=True, slots=True)
class Words:
    """A language's catalogue; English needs none. `voice` is what a browser's speech is asked for (BCP 47)."""

    lang: str = "en"
    table: Mapping[str, str] = field(default_factory=dict)
    voice: str = "en-IN"

    def say(self, english: str, **values: object) -> str:
        """The phrase in this language, with values put in. A phrase nobody has translated stays English (a test finds it)."""
        said = self.table.get(english) or english
        return said.format(**values) if values else said

    def lasting(self, seconds: float) -> str:
        """`3 h 10` or `12 min`, never negative."""
        minutes = max(0, int(seconds)) // 60
        if minutes < 60:
            return self.say("{minutes} min", minutes=minutes)
        return self.say("{hours} h {minutes}", hours=minutes // 60, minutes=f"{minutes % 60:02d}")
