"""TLS: 1.3 for whoever serves, 1.2 at least for calls; contexts made of PEM files, certificates that are renewed while connections go on.

The pages (`flow.server`) and the HL7 ports (`adt_feed.door`) hold a `Renewing` context; whoever runs them runs its `follow` beside them.
"""

import asyncio
import ssl
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn, Self

import structlog
from cryptography import x509

from flow.errors import Misconfigured

log = structlog.get_logger()
EVERY = 5.0
"""Seconds between two looks at the files."""


def pages_context(cert: Path, key: Path) -> ssl.SSLContext:
    """What the pages are served with. Misconfigured where the files cannot be used."""
    context = with_files(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), cert, key)
    context.set_alpn_protocols(["http/1.1"])
    return context


def calling_context() -> ssl.SSLContext:
    """What services outside are called with: a certificate that is checked, and TLS 1.2 or newer, which not every system's Python asks for
    by itself."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def with_files(context: ssl.SSLContext, cert: Path, key: Path) -> ssl.SSLContext:
    """The context, of TLS 1.3 alone, with a certificate and its key. Misconfigured where they cannot be used."""
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    try:
        context.load_cert_chain(cert, key, password=lambda: b"")  # a key with a password is refused instead of asked for
    except (OSError, ValueError) as error:
        raise Misconfigured(f"The certificate {cert} with its key {key} cannot be used ({why(error)}).", code="tls-files") from None
    return context


def why(error: OSError | ValueError) -> str:
    """What was wrong with a file, in OpenSSL's or the system's own words."""
    if isinstance(error, ssl.SSLError):
        return (error.reason or "no PEM file").replace("_", " ").lower()
    return (isinstance(error, OSError) and error.strerror) or "no PEM file, or one with a password"


def first_certificate(file: Path) -> x509.Certificate:
    """The certificate that a server shows: the first of its file. Misconfigured where there is none."""
    try:
        return x509.load_pem_x509_certificates(file.read_bytes())[0]
    except (OSError, ValueError, IndexError) as error:
        raise Misconfigured(
            f"The certificate {file} cannot be read ({why(error) if not isinstance(error, IndexError) else 'empty'})."
        ) from None


class Renewing(ssl.SSLContext):
    """A context for a server, whose certificate is that of the files as they are: each handshake is made with the newest that could be
    used, and whoever is connected goes on with the one it knows. `what` names it in the log; the first of `files` is the certificate."""

    def __new__(cls, *_: Any) -> Self:
        return super().__new__(cls, ssl.PROTOCOL_TLS_SERVER)

    def __init__(self, what: str, files: Sequence[Path], make: Callable[[], ssl.SSLContext]) -> None:
        self._what, self._files, self._make = what, tuple(files), make
        self._seen = self._stamps()
        self._now = make()

    def wrap_bio(self, *args: Any, **named: Any) -> ssl.SSLObject:
        """asyncio and uvloop ask for this at each handshake."""
        return self._now.wrap_bio(*args, **named)

    def wrap_socket(self, *_: Any, **__: Any) -> NoReturn:
        """Nothing here is served without a loop."""
        raise RuntimeError("TLS is served on the event loop alone")

    async def follow(self) -> None:
        """Look at the files every few seconds, for as long as they are served."""
        while True:
            await asyncio.sleep(EVERY)
            await asyncio.to_thread(self.look)

    def look(self) -> bool:
        """Take the files where they have changed and can be used; else the old ones stay, and the log says why, once a change."""
        seen = self._stamps()
        if seen == self._seen:
            return False
        self._seen = seen
        try:
            made, certificate = self._make(), first_certificate(self._files[0])
            _check_dates(self._files[0], certificate)
        except Misconfigured as error:
            log.error("tls.old_certificate_kept", of=self._what, reason=error.reason)
            return False
        self._now = made
        log.info("tls.certificate_renewed", of=self._what, until=certificate.not_valid_after_utc.isoformat())
        return True

    def _stamps(self) -> list[tuple[int, int, int] | None]:
        return [_stamp(file) for file in self._files]


def _stamp(file: Path) -> tuple[int, int, int] | None:
    """What changes with a file; None where there is none."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _check_dates(file: Path, certificate: x509.Certificate) -> None:
    now = datetime.now(UTC)
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
        raise Misconfigured(f"The certificate {file} is good from {begins:%Y-%m-%d %H:%M} to {ends:%Y-%m-%d %H:%M} UTC, and not now.")
