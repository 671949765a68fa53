"""The two ends of the screen benchmark in one process, so that one clock times them: a sender of letters and the displays.

Each letter changes one bed: it is admitted to, or discharged from, in turn. Every display of the bed's ward is timed, from
the letter's write to the socket until the bytes of the tile arrive.
"""

import asyncio
import time
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple, cast

import msgspec

from adt_feed.framing import wrap

ROUNDS_APART = 2.0
"""Seconds within which a tile is told to be of the letter before it; the same bed is spoken of no sooner."""
LETTER = (
    "MSH|^~\\&|SIM|FAC|BED|HOSP|20261121023343||ADT^A0{kind}|{id}|P|2.5\rEVN|A0{kind}|20261121023343\r"
    "PID|1||P{visit}^^^HOSP^MR||Doe^Jane||19730215|F\rPV1|1|I|{place}||||||||||||||||V{visit}\r"
)


class Place(NamedTuple):
    """A bed and its ward."""

    bed: str
    ward: str


class Tile(msgspec.Struct):
    """What is read of a tile."""

    id: str
    state: str


class Told(msgspec.Struct):
    """What is read of a frame."""

    tiles: list[Tile] = []


_read = lru_cache(maxsize=64)(msgspec.json.Decoder(Told).decode)
"""Displays of one ward get the same bytes; they are read once, so that the displays do not become what is measured."""


class Timing:
    """When each bed was last spoken of, and how long each display waited."""

    def __init__(self) -> None:
        self.sent: dict[str, tuple[float, bool]] = {}
        self.waits: list[float] = []
        self.counting = False

    def shown(self, tiles: Sequence[Tile], now: float, known: dict[str, float]) -> None:
        """`known` is this display's: which letter it has shown of each bed. A clean that is offered of itself afterwards is no letter."""
        for tile in tiles:
            since, occupied = self.sent.get(tile.id, (0.0, False))
            if now - since < ROUNDS_APART and (tile.state in {"occupied", "leaving"}) is occupied and known.get(tile.id) != since:
                known[tile.id] = since
                if self.counting:
                    self.waits.append(now - since)


class Display(asyncio.Protocol):
    """One wall: an event stream of one ward."""

    def __init__(self, timing: Timing, ward: str, token: str) -> None:
        self.timing = timing
        self.request = f"GET /api/v1/stream?topics=ward:{ward} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n\r\n"
        self.rest = b""
        self.known: dict[str, float] = {}
        self.open = asyncio.get_running_loop().create_future()
        self.lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        cast("asyncio.Transport", transport).write(self.request.encode())

    def data_received(self, data: bytes) -> None:
        now = time.perf_counter()
        *frames, self.rest = (self.rest + data).split(b"\n\n")
        for frame in frames:
            _, tiles, body = frame.partition(b"event: tiles\ndata: ")
            if tiles:
                self.timing.shown(_read(body).tiles, now, self.known)
        if not self.open.done() and b" 200 " in data[:20]:
            self.open.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True
        if not self.open.done():
            self.open.set_exception(ConnectionError("the stream was refused"))


async def drive(mllp: int, http: int, places: Sequence[Place], token: str, displays: int, rate: float, seconds: float) -> Timing:
    """Open the displays, warm up for as long as each bed is spoken of once, then measure."""
    timing, loop = Timing(), asyncio.get_running_loop()
    wards = sorted({place.ward for place in places})
    walls = [Display(timing, wards[n % len(wards)], token) for n in range(displays)]
    for wall in walls:
        await loop.create_connection(lambda wall=wall: wall, "127.0.0.1", http)  # type: ignore[misc]
    await asyncio.wait_for(asyncio.gather(*(wall.open for wall in walls)), 60)
    transport, _ = await loop.create_connection(asyncio.Protocol, "127.0.0.1", mllp)
    warm, begin = int(rate * 2), time.perf_counter()
    for number in range(warm + int(rate * seconds)):
        await asyncio.sleep(max(0.0, begin + number / rate - time.perf_counter()))
        timing.counting = number >= warm
        transport.write(_letter(timing, places, number))
    await asyncio.sleep(1.0)
    if any(wall.lost for wall in walls):
        raise ConnectionError("displays were cut")
    return timing


def _letter(timing: Timing, places: Sequence[Place], number: int) -> bytes:
    lap, at = divmod(number, len(places))
    place, admit = places[at], lap % 2 == 0
    visit = f"{lap // 2}-{at}"
    timing.sent[place.bed] = (time.perf_counter(), admit)
    return wrap(LETTER.format(kind=1 if admit else 3, id=f"S{number}", visit=visit, place=place.bed).encode())
