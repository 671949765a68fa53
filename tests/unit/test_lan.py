"""The certificate of the local network."""

import ssl
from pathlib import Path

from cryptography import x509

from flow.lan import addresses, certificate_files


def test_a_certificate_is_made_once_for_every_address(tmp_path: Path) -> None:
    certificate, key = certificate_files(tmp_path)
    found = x509.load_pem_x509_certificate(certificate.read_bytes())
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    known = {str(address) for address in names.get_values_for_type(x509.IPAddress)}
    assert {"127.0.0.1", *addresses()} <= known
    assert names.get_values_for_type(x509.DNSName) == ["localhost"]
    assert key.stat().st_mode & 0o077 == 0
    made = certificate.read_bytes()
    assert certificate_files(tmp_path) == (certificate, key)
    assert certificate.read_bytes() == made
    ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(certificate, key)


def test_a_lost_key_makes_a_new_pair(tmp_path: Path) -> None:
    certificate, key = certificate_files(tmp_path)
    made = certificate.read_bytes()
    key.unlink()
    certificate_files(tmp_path)
    assert certificate.read_bytes() != made
