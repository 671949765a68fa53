"""Scan & Share against a stand-in of the gateway: one share is one token, whatever is repeated, killed or away meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from adt_feed.outbound import Courier
from flow.domain.abdm import AbdmRules
from flow.domain.ids import ClinicId
from flow.domain.opd import Group, Token, TokenStatus
from flow.domain.person import PersonDetails
from flow.domain.roles import Role
from flow.history.outbox import Outbox
from flow.history.people import People
from flow.history.shares import Shares
from flow.jwt import Key
from flow.main.calling import post
from flow.main.house import interpreter
from flow.main.sharing import QUEUE, Gateway, Sharing
from flow.setting_words import Client
from flow.vault import open_vault
from tests import abdm_gateway
from tests.integration.feed_house import send, stay
from tests.integration.test_appointments import siu
from tests.integration.test_desk import open_house
from tests.integration.test_signin import signed_in
from tests.integration.web_house import Web, make_web
from tests.plans import small_plan
from tests.unit.test_walk_ins import letter

SHARE = "/api/v3/hip/patient/share"
REQUEST = "3f0c1b9e-6a2d-4c57-9f0e-000000000001"


@dataclass
class Abdm:
    """A hospital with `[abdm]`, the worker's part, and the stand-in it answers to."""

    web: Web
    sharing: Sharing
    courier: Courier
    gateway: abdm_gateway.Gateway
    caller: httpx.AsyncClient

    async def shares(self, body: Any = None, *, request: str = REQUEST, bearer: str = "", hip: str = "IN2910000123") -> httpx.Response:
        """The gateway posts a share."""
        now = self.web.core.clock.now()
        headers = {"authorization": f"Bearer {bearer or abdm_gateway.token(now)}", "request-id": request, "x-hip-id": hip}
        return await self.caller.post(SHARE, json=body or abdm_gateway.profile(), headers=headers)

    async def works(self) -> None:
        """A round of the worker: tokens, then what lies in the queue."""
        await self.sharing.step()
        while (waiting := await self.sharing.queue.next()) is not None:
            await self.courier.deliver(waiting)

    def another_courier(self) -> Courier:
        """That of a second worker."""
        queue = Outbox(self.web.core.database, self.sharing.queue.vault, self.web.core.clock, QUEUE)
        return Courier(QUEUE, queue, Gateway(self.sharing.rules, Client("CLIENT", "hush"), self.web.core.clock, post).send)

    async def settled(self) -> None:
        """Until nothing waits to be told."""
        async with asyncio.timeout(10):
            while await self.sharing.queue.next() is not None:
                await asyncio.sleep(0.01)

    @property
    def tokens(self) -> list[Token]:
        return list(self.web.house.desk.hospital.tokens.values())


@pytest.fixture
async def abdm(dsn: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Abdm]:
    async with AsyncExitStack() as stack:
        gateway = stack.enter_context(abdm_gateway.gateway())
        keys = (Key(abdm_gateway.KID, "RS256", abdm_gateway.pem()),)
        rules = AbdmRules("IN2910000123", gateway.url, keys=keys, counters={"1": ClinicId("ENT")})
        core = await open_house(stack, dsn, redis_url, tmp_path, replace(small_plan(), abdm=rules))
        web, vault = make_web(core, stack, tmp_path), open_vault(tmp_path)
        queue = Outbox(core.database, vault, core.clock, QUEUE)
        sharing = Sharing(core.desk, People(core.database, vault), Shares(core.database, vault), queue, core.clock, rules)
        courier = Courier(QUEUE, queue, Gateway(rules, Client("CLIENT", "hush"), core.clock, post).send)
        yield Abdm(web, sharing, courier, gateway, await web.client())


