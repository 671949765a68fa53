"""Certificates for tests: an authority of its own, and what it signs."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256


class Files(NamedTuple):
    """A certificate and its key, as PEM files."""

    cert: Path
    key: Path


class Authority:
    """Signs certificates for 127.0.0.1; `cert` is its own."""

    def __init__(self, folder: Path, name: str = "authority") -> None:
        self.folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        signed = self._signed(self._name, self._key.public_key(), x509.BasicConstraints(ca=True, path_length=0))
        self.cert = folder / f"{name}.pem"
        self.cert.write_bytes(signed.public_bytes(serialization.Encoding.PEM))

    def signs(self, *names: str, days: int = 1) -> Files:
        """A certificate with these common names (none, one or several), valid for `days` from yesterday."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name) for name in names])
        own = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
        made = self._signed(subject, key.public_key(), own, days)
        stem = f"{made.serial_number:x}"
        found = Files(self.folder / f"{stem}.crt", self.folder / f"{stem}.key")
        found.cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
        pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
        found.key.write_bytes(key.private_bytes(pem, pkcs8, serialization.NoEncryption()))
        return found

    def _signed(self, subject: x509.Name, key: ec.EllipticCurvePublicKey, extension: x509.ExtensionType, days: int = 1) -> x509.Certificate:
        begin = datetime.now(UTC) - timedelta(days=1)
        end = begin + timedelta(days=days + 1) if days else begin + timedelta(hours=1)
        made = x509.CertificateBuilder(self._name, subject, key, x509.random_serial_number(), begin, end)
        return made.add_extension(extension, critical=False).sign(self._key, SHA256())
