"""The MLLP port beside very long messages, and on hostile bytes."""

import asyncio
import random
import time

import pytest

from adt_feed.framing import wrap
from adt_feed.limits import Limits
from adt_feed.listener import MllpListener
from adt_feed.sender import MllpClient
from tests.integration.mllp_port import NOW, Journal, Serve, journal, message, serve

__all__ = ["journal", "serve"]
LONG = 1 << 20


async def test_messages_of_a_megabyte_hold_nobody_up(serve: Serve, journal: Journal) -> None:
    """A short message beside a flood of the longest ones is answered between them, and all of them are kept whole."""
    _, connect = await serve()
    heavy, light = await connect(), await connect()
    body = "OBX|" + "x" * (LONG - 200)
    heavy.send(*(message(f"long{number}", body=body) for number in range(8)))
    waits = []
    for number in range(20):
        begin = time.perf_counter()
        light.send(message(f"short{number}"))
        assert await light.answers(1) == [("AA", f"short{number}")]
        waits.append(time.perf_counter() - begin)
    assert [code for code, _ in await heavy.answers(8)] == ["AA"] * 8
    assert {len(letter.raw) for letter in journal.letters if letter.control_id.startswith("long")} == {len(message(f"long{0}", body=body))}
    assert sorted(waits)[len(waits) // 2] < 0.25  # the aim is 20 ms on a quiet machine; this one may be busy


@pytest.mark.parametrize("seed", range(8))
async def test_hostile_bytes_never_stop_the_port(serve: Serve, journal: Journal, seed: int) -> None:
    """Random pieces of frames, cut at random; then a good message on a new connection is answered."""
    _, connect = await serve(max_frame=2000, stall_seconds=5.0)
    chance = random.Random(seed)
    pieces = [b"\x0b", b"\x1c", b"\x1c\r", b"\r", b"\n", b"MSH|^~\\&|", b"MSH", b"|", b"\xef\xbb\xbf", b"\x00", b"\xff" * 9, b"P" * 900]
    peer = await connect()
    for _ in range(200):
        if peer.writer.is_closing():
            break
        peer.writer.write(b"".join(chance.choices([*pieces, message("x"), wrap(message("y"))], k=chance.randrange(1, 20))))
        await asyncio.sleep(0)
    good = await connect()
    good.send(message("good"))
    assert await good.answers(1) == [("AA", "good")]


async def test_a_client_goes_on_after_the_port_was_started_anew(journal: Journal) -> None:
    first = MllpListener("his", journal.keep, Limits(), lambda: NOW)
    port = await first.start("127.0.0.1", 0)
    client = MllpClient("127.0.0.1", port, window=4)
    assert (await client.send(map(message, "ab"))).aa == 2
    await first.stop(2)
    second = MllpListener("his", journal.keep, Limits(), lambda: NOW)
    await second.start("127.0.0.1", port)
    tally = await client.send(map(message, "cd"))
    await client.close()
    await second.stop(2)
    assert (tally.aa, [letter.control_id for letter in journal.letters]) == (2, ["a", "b", "c", "d"])
