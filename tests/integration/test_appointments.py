"""Appointments from the scheduling system's letters to reception's list, and from there to the queue."""

from datetime import timedelta

from flow.domain.opd import Token, TokenStatus
from flow.domain.roles import Role
from tests.integration.feed_house import Came, fed, send
from tests.integration.test_api_pages import tap, undo_of
from tests.integration.test_desk import NOW
from tests.integration.test_signin import signed_in
from tests.integration.web_house import Web

__all__ = ["fed"]
LIST = "/opd/ENT/appointments"


def siu(trigger: str, appointment: str, due: int, name: str, *, sent: int = 0, more: str = "") -> Came:
    """A message about an appointment so many minutes after NOW."""
    at, stamp = NOW + timedelta(minutes=sent), "%Y%m%d%H%M%S+0000"
    number = f"S{appointment}{sent}"
    text = (
        f"MSH|^~\\&|SCH|H|BF|H|{at:{stamp}}||SIU^{trigger}|{number}|P|2.5\rSCH|P{appointment}|F{appointment}{more}\r"
        f"TQ1|||||||{NOW + timedelta(minutes=due):{stamp}}\r"
        f"PID|1||MRN{appointment}^^^H^MR~91-1111-2222-333{appointment}^^^ABDM^ABHA||{name}^Meera||19500101|F\rRGS|1\rAIL|1||ENT"
    )
    return Came(text.encode(), number, trigger, at)


def token(web: Web, appointment: str) -> Token:
    return next(t for t in web.house.desk.hospital.tokens.values() if t.appointment == f"F{appointment}")


async def test_whoever_has_come_is_given_the_token_with_one_tap(fed: Web) -> None:
    await send(
        fed, siu("S12", "1", 150, "Raoova"), siu("S12", "2", 240, "Iyerova", more="|||||FOLLOWUP"), siu("S12", "3", 24 * 60, "Dasova")
    )
    assert await fed.core.live.reached(fed.house.desk.hospital.seq)
    desk = await signed_in(fed, "reception", Role.OPD)
    page = (await desk.get(LIST)).text
    assert "Expected · 2" in page and "Meera Raoova" in page and "MRN MRN1" in page and "91-1111-2222-3331" in page and "Dasova" not in page
    assert page.index("E-001") < page.index("E-002") and "Follow-up" in page and page.count("Did not come") == 2, "one is late"
    assert page.count('<option value="elderly" selected') == 1, "by age, where the appointment says nothing else"
    given = (await tap(desk, LIST, f"{LIST}/{token(fed, '1').id}/come", group="elderly")).text
    assert "E-001 given" in given and "Has come · 1" in given and f"/opd/ENT/tokens/{token(fed, '1').id}/slip" in given
    assert (token(fed, "1").status, token(fed, "1").of) == (TokenStatus.WAITING, "elderly")
    back = await tap(desk, LIST, undo_of(given))
    assert "Expected · 2" in back.text and token(fed, "1").status is TokenStatus.BOOKED
    tomorrow = (await desk.get(f"{LIST}?day=2026-11-22")).text
    assert "Meera Dasova" in tomorrow and "Raoova" not in tomorrow and "/come" not in tomorrow


async def test_moved_cancelled_and_missed(fed: Web) -> None:
    await send(fed, *(siu("S12", number, 240, f"Name{number}ova") for number in "123"))
    await send(fed, siu("S13", "1", 300, "Name1ova", sent=1), siu("S15", "2", 240, "Name2ova", sent=1), siu("S26", "3", 240, "N", sent=1))
    assert await fed.core.live.reached(fed.house.desk.hospital.seq)
    desk = await signed_in(fed, "reception", Role.OPD)
    page = (await desk.get(LIST)).text
    assert "Expected · 1" in page and "19:30" in page and "Cancelled or did not come · 2" in page
    after_all = await tap(desk, LIST, f"{LIST}/{token(fed, '3').id}/come")
    assert "E-003 given" in after_all.text and "Has come · 1" in after_all.text
    refused = await tap(desk, LIST, f"{LIST}/{token(fed, '2').id}/come")
    assert refused.status_code == 409, "a cancelled appointment is the scheduling system's to book again"
    missed = await tap(desk, LIST, f"{LIST}/{token(fed, '1').id}/missed")
    assert token(fed, "1").status is TokenStatus.NO_SHOW and "E-001: no-show" in missed.text


async def test_the_list_is_for_reception_alone(fed: Web) -> None:
    await send(fed, siu("S12", "1", 240, "Raoova"))
    for role in (Role.MANAGER, Role.DISPLAY, Role.NURSE, Role.SUPERVISOR):
        assert (await (await fed.as_role(role)).get(LIST)).status_code == 403
    queue = await (await signed_in(fed, "reception", Role.OPD)).get("/opd/ENT")
    assert "Raoova" not in queue.text and f'href="{LIST}"' in queue.text
