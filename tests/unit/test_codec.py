"""Every command and every record comes back from its JSON as it went in, so that the journal can be decided again."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flow.codec import decode, decode_command, encode, encode_command
from flow.domain.commands import Command
from flow.domain.events import ENTITY

SIMPLE: dict[Any, st.SearchStrategy[Any]] = {
    str: st.text(max_size=8),
    bool: st.booleans(),
    int: st.integers(-(2**53), 2**53),
    datetime: st.datetimes(timezones=st.just(UTC)),
    date: st.dates(),
    type(None): st.none(),
}


def of(kind: Any) -> st.SearchStrategy[Any]:
    """Values of a type, as the annotations of the domain spell it."""
    kind = getattr(kind, "__supertype__", kind)
    if kind in SIMPLE:
        return SIMPLE[kind]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return st.sampled_from(kind)
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return st.builds(kind, **{each.name: of(hints[each.name]) for each in fields(kind)})
    return _compound(get_origin(kind), get_args(kind))


def _compound(origin: Any, parts: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    if origin in (Union, UnionType):
        return st.one_of(*map(of, parts))
    if origin in (dict, Mapping):
        return st.dictionaries(of(parts[0]), of(parts[1]), max_size=2)
    if origin is frozenset:
        return st.frozensets(of(parts[0]), max_size=2)
    assert origin is tuple, origin
    return st.lists(of(parts[0]), max_size=2).map(tuple) if parts[1:] == (...,) else st.tuples(*map(of, parts))


@pytest.mark.parametrize("kind", get_args(Command), ids=lambda kind: kind.__name__)
def test_a_command_comes_back_as_it_went_in(kind: type) -> None:
    @settings(max_examples=15)
    @given(of(kind))
    def comes_back(command: Command) -> None:
        assert decode_command(kind.__name__, encode_command(command)) == command

    comes_back()


@pytest.mark.parametrize("kind", ENTITY, ids=lambda kind: kind.__name__)
def test_a_record_comes_back_as_it_went_in(kind: type) -> None:
    @settings(max_examples=15)
    @given(of(kind))
    def comes_back(record: Any) -> None:
        assert decode(ENTITY[kind], encode(record)) == record

    comes_back()


def test_an_unknown_command_is_refused() -> None:
    with pytest.raises(KeyError):
        decode_command("Abolish", b"{}")
