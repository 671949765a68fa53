"""Records and commands as JSON and back, for the log, the live picture and the journal. One shape everywhere."""

from typing import Any

import msgspec

from flow.domain.commands import Command
from flow.domain.events import ENTITY, Record

_ENCODER = msgspec.json.Encoder()
_DECODERS: dict[str, msgspec.json.Decoder[Any]] = {
    entity: msgspec.json.Decoder(kind) for kind, entity in ENTITY.items()
}


def encode(record: Record) -> bytes:
    """A record as JSON, fields in the order of the dataclass."""
    return _ENCODER.encode(record)


def decode(entity: str, body: bytes | str) -> Record:
    """The record of an entity's JSON. Raises msgspec.ValidationError when it is none."""
    record: Record = _DECODERS[entity].decode(body)
    return record


def encode_command(command: Command) -> bytes:
    """A command for the journal."""
    return _ENCODER.encode(command)
