"""The audit trail of phones: badges and PINs of cleaners and porters, right, wrong and locked out, and no PIN in it."""

import re

from flow.domain.audit import Kind
from flow.domain.roles import Role
from tests.integration.test_audit import trail
from tests.integration.test_signin import csrf, pair, signed_in
from tests.integration.web_house import Web, web

__all__ = ["web"]


async def test_pins_and_badges_of_phones_are_in_the_trail(web: Web) -> None:
    phone = await pair(web, await signed_in(web, "chief", Role.ADMIN), "phone")
    supervisor = await signed_in(web, "lead", Role.SUPERVISOR)
    token = await csrf(supervisor, "/supervisor/cleaners")
    assert (await supervisor.post("/supervisor/cleaners", data={"csrf": token, "nick": "Meena"})).status_code == 200
    (meena,) = await web.house.cleaners.all()
    code = await web.house.cleaners.new_badge(meena.id)
    csrf_of = {"csrf": await csrf(phone, "/housekeeping/unlock")}
    for badge, pin, status in (("no badge", "2468", 401), (code, "2468", 303), (code, "1357", 401)):
        answer = await phone.post("/housekeeping/badge", data={**csrf_of, "badge": badge, "pin": pin})
        assert answer.status_code == status, (badge, answer.text)
    for _ in range(4):
        last = await phone.post("/housekeeping/unlock", data={**csrf_of, "pin": "1357"})
    assert last.status_code == 401
    assert (await phone.post("/housekeeping/unlock", data={**csrf_of, "pin": "2468"})).status_code == 409
    forgotten = await supervisor.post(f"/supervisor/cleaners/{meena.id}/pin", data={"csrf": token})
    assert forgotten.status_code == 303
    assert (await phone.post("/housekeeping/unlock", data={**csrf_of, "pin": "3690"})).status_code == 303
    kinds = (Kind.UNKNOWN_BADGE, Kind.BADGE_USED, Kind.WRONG_PIN, Kind.LOCKED_OUT, Kind.UNLOCKED, Kind.BADGE, Kind.REFUSED)
    told = [(trace.kind, trace.actor) for trace in await trail(web, *kinds)]
    (number,) = {device.id for device in await web.house.devices.all()}
    assert told == [
        (Kind.BADGE, "lead"),
        (Kind.UNKNOWN_BADGE, number),
        (Kind.BADGE_USED, meena.id),
        *[(Kind.WRONG_PIN, meena.id)] * 4,
        (Kind.LOCKED_OUT, meena.id),
        (Kind.REFUSED, number),
        (Kind.BADGE, "lead"),
        (Kind.UNLOCKED, meena.id),
    ]
    assert (await trail(web, Kind.UNLOCKED))[0].detail["pin"] == "chosen"
    assert not re.search("1357|2468|3690", str([trace.detail for trace in await trail(web)]))
