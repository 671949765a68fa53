"""Registered patients without a number: reception reads who they are and gives the number, the engineer's tab counts them."""

from datetime import timedelta

from flow.desk import Actor
from flow.domain.cause import Origin
from flow.domain.ids import ClinicId
from flow.domain.opd import Session, TokenStatus
from flow.domain.opd_commands import OpenSessions
from flow.domain.roles import Role
from tests.integration.feed_house import fed, send
from tests.integration.test_api_pages import tap
from tests.integration.test_desk import NOW
from tests.integration.test_signin import signed_in
from tests.integration.test_walk_ins import TRAY, tokens, told
from tests.integration.web_house import Web

__all__ = ["fed"]
PAGE, LIST = "/opd/ENT", "/opd/ENT/registered"


async def closed(fed: Web) -> None:
    over = (Session("Dr Iyer", NOW - timedelta(hours=4), NOW - timedelta(hours=3)),)
    await fed.house.desk.act(OpenSessions(ClinicId("ENT"), "1", NOW.date(), over), Actor("clock", Origin.SYSTEM))


async def test_reception_reads_who_has_no_number_and_gives_it(fed: Web) -> None:
    await closed(fed)
    await send(fed, told("A04", 1, 1), told("A04", 2, 2, visit="V2", mrn="2", place="OPD^SKIN"))
    desk = await signed_in(fed, "reception", Role.OPD)
    for address in (PAGE, LIST):
        page = (await desk.get(address)).text
        assert "Registered, without a number · 2" in page and "Meera Rao" in page and "MRN 2" in page and "OPD · SKIN" in page
        assert "Nobody sits here any more today" in page and "No clinic is known by this name" in page
        assert page.count("Give the number</button>") == 2
    given = await tap(desk, PAGE, LIST, visit="V2")
    assert given.status_code == 200 and "Token E-001 given" in given.text and "Registered, without a number · 1" in given.text
    again = await tap(desk, PAGE, LIST, visit="V2")
    assert again.status_code == 200 and "E-002" not in again.text, again.text
    await tap(desk, PAGE, LIST, visit="V1")
    assert [(token.number, token.visit, token.status) for token in tokens(fed)] == [
        ("E-001", "V2", TokenStatus.WAITING),
        ("E-002", "V1", TokenStatus.WAITING),
    ]
    assert "Registered, without a number" not in (await desk.get(PAGE)).text


async def test_a_session_entered_seats_them_and_undone_lists_them_again(fed: Web) -> None:
    await closed(fed)
    await send(fed, told("A04", 1, 1))
    desk = await signed_in(fed, "reception", Role.OPD)
    held = await tap(desk, PAGE, "/opd/ENT/rooms/2/session", doctor="Dr Rao", begins="14:00", ends="20:00")
    assert held.status_code == 200 and "numbers given to those registered: 1" in held.text and "without a number" not in held.text
    undo = held.text.split('action="/undo/')[1].split('"')[0]
    assert (await tap(desk, PAGE, f"/undo/{undo}")).status_code == 200
    assert "Registered, without a number · 1" in (await desk.get(PAGE)).text
    assert (await tap(desk, PAGE, "/opd/ENT/rooms/2/session", doctor="Dr Rao", begins="14:00", ends="20:00")).status_code == 200
    assert [(token.number, token.status) for token in tokens(fed)] == [("E-001", TokenStatus.WAITING)]


async def test_whoever_gives_no_numbers_reads_no_list(fed: Web) -> None:
    await closed(fed)
    await send(fed, told("A04", 1, 1))
    manager = await signed_in(fed, "boss", Role.MANAGER)
    page = await manager.get(PAGE)
    assert page.status_code == 200 and "without a number" not in page.text and "Meera" not in page.text
    assert (await manager.get(LIST)).status_code == 403
    assert "Meera" not in (await (await fed.as_role(Role.OPD)).get("/displays/public/opd/ENT")).text


async def test_the_tray_counts_them_in_its_tab(fed: Web) -> None:
    engineer = await signed_in(fed, "engineer", Role.ADMIN)
    tab = 'href="/integration/tray">Tray'
    assert f"{tab}</a>" in (await engineer.get("/integration")).text
    await closed(fed)
    await send(fed, told("A04", 1, 1), told("A04", 2, 2, visit="V2", mrn="2", place="OPD^SKIN"))
    assert f'{tab} <b class="count">2</b>' in (await engineer.get("/integration")).text
    assert "Registered today, without a token · 2" in (await engineer.get(TRAY)).text
