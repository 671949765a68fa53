"""A client on the wire: shared bytes while it keeps up, nothing while its buffer is full, what it lacks when that has drained."""

import asyncio
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from flow.connection import EXTENSION, FULL, LAST_CHUNK, Held, connection_of
from realtime import wire
from realtime.frames import FAREWELL, packet, tiles_frame
from realtime.wire import Wire


@dataclass
class Connection:
    """A transport whose buffer the test fills and drains."""

    buffered: int = 0
    written: list[bytes] = field(default_factory=list)
    closed: bool = False
    aborted: bool = False
    high: int = 0

    def set_write_buffer_limits(self, high: int) -> None:
        self.high = high

    def get_write_buffer_size(self) -> int:
        return self.buffered

    def is_closing(self) -> bool:
        return self.closed or self.aborted

    def write(self, data: bytes) -> None:
        assert not self.is_closing()
        self.written.append(data)

    def close(self) -> None:
        self.closed = True

    def abort(self) -> None:
        self.aborted = True


@pytest.fixture
def connection(monkeypatch: pytest.MonkeyPatch) -> Connection:
    monkeypatch.setattr(wire, "LOOK_AGAIN", 0.001)
    return Connection()


def held(connection: Connection) -> Held:
    """As uvicorn's connection is, once it was handed over: asyncio tells its protocol of a full buffer and of a drained one."""
    return Held(cast("asyncio.Transport", connection), set())


def on(connection: Connection) -> Wire:
    return Wire(held(connection))


def frame(seq: int, **tiles: str) -> Any:
    return tiles_frame(seq, "now", {key: b'"%s"' % value.encode() for key, value in tiles.items()})


async def until(connection: Connection, number: int) -> None:
    async with asyncio.timeout(5):
        while len(connection.written) < number:
            await asyncio.sleep(0.001)


async def test_who_keeps_up_is_written_the_very_bytes_all_share(connection: Connection) -> None:
    client, shared, beat = on(connection), frame(1, a="x"), packet(b"beat")
    client.put(shared)
    client.beat(beat)
    client.say("looks", beat)
    assert [id(some) for some in connection.written] == [id(shared.packet.chunk), id(beat.chunk), id(beat.chunk)]


async def test_a_full_buffer_is_left_alone_and_then_given_the_last_of_each_tile(connection: Connection) -> None:
    line = held(connection)
    client = Wire(line)
    assert connection.high == FULL
    connection.buffered = FULL + 1
    line.pause_writing()
    client.put(frame(1, a="old", b="kept"))
    for seq in range(2, 50):
        client.put(frame(seq, a=f"new{seq}"))
    client.beat(packet(b"event: heartbeat\n\n"))
    await asyncio.sleep(0.01)
    assert connection.written == []
    line.resume_writing()
    client.put(frame(50, b="later"))
    assert connection.written == [], "what waited goes first"
    connection.buffered = 0
    await until(connection, 1)
    [sent] = connection.written
    assert [sent.count(text) for text in (b"old", b"kept", b"new48", b"new49", b"later", b"heartbeat")] == [0, 0, 0, 1, 1, 1]
    client.put(frame(51, a="after"))
    assert b"after" in connection.written[-1]


async def test_who_does_not_drain_is_cut(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "STALL_SECONDS", 0.0)
    line = held(connection)
    client = Wire(line)
    connection.buffered = FULL + 1
    line.pause_writing()
    client.put(frame(1, a="x"))
    async with asyncio.timeout(5):
        while not connection.aborted:
            await asyncio.sleep(0.001)
    client.put(frame(2, a="y"))
    assert connection.written == []


async def test_at_the_end_a_reader_hears_farewell_and_one_behind_is_not_waited_for(connection: Connection) -> None:
    on(connection).close(FAREWELL)
    assert connection.written == [FAREWELL.chunk + LAST_CHUNK]
    assert connection.closed
    line = held(behind := Connection(buffered=FULL + 1))
    line.pause_writing()
    Wire(line).close(FAREWELL)
    assert (behind.aborted, behind.written) == (True, [])


def test_nothing_is_written_after_the_end(connection: Connection) -> None:
    line = held(connection)
    client = Wire(line)
    line.shutdown()
    connection.written.clear()
    assert line.shut
    line.resume_writing()
    assert line.shut, "a connection at its end stays shut though its buffer drains"
    lost = held(Connection())
    lost.connection_lost(None)
    assert lost.shut
    client.close(FAREWELL)
    assert connection.written == []


def test_a_chunk_tells_its_length() -> None:
    assert packet(b"").chunk == b"", "a chunk of no length would be the last"
    assert packet(b"x" * 26).chunk == b"1a\r\n" + b"x" * 26 + b"\r\n"
    assert packet(b"").chunk == b"", "a chunk of length 0 ends the answer"


def test_only_http_1_1_on_our_server_is_written_directly() -> None:
    given = {EXTENSION: object()}
    assert connection_of({"type": "http", "http_version": "1.1", "extensions": given}) is given[EXTENSION]
    assert connection_of({"type": "http", "http_version": "1.0", "extensions": given}) is None
    assert connection_of({"type": "http", "http_version": "1.1"}) is None
