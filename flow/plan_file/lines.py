"""Where in a TOML text a value stands: tomllib reads values and forgets lines, so the headers and keys are walked once more.

Only lines that begin a statement count; what stands inside a string or a list of several lines is stepped over.
"""

import re
from collections.abc import Iterator, Sequence

Path = tuple[str | int, ...]

_NAME = r"""(?:"(?:\\.|[^"\\])*"|'[^']*'|[\w-]+)"""
_DOTTED = rf"{_NAME}(?:\s*\.\s*{_NAME})*"
_HEADER = re.compile(rf"\s*(\[\[?)\s*({_DOTTED})\s*\]")
_KEY = re.compile(rf"\s*({_DOTTED})\s*=")
_TOKEN = re.compile(r'''"""|\'\'\'|"(?:\\.|[^"\\])*"|'[^']*'|\#.*|[\[\]{}]''')
_ENDS = {'"""': re.compile(r'(?:\\.|[^\\])*?"""'), "'''": re.compile(r".*?'''")}


class Lines:
    """Line numbers (from 1) of the tables and keys of a text."""

    def __init__(self, text: str) -> None:
        self._lines: dict[Path, int] = {(): 1}
        self._counts: dict[Path, int] = {}
        here: Path = ()
        for number, line in _statements(text):
            header = _HEADER.match(line)
            if header is not None:
                here = self._enter(_names(header[2]), listed=header[1] == "[[")
                self._lines.setdefault(here, number)
            elif key := _KEY.match(line):
                self._lines.setdefault((*here, *_names(key[1])), number)

    def _enter(self, names: Sequence[str], *, listed: bool) -> Path:
        path: Path = ()
        for depth, name in enumerate(names):
            path = (*path, name)
            if listed and depth == len(names) - 1:
                self._counts[path] = self._counts.get(path, -1) + 1
            if path in self._counts:
                path = (*path, self._counts[path])
        return path

    def of(self, path: Path) -> int:
        """The line of a value, else of the nearest table around it."""
        while path not in self._lines:
            path = path[:-1]
        return self._lines[path]


def _names(dotted: str) -> list[str]:
    return [name[1:-1] if name[0] in "\"'" else name for name in re.findall(_NAME, dotted)]


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """The lines at which a header or a key can stand, with their numbers."""
    quote, depth = "", 0
    for number, line in enumerate(text.split("\n"), 1):
        if not quote and not depth:
            yield number, line
        quote, depth = _after(line, quote, depth)
        if _HEADER.match(line) and not quote:
            depth = 0


def _after(line: str, quote: str, depth: int) -> tuple[str, int]:
    """The open string and the open brackets at the end of a line."""
    at = 0
    while at < len(line):
        if quote:
            end = _ENDS[quote].match(line, at)
            if end is None:
                break
            quote, at = "", end.end()
            continue
        token = _TOKEN.search(line, at)
        if token is None:
            break
        at, word = token.end(), token[0]
        if word in _ENDS:
            quote = word
        elif word in "[]{}":
            depth = max(0, depth + (1 if word in "[{" else -1))
    return quote, depth
