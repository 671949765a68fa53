"""Cleaners on shift with paired phones, in the web room on real stores; and beds that somebody left."""

from datetime import timedelta

import httpx

from flow.domain.cleaning_job import CleanJob
from flow.domain.ids import BedId
from flow.history.cleaners import Cleaner, Described
from tests.integration.test_desk import NOW, NURSE, admit, discharge
from tests.integration.test_signin import csrf, pair
from tests.integration.web_house import Web

BED = BedId("4B-A-01")
HTMX = {"hx-request": "true"}


class Phone:
    """A cleaner on shift with a paired phone."""

    def __init__(self, web: Web, client: httpx.AsyncClient, cleaner: Cleaner, token: str) -> None:
        self.web, self.client, self.cleaner, self.token = web, client, cleaner, token

    async def tap(self, what: str, bed: BedId = BED, headers: dict[str, str] | None = None, **said: str) -> httpx.Response:
        data = {"csrf": self.token, "job": job(self.web, bed).id, **said}
        return await self.client.post(f"/housekeeping/beds/{bed}/{what}", data=data, headers={**HTMX, **(headers or {})})

    async def board(self) -> str:
        return (await self.client.get("/housekeeping/board", headers=HTMX)).text


async def phone(web: Web, admin: httpx.AsyncClient, nick: str, **said: bool) -> Phone:
    client = await pair(web, admin, "phone", pin="4711")
    known = {each.device for each in await web.house.cleaners.all()}
    device = next(each.id for each in await web.house.devices.all() if each.id not in known)
    cleaner, _ = await web.house.cleaners.add(Described(nick, **said), "lata", web.core.clock.now())
    await web.house.cleaners.come_on(cleaner.id, device, web.core.clock.now())
    return Phone(web, client, cleaner, await csrf(client, "/housekeeping"))


def job(web: Web, bed: BedId = BED) -> CleanJob:
    found = web.core.desk.hospital.beds[bed].job
    assert found is not None
    return found


async def empty(web: Web, bed: BedId = BED, visit: str = "V1") -> None:
    """A patient came and left."""
    for command in (admit(visit, bed), discharge(visit, NOW + timedelta(minutes=1))):
        outcome = await web.core.desk.act(command, NURSE)
    web.core.clock.advance(timedelta(minutes=3))
    assert await web.core.live.reached(outcome.seq)
