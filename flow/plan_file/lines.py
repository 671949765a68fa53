"""Where in a TOML text a value stands: tomllib reads values and forgets lines, so the headers and keys are walked once more."""

import re
from collections.abc import Sequence

Path = tuple[str | int, ...]

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\[\]]+?)\s*\]")
_KEY = re.compile(r"""^\s*("[^"]*"|'[^']*'|[\w-]+)\s*=""")


class Lines:
    """Line numbers (from 1) of the tables and keys of a text."""

    def __init__(self, text: str) -> None:
        self._lines: dict[Path, int] = {(): 1}
        self._counts: dict[Path, int] = {}
        here: Path = ()
        for number, line in enumerate(text.splitlines(), 1):
            header = _HEADER.match(line)
            if header is not None:
                here = self._enter(header[2].split("."), listed=header[1] == "[[")
                self._lines[here] = number
            elif key := _KEY.match(line):
                self._lines.setdefault((*here, key[1].strip("\"'")), number)

    def _enter(self, names: Sequence[str], *, listed: bool) -> Path:
        path: Path = ()
        for depth, raw in enumerate(names):
            path = (*path, raw.strip().strip("\"'"))
            last = depth == len(names) - 1
            if last and listed:
                self._counts[path] = self._counts.get(path, -1) + 1
            if path in self._counts:
                path = (*path, self._counts[path])
        return path

    def of(self, path: Path) -> int:
        """The line of a value, else of the nearest table around it."""
        while path not in self._lines:
            path = path[:-1]
        return self._lines[path]


def path_of(text: str) -> Path:
    """`$.wards[0].rooms[1].sex` as a path."""
    parts = re.findall(r"\.([\w-]+)|\[(\d+)\]|\[(?:\.\.\.)\]", text)
    return tuple(name or int(index) for name, index in parts if name or index)
