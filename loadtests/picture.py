"""What a display of the load has drawn from its stream, and whether the stream keeps its promises to it.

A whole picture first, or what changed since the last one where it says what it has seen; no Seq goes back; a tile of one version says one
thing; a picture that is told whole again holds nothing that should have come before; and a public screen reads nothing of a patient.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

PRIVATE = ("isolation", "away", "on_leave", "doubt", "due", "watch", "closes", "visit", "sex", "age", "reserved_for", "discrepancy")
"""What no public tile says."""


class Untrue(Exception):
    """The stream broke a promise."""


class Event(NamedTuple):
    """One event of a stream; `id` is its Seq and whatever the server needs beside it, empty of one that moves nobody forward."""

    name: str
    id: str
    data: Any

    @property
    def seq(self) -> int | None:
        """The number."""
        return int(self.id.partition("-")[0]) if self.id else None


class Picture:
    """The tiles that one display shows, as of `seq` (None: it has seen none); `last_id` is what it comes back with."""

    def __init__(self, audience: str) -> None:
        self.audience = audience
        self.seq: int | None = None
        self.last_id = ""
        self.as_of = ""
        self._tiles: dict[str, Mapping[str, Any]] = {}
        self._whole = False

    def connects(self, last_id: str) -> None:
        """A new connection; `last_id` was sent as Last-Event-ID."""
        self._whole = bool(last_id)

    def hear(self, event: Event) -> None:
        """Draw an event. Raises Untrue."""
        if event.name == "snapshot":
            self._whole = True
        elif not self._whole:
            raise Untrue(f"{event.name} before the whole picture")
        if event.seq is not None and event.seq < (self.seq or 0):
            raise Untrue(f"Seq went back from {self.seq} to {event.seq}")
        if event.name in ("snapshot", "tiles"):
            self._draw(event.data["tiles"], whole=event.name == "snapshot")
        self.as_of = event.data.get("as_of", self.as_of)
        if event.seq is not None:
            self.seq, self.last_id = event.seq, event.id

    def _draw(self, tiles: Iterable[Mapping[str, Any]], *, whole: bool) -> None:
        told = {tile["key"]: tile for tile in tiles}
        for key, tile in told.items():
            self._check(self._tiles.get(key), tile)
        if whole and any(key.startswith("bed:") and key not in told for key in self._tiles):
            raise Untrue("a bed is missing in the whole picture")
        self._tiles |= told

    def _check(self, before: Mapping[str, Any] | None, tile: Mapping[str, Any]) -> None:
        if self.audience == "public" and any(tile.get(name) is not None for name in PRIVATE):
            raise Untrue(f"{tile['key']} tells the public of a patient")
        if before is None:
            return
        if tile["seq"] < before["seq"]:
            raise Untrue(f"{tile['key']} went back from {before['seq']} to {tile['seq']}")
        missed = before["seq"] < tile["seq"] <= (self.seq or 0)
        if missed or (tile["seq"] == before["seq"] and tile["state"] != before["state"]):
            raise Untrue(f"{tile['key']} was {before['state']} on the screen, and {tile['state']} as of {tile['seq']}")


def events(lines: Iterable[bytes]) -> Iterator[Event]:
    """The events of a stream by its lines (WHATWG HTML, 9.2.6, as far as ours go)."""
    fields: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.decode().partition(": ")
            fields[name] = value
            continue
        if "event" in fields and "data" in fields:
            yield Event(fields["event"], fields.get("id", ""), json.loads(fields["data"]))
        fields = {}
