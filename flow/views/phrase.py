"""A sentence before it is said: its English pattern, which is its key in the catalogues, and what stands in its gaps.

One frame is shared by screens of every language, so tiles carry phrases: first paint says them here, static/js/command-centre.js by the
same catalogue. A gap called `age` holds a time that passes by itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce

from flow.views.words import Words

ENGLISH = Words()


@dataclass(frozen=True, slots=True)
class Phrase:
    """`of` fills the gaps of `says`: numbers, names, terms of the catalogue, or phrases in turn."""

    says: str
    of: "Mapping[str, Phrase | str | int]" = field(default_factory=dict)

    def told(self, words: Words = ENGLISH) -> str:
        """In a language; a name that no catalogue has stays as it is."""
        return words.say(self.says, **{gap: told(part, words) for gap, part in self.of.items()})


Part = Phrase | str | int


def phrase(says: str, **of: Part) -> Phrase:
    """The phrase of a pattern and its gaps."""
    return Phrase(says, of)


def joined(parts: Sequence[Part], pattern: str) -> Part:
    """`{one}, {other}` over all of them; nothing of none."""
    return reduce(lambda one, other: phrase(pattern, one=one, other=other), parts) if parts else ""


def told(part: Part, words: Words = ENGLISH) -> str:
    """A phrase, a term or a number in a language."""
    if isinstance(part, Phrase):
        return part.told(words)
    return words.say(part) if isinstance(part, str) else str(part)
