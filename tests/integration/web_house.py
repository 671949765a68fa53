"""The whole web room on real stores, spoken to through ASGI: tokens for every role, browsers with their own cookies."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from flow.domain.roles import Role
from flow.history.accounts import Account
from flow.history.inbox import Inbox
from flow.history.people import People
from flow.settings import Settings
from flow.vault import open_vault
from flow.web.app import build
from flow.web.parts import House, Parts
from tests.integration.test_desk import House as Core
from tests.integration.test_desk import open_house

ORIGIN = "http://localhost:8000"
PASSWORD = "correct horse battery"


@dataclass
class Web:
    """A running hospital and its web room; `core` has the desk, the live picture and the clock."""

    core: Core
    app: Any
    house: House
    stack: AsyncExitStack

    async def as_role(self, role: Role, ward: str | None = None) -> httpx.AsyncClient:
        """A programme with a token of a role."""
        token = await self.house.tokens.create(role, ward)
        return await self.client({"authorization": f"Bearer {token}"})

    async def client(self, headers: dict[str, str] | None = None) -> httpx.AsyncClient:
        """Somebody from another machine, with a cookie jar of their own."""
        transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False, client=("192.0.2.7", 4000))
        return await self.stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers=headers))

    async def account(self, name: str, role: Role, ward: str | None = None) -> None:
        """An account with the known password."""
        await self.house.accounts.add(Account(name, name.title(), role, ward), PASSWORD, self.core.clock.now())  # type: ignore[arg-type]


@pytest.fixture
async def web(dsn: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Web]:
    async with AsyncExitStack() as stack:
        core = await open_house(stack, dsn, redis_url, tmp_path)
        yield make_web(core, stack, tmp_path)


def make_web(core: Core, stack: AsyncExitStack, folder: Path, second_factor: str = "offered", **extra: Any) -> Web:
    """The web room of a running core. Who signs in with a password is let in: tests of second factors have `required`."""
    vault = open_vault(folder)
    said = {"BEDFLOW_DATA_DIR": str(folder), "BEDFLOW_PUBLIC_URL": ORIGIN, "BEDFLOW_SECOND_FACTOR": second_factor}
    settings = Settings.from_environ(said)
    parts = Parts(
        settings=extra.pop("settings", settings),
        plan=core.desk.plan,
        desk=core.desk,
        live=core.live,
        database=core.database,
        people=People(core.database, vault),
        inbox=Inbox(core.database, vault),
        vault=vault,
        clock=core.clock,
        **extra,
    )
    app = build(parts)
    return Web(core, app, app.state.house, stack)


async def open_stream(web: Web, query: str, **headers: str) -> tuple["asyncio.Future[None]", list[bytes]]:
    """A stream once its snapshot has come: the request, which ends when it is cut, and what was sent."""
    sent: list[bytes] = []
    first = asyncio.Event()

    async def receive() -> Any:
        await asyncio.Event().wait()

    async def send(message: Any) -> None:
        sent.append(message.get("body", b""))
        if b"snapshot" in sent[-1]:
            first.set()

    told = [(name.encode(), value.encode()) for name, value in {"host": "localhost:8000", **headers}.items()]
    scope = {"type": "http", "method": "GET", "path": "/api/v1/stream", "query_string": query.encode(), "headers": told}
    scope |= {"scheme": "http", "client": ("192.0.2.1", 1), "server": ("localhost", 8000), "root_path": "", "http_version": "1.1"}
    stream = asyncio.ensure_future(web.app(scope, receive, send))
    await asyncio.wait_for(first.wait(), 5)
    return stream, sent
