"""MLLP over TLS 1.3: whose certificate it is decides the feed, and whoever has none is turned away and disturbs nobody."""

import asyncio
import ssl
from asyncio import AbstractEventLoopPolicy, DefaultEventLoopPolicy
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import structlog
import uvloop

from adt_feed.callers import Caller
from adt_feed.door import TlsDoor
from adt_feed.framing import wrap
from adt_feed.limits import Limits
from adt_feed.listener import MllpListener
from adt_feed.sender import Tally, send
from adt_feed.tls import client_context, server_context
from flow.errors import Misconfigured, Unavailable
from tests.certificates import Authority, Files
from tests.integration.mllp_port import NOW, PATIENCE, Journal, message, until

# the hook that is to replace the fixture would put its mark on every test of the suite
pytestmark = pytest.mark.filterwarnings("ignore:Overriding the .event_loop_policy. fixture")


@pytest.fixture(scope="module", params=["asyncio", "uvloop"])
def event_loop_policy(request: pytest.FixtureRequest) -> AbstractEventLoopPolicy:
    """Both loops: `bedflow serve` runs on uvloop, whose TLS is another."""
    return uvloop.EventLoopPolicy() if request.param == "uvloop" else DefaultEventLoopPolicy()


class Door:
    """A TLS port of two feeds, `his` and `lab`, whose clients are CN=engine and CN=analyser."""

    def __init__(self, folder: Path) -> None:
        self.authority = Authority(folder)
        self.own = self.authority.signs("bedflow")
        self.journal = Journal()
        self.met: list[Caller] = []
        self.listeners = {
            "engine": MllpListener("his", self.journal.keep, Limits(), lambda: NOW, self.met.append),
            "analyser": MllpListener("lab", self.journal.keep, Limits(), lambda: NOW, self.met.append),
        }
        self.door = TlsDoor(self.listeners, server_context(*self.own, self.authority.cert), patience=1.0, meet=self.met.append)
        self.port = 0

    async def open(self) -> "Door":
        for listener in self.listeners.values():
            listener.open()
        self.port = await self.door.start("127.0.0.1", 0)
        return self

    async def close(self) -> None:
        await self.door.stop()
        for listener in self.listeners.values():
            await listener.stop(2)

    def shown(self, files: Files) -> ssl.SSLContext:
        """A client that shows a certificate."""
        return client_context(self.authority.cert, *files)

    async def sends(self, files: Files, *control_ids: str) -> Tally:
        return await send(map(message, control_ids), "127.0.0.1", self.port, ssl=self.shown(files), attempts=1, patience=PATIENCE)

    def heard(self, feed: str) -> list[str]:
        return [letter.control_id for letter in self.journal.letters if letter.feed == feed]


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    found = await Door(tmp_path).open()
    yield found
    await found.close()


async def test_the_certificate_says_which_feed_it_is(door: Door) -> None:
    engine, analyser = door.authority.signs("engine"), door.authority.signs("analyser")
    tallies = await asyncio.gather(door.sends(engine, *map(str, range(300))), door.sends(analyser, "a", "b"))
    assert [tally.aa for tally in tallies] == [300, 2]
    assert door.heard("his") == list(map(str, range(300)))
    assert door.heard("lab") == ["a", "b"]
    assert door.listeners["analyser"].counters.kept == 2


async def turned_away(door: Door, context: ssl.SSLContext | None, first: bytes = wrap(message("1"))) -> bytes:
    """What a peer hears that is not let in; its letter is offered as early as can be."""
    before = door.door.turned_away
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", door.port, ssl=context)
        writer.write(first)
        heard = await asyncio.wait_for(reader.read(), PATIENCE)
        writer.close()
    except (OSError, TimeoutError):
        heard = b""
    await until(lambda: door.door.turned_away == before + 1)
    return heard


def _old(door: Door) -> ssl.SSLContext:
    context = door.shown(door.authority.signs("engine"))
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    return context


def _bare(door: Door) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=door.authority.cert)


def _of_a_stranger(door: Door) -> ssl.SSLContext:
    folder = door.authority.folder / "elsewhere"
    folder.mkdir()
    return door.shown(Authority(folder).signs("engine"))


STRANGERS = {
    "names no feed": (lambda door: door.shown(door.authority.signs("SECRET")), "its certificate names no feed"),
    "has two names": (lambda door: door.shown(door.authority.signs("engine", "SECRET")), "its certificate names no feed"),
    "has no name": (lambda door: door.shown(door.authority.signs()), "its certificate names no feed"),
    "is of another authority": (_of_a_stranger, "certificate verify failed"),
    "has run out": (lambda door: door.shown(door.authority.signs("engine", days=0)), "certificate verify failed"),
    "shows none": (_bare, "peer did not return a certificate"),
    "speaks TLS 1.2": (_old, "unsupported protocol"),
    "speaks no TLS": (lambda door: None, "no TLS 1.3"),
}


