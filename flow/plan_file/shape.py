"""From TOML values to the tables of `schema`: every unknown key, wrong word and missing key is noted, not only the first.

What is wrong is left out or stood in for, so that `check` can look at the rest of the file in the same go; a file with a problem
never becomes a plan.
"""

import difflib
from collections.abc import Mapping
from datetime import time
from functools import cache
from typing import Any, Literal, get_args, get_origin

import msgspec
from msgspec.structs import FieldInfo, fields

from flow.plan_file.lines import Path
from flow.plan_file.problems import Problems
from flow.plan_file.schema import SINGLE, TABLES, File
from flow.plan_file.words import Table

_STAND_INS = {
    "zone": "UTC",
    "type": "general",
    "beds": 1,
    "hospital": {"id": "missing", "name": "missing", "zone": "UTC"},
    "days": ["mon"],
    "alg": "RS256",
    "begins": time(0),
    "until": time(23, 59),
}


def shaped(data: Mapping[str, Any], problems: Problems) -> File:
    """The file as tables; what did not fit is among the problems."""
    return msgspec.convert(_table(data, "", (), problems), File)


def _table(data: Mapping[str, Any], name: str, path: Path, problems: Problems) -> dict[str, Any]:
    known = _fields(TABLES[name])
    sound: dict[str, Any] = {}
    for key, value in data.items():
        inner = f"{name}.{key}".lstrip(".")
        if key not in known:
            problems.add((*path, key), f"unknown key {key!r}{_hint(key, known)}")
        elif inner in TABLES:
            sound |= _inner(value, inner, key, path, problems)
        elif error := _wrong(value, known[key]):
            problems.add((*path, key), error)
            sound |= {key: _STAND_INS[key]} if key in _STAND_INS else {}
        else:
            sound[key] = value
    for key, field in known.items():
        if field.required and key not in sound:
            if key not in data:
                problems.add(path, f"{_header(name)} needs {_header(key) if key in TABLES else key + ' = ...'}")
            sound[key] = _STAND_INS.get(key, f"missing-{len(problems)}")
    return sound


def _inner(value: Any, name: str, key: str, path: Path, problems: Problems) -> dict[str, Any]:
    """The tables under one header."""
    if name in SINGLE and isinstance(value, dict):
        return {key: _table(value, name, (*path, key), problems)}
    if name not in SINGLE and isinstance(value, list) and all(isinstance(row, dict) for row in value):
        return {key: [_table(row, name, (*path, key, index), problems) for index, row in enumerate(value)]}
    problems.add((*path, key), f"{key!r} is a table here; write it as {_header(name)}")
    return {}


def _wrong(value: Any, field: FieldInfo) -> str | None:
    """What is wrong with a value, in words."""
    try:
        msgspec.convert(value, field.type)
    except msgspec.ValidationError as error:
        words = _words(field.type)
        if words and isinstance(value, str):
            return f"unknown {field.name} {value!r}{_hint(value, words)}"
        said = str(error)
        return f"{field.name} = {value!r}: {said[0].lower()}{said[1:].partition(' - at')[0]}"
    return None


@cache
def _fields(table: type[Table]) -> dict[str, FieldInfo]:
    return {field.encode_name: field for field in fields(table)}


def _words(kind: Any) -> tuple[str, ...]:
    """The words a Literal allows, also where it may be left out."""
    if get_origin(kind) is Literal:
        return get_args(kind)
    return next((get_args(one) for one in get_args(kind) if get_origin(one) is Literal), ())


def _hint(word: str, known: Mapping[str, Any] | tuple[str, ...]) -> str:
    near = difflib.get_close_matches(word, known, 1)
    return f"; did you mean {near[0]!r}?" if near else f"; known are {', '.join(known)}"


def _header(name: str) -> str:
    if not name:
        return "the file"
    return f"[{name}]" if name in SINGLE else f"[[{name}]]"
