"""The MLLP port under TLS, beside very long messages, and on hostile bytes."""

import asyncio
import random
import ssl
import time
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from adt_feed.framing import wrap
from adt_feed.limits import Limits
from adt_feed.listener import MllpListener
from adt_feed.sender import MllpClient, send
from tests.integration.mllp_port import NOW, PATIENCE, Journal, Serve, journal, message, serve

__all__ = ["journal", "serve"]
LONG = 1 << 20


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate and its key for 127.0.0.1, in one file."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "bedflow test")])
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now - timedelta(1), now + timedelta(1))
    own = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    signed = made.add_extension(own, critical=False).sign(key, hashes.SHA256())
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = tmp_path / "both.pem"
    file.write_bytes(private + signed.public_bytes(pem))
    return file


async def test_over_tls(journal: Journal, certificate: Path) -> None:
    ours = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ours.load_cert_chain(certificate)
    listener = MllpListener("his", journal.keep, Limits(), lambda: NOW)
    port = await listener.start("127.0.0.1", 0, ssl=ours)
    tally = await send(map(message, map(str, range(500))), "127.0.0.1", port, ssl=ssl.create_default_context(cafile=certificate))
    await listener.stop(2)
    assert tally.aa == 500
    assert len(journal.letters) == 500


async def test_a_peer_without_tls_is_not_understood_on_a_tls_port(journal: Journal, certificate: Path) -> None:
    ours = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ours.load_cert_chain(certificate)
    listener = MllpListener("his", journal.keep, Limits(), lambda: NOW)
    port = await listener.start("127.0.0.1", 0, ssl=ours)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(wrap(message("1")))
    assert b"MSA" not in await asyncio.wait_for(reader.read(), PATIENCE)
    writer.close()
    await listener.stop(2)
    assert journal.letters == []


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