async def test_who_scans_has_a_number_before_the_phone_is_put_away(abdm: Abdm) -> None:
    taken = await abdm.shares()
    assert (taken.status_code, taken.json()) == (200, {"status": "ACCEPTED"})
    assert not abdm.tokens, "answered before anything is done"
    await abdm.works()
    (headers, told), (token,) = abdm.gateway.told[0], abdm.tokens
    assert told == {
        "acknowledgement": {
            "status": "SUCCESS",
            "abhaAddress": "canaria@sbx",
            "profile": {"context": "1", "tokenNumber": "E-001", "expiry": "1800"},
        },
        "response": {"requestId": REQUEST},
    }
    assert headers["x-hip-id"] == "IN2910000123" and headers["request-id"] != REQUEST
    assert (token.number, token.status, token.scanned, token.of) == ("E-001", TokenStatus.WAITING, True, Group.ELDERLY)
    assert await abdm.web.core.live.reached(abdm.web.house.desk.hospital.seq)
    page = (await (await signed_in(abdm.web, "reception", Role.OPD)).get("/opd/ENT/appointments")).text
    assert "Canaria Canarita" in page and "Scan &amp; Share" in page and "91111122223333" in page and "76 F" in page


async def test_the_young_take_their_number_as_usual(abdm: Abdm) -> None:
    await abdm.shares(abdm_gateway.profile(yearOfBirth=1990))
    await abdm.shares(abdm_gateway.profile(number="91-1111-2222-4444", yearOfBirth=None), request="request-2")
    await abdm.works()
    assert [token.of for token in abdm.tokens] == [Group.ORDINARY, Group.ORDINARY]


async def test_one_request_is_one_token_however_often_it_comes(abdm: Abdm) -> None:
    for _ in range(3):
        assert (await abdm.shares()).status_code == 200
    await abdm.works()
    await abdm.shares(abdm_gateway.profile(abhaNumber="91-9999-9999-9999"))
    await abdm.works()
    assert (len(abdm.tokens), len(abdm.gateway.told)) == (1, 1)
    await abdm.shares(request=REQUEST[:-1] + "2")
    await abdm.works()
    assert len(abdm.tokens) == 1, "who scans twice has one number"
    assert [told["acknowledgement"]["profile"]["tokenNumber"] for _, told in abdm.gateway.told] == ["E-001", "E-001"]


async def test_a_kill_between_any_two_steps_gives_no_second_token(abdm: Abdm) -> None:
    await abdm.shares()
    settle, laid = abdm.sharing.shares.settle, abdm.sharing.queue.post

    async def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    for part, name in ((abdm.sharing.queue, "post"), (abdm.sharing.shares, "settle")):
        setattr(part, name, killed)
        with pytest.raises(KeyboardInterrupt):
            await abdm.sharing.step()
        setattr(part, name, {"post": laid, "settle": settle}[name])
    await abdm.works()
    assert (len(abdm.tokens), len(abdm.gateway.told)) == (1, 1)


async def test_the_gateway_may_be_away_or_forget_the_session(abdm: Abdm) -> None:
    await abdm.shares()
    abdm.gateway.answers = [503, 401]
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        await asyncio.sleep(0)

    abdm.courier._pause = pause
    await abdm.sharing.step()
    running = asyncio.create_task(abdm.courier.run())
    assert await asyncio.to_thread(abdm.gateway.came.wait, 10)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert (abdm.gateway.refused, len(abdm.gateway.sessions), len(abdm.gateway.told)) == ([503, 401], 2, 1)


async def test_two_workers_give_one_token_and_tell_it_once(abdm: Abdm, monkeypatch: pytest.MonkeyPatch) -> None:
    await abdm.shares()
    first, second = abdm.courier, abdm.another_courier()
    sharing = abdm.sharing
    other = Sharing(sharing.desk, sharing.people, sharing.shares, second.queue, sharing.clock, sharing.rules)  # type: ignore[arg-type]
    await asyncio.gather(sharing.step(), other.step())
    looked, rest = asyncio.Event(), second._rest

    async def rests() -> None:
        looked.set()
        await rest()

    monkeypatch.setattr(second, "_rest", rests)
    abdm.gateway.open.clear()
    running = [asyncio.create_task(first.run())]
    assert await asyncio.to_thread(abdm.gateway.asked.wait, 10)
    running.append(asyncio.create_task(second.run()))
    await asyncio.wait_for(looked.wait(), 10)
    abdm.gateway.open.set()
    assert await asyncio.to_thread(abdm.gateway.came.wait, 10)
    await abdm.settled()
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    assert (len(abdm.tokens), len(abdm.gateway.told)) == (1, 1)


