"""Trying a port before anything is served on it, so that a taken port is one clear sentence and not a traceback."""

import errno
import socket

from flow.errors import Misconfigured


def claim_port(host: str, port: int, what: str) -> None:
    """See that `host:port` can be listened on; call it for every port before the first server starts.

    `what` names the purpose and its setting, as in "the web pages (BEDFLOW_HTTP)". Raises `Misconfigured`.
    """
    place = f"{what}: port {port} on {host}"
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    except OSError as error:
        raise Misconfigured(f"{what}: {host!r} is not an address of this machine ({error.strerror}). Set another one.") from None
    with socket.socket(family, kind, protocol) as probe:
        try:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen()
        except OSError as error:
            raise Misconfigured(f"{place} {_trouble(error)}") from None


def _trouble(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return "is taken by another program. Stop that program (is Bedflow already running?), or set another port."
    if error.errno in (errno.EACCES, errno.EPERM):
        return "is reserved for the system. Set a port above 1023."
    if error.errno == errno.EADDRNOTAVAIL:
        return "cannot be used: this machine does not have that address. Set 127.0.0.1, or 0.0.0.0 for every address."
    return f"cannot be used ({error.strerror}). Set another address."
