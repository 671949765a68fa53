"""The HTTP server: uvicorn inside our own life cycle, over TLS 1.3 where we have a certificate, with clients held to `flow.bounds`."""

import asyncio
import logging
import ssl
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from socket import socket

import structlog
import uvicorn
from starlette.types import ASGIApp

from flow.bounds import Bounded, Bounds
from flow.connection import HandingOver
from flow.errors import Misconfigured
from flow.lan import certificate_files
from flow.setting_words import Address
from flow.settings import Settings
from flow.tls import Renewing, pages_context

log = structlog.get_logger()
GRACE_SECONDS = 2
HANDSHAKE_SECONDS = 10.0
TLS_FILES = ("BEDFLOW_TLS_CERT", "BEDFLOW_TLS_KEY")
UNREAD = "Invalid HTTP request received."
"""uvicorn's line for each; `_tell_the_unread` counts them instead."""
logging.getLogger("uvicorn.error").addFilter(lambda record: record.msg != UNREAD)


class WebServer:
    """One listening uvicorn; `farewell` ends the open streams so that stopping is not held up by them; `http` speaks its protocol."""

    def __init__(
        self,
        app: ASGIApp,
        address: Address,
        settings: Settings,
        farewell: Callable[[], None],
        http: type[asyncio.Protocol] = HandingOver,
        bounds: Bounds | None = None,
    ) -> None:
        self.farewell = farewell
        self.tls = _tls(settings)
        config = uvicorn.Config(
            app,
            host=address.host,
            port=address.port,
            ssl_context_factory=(lambda _, __: _known(self.tls)) if self.tls is not None else None,
            loop="none",
            http=http,
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=True,
            proxy_headers=False,
            lifespan="off",
            backlog=2048,
            timeout_keep_alive=30,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
        self._server = _Quiet(config, bounds or Bounds())
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Listen; returns when connections are accepted."""
        serving = asyncio.create_task(self._server.serve())
        self._tasks.append(serving)
        if self.tls is not None:
            self._tasks.append(asyncio.create_task(self.tls.follow()))
        while not self._server.started:
            if serving.done():
                serving.result()
                raise Misconfigured("The web server ended at its start; see the log above.")
            await asyncio.sleep(0.01)

    async def stop(self) -> None:
        """Say farewell to the streams, finish what is being answered, close."""
        self.farewell()
        self._server.should_exit = True
        serving, *others = self._tasks
        for task in others:
            task.cancel()
        await asyncio.wait({serving}, timeout=GRACE_SECONDS + 1)


def _tls(settings: Settings) -> Renewing | None:
    """What the pages are served with; None without TLS. Misconfigured where the settings do not agree or a file cannot be used."""
    cert, key = settings.tls_cert, settings.tls_key
    if (cert is None) != (key is None):
        given, missing = TLS_FILES if key is None else reversed(TLS_FILES)
        raise Misconfigured(f"{given} is set, and {missing} is not: TLS needs both.")
    if not settings.tls:
        return None
    if settings.public_url is not None and not settings.public_url.startswith("https://"):
        raise Misconfigured("The pages are served over TLS, but BEDFLOW_PUBLIC_URL begins with http://; write https://.")
    files: tuple[Path, Path] = (cert, key) if cert is not None and key is not None else certificate_files(settings.data_dir)
    return Renewing("pages", files, lambda: pages_context(*files))


def _known(context: Renewing | None) -> ssl.SSLContext:
    assert context is not None
    return context


class _Quiet(uvicorn.Server):
    """Leaves the signals to us, and holds its connections to the bounds."""

    def __init__(self, config: uvicorn.Config, bounds: Bounds) -> None:
        super().__init__(config)
        self.bounds = bounds
        self._turned_away = 0
        self._unread: Counter[int] = Counter()

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]  # uvicorn's own would take the signals
        return nullcontext()

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Listen, with less patience for a handshake than the loop has of itself."""
        await self.lifespan.startup()
        config, loop = self.config, asyncio.get_running_loop()
        patience = HANDSHAKE_SECONDS if config.ssl is not None else None
        server = await loop.create_server(
            self._connection, config.host, config.port, ssl=config.ssl, backlog=config.backlog, ssl_handshake_timeout=patience
        )
        self.servers = [server]
        self.started = True

    def _connection(self) -> asyncio.Protocol:
        made: asyncio.Protocol = self.config.http_protocol_class(  # type: ignore[call-arg]
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
        if isinstance(made, Bounded):
            made.bounds, made.unread = self.bounds, self._unread
            made.surplus = len(self.server_state.connections) >= self.bounds.connections
            self._turned_away += made.surplus
        return made

    async def on_tick(self, counter: int) -> bool:
        """Once a second, whoever is late is cut, and it is told what was no request."""
        if counter % 10 == 0:
            self._cut_the_late(asyncio.get_running_loop().time())
            self._tell_the_unread()
        return await super().on_tick(counter)

    def _cut_the_late(self, now: float) -> None:
        cut: Counter[str] = Counter()
        for connection in list(self.server_state.connections):
            if isinstance(connection, Bounded) and (reason := connection.overdue(now)):
                connection.cut(reason)
                cut[reason] += reason != "idle"
        cut["too many"], self._turned_away = self._turned_away, 0
        if any(cut.values()):
            log.warning("web.clients_cut", **{reason.replace(" ", "_"): number for reason, number in cut.items() if number})

    def _tell_the_unread(self) -> None:
        """Counted, since nobody knows whose it was: no HTTP, two lengths, more than may come. Who knocks a thousand times fills no disk."""
        if self._unread:
            log.warning("web.refused_unread", **{f"status_{status}": number for status, number in self._unread.items()})
            self._unread.clear()
