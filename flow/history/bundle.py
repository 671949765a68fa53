"""Several named statements sent as one: a round trip each is most of what a small group costs.

They share one snapshot, so none may read what another of the same bundle writes, and no row may be written by two of them. What is carried
out `first` (it returns its row) is done before the others, and is alone where it fails.
One may order steps of its own, by a `with` that ends with a line `)`; no two of a bundle have a step of the same name.
"""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from flow.history.pool import Connection

Part = tuple[str, Sequence[object]]
"""A statement with its arguments, $1 and on."""
Row = tuple[Any, ...]
_PARAMETER = re.compile(r"\$(\d+)")
_STEPS_END = "\n)\n"


async def ask(connection: Connection, *parts: Part) -> list[list[Row]]:
    """The rows of each part, in order."""
    if not parts:
        return []
    row = await connection.fetchrow(_asking(tuple((text, len(given)) for text, given in parts)), *_arguments(parts))
    assert row is not None
    return [found or [] for found in row]


async def carry_out(connection: Connection, parts: Sequence[Part], *, first: Part | None = None) -> Row | None:
    """Do all of them; their rows are nobody's, but that of the `first`."""
    given = [first, *parts] if first else parts
    if not given:
        return None
    statement = _doing(tuple((text, len(each)) for text, each in given), first is not None)
    row = await connection.fetchrow(statement, *_arguments(given))
    return tuple(row) if row is not None else None


def _arguments(parts: Sequence[Part]) -> list[object]:
    return [argument for _, given in parts for argument in given]


@cache
def _asking(parts: tuple[tuple[str, int], ...]) -> str:
    names = [f"part{number}" for number in range(len(parts))]
    rows = ", ".join(f"(select array_agg({name}) from {name})" for name in names)
    return f"with {_named(names, parts)} select {rows}"


@cache
def _doing(parts: tuple[tuple[str, int], ...], ordered: bool) -> str:
    """The outer `select` is carried out first, and with it what it reads of."""
    if len(parts) == 1:
        return parts[0][0]
    names = [f"part{number}" for number in range(len(parts))]
    return f"with {_named(names, parts)} select{f' * from {names[0]}' if ordered else ''}"


def _named(names: Sequence[str], parts: tuple[tuple[str, int], ...]) -> str:
    return ", ".join(f"{_steps(text)}{name} as ({_end(text)})" for name, text in zip(names, _shifted(parts), strict=False))


def _steps(text: str) -> str:
    """What a part does before its end."""
    return f"{text.removeprefix('with ').rpartition(_STEPS_END)[0]}\n), " if text.startswith("with ") else ""


def _end(text: str) -> str:
    return text.rpartition(_STEPS_END)[2] if text.startswith("with ") else text


def _shifted(parts: tuple[tuple[str, int], ...]) -> list[str]:
    """Each text with its parameters counted on from those before it."""
    texts, before = [], 0
    for text, count in parts:
        texts.append(_PARAMETER.sub(lambda found, before=before: f"${int(found[1]) + before}", text))  # type: ignore[misc]
        before += count
    return texts
