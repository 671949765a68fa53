"""Door: one TLS port of several feeds. Before it is the network; after it each connection belongs to the feed its certificate names.

A peer without a certificate of the authority, with one that names no feed, or without TLS at all is turned away and logged, without
a name; it disturbs nobody, since whoever is still at the door holds none of the feeds' places.
"""

import asyncio
import socket
import ssl
from collections.abc import Mapping
from typing import cast

import structlog

from adt_feed.callers import Caller, Meet, address_of, nobody_asks
from adt_feed.listener import BACKLOG, MllpListener, taken
from adt_feed.tls import common_name, fingerprint

AT_THE_DOOR = 128  # peers that have not shown their certificate yet
PATIENCE = 10.0  # seconds for showing it
BREATH = 0.1  # seconds before the next is let in when this process has no file handle left
logger = structlog.get_logger()


class TlsDoor:
    """`clients` are the feeds' listeners, opened, by the common names of their certificates."""

    def __init__(
        self, clients: Mapping[str, MllpListener], context: ssl.SSLContext, *, patience: float = PATIENCE, meet: Meet = nobody_asks
    ) -> None:
        self.clients = clients
        self.context = context
        self.patience = patience
        self.meet = meet
        self.turned_away = 0
        self._waiting: set[asyncio.Task[None]] = set()
        self._socket: socket.socket | None = None
        self._accepting: asyncio.Task[None] | None = None

    async def start(self, host: str, port: int) -> int:
        """Listen; the port that was taken. Misconfigured where it cannot be had."""
        try:
            family, *_, address = (await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM))[0]
            self._socket = socket.create_server(address, family=family, backlog=BACKLOG)
        except OSError as error:
            raise taken(host, port, error) from error
        self._socket.setblocking(False)
        self._accepting = asyncio.create_task(self._accept(self._socket))
        found = int(self._socket.getsockname()[1])
        logger.info("listening", feeds=[listener.feed for listener in self.clients.values()], host=host, port=found, tls=True)
        return found

    @property
    def tasks(self) -> list[asyncio.Task[None]]:
        """What must not end while the port is open."""
        return [self._accepting] if self._accepting else []

    async def stop(self) -> None:
        """Take no more, and send away who is still at the door; the listeners close their own connections."""
        tasks = [*self._waiting, *self.tasks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._socket is not None:
            self._socket.close()

    async def _accept(self, door: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                peer, where = await loop.sock_accept(door)
            except OSError as error:
                logger.warning("nobody can be let in", reason=error.strerror)
                await asyncio.sleep(BREATH)
                continue
            if len(self._waiting) >= AT_THE_DOOR:
                self.turned_away += 1
                self.meet(Caller(str(where[0]), refused="too many at the door"))
                logger.warning("connection turned away", reason="too many at the door")
                peer.close()
                continue
            task = asyncio.create_task(self._let_in(peer, str(where[0])))
            self._waiting.add(task)
            task.add_done_callback(self._waiting.discard)

    async def _let_in(self, peer: socket.socket, where: str) -> None:
        """Returns when the certificate is judged; from then on the connection is its feed's."""
        loop = asyncio.get_running_loop()
        try:
            await loop.connect_accepted_socket(lambda: _Visitor(self), peer, ssl=self.context, ssl_handshake_timeout=self.patience)
        except (OSError, ValueError) as error:
            peer.close()
            self.turned_away += 1
            self.meet(Caller(where, refused=_reason(error)))
            logger.warning("connection turned away", reason=_reason(error))


class _Visitor(asyncio.Protocol):
    """A peer with a certificate of the authority: handed to the feed that its common name stands for."""

    def __init__(self, door: TlsDoor) -> None:
        self._door = door

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        peer: ssl.SSLObject = transport.get_extra_info("ssl_object")
        listener = self._door.clients.get(common_name(peer))
        if listener is None:
            self._door.turned_away += 1
            self._door.meet(Caller(address_of(transport), "", fingerprint(peer), "its certificate names no feed"))
            logger.warning("connection turned away", reason="its certificate names no feed", certificate=fingerprint(peer))
            cast("asyncio.Transport", transport).abort()
            return
        connection = listener.connection()
        connection.connection_made(transport)
        transport.set_protocol(connection)


def _reason(error: OSError | ValueError) -> str:
    """Why a handshake failed, in OpenSSL's own fixed words: nothing that the peer sent."""
    if isinstance(error, ssl.SSLError):
        return f"no TLS 1.3 with a certificate we know ({(error.reason or 'handshake failed').replace('_', ' ').lower()})"
    return "it showed no certificate in time" if isinstance(error, ConnectionAbortedError) else "it hung up at the door"
