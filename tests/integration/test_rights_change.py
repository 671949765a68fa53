"""Whoever may do something else from now on, or nothing, is out within five seconds: their sessions, in pages and in open streams."""

import asyncio

from flow.domain.ids import WardId
from flow.domain.roles import Role
from flow.history.accounts import Account
from flow.history.bonds import Bond
from flow.history.secret import digest
from flow.history.sessions import Shown
from tests.integration.test_roles import streaming
from tests.integration.test_signin import csrf, signed_in
from tests.integration.web_house import PASSWORD, Web, open_stream

__all__ = ["streaming"]
BOND = Bond("https://provider.example", "sub-1", "meena", "Meena")


async def test_another_role_another_ward_or_none_ends_what_is_open(streaming: Web) -> None:
    house, now = streaming.house, streaming.core.clock.now()
    browsers = {name: await signed_in(streaming, name, Role.NURSE, "4B") for name in ("asha", "ravi")}
    admin, meena = await signed_in(streaming, "chief", Role.ADMIN), await house.bonds.account(BOND, Role.NURSE, WardId("4B"), now)
    cookies = {name: browser.cookies["bedflow"] for name, browser in browsers.items()}
    cookies["meena"] = await house.sessions.start(meena, now, Shown("provider-mfa"))
    streams = {name: (await open_stream(streaming, "topics=ward:4B", cookie=f"bedflow={cookie}"))[0] for name, cookie in cookies.items()}
    token = await csrf(admin, "/admin")

    await house.accounts.add(Account("asha", "Asha", Role.NURSE, WardId("ICU")), PASSWORD, now)
    await house.bonds.account(BOND, Role.NURSE, WardId("ICU"), now)
    assert (await admin.post("/admin/users/ravi/disable", data={"csrf": token})).status_code == 303
    async with asyncio.timeout(5):
        await asyncio.gather(*streams.values())
    for name, cookie in cookies.items():
        stranger = await streaming.client({"cookie": f"bedflow={cookie}"})
        assert (await stranger.get("/api/v1/beds")).status_code == 401, name


async def test_the_same_rights_again_end_nothing(streaming: Web) -> None:
    """Who signs in at a second screen keeps the first."""
    house, now = streaming.house, streaming.core.clock.now()
    meena = await house.bonds.account(BOND, Role.NURSE, WardId("4B"), now)
    cookie = await house.sessions.start(meena, now, Shown("provider-mfa"))
    await house.bonds.account(BOND, Role.NURSE, WardId("4B"), now)
    assert await house.sessions.find(digest(cookie), now) is not None
