"""Bytes of a server-sent event stream (WHATWG HTML, 9.2): each frame is encoded once and shared by every client it goes to, bare or
as a chunk of HTTP/1.1 (RFC 9112, 7.1), ready for the socket."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from flow.domain.ids import FeedId

_JSON = msgspec.json.Encoder()


class Packet(NamedTuple):
    """Bytes of the stream, bare and as a chunk."""

    data: bytes
    chunk: bytes


def packet(data: bytes) -> Packet:
    """Made once, for everybody it goes to. Of nothing there is no chunk: one of length 0 would end the answer."""
    return Packet(data, b"%x\r\n%b\r\n" % (len(data), data) if data else b"")


GREETING = b"retry: 2000\n\n"
"""Sent first: a browser that loses us comes back after two seconds."""
FAREWELL = packet(b'event: farewell\nretry: 1000\ndata: {"retry":1000}\n\n')
"""Sent last when the server stops: come back soon. Said twice, to the browser and to a page that opens its stream itself; milliseconds."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame ready to send. `tiles` are its tiles' bytes by key, so that frames a slow client missed can be joined, last one wins;
    `whole` means a snapshot, which makes all earlier frames void; `nudge` that it announces a change without data."""

    seq: int
    packet: Packet
    as_of: str
    tiles: Mapping[str, bytes]
    whole: bool = False
    nudge: bool = False


def encode_tile(tile: Any) -> bytes:
    """A tile (a dataclass) as JSON; once per audience and version."""
    return _JSON.encode(tile)


def tiles_frame(seq: int, as_of: str, tiles: Mapping[str, bytes], *, whole: bool = False, nudge: bool = False) -> Frame:
    """Changed tiles, or all of them."""
    name = b"snapshot" if whole else b"tiles"
    parts = []
    if tiles or whole:
        body = b'{"seq":%d,"as_of":"%s","tiles":[%s]}' % (seq, as_of.encode(), b",".join(tiles.values()))
        parts.append(b"id: %d\nevent: %s\ndata: %s\n\n" % (seq, name, body))
    if nudge:
        parts.append(b"id: %d\nevent: bed-changed\ndata: {}\n\n" % seq)
    return Frame(seq, packet(b"".join(parts)), as_of, tiles, whole, nudge)


def seen(said: str) -> int | None:
    """The Seq of a Last-Event-ID; None of one that no stream of ours gave."""
    return int(said) if said.isascii() and said.isdigit() and len(said) < 19 else None


def joined(frames: list[Frame]) -> Frame:
    """What a client behind by several frames gets: one frame with the last of each tile."""
    last_whole = max((i for i, frame in enumerate(frames) if frame.whole), default=0)
    frames = frames[last_whole:]
    if len(frames) == 1:
        return frames[0]
    tiles = {key: tile for frame in frames for key, tile in frame.tiles.items()}
    newest, nudge = frames[-1], any(frame.nudge for frame in frames)
    return tiles_frame(newest.seq, newest.as_of, tiles, whole=frames[0].whole, nudge=nudge)


def announcement(name: str) -> Packet:
    """An event without data; no id: it moves nobody forward."""
    return packet(b"event: %s\ndata: {}\n\n" % name.encode())


def heartbeat(seq: int, now: datetime, as_of: datetime, feeds: Mapping[FeedId, datetime]) -> Packet:
    """The server's time, until when the picture is true, and when each feed was last heard. No id: a heartbeat moves nobody forward."""
    heard = {feed: at.isoformat() for feed, at in feeds.items()}
    data = {"seq": seq, "now": now.isoformat(), "as_of": as_of.isoformat(), "feeds": heard}
    return packet(b"event: heartbeat\ndata: %s\n\n" % _JSON.encode(data))
