"""Whether browsers trust the certificate of the pages: a handshake with ourselves, in memory, as a stranger would make it."""

import ssl
from pathlib import Path

from flow.checkup.finding import Finding
from flow.errors import Misconfigured
from flow.tls import first_certificate, pages_context

_ABOUT = "Who signed the pages' certificate"
_DO = (
    "Lay down one that a public authority has signed for the name people type (BEDFLOW_TLS_CERT); or, where your hospital has an "
    "authority of its own, see that every device knows it, and this machine too."
)


def signed(cert: Path, key: Path, host: str) -> Finding:
    """`host` is the name that people type; empty: it is not known. Which authorities are trusted is what this machine has in its list."""
    try:
        by = first_certificate(cert).issuer.rfc4514_string()
        server = pages_context(cert, key)
    except Misconfigured as error:
        return Finding(_ABOUT, error.reason, "Lay down a certificate and its key that can be read.")
    refused = _refused(server, host)
    return Finding(_ABOUT, f"{by}: {refused or 'trusted here'}", _DO if refused else "")


def _refused(server: ssl.SSLContext, host: str) -> str:
    """Why a browser on this machine would not go on; empty where it would."""
    stranger = ssl.create_default_context()
    stranger.check_hostname = bool(host)
    there, here = ssl.MemoryBIO(), ssl.MemoryBIO()
    browser = stranger.wrap_bio(here, there, server_hostname=host or None)
    served = server.wrap_bio(there, here, server_side=True)
    for side in (browser, served, browser):
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue
        except ssl.SSLCertVerificationError as error:
            return error.verify_message
    return ""