async def test_a_worker_that_is_killed_while_it_tells_leaves_its_turn_to_the_other(abdm: Abdm) -> None:
    await abdm.shares()
    await abdm.sharing.step()
    abdm.gateway.open.clear()
    running = asyncio.create_task(abdm.courier.run())
    assert await asyncio.to_thread(abdm.gateway.asked.wait, 10)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    abdm.gateway.open.set()
    other = abdm.another_courier()
    async with other.queue.turn() as ours:
        waiting = await other.queue.next()
        assert ours and waiting is not None and await other.deliver(waiting)


async def test_what_the_gateway_refuses_an_engineer_sees(abdm: Abdm) -> None:
    await abdm.shares()
    abdm.gateway.answers = [400]
    await abdm.works()
    page = (await (await signed_in(abdm.web, "engineer", Role.ADMIN)).get("/integration/outbound")).text
    assert "on-share" in page and "abdm" in page and "Canar" not in page and "canaria@sbx" not in page


async def test_nobody_else_is_believed(abdm: Abdm) -> None:
    now = abdm.web.core.clock.now()
    as_secret = abdm_gateway.token(now, alg="HS256", secret=abdm_gateway.pem().encode())
    for bearer in ("x", as_secret, abdm_gateway.token(now, alg="none"), abdm_gateway.token(now - timedelta(hours=1))):
        refused = await abdm.shares(bearer=bearer)
        assert (refused.status_code, refused.json()["code"]) == (401, "untrusted")
    assert (await abdm.caller.post(SHARE, json=abdm_gateway.profile())).status_code == 401
    assert (await abdm.shares(hip="IN1")).status_code == 403
    assert (await abdm.shares(request="; drop")).status_code == 400
    assert (await abdm.shares({"intent": "X", **abdm_gateway.profile()})).status_code == 200, "the profile's own intent stands last"
    assert (await abdm.shares(abdm_gateway.profile(number="", abhaAddress=""), request="other-request")).status_code == 422
    assert (await abdm.shares({"profile": {}}, request="other-request")).status_code == 422


async def test_a_counter_nobody_knows_is_answered_too(abdm: Abdm) -> None:
    await abdm.shares(abdm_gateway.profile(context="9"))
    await abdm.works()
    ((_, told),) = abdm.gateway.told
    assert (told["error"]["code"], told["response"]["requestId"]) == ("ABDM-9999", REQUEST)
    assert not abdm.tokens


async def test_the_poster_carries_what_the_app_needs(abdm: Abdm) -> None:
    desk = await signed_in(abdm.web, "reception", Role.OPD)
    assert 'href="/opd/ENT/poster"' in (await desk.get("/opd/ENT/appointments")).text
    page = (await desk.get("/opd/ENT/poster")).text
    assert "https://phrsbx.abdm.gov.in/share-profile?hip-id=IN2910000123&amp;counter-id=1" in page
    assert page.count("<svg") > 1 and 'lang="ta"' in page and 'lang="hi"' in page


async def test_an_appointment_is_kept_by_scanning(abdm: Abdm) -> None:
    desk = abdm.web.core.desk
    desk.interpret = desk._letters.interpret = interpreter(desk.people)
    await send(abdm.web, siu("S12", "1", 60, "Raoova"))
    await abdm.shares(abdm_gateway.profile(number="91111122223331"))
    await abdm.works()
    (token,) = abdm.tokens
    assert (token.appointment, token.status, token.number, token.of) == ("F1", TokenStatus.WAITING, "E-001", Group.ELDERLY)
    known = (await desk.people.get([token.patient] if token.patient else []))[token.patient]  # type: ignore[index]
    assert (known.name, known.mrn) == ("Meera Raoova", "MRN1"), "what the hospital knows is not overwritten"


