"""Several named statements sent as one: a round trip each is most of what a small group costs.

They share one snapshot, so none may read what another of the same bundle writes, and no row may be written by two of them. What is carried
out `first` (it returns its row) is done before the others, and is alone where it fails.
One may order steps of its own, by a `with` that ends with a line `)`; no two of a bundle have a step of the same name.

Rows are given as arrays, a column each. A few are written out instead when they are carried out: an `unnest` of twelve arrays makes twelve
tables in PostgreSQL, and for one row that takes longer than to store it.
"""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from flow.history.pool import Connection

Part = tuple[str, Sequence[object]]
"""A statement with its arguments, $1 and on."""
Row = tuple[Any, ...]
Taken = tuple[int, int | None]
"""Of a part's arguments, which one, from 0, and of an array that is written out, which element."""
_PARAMETER = re.compile(r"\$(\d+)")
_A_COLUMN = r"\$(\d+)::(\w+)\[\]"
_COLUMN = re.compile(_A_COLUMN)
_ROWS_OR_PARAMETER = re.compile(rf"unnest\((?P<rows>{_A_COLUMN}(?:,\s*{_A_COLUMN})*)\)(?=\s+as\s+\w+\()|\$(?P<whole>\d+)")
_STEPS_END = "\n)\n"
FEW = 2
"""Rows at most that are written out: each number of them is another statement, to be planned in some milliseconds."""


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
    written = [written_out(text, tuple(min(len(one), FEW + 1) if isinstance(one, list) else None for one in each)) for text, each in given]
    statement = _doing(tuple((text, len(taken)) for text, taken in written), first is not None)
    arguments = [_taken(each[at], row) for (_, each), (_, taken) in zip(given, written, strict=True) for at, row in taken]
    found = await connection.fetchrow(statement, *arguments)
    return tuple(found) if found is not None else None


def _taken(argument: Any, row: int | None) -> object:
    return argument if row is None else argument[row]


def _arguments(parts: Sequence[Part]) -> list[object]:
    return [argument for _, given in parts for argument in given]


@cache
def _asking(parts: tuple[tuple[str, int], ...]) -> str:
    names = [f"part{number}" for number in range(len(parts))]
    rows = ", ".join(f"(select array_agg({name}) from {name})" for name in names)
    return f"with {_named(names, parts)} select {rows}"


@cache
def written_out(text: str, lengths: tuple[int | None, ...]) -> tuple[str, tuple[Taken, ...]]:
    """A part with its few rows as `values`, and what its parameters are then; `lengths` are those of its arguments
    that are arrays, more than a few being as good as any."""
    taken: dict[Taken, int] = {}

    def parameter(at: str | int, row: int | None = None) -> str:
        return f"${taken.setdefault((int(at) - 1, row), len(taken) + 1)}"

    def put(found: re.Match[str]) -> str:
        if not found["rows"]:
            return parameter(found["whole"])
        columns = _COLUMN.findall(found["rows"])
        many = lengths[int(columns[0][0]) - 1] or 0
        if many > FEW:
            return f"unnest({', '.join(f'{parameter(at)}::{kind}[]' for at, kind in columns)})"
        if not many:
            return f"(select {', '.join(f'null::{kind}' for _, kind in columns)} where false)"
        rows = (", ".join(f"{parameter(at, row)}::{kind}" for at, kind in columns) for row in range(many))
        return f"(values {', '.join(f'({row})' for row in rows)})"

    return _ROWS_OR_PARAMETER.sub(put, text), tuple(taken)


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
