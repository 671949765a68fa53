"""The MLLP port with peers that stall, flood, hang up or stay deaf, and its own end: nobody disturbs anybody."""

import asyncio
import re
import socket
import struct

import pytest
import structlog

from adt_feed.framing import wrap
from adt_feed.group_commit import LONG
from adt_feed.limits import Limits
from adt_feed.listener import MllpListener
from flow.errors import Misconfigured
from tests.integration.mllp_port import NOW, PATIENCE, Journal, Serve, journal, message, serve, until

__all__ = ["journal", "serve"]


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
    peers = [await connect() for _ in range(2)]
    for number, peer in enumerate(peers):
        peer.send(message(str(number)))
        assert await peer.answers(1) == [("AA", str(number))]
    assert await (await connect()).closed() == b""
    assert listener.counters.turned_away == 1
    peers[0].writer.close()
    await until(lambda: listener.counters.connections == 1)
    fourth = await connect()
    fourth.send(message("2"))
    assert await fourth.answers(1) == [("AA", "2")]


async def test_a_silent_crowd_keeps_nobody_out(serve: Serve, journal: Journal) -> None:
    listener, connect = await serve(connections=3)
    engine = await connect()
    engine.send(message("1"))
    assert await engine.answers(1) == [("AA", "1")]
    crowd = [await connect() for _ in range(2)]
    crowd[0].writer.write(wrap(b"junk"))
    assert await crowd[0].answers(1) == [("AR", "")]
    late = await connect()
    late.send(message("2"))
    assert await late.answers(1) == [("AA", "2")]
    assert await crowd[0].closed() == b""  # the longest silent of all
    engine.send(message("3"))
    assert await engine.answers(1) == [("AA", "3")]
    assert (listener.counters.connections, listener.counters.turned_away) == (3, 0)


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
    assert [letter.control_id for letter in journal.letters] == ["1", "2"] and listener.counters.kept == 2


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


async def test_stop_finishes_long_letters_and_the_short_ones_behind_them(serve: Serve, journal: Journal) -> None:
    listener, connect = await serve()
    journal.gate.clear()
    peer = await connect()
    long = "NTE|1||" + "x" * LONG
    sent = {"1": "", "2": long, "3": "", "4": long, "5": long, "6": ""}
    peer.send(*(message(number, body=body) for number, body in sent.items()))
    await until(lambda: listener.counters.received == 6)
    stopping = asyncio.create_task(listener.stop(PATIENCE))
    await asyncio.sleep(0)
    assert not stopping.done()
    journal.gate.set()
    assert await peer.answers(6) == [("AA", number) for number in sent]
    assert await peer.closed() == b""
    await asyncio.wait_for(stopping, PATIENCE)
    assert [letter.control_id for letter in journal.letters] == list(sent)


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
