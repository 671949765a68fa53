"""The MLLP client against a receiver that loses answers, connections and patience."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import TypeAlias

import pytest

from adt_feed.acks import ack
from adt_feed.framing import Bad, MllpReader, wrap
from adt_feed.header import Header
from adt_feed.sender import MllpClient, Tally, send
from flow.errors import Unavailable

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def message(control_id: str, mode: str = "") -> bytes:
    return f"MSH|^~\\&|A|B|C|D|1||ADT^A01|{control_id}|P|2.5|||{mode}\rPID|1\r".encode()


MESSAGES = [message(str(number)) for number in range(100)]


class Receiver:
    """Answers AA to what it got, unless told otherwise; `lose_after` answers it drops the connection, and so each time."""

    def __init__(self) -> None:
        self.got: list[str] = []
        self.connections = 0
        self.lose_after: int | None = None
        self.codes: dict[str, str] = {}
        self.most_under_way = 0
        self.shuffle = False
        self.mute = False

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        frames, answered = MllpReader(1 << 20), 0
        while data := await reader.read(65536):
            found = [one for one in frames.feed(data) if not isinstance(one, Bad)]
            self.most_under_way = max(self.most_under_way, len(found))
            for payload in reversed(found) if self.shuffle else found:
                header = Header.read(payload)
                self.got.append(header.control_id)
                if self.lose_after is not None and answered >= self.lose_after:
                    writer.transport.abort()
                    return
                answered += 1
                if not self.mute:
                    writer.write(wrap(ack(header, self.codes.get(header.control_id, "AA"), now=NOW)))
        writer.close()


Sending: TypeAlias = Callable[..., Awaitable[Tally]]


@pytest.fixture
async def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
async def port(receiver: Receiver) -> AsyncIterator[int]:
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()


async def test_every_message_is_answered(receiver: Receiver, port: int) -> None:
    heard: list[tuple[bytes, str]] = []
    tally = await send(iter(MESSAGES), "127.0.0.1", port, on_ack=lambda sent, code: heard.append((sent, code)))
    assert tally == Tally(sent=100, aa=100)
    assert heard == [(one, "AA") for one in MESSAGES]
    assert receiver.got == [str(number) for number in range(100)]
    assert 1 < receiver.most_under_way <= 16


async def test_a_window_of_one_waits_for_each_answer(receiver: Receiver, port: int) -> None:
    await send(MESSAGES, "127.0.0.1", port, window=1)
    assert receiver.most_under_way == 1


async def test_a_lost_connection_is_made_again_and_nothing_is_lost(receiver: Receiver, port: int) -> None:
    receiver.lose_after = 7
    tally = await send(MESSAGES, "127.0.0.1", port)
    assert (tally.sent, tally.aa) == (100, 100)
    assert tally.reconnects == receiver.connections - 1 > 5
    assert tally.resent > 0
    assert list(dict.fromkeys(receiver.got)) == [str(number) for number in range(100)]


async def test_answers_out_of_order_find_their_messages(receiver: Receiver, port: int) -> None:
    receiver.shuffle = True
    receiver.codes = {"5": "AE"}
    heard: dict[bytes, str] = {}
    tally = await send(MESSAGES, "127.0.0.1", port, on_ack=lambda sent, code: heard.update({sent: code}))
    assert (tally.aa, tally.ae) == (99, 1)
    assert heard[message("5")] == "AE"


async def test_codes_are_counted_apart(receiver: Receiver, port: int) -> None:
    receiver.codes = {"1": "AE", "2": "AR", "3": "CA", "4": "CE", "5": "CR"}
    tally = await send(MESSAGES[:6], "127.0.0.1", port)
    assert tally == Tally(sent=6, aa=1, ae=1, ar=1, ca=1, ce=1, cr=1)
    assert (tally.answered, tally.accepted) == (6, 2)


async def test_who_wants_no_answer_is_not_waited_for(receiver: Receiver, port: int) -> None:
    receiver.mute = True
    tally = await send([message("1", "NE|NE"), message("2", "ER|NE")], "127.0.0.1", port)
    assert tally == Tally(sent=2, silent=2)


async def test_an_answer_without_an_id_is_for_the_oldest(receiver: Receiver, port: int) -> None:
    tally = await send([message("")], "127.0.0.1", port)
    assert tally.aa == 1


@asynccontextmanager
async def talkative(code: str, control_id: str) -> AsyncIterator[int]:
    """The port of a receiver that says the same answer again and again, whatever it is sent, until it is left alone."""
    over = asyncio.Event()

    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while True:
                writer.write(wrap(f"MSH|^~\\&|A|B|C|D|1||ACK|1|P|2.5\rMSA|{code}|{control_id}\r".encode()))
                await writer.drain()
                await asyncio.sleep(0.02)
        writer.close()
        over.set()

    async with await asyncio.start_server(talk, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]
        await asyncio.wait_for(over.wait(), 5)


@pytest.mark.parametrize("control_id", ["of-another", ""])
async def test_an_acceptance_of_something_else_is_none(control_id: str) -> None:
    async with talkative("AA", control_id) as port:
        with pytest.raises(Unavailable, match="of which 0 were answered"):
            await send([message("1")], "127.0.0.1", port, attempts=1, patience=0.3)


async def test_a_refusal_without_an_id_is_for_the_oldest() -> None:
    async with talkative("AR", "") as port:
        tally = await send([message("1")], "127.0.0.1", port)
    assert (tally.ar, tally.answered) == (1, 1)


async def test_a_receiver_that_stays_away_is_unavailable(receiver: Receiver, port: int) -> None:
    receiver.lose_after = 0
    with pytest.raises(Unavailable, match="Sent 16, of which 0 were answered"):
        await send(MESSAGES, "127.0.0.1", port, attempts=3)
    assert receiver.connections == 3


async def test_a_receiver_that_never_answers_is_unavailable(receiver: Receiver, port: int) -> None:
    receiver.mute = True
    with pytest.raises(Unavailable):
        await send(MESSAGES, "127.0.0.1", port, patience=0.1, attempts=2)


async def test_nobody_listens() -> None:
    with pytest.raises(Unavailable):
        await send(MESSAGES, "127.0.0.1", 9, attempts=2)


async def test_a_client_keeps_its_connection(receiver: Receiver, port: int) -> None:
    client = MllpClient("127.0.0.1", port)
    for one in MESSAGES[:3]:
        assert (await client.send([one])).aa == 1
    await client.close()
    await client.close()
    assert receiver.connections == 1
