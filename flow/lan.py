"""Serving the local network: which addresses this machine has, and a certificate of its own for TLS.

A hospital puts a real certificate on a reverse proxy; this one is for the first afternoon with a phone and a television.
"""

import os
import socket
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_DAYS = 397
"""The longest that browsers accept."""


def addresses() -> list[str]:
    """This machine's IPv4 address in the local network, which is what LAN=1 listens on; empty where it has none. No packet is sent:
    connecting a datagram socket only chooses the way out."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return []
        here = ip_address(probe.getsockname()[0])
    return [] if here.is_loopback or here.is_link_local else [str(here)]


def certificate_files(data_dir: Path) -> tuple[Path, Path]:
    """The certificate and the key, made at the first start and again before they expire or when an address is new."""
    certificate, key = data_dir / "tls" / "certificate.pem", data_dir / "tls" / "key.pem"
    if not _is_good(certificate, key):
        _make(certificate, key)
    return certificate, key


def _is_good(certificate: Path, key: Path) -> bool:
    if not (certificate.exists() and key.exists()):
        return False
    found = x509.load_pem_x509_certificate(certificate.read_bytes())
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    known = {str(address) for address in names.get_values_for_type(x509.IPAddress)}
    return found.not_valid_after_utc - timedelta(days=7) > datetime.now(UTC) and set(addresses()) <= known


def _make(certificate: Path, key: Path) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Bedflow on {socket.gethostname()}"[:64])])
    now = datetime.now(UTC)
    hosts = [x509.DNSName("localhost"), *(x509.IPAddress(ip_address(a)) for a in ("127.0.0.1", *addresses()))]
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=_DAYS))
        .add_extension(x509.SubjectAlternativeName(hosts), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(private, hashes.SHA256())
    )
    certificate.parent.mkdir(mode=0o700, exist_ok=True)
    certificate.write_bytes(built.public_bytes(serialization.Encoding.PEM))
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    with os.fdopen(os.open(key, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(private.private_bytes(*plain))
