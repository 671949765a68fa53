"""Records and commands as JSON and back, for the log, the live picture and the journal. One shape everywhere."""

from dataclasses import dataclass
from typing import Any, get_args

import msgspec

from flow.domain.commands import Command, Undo
from flow.domain.events import ENTITY, Record

_ENCODER = msgspec.json.Encoder(order="deterministic")
_DECODERS: dict[str, msgspec.json.Decoder[Any]] = {entity: msgspec.json.Decoder(kind) for kind, entity in ENTITY.items()}


def encode(record: Record) -> bytes:
    """A record as JSON, fields in the order of the dataclass."""
    return _ENCODER.encode(record)


def decode(entity: str, body: bytes | str) -> Record:
    """The record of an entity's JSON. Raises msgspec.ValidationError when it is none."""
    record: Record = _DECODERS[entity].decode(body)
    return record


def encode_command(command: Command) -> bytes:
    """A command for the journal. The records of an undo stand with the names of their entities, so that they can be read back."""
    if isinstance(command, Undo):
        return _ENCODER.encode({"before": [(ENTITY[type(record)], record) for record in command.before], "changed": command.changed})
    return _ENCODER.encode(command)


def decode_command(name: str, body: bytes | str) -> Command:
    """The command of a class's name and its JSON. Raises msgspec.ValidationError, or KeyError where no such command is known."""
    command: Command = _undo(body) if name == Undo.__name__ else _COMMANDS[name].decode(body)
    return command


_COMMANDS: dict[str, msgspec.json.Decoder[Any]] = {
    kind.__name__: msgspec.json.Decoder(kind) for kind in get_args(Command) if kind is not Undo
}


@dataclass(frozen=True, slots=True)
class _Undo:
    """An undo as it is kept; JSON has no union of records."""

    before: list[tuple[str, msgspec.Raw]]
    changed: dict[str, int]


def _undo(body: bytes | str) -> Undo:
    kept = msgspec.json.decode(body, type=_Undo)
    return Undo(tuple(decode(entity, bytes(record)) for entity, record in kept.before), kept.changed)
