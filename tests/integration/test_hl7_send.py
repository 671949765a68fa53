"""`bedflow hl7 send`: batches are checked before anything goes out; over TLS with certificates on both sides."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from typer.testing import CliRunner, Result

from adt_feed.acks import ack
from adt_feed.framing import Bad, MllpReader, wrap
from adt_feed.header import Header
from adt_feed.tls import server_context
from flow.cli import app
from flow.errors import Misconfigured, Unreadable

NOW = datetime(2026, 11, 21, tzinfo=UTC)
ONE, TWO = (b"MSH|^~\\&|A|B|||1||ADT^A01|%d|P|2.3\rPID|1||7\r" % number for number in (1, 2))
BATCH = b"FHS|^~\\&|A\nBHS|^~\\&|A\n" + ONE.replace(b"\r", b"\n") + TWO.replace(b"\r", b"\n") + b"BTS|2\nFTS|1\n"


@asynccontextmanager
async def receiver(tls: ssl.SSLContext | None = None) -> AsyncIterator[tuple[str, list[bytes]]]:
    """An address that answers AA, and what came there."""
    got: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        frames = MllpReader(1 << 20)
        while data := await reader.read(1 << 16):
            for frame in frames.feed(data):
                assert not isinstance(frame, Bad)
                got.append(frame)
                writer.write(wrap(ack(Header.read(frame), "AA", now=NOW)))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    async with server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}", got


async def sent(file: Path, *options: str) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, app, ["hl7", "send", str(file), *options])


async def test_a_batch_is_sent_message_by_message(tmp_path: Path) -> None:
    file = tmp_path / "batch.hl7"
    file.write_bytes(BATCH)
    async with receiver() as (address, got):
        result = await sent(file, "--to", address)
    assert result.exit_code == 0, result.output
    assert "2 messages, 2 answered: 2 AA" in result.output
    assert got == [ONE, TWO]


async def test_a_wrong_batch_sends_nothing(tmp_path: Path) -> None:
    file = tmp_path / "batch.hl7"
    file.write_bytes(BATCH.replace(b"BTS|2", b"BTS|3"))
    async with receiver() as (address, got):
        result = await sent(file, "--to", address)
    assert isinstance(result.exception, Unreadable)
    assert "BTS at line 7 counts 3 messages, but there are 2" in result.exception.reason
    assert got == []


async def test_a_file_without_messages_and_one_that_is_not_there(tmp_path: Path) -> None:
    file = tmp_path / "nothing.hl7"
    assert (await sent(file)).exit_code == 2
    file.write_bytes(b"hello")
    result = await sent(file)
    assert result.exit_code == 2
    assert "holds no message" in " ".join(result.output.split())


class Authority:
    """Signs certificates, for as long as a test lasts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test authority")])
        self.file = folder / "ca.pem"
        self.file.write_bytes(self._signed("test authority", self.key, ca=True).public_bytes(serialization.Encoding.PEM))

    def issue(self, name: str) -> tuple[Path, Path]:
        """Certificate and key of a name, valid for 127.0.0.1."""
        key = ec.generate_private_key(ec.SECP256R1())
        cert_file, key_file = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        cert_file.write_bytes(self._signed(name, key, ca=False).public_bytes(serialization.Encoding.PEM))
        plain = serialization.NoEncryption()
        key_file.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
        return cert_file, key_file

    def _signed(self, name: str, key: ec.EllipticCurvePrivateKey, *, ca: bool) -> x509.Certificate:
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(minutes=5))
            .not_valid_after(now + timedelta(hours=1))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
            .sign(self.key, hashes.SHA256())
        )


async def test_over_tls_with_certificates_on_both_sides(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    ours, theirs = authority.issue("his"), authority.issue("bedflow")
    file = tmp_path / "batch.hl7"
    file.write_bytes(BATCH)
    async with receiver(server_context(*theirs, authority.file)) as (address, got):
        cert, key = (str(path) for path in ours)
        result = await sent(file, "--to", address, "--tls-ca", str(authority.file), "--tls-cert", cert, "--tls-key", key)
    assert result.exit_code == 0, result.output
    assert got == [ONE, TWO]


@pytest.mark.parametrize("options", [["--tls-ca"], ["--tls-cert", "--tls-key"]])
async def test_tls_takes_all_three_files(tmp_path: Path, options: list[str]) -> None:
    file = tmp_path / "batch.hl7"
    file.write_bytes(BATCH)
    result = await sent(file, *(part for option in options for part in (option, str(file))))
    assert result.exit_code == 2
    assert "all three" in " ".join(result.output.split())
    result = await sent(file, *(part for option in ("--tls-ca", "--tls-cert", "--tls-key") for part in (option, str(file))))
    assert isinstance(result.exception, Misconfigured)
