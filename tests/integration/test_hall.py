"""A television of several clinics, in a language and a theme of its own: as it is let in, what it may see, and its past."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from flow.domain.ids import ClinicId
from flow.domain.plan import ClinicRoom
from flow.domain.roles import Role
from tests.integration.test_desk import open_house
from tests.integration.test_display_audit import audit, screen_of
from tests.integration.test_signin import signed_in
from tests.integration.web_house import Web, make_web
from tests.plans import small_plan


@pytest.fixture
async def floor(dsn: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Web]:
    """Clinics ENT and SUR, and CROWD with too many rooms beside another."""
    plan = small_plan()
    (ent,) = plan.clinics
    crowd = tuple(ClinicRoom(str(n), f"Room {n}") for n in range(1, 17))
    surgery = replace(ent, id=ClinicId("SUR"), name="Surgery", prefix="S")
    plan = replace(plan, clinics=(ent, surgery, replace(ent, id=ClinicId("CROWD"), name="Crowd", prefix="C", rooms=crowd)))
    async with AsyncExitStack() as stack:
        yield make_web(await open_house(stack, dsn, redis_url, tmp_path, plan), stack, tmp_path)


async def test_one_screen_hangs_before_two_clinics_and_sees_no_third(floor: Web) -> None:
    admin = await signed_in(floor, "chief", Role.ADMIN)
    screen = await screen_of(floor, admin, clinic=["SUR", "ENT"], lang="hi", theme="light")
    assert screen.browser.headers["x-home"] == "/displays/public/opd/ENT+SUR"
    page = (await screen.browser.get("/displays/public/opd/ENT+SUR")).text
    assert '<html lang="hi">' in page and 'class="opd-wall light"' in page and page.count('class="room') == 5
    assert 'data-stream="/api/v1/stream?topics=opd:ENT,opd:SUR&amp;audience=public"' in page
    shown = {
        name: (await screen.browser.get(f"/displays/public/opd/{name}")).status_code for name in ("SUR", "CROWD", "ENT+CROWD", "ENT+X")
    }
    assert shown == {"SUR": 200, "CROWD": 403, "ENT+CROWD": 403, "ENT+X": 404}
    manager = await signed_in(floor, "boss", Role.MANAGER)
    assert (await manager.get("/displays/public/opd/CROWD")).status_code == 200
    assert "more rooms than one screen" in (await manager.get("/displays/public/opd/ENT+CROWD")).text
    assert "public, clinics ENT + SUR, hi, light" in (await admin.get("/admin")).text


async def test_its_past_keeps_clinics_language_and_theme(floor: Web) -> None:
    """As it was then: in the meantime somebody has asked it for another language and theme."""
    admin = await signed_in(floor, "chief", Role.ADMIN)
    screen = await screen_of(floor, admin, clinic=["SUR", "ENT"], lang="ta", theme="light")
    query = "topics=opd:ENT,opd:SUR&audience=public"
    then = floor.core.clock.now()
    for looks in ({"lang": "ta", "light": "1"}, {"lang": "hi", "light": "0"}):
        assert (await screen.says(query=query, **looks)).status_code == 204
        floor.core.clock.advance(timedelta(seconds=20))
    before, after = [(await audit(floor, admin, when)).text for when in (then, floor.core.clock.now())]
    assert '<html lang="ta">' in before and 'class="opd-wall light"' in before and before.count('class="room') == 5
    assert '<html lang="hi">' in after and 'class="opd-wall"' in after
