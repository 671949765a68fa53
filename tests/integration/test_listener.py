"""The MLLP port over real sockets: answers after the commit alone, and in order."""

import asyncio
from datetime import datetime

import pytest

from adt_feed.acks import ack
from adt_feed.framing import wrap
from adt_feed.group_commit import LONG
from adt_feed.header import Header
from adt_feed.letter import Letter
from adt_feed.limits import Limits
from adt_feed.listener import MllpListener
from flow.errors import Unavailable
from tests.integration.mllp_port import NOW, PATIENCE, Journal, Peer, Serve, journal, message, serve, until

__all__ = ["journal", "serve"]


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


@pytest.mark.parametrize("mode", ["NE|NE", "SU|NE"])
async def test_who_asks_for_no_ae_finds_the_connection_closed(serve: Serve, journal: Journal, mode: str) -> None:
    _, connect = await serve(ae_on_outage=True)
    journal.error = Unavailable("the journal is away")
    peer = await connect()
    peer.send(message("1", mode=mode))
    assert await peer.closed() == b""


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


async def test_a_header_that_we_fail_to_answer_costs_its_own_peer_alone(
    serve: Serve, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(header: Header, *words: object, now: datetime) -> bytes:
        return ack(header, *words, now=now) if header.control_id != "odd" else b"" + None  # type: ignore[arg-type, operator]

    monkeypatch.setattr("adt_feed.connection.ack", fails)
    _, connect = await serve()
    bad, good = await connect(), await connect()
    journal.gate.clear()
    bad.send(message("odd"))
    good.send(message("1"))
    journal.gate.set()
    assert await bad.closed() == b""
    good.send(message("2"))
    assert await good.answers(2) == [("AA", "1"), ("AA", "2")]


class LongHeld(Journal):
    """A journal in which long letters take until they are let go."""

    def __init__(self) -> None:
        super().__init__()
        self.long = asyncio.Event()

    async def keep(self, letters: list[Letter]) -> None:
        if any(len(letter.raw) > LONG for letter in letters):
            await self.long.wait()
        await super().keep(letters)


@pytest.fixture
def held() -> LongHeld:
    return LongHeld()


async def test_a_long_letter_holds_up_its_own_connection_alone(held: LongHeld) -> None:
    listener = MllpListener("his", held.keep, Limits(), lambda: NOW)
    port = await listener.start("127.0.0.1", 0)
    slow, other = [Peer(*await asyncio.open_connection("127.0.0.1", port)) for _ in range(2)]
    slow.send(message("1"), message("2", body="NTE|1||" + "x" * LONG), message("3"), message("4", body="NTE|1||" + "x" * LONG))
    assert await slow.answers(1) == [("AA", "1")]
    other.send(message("5"))
    assert await other.answers(1) == [("AA", "5")]
    assert [letter.control_id for letter in held.letters] == ["1", "5"]
    held.long.set()
    assert await slow.answers(3) == [("AA", "2"), ("AA", "3"), ("AA", "4")]
    assert [letter.control_id for letter in held.letters] == ["1", "5", "2", "3", "4"]
    await listener.stop(2)
    slow.writer.close()
    other.writer.close()
