"""A hospital whose letters are really read: the web room with the feed's own mapping and explanation, and letters to send it."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from adt_feed.explain import explain
from flow.domain.roles import Role
from flow.history.letters import Sought
from flow.main.house import interpreter
from flow.web.rooms import Integration
from tests.integration.test_desk import NOW, open_house
from tests.integration.web_house import ORIGIN, PASSWORD, Web, make_web

__all__ = ["fed", "send", "signed_in", "stay", "told"]


@dataclass(frozen=True)
class Came:
    """A letter as the listener hands it over."""

    raw: bytes
    control_id: str
    trigger: str
    received_at: datetime
    problem: str = ""
    feed: str = "his"
    sender: str = "HIS|H"


@pytest.fixture
async def fed(dsn: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Web]:
    async with AsyncExitStack() as stack:
        core = await open_house(stack, dsn, redis_url, tmp_path)
        core.desk.interpret = core.desk._letters.interpret = interpreter(core.desk.people)
        core.clock.advance(timedelta(hours=3))
        yield make_web(core, stack, tmp_path, integration=Integration(explain=explain))


def stay(number: int, place: str, trigger: str = "A01", visit: str = "", mrn: str = "", minute: int = 0) -> Came:
    """An event of one patient's stay at a place, with canary names."""
    at = NOW + timedelta(minutes=minute)
    stamp = f"{at:%Y%m%d%H%M%S}+0000"
    text = (
        f"MSH|^~\\&|HIS|H|BF|H|{stamp}||ADT^{trigger}|C{number}|P|2.5\rEVN|{trigger}|{stamp}\r"
        f"PID|1||{mrn or f'CANARYMRN{number}'}^^^H^MR||Canarita^Canaria||19800101|F\rNK1|1|Canarita^Canario|FTH\r"
        f"PV1|1|I|{place}|||||||||||||||| {visit or f'V{number}'}".replace("| V", "|V")
    )
    return Came(text.encode(), f"C{number}", trigger, at)


def bed_report(number: int, place: str, code: str) -> Came:
    """An A20: another system's word on a bed."""
    at = NOW + timedelta(minutes=number)
    stamp = f"{at:%Y%m%d%H%M%S}+0000"
    text = f"MSH|^~\\&|HIS|H|BF|H|{stamp}||ADT^A20|B{number}|P|2.5\rEVN|A20|{stamp}\rNPU|{place}|{code}"
    return Came(text.encode(), f"B{number}", "A20", at)


async def send(web: Web, *letters: Any) -> None:
    """Keep the letters and handle them."""
    await web.house.inbox.keep(letters)
    await settled(web)


async def settled(web: Web) -> None:
    """Wait until no letter waits."""
    committed = asyncio.Event()
    web.house.desk.on_commit(committed.set)
    while (await web.house.inbox.counts()).get("received"):
        web.house.desk.wake()
        await asyncio.wait_for(committed.wait(), 10)
        committed.clear()


def told(**sought: Any) -> Sought:
    """What letters are looked for by."""
    return Sought(**sought)


async def signed_in(web: Web, name: str, role: Role, ward: str | None = None) -> tuple[httpx.AsyncClient, str]:
    """A person at a browser: the client with its cookie, and the token for forms."""
    await web.account(name, role, ward)
    client = await web.client({"origin": ORIGIN, "sec-fetch-site": "same-origin"})
    answer = await client.post("/login", data={"account": name, "password": PASSWORD})
    assert answer.status_code == 303, answer.text
    page = (await client.get("/")).text
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found is not None
    return client, found[1]