@pytest.mark.parametrize("who", STRANGERS)
async def test_strangers_are_turned_away_and_disturb_nobody(door: Door, who: str) -> None:
    engine = door.authority.signs("engine")
    make, why = STRANGERS[who]
    context = make(door)
    with structlog.testing.capture_logs() as lines:
        assert b"MSA" not in await turned_away(door, context)
        assert (await door.sends(engine, "2")).aa == 1
    assert [letter.control_id for letter in door.journal.letters] == ["2"]
    said = [line for line in lines if line["event"] == "connection turned away"]
    assert len(said) == 1
    assert why in said[0]["reason"]
    assert "SECRET" not in repr(lines)
    stranger, his = door.met
    assert (stranger.address, stranger.feed, why in stranger.refused) == ("127.0.0.1", "", True)
    assert bool(stranger.certificate) == (why == "its certificate names no feed")
    assert (his.address, his.feed, his.refused, len(his.certificate)) == ("127.0.0.1", "his", "", 16)


async def test_who_says_nothing_at_the_door_is_sent_away_in_time(door: Door) -> None:
    _, silent = await asyncio.open_connection("127.0.0.1", door.port)
    engine = door.authority.signs("engine")
    assert (await door.sends(engine, "1")).aa == 1
    await until(lambda: door.door.turned_away == 1)
    silent.close()


async def test_a_crowd_at_the_door_keeps_no_feed_from_what_it_has(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adt_feed.door.AT_THE_DOOR", 3)
    context = door.shown(door.authority.signs("engine"))
    reader, inside = await asyncio.open_connection("127.0.0.1", door.port, ssl=context)
    crowd = [await asyncio.open_connection("127.0.0.1", door.port) for _ in range(5)]
    await until(lambda: door.door.turned_away >= 2)
    inside.write(wrap(message("1")))
    assert b"MSA|AA|1" in await asyncio.wait_for(reader.readuntil(b"\x1c\r"), PATIENCE)
    for _, writer in (*crowd, (reader, inside)):
        writer.close()


async def test_a_letter_is_sent_with_the_last_bytes_of_the_handshake(door: Door) -> None:
    """TLS 1.3 lets a client speak before the server has judged its certificate: nothing of that may be lost."""
    engine = door.authority.signs("engine")
    for number in range(15):
        assert (await door.sends(engine, f"{number}a", f"{number}b")).aa == 2
    assert len(door.heard("his")) == 30


async def test_a_long_frame_comes_through_tls_whole(door: Door) -> None:
    long = message("long", body="OBX|" + "x" * 1_000_000)
    engine = door.shown(door.authority.signs("engine"))
    tally = await send([long, message("next")], "127.0.0.1", door.port, ssl=engine)
    assert (tally.aa, [letter.raw for letter in door.journal.letters]) == (2, [long, message("next")])


async def test_our_outage_is_silence_over_tls_as_well(door: Door) -> None:
    door.journal.error = Unavailable("away")
    with pytest.raises(Unavailable):
        await door.sends(door.authority.signs("engine"), "1")
    assert door.journal.letters == []


async def test_stop_finishes_what_is_in_hand(door: Door) -> None:
    context = door.shown(door.authority.signs("engine"))
    door.journal.gate.clear()
    reader, writer = await asyncio.open_connection("127.0.0.1", door.port, ssl=context)
    writer.write(wrap(message("1")))
    await asyncio.wait_for(door.journal.called.wait(), PATIENCE)
    closing = asyncio.create_task(door.close())
    await asyncio.sleep(0)
    door.journal.gate.set()
    assert b"MSA|AA|1" in await asyncio.wait_for(reader.read(), PATIENCE)
    await asyncio.wait_for(closing, PATIENCE)
    writer.close()


@pytest.mark.parametrize(
    ("file", "words"),
    [("cert", "No such file"), ("key", "key values mismatch"), ("authority", "No such file"), ("text", "cannot be used")],
)
def test_files_that_cannot_be_used_are_said_plainly(tmp_path: Path, file: str, words: str) -> None:
    authority = Authority(tmp_path)
    own, other = authority.signs("bedflow"), authority.signs("other")
    cert = tmp_path / "missing" if file == "cert" else own.cert
    key = other.key if file == "key" else own.key
    client_ca = {"authority": tmp_path / "missing", "text": own.key}.get(file, authority.cert)
    with pytest.raises(Misconfigured, match=words):
        server_context(cert, key, client_ca)
