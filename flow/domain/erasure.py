"""Erasing a person: for whom and why, what they are known by, and whether a text speaks of them. Pure.

What they are known by are their numbers (record number, ABHA number, ...), and name with date of birth where a text names no number. A
text is taken apart at what separates fields in HL7 and in JSON, and compared piece by piece; a short number counts in the segments that
say who is meant (PID, MRG) alone, or a "7" in a bed would be record number 7.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from flow.domain.ids import PatientId
from flow.domain.person import PersonDetails

TELLING = 5
"""Characters from which a number means the same person wherever it stands."""
_BETWEEN = re.compile(r'[|^~&\r\n"<>\\]')
_SPACES = re.compile(r"[\s=,;:'\"|<>()\[\]{}]+")
_LINES = re.compile(r"[\r\n]+")
_WHOSE = ("PID|", "MRG|")
_USUAL = "|^~\\&"


class Reason(StrEnum):
    """Why somebody is erased."""

    ASKED = "asked for it"
    WITHDRAWN = "consent withdrawn"
    WRONG = "recorded without ground"


class Asker(StrEnum):
    """Who asked for it."""

    PERSON = "the person"
    GUARDIAN = "guardian or heir"
    AUTHORITY = "court or authority"
    HOSPITAL = "the hospital itself"


@dataclass(frozen=True, slots=True)
class ErasePerson:
    """Nobody goes by this pseudonym any more; whoever comes with the same number is somebody new."""

    patient: PatientId


@dataclass(frozen=True, slots=True)
class Known:
    """What the erased are known by: numbers, and the words of names with the date of birth in eight digits. repr shows nothing of it."""

    numbers: frozenset[str]
    names: tuple[tuple[frozenset[str], str], ...] = ()
    whole: frozenset[str] = frozenset()
    """Names as people write them, in small letters: for what is no letter."""

    def __repr__(self) -> str:
        return f"Known({len(self.numbers)} numbers)"

    def spoken_of(self, text: bytes) -> bool:
        """Whether a letter, an answer as JSON or a sentence tells of them."""
        words = read(text)
        if not self.numbers.isdisjoint(pieces(words)) or any(_named(words, name, born) for name, born in self.names):
            return True
        return not _is_letter(words) and any(name in words.casefold() for name in self.whole)


def known_by(persons: Iterable[PersonDetails]) -> Known:
    """What these persons are known by."""
    persons = list(persons)
    numbers = {number.strip() for each in persons for number in (each.mrn, *(value for _, value in each.identifiers))}
    names = [
        (frozenset(_words(each.name)), f"{each.birth_date:%Y%m%d}")
        for each in persons
        if each.birth_date is not None and len(set(_words(each.name))) > 1
    ]
    whole = {each.name.casefold() for each in persons if len(set(_words(each.name))) > 1}
    return Known(frozenset(filter(None, numbers)), tuple(names), frozenset(whole))


def read(text: bytes) -> str:
    """As it is taken apart: a letter that separates its fields by other signs than most (MSH-1, MSH-2) has theirs."""
    words = text.decode("utf-8", "replace")
    own = words[3:8] if _is_letter(words) else ""
    return words.translate(dict(zip(map(ord, own), _USUAL, strict=True))) if len(own) == len(_USUAL) else words


def pieces(text: str) -> set[str]:
    """What may be somebody's number in a text."""
    signs = [_BETWEEN] if _is_letter(text) else [_BETWEEN, _SPACES]
    found = {piece for sign in signs for each in sign.split(text) if len(piece := each.strip()) >= TELLING}
    for line in _LINES.split(text):
        if line.startswith(_WHOSE):
            fields = line.split("|")[2 if line.startswith("PID") else 1 :]
            found |= {piece.strip() for field in fields for piece in _BETWEEN.split(field) if piece.strip()}
    return found


def _is_letter(text: str) -> bool:
    return text.startswith("MSH")


def masked(person: PersonDetails) -> str:
    """Enough to see that it is the right one, and no more: initials, the number's end, the year of birth."""
    name = " ".join(f"{word[0]}." for word in person.name.split()) or "no name"
    number = f"…{person.mrn[-2:]}" if len(person.mrn) > 3 else "…"
    return f"{name}, {number}, born {person.birth_date.year if person.birth_date else 'unknown'}"


def family(patient: PatientId, aliases: Iterable[tuple[PatientId, PatientId]]) -> frozenset[PatientId]:
    """A pseudonym and all that were merged into it, in any number of steps. `aliases` are (prior, survivor)."""
    found, grown = {patient}, 0
    pairs = list(aliases)
    while len(found) > grown:
        grown = len(found)
        found |= {prior for prior, survivor in pairs if survivor in found}
    return frozenset(found)


def _named(text: str, name: Collection[str], born: str) -> bool:
    """A line that says whom a letter is about has all words of the name, and the date of birth."""
    return any(born in line and set(name) <= set(_words(line)) for line in _lines_of(text))


def _lines_of(text: str) -> Iterator[str]:
    return (line for line in _LINES.split(text) if line.startswith(_WHOSE) or line.startswith("{"))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