async def test_who_is_registered_after_scanning_is_one_patient(abdm: Abdm) -> None:
    await abdm.shares(abdm_gateway.profile(number="91111122223331"))
    await abdm.works()
    desk, before = abdm.web.core.desk, abdm.tokens[0].patient
    desk.interpret = desk._letters.interpret = interpreter(desk.people)
    registered = stay(1, "", "A04", mrn="MRN1^^^H^MR~91-1111-2222-3331^^^ABDM^ABHA|").raw.replace(b"ABHA|^^^H^MR", b"ABHA")
    await send(abdm.web, replace(stay(1, "", "A04"), raw=registered))
    (token,) = abdm.tokens
    assert token.patient == desk.people.pseudonym("MRN1") != before
    assert desk.hospital.survivor(before or token.patient) == token.patient
    other = registered.replace(b"MRN1", b"MRN2").replace(b"|C1|", b"|C2|")
    await send(abdm.web, replace(stay(2, "", "A04"), raw=other))
    assert abdm.tokens[0].patient == token.patient, "a number that was somebody's is nobody else's"


async def test_a_scan_and_the_registration_that_follows_are_one_token(abdm: Abdm) -> None:
    """The letter names both numbers: whose token it is is settled before one is given."""
    await abdm.shares(abdm_gateway.profile(number="91111122223331"))
    await abdm.works()
    desk = abdm.web.core.desk
    desk.interpret = desk._letters.interpret = interpreter(desk.people)
    text = letter("A04", desk.clock.now(), 1, mrn="MRN1^^^H^MR~91-1111-2222-3331^^^ABDM^ABHA|").replace("ABHA|^^^H^MR", "ABHA")
    await send(abdm.web, replace(stay(1, "", "A04"), raw=text.encode()))
    (token,) = abdm.tokens
    assert (token.visit, token.patient, token.scanned) == ("V1", desk.people.pseudonym("MRN1"), True)
    await abdm.shares(abdm_gateway.profile(number="91111122223331"), request="request-2")
    await abdm.works()
    assert len(abdm.tokens) == 1 and len(abdm.gateway.told) == 2


async def test_who_is_registered_first_keeps_the_number_when_scanning(abdm: Abdm) -> None:
    desk = abdm.web.core.desk
    desk.interpret = desk._letters.interpret = interpreter(desk.people)
    text = letter("A04", desk.clock.now(), 1, mrn="MRN1^^^H^MR~91-1111-2222-3331^^^ABDM^ABHA|").replace("ABHA|^^^H^MR", "ABHA")
    await send(abdm.web, replace(stay(1, "", "A04"), raw=text.encode()))
    await abdm.shares(abdm_gateway.profile(number="91111122223331"))
    await abdm.works()
    (token,) = abdm.tokens
    assert abdm.gateway.told[0][1]["acknowledgement"]["profile"]["tokenNumber"] == token.number == "E-001"


async def test_names_and_numbers_are_sealed_and_forgotten(abdm: Abdm, capsys: pytest.CaptureFixture[str]) -> None:
    await abdm.shares()
    canaries = (b"Canaria", b"canaria@sbx", b"91111122223333", b"91-1111-2222-3333", b"9999900000")

    async def stored() -> bytes:
        async with abdm.web.core.database.read() as connection:
            found = b""
            for table in await connection.fetch("select tablename from pg_tables where schemaname = current_schema()"):
                rows = await connection.fetch(f'select * from "{table["tablename"]}"')
                found += "\n".join(str(dict(row)) for row in rows).encode()
                found += b"".join(bytes(value) for row in rows for value in row.values() if isinstance(value, bytes))
        return found

    before = await stored()
    await abdm.works()
    everything = before + await stored()
    assert not [canary for canary in canaries if canary in everything]
    async with abdm.web.core.database.read() as connection:
        assert await connection.fetchval("select count(*) from share where sealed is not null") == 0
    assert "Canar" not in capsys.readouterr().out
    assert "Canar" not in repr((await abdm.sharing.shares.received(), PersonDetails(abdm.tokens[0].patient or "")))  # type: ignore[arg-type]


async def test_a_hospital_without_it_has_no_such_door(dsn: str, redis_url: str, tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        web = make_web(await open_house(stack, dsn, redis_url, tmp_path), stack, tmp_path)
        assert (await (await web.client()).post(SHARE, json=abdm_gateway.profile())).status_code == 404
        assert "No counter of this clinic can be scanned" in (await (await web.as_role(Role.OPD)).get("/opd/ENT/poster")).text
