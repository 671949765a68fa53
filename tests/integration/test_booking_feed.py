"""A feed that brings appointments or registrations and falls silent is named on reception's pages, and not in the hall."""

from datetime import timedelta

import pytest

from flow.domain.ids import FeedId
from flow.domain.roles import Role
from tests.integration.feed_house import fed, send, stay
from tests.integration.test_appointments import siu
from tests.integration.test_signin import signed_in
from tests.integration.test_walk_ins import told
from tests.integration.web_house import Web

__all__ = ["fed"]
LINE = "/opd/ENT/feed-silence"


async def habits(fed: Web) -> None:
    """Thirty letters, four minutes between two, and the silences counted."""
    await send(fed, *(stay(number, "4B^A^A1", minute=4 * number) for number in range(30)))
    await fed.house.feeds.count_habits(fed.core.clock.now())


@pytest.mark.parametrize("brings", ["S12", "A04", ""])
async def test_reception_reads_that_appointments_and_registrations_do_not_come(fed: Web, brings: str) -> None:
    await habits(fed)
    if brings:
        await send(fed, siu("S12", "1", 300, "Raoova") if brings == "S12" else told("A04", 900, 130, visit="OP1", mrn="OP1"))
    assert await fed.core.live.reached(fed.house.desk.hospital.seq)
    opd = await signed_in(fed, "reception", Role.OPD)
    for page in ("/opd/ENT", "/opd/ENT/appointments"):
        assert f'hx-get="{LINE}" hx-trigger="load, every 60s"' in (await opd.get(page)).text
    fed.house.live.feeds[FeedId("his")] = fed.core.clock.now()
    assert "nothing heard" not in (await opd.get(LINE)).text
    fed.core.clock.advance(timedelta(hours=2))
    said = (await opd.get(LINE)).text
    assert ("nothing heard since" in said, "Appointments and registrations may be missing" in said) == (bool(brings), bool(brings))
    assert (await (await fed.as_role(Role.HOUSEKEEPING)).get(LINE)).status_code in (303, 403)
    hall = (await opd.get("/displays/public/opd/ENT")).text
    assert 'data-feeds="{}"' in hall and "nothing heard" not in hall
