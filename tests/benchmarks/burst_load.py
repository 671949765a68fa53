"""The burst: 5,000 A08 at once, a screen that is watched and a supervisor who clicks meanwhile; one process, so that one clock times all.

The screen is an event stream of one ward. The supervisor of housekeeping marks a free bed of that ward as being cleaned and as
clean again, in turn; the wait is from the click until the tile of the bed arrives on the stream.
"""

import asyncio
import itertools
import json
import time
from collections.abc import Sequence
from typing import cast

from adt_feed.framing import wrap
from tests.benchmarks.screen_load import Display, Place, Tile, Timing

END = b"\x1c\r"
LETTER = (
    "MSH|^~\\&|SIM|FAC|BED|HOSP|20261121023343||ADT^{kind}|{id}|P|2.5\rEVN|{kind}|20261121023343\r"
    "PID|1||P{visit}^^^HOSP^MR||Doe^Jane^^^Mrs||19730215|F|||{street} Some Street^^Somewhere^^12345\r"
    "PV1|1|I|{place}||||C{doctor}^Doctor^Some|||URO|||||||||V{visit}\r"
)
STATES = {"cleaning": {"cleaning", "dirty"}, "available": {"free"}}


class Sender(asyncio.Protocol):
    """Sends its share of the letters, `window` under way at once; `over` is done when all are answered."""

    def __init__(self, letters: Sequence[bytes], window: int) -> None:
        self.letters = iter(letters)
        self.left = len(letters)
        self.window = window
        self.refused = 0
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.transport: asyncio.Transport | None = None
        self.rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self._send(self.window)

    def data_received(self, data: bytes) -> None:
        *answers, self.rest = (self.rest + data).split(END)
        self.left -= len(answers)
        self.refused += sum(b"|AA|" not in answer for answer in answers)
        if not self.left and not self.over.done():
            self.over.set_result(None)
        self._send(len(answers))

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.over.done():
            self.over.set_exception(ConnectionError(f"{self.left} letters were not answered"))

    def _send(self, count: int) -> None:
        following = [wrap(letter) for letter in itertools.islice(self.letters, count)]
        if following and self.transport is not None:
            self.transport.write(b"".join(following))


async def send(port: int, letters: Sequence[bytes], connections: int, window: int) -> None:
    """Send them all; returns when each is acknowledged. ConnectionError where one is not."""
    loop = asyncio.get_running_loop()
    shares = [letters[at::connections] for at in range(connections)]
    senders = [Sender(share, window) for share in shares if share]
    for sender in senders:
        await loop.create_connection(lambda sender=sender: sender, "127.0.0.1", port)  # type: ignore[misc]
    await asyncio.gather(*(sender.over for sender in senders))
    if refused := sum(sender.refused for sender in senders):
        raise ConnectionError(f"{refused} letters were refused")


def admissions(places: Sequence[Place]) -> list[bytes]:
    """One patient for each bed."""
    return [_letter("A01", f"I{at}", at, place, 0) for at, place in enumerate(places)]


def amendments(places: Sequence[Place], count: int) -> list[bytes]:
    """A08s for those patients in turn, each with another address and doctor."""
    return [_letter("A08", f"B{at}", at % len(places), places[at % len(places)], at) for at in range(count)]


def _letter(kind: str, control_id: str, visit: int, place: Place, number: int) -> bytes:
    return LETTER.format(kind=kind, id=control_id, visit=visit, place=place.bed, street=number, doctor=number % 97).encode()


class Watched(Timing):
    """What one bed's tile shows."""

    def __init__(self, bed: str) -> None:
        super().__init__()
        self.bed = bed
        self.state = ""
        self.moved = asyncio.Event()

    def shown(self, tiles: Sequence[Tile], now: float, known: dict[str, float]) -> None:
        for tile in tiles:
            if tile.id == self.bed:
                self.state = tile.state
                self.moved.set()


class Clicker:
    """Clicks, one after the other, until told to stop; `waits` are the seconds from click to tile, `answers` to the answer."""

    def __init__(self, http: int, token: str, place: Place) -> None:
        self.http = http
        self.token = token
        self.place = place
        self.screen = Watched(place.bed)
        self.waits: list[float] = []
        self.answers: list[float] = []
        self.stop = False

    async def watch(self) -> None:
        """Open the stream of the ward."""
        display = Display(self.screen, self.place.ward, self.token)
        await asyncio.get_running_loop().create_connection(lambda: display, "127.0.0.1", self.http)
        await asyncio.wait_for(display.open, 20)

    async def click(self, pause: float) -> None:
        """Click in turn; ten seconds without a tile end it."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.http)
        number = 0
        while not self.stop:
            wanted = ("cleaning", "available")[number % 2]
            number += 1
            begin = time.perf_counter()
            writer.write(self._request(wanted))
            status = await answered(reader)
            self.answers.append(time.perf_counter() - begin)
            if status != 200:
                raise ConnectionError(f"the click was answered {status}")
            async with asyncio.timeout(10):
                while self.screen.state not in STATES[wanted]:
                    self.screen.moved.clear()
                    await self.screen.moved.wait()
            self.waits.append(time.perf_counter() - begin)
            await asyncio.sleep(pause)
        writer.close()

    def _request(self, status: str) -> bytes:
        body = json.dumps({"status": status})
        head = f"POST /api/v1/beds/{self.place.bed}/status HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {self.token}\r\n"
        return f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()


async def answered(reader: asyncio.StreamReader) -> int:
    """The status of the next answer, its body read."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length"))
    await reader.readexactly(length)
    return int(head.split(b" ", 2)[1])
