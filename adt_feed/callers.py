"""Callers: whoever connects to an MLLP port, let in or turned away, told to whoever keeps the trail of it. No name and nothing it sent."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Caller:
    """`feed` is the one it belongs to, "" before that is known; `certificate` the beginning of its fingerprint; `refused` why it was turned
    away, "" where it was let in."""

    address: str
    feed: str = ""
    certificate: str = ""
    refused: str = ""


Meet = Callable[[Caller], None]


def nobody_asks(caller: Caller) -> None:
    """For a listener whose callers are no concern of anybody's."""


def address_of(transport: asyncio.BaseTransport) -> str:
    """Where the other end is; "" of one that is gone, or has none."""
    name = transport.get_extra_info("peername")
    return str(name[0]) if isinstance(name, tuple) and name else ""
