"""Tokens of programmes run out: they say so, streams end with them, and an administrator sees it coming."""

import asyncio
import re
from datetime import timedelta

import pytest

from flow.domain.audit import Kind
from flow.domain.roles import Role
from flow.errors import Refused
from flow.history.accounts import TOKEN_LASTS
from flow.history.queries import HOME
from flow.history.secret import digest
from tests.integration.test_audit import trail
from tests.integration.test_signin import csrf, signed_in
from tests.integration.web_house import Web, web

__all__ = ["web"]
TOKENS = "/admin/tokens"


async def test_a_token_runs_out_after_a_year_and_says_so(web: Web) -> None:
    token = await web.house.tokens.create(Role.ADMISSIONS, at=web.core.clock.now())
    programme = await web.client({"authorization": f"Bearer {token}"})
    assert (await programme.get("/api/v1/beds")).status_code == 200
    web.core.clock.advance(TOKEN_LASTS - timedelta(seconds=1))
    web.house.doorkeeper._known.clear()
    assert (await programme.get("/api/v1/beds")).status_code == 200
    web.core.clock.advance(timedelta(seconds=1))
    web.house.doorkeeper._known.clear()
    answer = await programme.get("/api/v1/beds")
    assert (answer.status_code, answer.json()["code"]) == (401, "token-expired")
    assert re.search(r"token-\w+ ran out on 2027-11-21\..*bedflow token create", answer.json()["detail"])
    assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'


async def test_its_streams_end_with_it(web: Web) -> None:
    tokens, now = web.house.tokens, web.core.clock.now()
    digests = [digest(await tokens.create(Role.DISPLAY, "4B", now, timedelta(days=days))) for days in (1, 2)]
    assert await tokens.live(digests, now + timedelta(hours=23)) == set(digests)
    assert await tokens.live(digests, now + timedelta(days=1)) == {digests[1]}


async def test_how_long_is_said_when_it_is_made(web: Web) -> None:
    now = web.core.clock.now()
    await web.house.tokens.create(Role.MANAGER, at=now, lasts=timedelta(days=3))
    (token,) = await web.house.tokens.all()
    assert token.expires_at == now + timedelta(days=3)
    for days in (0, -1, 3651):
        with pytest.raises(Refused, match="1 to 3650 days"):
            await web.house.tokens.create(Role.MANAGER, lasts=timedelta(days=days))


async def test_an_administrator_makes_one_sees_its_days_and_shuts_it_out(web: Web) -> None:
    chief, auditor = await signed_in(web, "chief", Role.ADMIN), await signed_in(web, "lakshmi", Role.AUDITOR)
    assert f'href="{TOKENS}"' in (await chief.get("/admin")).text
    made = await chief.post(TOKENS, data={"csrf": await csrf(chief, TOKENS), "role": "manager", "days": "12"})
    (token,) = re.findall(r"bf_[\w-]{43}", made.text)
    programme = await web.client({"authorization": f"Bearer {token}"})
    assert (await programme.get("/api/v1/kpis")).status_code == 200
    page = (await chief.get(TOKENS)).text
    assert token not in page and "<b>12 days</b>" in page and "03 Dec 2026" in page
    assert "12 days" in (await auditor.get(TOKENS)).text and "/revoke" not in (await auditor.get(TOKENS)).text
    assert (await auditor.post(TOKENS, data={"csrf": await csrf(auditor, TOKENS), "role": "admin"})).status_code == 403
    for wrong in ({"role": "manager", "days": "9999"}, {"role": "manager", "ward": "9Z"}, {"role": "", "days": "1"}):
        assert (await chief.post(TOKENS, data={"csrf": await csrf(chief, TOKENS), **wrong})).status_code == 422
    (number,) = re.findall(rf"{TOKENS}/(token-\w+)/revoke", page)
    assert (await chief.post(f"{TOKENS}/{number}/revoke", data={"csrf": await csrf(chief, TOKENS)})).status_code == 303
    async with asyncio.timeout(5):
        while (await programme.get("/api/v1/kpis")).status_code != 401:
            await asyncio.sleep(0.2)
    told = [(trace.actor, trace.detail["what"], trace.detail["token"]) for trace in await trail(web, Kind.CREDENTIAL)]
    assert told == [("chief", "token made", number), ("chief", "token revoked", number)] and token not in str(await trail(web))
    assert (await chief.post(f"{TOKENS}/{number}/revoke", data={"csrf": await csrf(chief, TOKENS)})).status_code == 404


async def test_tokens_of_before_have_three_months_at_least(web: Web) -> None:
    """What the migration gives to those that were there without an end."""
    text = (HOME / "migrations" / "0172_first_passwords.sql").read_text("utf-8")
    give = re.search(r"update token set expires_at = [^;]+", text)
    assert give is not None
    async with web.core.database.write() as connection:
        for number, age in (("old", "3 years"), ("new", "1 day")):
            row = ("test", number, number.encode(), "manager")
            await connection.execute(
                "insert into token (hospital, id, digest, role, created_at, expires_at)"
                f" values ($1, $2, $3, $4, now() - interval '{age}', now())",
                *row,
            )
        await connection.execute(give[0])
        found = await connection.fetch("select id, round(extract(epoch from expires_at - now()) / 86400) as days from token order by id")
    assert [(row["id"], int(row["days"])) for row in found] == [("new", 364), ("old", 90)]
