"""Delimiters: the five characters a message chose in MSH-1 and MSH-2, and the escapes that stand for them (HL7 v2.9.1, 2.5.4, 2.7).

Read from the header before anything else; segments and fields are cut by them, and text is un-escaped by them.
"""

import re
from collections.abc import Callable
from functools import lru_cache

BREAKS = {".br": "\n", ".sp": "\n", ".ce": "\n", ".fi": "", ".nf": "", ".in": "", ".ti": "", ".sk": " "}


ABSENT = "\uffff"  # no character (Unicode 23.7): stands for a separator that MSH-2 is too short to name, and is in no text


class Delimiters:
    """Field, component, repetition, escape and sub-component separators."""

    __slots__ = ("_escaped", "codec", "component", "escape", "field", "repetition", "sub", "truncation")

    def __init__(self, field: str, encoding: str, codec: str = "utf-8") -> None:
        self.field = field
        named = list((encoding or "^~\\&").ljust(5, ABSENT))
        self.component, self.repetition, self.escape, self.sub, self.truncation = named[:5]
        self.codec = codec
        mark = re.escape(self.escape)
        self._escaped = re.compile(rf"{mark}(?:([FSTREPHN])|X((?:[0-9A-Fa-f]{{2}})+)|(\.(?:br|sp|ce|fi|nf|in|ti|sk))[-+]?(\d*)){mark}")

    def unescape(self, text: str) -> str:
        r"""Text as meant: ``\F\`` is the field separator, ``\X0D\`` a byte, ``\.br\`` a new line. What is no escape stays as it is."""
        if self.escape not in text:
            return text
        return self._escaped.sub(self._meant, text)

    def _meant(self, found: re.Match[str]) -> str:
        letter, hexes, layout, count = found.groups()
        if letter:
            return self._letters()[letter].replace(ABSENT, "")
        if hexes:
            return bytes.fromhex(hexes).decode(self.codec, "replace").replace("\0", "")  # as one that came bare: no store takes it
        return BREAKS[layout] * (min(int(count or 1), 99) if layout in {".sp", ".sk"} else 1)

    def _letters(self) -> dict[str, str]:
        return {
            "F": self.field,
            "S": self.component,
            "T": self.sub,
            "R": self.repetition,
            "E": self.escape,
            "P": self.truncation,
            "H": "",  # highlighting starts
            "N": "",  # and ends
        }


delimiters: Callable[[str, str, str], Delimiters] = lru_cache(maxsize=256)(Delimiters)
