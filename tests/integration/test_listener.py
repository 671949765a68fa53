"""The MLLP port over real sockets: answers after the commit alone, in order, and nobody disturbs anybody."""

import asyncio
import re
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import TypeAlias

import pytest
import structlog

from adt_feed.framing import MllpReader, wrap
from adt_feed.letter import Letter
from adt_feed.limits import Limits
from adt_feed.listener import MllpListener
from adt_feed.message import Message
from flow.errors import Misconfigured, Unavailable

NOW = datetime(2026, 11, 21, 4, 17, tzinfo=UTC)
PATIENCE = 10.0  # seconds after which a test gives up waiting

Open: TypeAlias = Callable[..., Awaitable["Peer"]]


def message(control_id: str, *, mode: str = "", body: str = "PID|1||SECRET^^^MRN") -> bytes:
    return f"MSH|^~\\&|SIM|FAC|BED|HOSP|20261121||ADT^A01|{control_id}|P|2.5|||{mode}\r{body}\r".encode()


class Journal:
    """Stands for the inbox: keeps letters in a list; can be held, fail, or refuse one letter."""

    def __init__(self) -> None:
        self.groups: list[list[Letter]] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.called = asyncio.Event()
        self.error: Exception | None = None
        self.poison = ""

    async def keep(self, letters: list[Letter]) -> None:
        self.called.set()
        await self.gate.wait()
        if self.error is not None:
            raise self.error
        if self.poison and any(letter.control_id == self.poison for letter in letters):
            raise ValueError("SECRET")
        self.groups.append(letters)

    @property
    def letters(self) -> list[Letter]:
        return [letter for group in self.groups for letter in group]


