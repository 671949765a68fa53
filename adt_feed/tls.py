"""TLS: the contexts of MLLP over TLS 1.3, and whose certificate a peer showed. `door` listens with them; senders connect with them.

Every connection proves itself anew: no session is resumed, so that a certificate taken out of the authority's file is refused at
the next connection.
"""

import ssl
from hashlib import sha256
from pathlib import Path
from typing import cast

from flow.errors import Misconfigured
from flow.tls import why, with_files


def server_context(cert: Path, key: Path, client_ca: Path) -> ssl.SSLContext:
    """Ours, as a server that wants a certificate signed by `client_ca`. PEM files; Misconfigured where one cannot be used."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.verify_mode = ssl.CERT_REQUIRED
    context.num_tickets = 0
    return _filled(context, cert, key, client_ca)


def client_context(server_ca: Path, cert: Path, key: Path) -> ssl.SSLContext:
    """Ours, as a client that shows `cert` to a server signed by `server_ca`. PEM files; Misconfigured where one cannot be used."""
    return _filled(ssl.create_default_context(ssl.Purpose.SERVER_AUTH), cert, key, server_ca)


def _filled(context: ssl.SSLContext, cert: Path, key: Path, authority: Path) -> ssl.SSLContext:
    with_files(context, cert, key)
    try:
        context.load_verify_locations(authority)
    except (OSError, ValueError) as error:
        raise Misconfigured(f"The authority's certificates {authority} cannot be used ({why(error)}).", code="tls-files") from None
    return context


def common_name(peer: ssl.SSLObject) -> str:
    """The common name (CN) of the certificate that the peer showed; "" where it has none, or several."""
    shown = cast("dict[str, tuple[tuple[tuple[str, str], ...], ...]]", peer.getpeercert() or {})
    names = [value for relative in shown.get("subject", ()) for kind, value in relative if kind == "commonName"]
    return names[0] if len(names) == 1 else ""


def fingerprint(peer: ssl.SSLObject) -> str:
    """The beginning of the SHA-256 fingerprint of the peer's certificate, for the log: it finds the file and tells no name."""
    return sha256(peer.getpeercert(binary_form=True) or b"").hexdigest()[:16]
