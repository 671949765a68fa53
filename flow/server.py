"""The HTTP server: uvicorn inside our own life cycle, over TLS where the local network is served."""

import asyncio
import ssl
from collections.abc import Callable

import uvicorn
from starlette.types import ASGIApp

from flow.errors import Misconfigured
from flow.lan import certificate_files
from flow.settings import Address, Settings

GRACE_SECONDS = 2


class WebServer:
    """One listening uvicorn; `farewell` ends the open streams so that stopping is not held up by them; `http` speaks its protocol."""

    def __init__(
        self, app: ASGIApp, address: Address, settings: Settings, farewell: Callable[[], None], http: type[asyncio.Protocol] | None = None
    ) -> None:
        self.farewell = farewell
        certificate = certificate_files(settings.data_dir) if settings.lan else (None, None)
        self._server = _Quiet(
            uvicorn.Config(
                app,
                host=address.host,
                port=address.port,
                ssl_certfile=certificate[0],
                ssl_keyfile=certificate[1],
                ssl_version=ssl.PROTOCOL_TLS_SERVER,
                loop="none",
                http=http or "auto",
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
        )
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Listen; returns when connections are accepted."""
        self._task = asyncio.create_task(self._server.serve())
        while not self._server.started:
            if self._task.done():
                self._task.result()
                raise Misconfigured("The web server ended at its start; see the log above.")
            await asyncio.sleep(0.01)

    async def stop(self) -> None:
        """Say farewell to the streams, finish what is being answered, close."""
        self.farewell()
        self._server.should_exit = True
        if self._task is not None:
            await asyncio.wait({self._task}, timeout=GRACE_SECONDS + 1)


class _Quiet(uvicorn.Server):
    """Leaves the signals to us."""

    def install_signal_handlers(self) -> None:
        return

    def capture_signals(self):  # type: ignore[no-untyped-def]  # uvicorn's own context manager, which would take the signals
        from contextlib import nullcontext

        return nullcontext()