class Peer:
    """A sender that speaks raw bytes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.frames = MllpReader(1 << 20)
        self.heard: list[Message] = []

    def send(self, *payloads: bytes) -> None:
        self.writer.write(b"".join(map(wrap, payloads)))

    async def answers(self, count: int) -> list[tuple[str, str]]:
        """(MSA-1, MSA-2) of the next answers."""
        while len(self.heard) < count:
            data = await asyncio.wait_for(self.reader.read(65536), PATIENCE)
            assert data, f"closed after {len(self.heard)} of {count} answers"
            self.heard += [Message.parse(one) for one in self.frames.feed(data) if isinstance(one, bytes)]
        found, self.heard = self.heard[:count], self.heard[count:]
        return [(one.all[1].field(1), one.all[1].field(2)) for one in found]

    async def closed(self) -> bytes:
        """Everything up to the end of the connection."""
        try:
            return await asyncio.wait_for(self.reader.read(), PATIENCE)
        except ConnectionError:
            return b""


@pytest.fixture
async def journal() -> Journal:
    return Journal()


Serve: TypeAlias = Callable[..., Awaitable[tuple[MllpListener, Open]]]


@pytest.fixture
async def serve(journal: Journal) -> AsyncIterator[Serve]:
    listeners: list[MllpListener] = []
    peers: list[Peer] = []

    async def start(**limits: object) -> tuple[MllpListener, Open]:
        listener = MllpListener("his", journal.keep, Limits(**limits), lambda: NOW)  # type: ignore[arg-type]
        port = await listener.start("127.0.0.1", 0)
        listeners.append(listener)

        async def connect(sock: socket.socket | None = None) -> Peer:
            if sock is None:
                streams = await asyncio.open_connection("127.0.0.1", port)
            else:
                sock.setblocking(False)
                await asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", port))
                streams = await asyncio.open_connection(sock=sock)
            peers.append(Peer(*streams))
            return peers[-1]

        return listener, connect

    yield start
    journal.gate.set()
    for peer in peers:
        peer.writer.close()
    for listener in listeners:
        await listener.stop(2)


async def until(true: Callable[[], bool]) -> None:
    """Give the loop turns until something is so."""
    async with asyncio.timeout(PATIENCE):
        while not true():
            await asyncio.sleep(0.001)


async def test_nothing_is_answered_before_the_commit(serve: Serve, journal: Journal) -> None:
    listener, connect = await serve()
    journal.gate.clear()
    peer = await connect()
    peer.send(message("1"))
    await asyncio.wait_for(journal.called.wait(), PATIENCE)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(peer.reader.read(1), 0.1)
    assert listener.counters.acked == 0
    journal.gate.set()
    assert await peer.answers(1) == [("AA", "1")]


async def test_what_is_kept_is_what_was_sent(serve: Serve, journal: Journal) -> None:
    _, connect = await serve()
    peer = await connect()
    peer.send(message("1"))
    await peer.answers(1)
    assert journal.letters == [Letter("his", message("1"), "1", "SIM|FAC", "A01", NOW)]


async def test_answers_of_a_connection_come_in_order(serve: Serve, journal: Journal) -> None:
    listener, connect = await serve()
    peer = await connect()
    sent = [str(number) for number in range(3000)]
    peer.send(*map(message, sent))
    assert await peer.answers(3000) == [("AA", one) for one in sent]
    assert [letter.control_id for letter in journal.letters] == sent
    assert (listener.counters.received, listener.counters.kept, listener.counters.acked) == (3000, 3000, 3000)


async def test_one_commit_for_all_that_wait(serve: Serve, journal: Journal) -> None:
    listener, connect = await serve()
    peers = [await connect() for _ in range(8)]
    journal.gate.clear()
    peers[0].send(message("first"))
    await asyncio.wait_for(journal.called.wait(), PATIENCE)
    for number, peer in enumerate(peers):
        peer.send(message(f"{number}"))
    await until(lambda: listener.counters.received == 9)
    journal.gate.set()
    assert await peers[0].answers(2) == [("AA", "first"), ("AA", "0")]
    assert [await peer.answers(1) for peer in peers[1:]] == [[("AA", str(number))] for number in range(1, 8)]
    assert [len(group) for group in journal.groups] == [1, 8]


async def test_our_outage_is_silence_and_a_closed_connection(serve: Serve, journal: Journal) -> None:
    listener, connect = await serve()
    journal.error = Unavailable("the journal is away")
    peer = await connect()
    peer.send(message("1"), message("2"))
    assert await peer.closed() == b""
    journal.error = None
    again = await connect()
    again.send(message("1"))
    assert await again.answers(1) == [("AA", "1")]
    assert (listener.counters.outages, listener.counters.cut) == (1, 1)


async def test_after_an_outage_nothing_later_of_that_connection_is_kept(serve: Serve, journal: Journal) -> None:
    listener, connect = await serve()
    peer = await connect()
    journal.gate.clear()
    peer.send(message("1"))
    await asyncio.wait_for(journal.called.wait(), PATIENCE)
    peer.send(message("2"))
    await until(lambda: listener.counters.received == 2)
    journal.error = Unavailable("away for one commit")
    journal.gate.set()
    assert await peer.closed() == b""
    journal.error = None
    other = await connect()
    other.send(message("3"))
    await other.answers(1)
    assert [letter.control_id for letter in journal.letters] == ["3"]


async def test_a_feed_may_want_ae_for_an_outage(serve: Serve, journal: Journal) -> None:
    _, connect = await serve(ae_on_outage=True)
    journal.error = Unavailable("the journal is away")
    peer = await connect()
    peer.send(message("1"))
    assert await peer.answers(1) == [("AE", "1")]


async def test_one_letter_the_journal_chokes_on_stops_nobody_else(serve: Serve, journal: Journal) -> None:
    _, connect = await serve()
    good, bad = await connect(), await connect()
    journal.gate.clear()
    good.send(message("1"))
    await asyncio.wait_for(journal.called.wait(), PATIENCE)
    journal.poison = "poison"
    bad.send(message("poison"))
    good.send(message("2"))
    journal.gate.set()
    assert await good.answers(2) == [("AA", "1"), ("AA", "2")]
    assert await bad.closed() == b""


@pytest.mark.parametrize(
    ("payload", "code", "control_id", "problem"),
    [
        (b"GET / HTTP/1.1\r\n", "AR", "", "no usable MSH segment"),
        (b"\x00\xff\x80", "AR", "", "no usable MSH segment"),
        (message(""), "AE", "", "no control id (MSH-10)"),
        (message("1") + message("2"), "AE", "1", "two messages in one frame"),
        (message("7") + b"x" * 5000, "AE", "7", "frame too long: over 4096 bytes"),
    ],
)
async def test_what_cannot_be_read_is_kept_and_refused(
    serve: Serve, journal: Journal, payload: bytes, code: str, control_id: str, problem: str
) -> None:
    _, connect = await serve(max_frame=4096)
    peer = await connect()
    peer.send(payload, message("next"))
    assert await peer.answers(2) == [(code, control_id), ("AA", "next")]
    assert journal.letters[0].problem == problem
    assert journal.letters[0].raw == payload[:4096]


async def test_an_empty_frame_is_refused_and_leaves_nothing(serve: Serve, journal: Journal) -> None:
    _, connect = await serve()
    peer = await connect()
    peer.send(b"", message("1"))
    assert await peer.answers(2) == [("AR", ""), ("AA", "1")]
    assert len(journal.letters) == 1


async def test_enhanced_mode_is_answered_as_it_asks(serve: Serve, journal: Journal) -> None:
    _, connect = await serve()
    peer = await connect()
    peer.send(message("1", mode="AL|NE"), message("2", mode="NE|NE"), message("3", mode="NE|AL"), message("4"))
    assert await peer.answers(3) == [("CA", "1"), ("AA", "3"), ("AA", "4")]
    assert len(journal.letters) == 4


async def test_a_frame_begun_again_is_never_acknowledged(serve: Serve, journal: Journal) -> None:
    listener, connect = await serve()
    peer = await connect()
    peer.writer.write(b"\x0b" + message("half") + b"\x1c\n" + wrap(message("whole")))
    assert await peer.answers(1) == [("AA", "whole")]
    assert [letter.control_id for letter in journal.letters] == ["whole"]
    assert listener.counters.bad == 1


async def test_junk_on_one_connection_does_not_disturb_another(serve: Serve, journal: Journal) -> None:
    _, connect = await serve(max_frame=1000)
    loud, calm = await connect(), await connect()
    for number in range(50):
        loud.writer.write(b"\x00\xffnoise\x0b" * 100 + b"\x0b" + b"y" * 5000)
        calm.send(message(str(number)))
        assert await calm.answers(1) == [("AA", str(number))]
    loud.send(message("at last"))
    await until(lambda: any(letter.control_id == "at last" for letter in journal.letters))


async def test_bytes_one_by_one(serve: Serve, journal: Journal) -> None:
    _, connect = await serve()
    peer = await connect()
    for byte in wrap(message("1")):
        peer.writer.write(bytes([byte]))
        await peer.writer.drain()
        await asyncio.sleep(0)
    assert await peer.answers(1) == [("AA", "1")]


async def test_a_frame_that_stalls_is_cut_and_an_idle_connection_is_not(serve: Serve, journal: Journal) -> None:
    listener, connect = await serve(stall_seconds=0.2)
    idle, stalled = await connect(), await connect()
    stalled.writer.write(b"\x0bMSH|^~")
    assert await stalled.closed() == b""
    idle.send(message("1"))
    assert await idle.answers(1) == [("AA", "1")]
    assert (listener.counters.cut, listener.counters.bad) == (1, 1)


async def test_dripping_bytes_do_not_keep_a_frame_open(serve: Serve, journal: Journal) -> None:
    _, connect = await serve(stall_seconds=0.2)
    peer = await connect()
    peer.writer.write(b"\x0bMSH|^~")

    async def drip() -> None:
        while True:
            peer.writer.write(b"x")
            await asyncio.sleep(0.01)

    dripping = asyncio.create_task(drip())
    assert await peer.closed() == b""
    dripping.cancel()


async def test_connections_over_the_cap_are_turned_away(serve: Serve, journal: Journal) -> None:
    listener, connect = await serve(connections=2)
    first, _ = await connect(), await connect()
    assert await (await connect()).closed() == b""
    first.send(message("1"))
    assert await first.answers(1) == [("AA", "1")]
    assert listener.counters.turned_away == 1
    first.writer.close()
    await until(lambda: listener.counters.connections == 1)
    fourth = await connect()
    fourth.send(message("2"))
    assert await fourth.answers(1) == [("AA", "2")]


async def test_a_fast_sender_is_read_no_further_than_the_journal_keeps_up(serve: Serve, journal: Journal) -> None:
    listener, connect = await serve(unanswered=10)
    journal.gate.clear()
    peer = await connect()
    body = "ZZZ|" + "x" * 100_000
    peer.send(*(message(str(number), body=body) for number in range(200)))
    other = await connect()
    other.send(message("other"))
    await until(lambda: listener.counters.received > 10)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(peer.writer.drain(), 0.2)
    assert listener.counters.received < 30
    journal.gate.set()
    assert [code for code, _ in await peer.answers(200)] == ["AA"] * 200
    assert await other.answers(1) == [("AA", "other")]


async def test_a_peer_that_never_reads_its_answers_is_cut(serve: Serve, journal: Journal) -> None:
    listener, connect = await serve(unread_seconds=0.4)
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    deaf, other = await connect(sock), await connect()
    deaf.writer.transport.pause_reading()  # type: ignore[attr-defined]

    async def shout() -> None:
        frames = wrap(message("x" * 150)) * 200
        while True:
            deaf.writer.write(frames)
            await deaf.writer.drain()

    with pytest.raises(ConnectionError):
        await asyncio.wait_for(shout(), PATIENCE * 3)
    other.send(message("1"))
    assert await other.answers(1) == [("AA", "1")]
    assert listener.counters.cut == 1


async def test_a_sender_that_has_said_everything_still_hears_its_answers(serve: Serve, journal: Journal) -> None:
    _, connect = await serve()
    journal.gate.clear()
    peer = await connect()
    peer.send(message("1"), message("2"))
    peer.writer.write_eof()
    await asyncio.wait_for(journal.called.wait(), PATIENCE)
    journal.gate.set()
    assert await peer.answers(2) == [("AA", "1"), ("AA", "2")]
    assert await peer.closed() == b""


async def test_a_sender_that_hangs_up_leaves_its_letters_behind(serve: Serve, journal: Journal) -> None:
    listener, connect = await serve()
    journal.gate.clear()
    peer = await connect()
    peer.send(message("1"), message("2"))
    await until(lambda: listener.counters.received == 2)
    peer.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    peer.writer.close()  # with a reset, as a sender that crashed
    await until(lambda: listener.counters.connections == 0)
    journal.gate.set()
    await until(lambda: len(journal.letters) == 2)


async def test_stop_finishes_what_is_in_hand_and_closes(serve: Serve, journal: Journal) -> None:
    listener, connect = await serve()
    journal.gate.clear()
    peer, idle = await connect(), await connect()
    peer.send(message("1"))
    await asyncio.wait_for(journal.called.wait(), PATIENCE)
    stopping = asyncio.create_task(listener.stop(PATIENCE))
    assert await idle.closed() == b""
    with pytest.raises(OSError, match=r"refused|Connect call failed"):
        await connect()
    journal.gate.set()
    assert await peer.answers(1) == [("AA", "1")]
    assert await peer.closed() == b""
    await asyncio.wait_for(stopping, PATIENCE)


async def test_stop_ends_in_time_when_the_journal_hangs(serve: Serve, journal: Journal) -> None:
    listener, connect = await serve()
    journal.gate.clear()
    peer = await connect()
    peer.send(message("1"))
    await asyncio.wait_for(journal.called.wait(), PATIENCE)
    await asyncio.wait_for(listener.stop(0.2), PATIENCE)
    assert await peer.closed() == b""
    assert listener.counters.acked == 0


async def test_a_port_in_use_is_said_plainly(serve: Serve, journal: Journal) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        listener = MllpListener("his", journal.keep, Limits(), lambda: NOW)
        with pytest.raises(Misconfigured, match="BEDFLOW_MLLP"):
            await listener.start("127.0.0.1", taken.getsockname()[1])


async def test_no_log_line_holds_what_was_sent(serve: Serve, journal: Journal) -> None:
    with structlog.testing.capture_logs() as lines:
        _, connect = await serve(max_frame=1000, stall_seconds=0.1)
        peer = await connect()
        peer.writer.write(b"\x0bMSH|^~\\&|SECRET\x0bSECRET\x1c\n\x0b" + b"SECRET" * 1000 + wrap(b"SECRET"))
        await peer.answers(2)
        journal.poison = "SECRET-7"
        peer.send(message("SECRET-7"))
        await peer.closed()
        stalled = await connect()
        stalled.writer.write(b"\x0bSECRET")
        await stalled.closed()
    assert {line["event"] for line in lines} >= {"bad frame", "letter could not be kept", "connection cut", "connection ended"}
    assert not re.search("SECRET|SIM|FAC", repr(lines))
