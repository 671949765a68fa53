"""Outpatients are told that their turn is near: those who agreed, once for each token over restarts; the number goes with the day."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from flow.addressees import addressees
from flow.domain.back_entry import EnterTokenBack, TokenDeed
from flow.domain.commands import CallNext, IssueToken, MarkToken
from flow.domain.ids import ClinicId, PatientId
from flow.domain.opd import Group, Token, TokenStatus
from flow.domain.opd_near import holder
from flow.domain.patient_texts import PLACES, PatientMessages, strange_places
from flow.domain.roles import Role
from flow.errors import Misconfigured
from flow.history.contacts import Contacts
from flow.history.messages import Messages
from flow.main.escalating import Escalating
from flow.main.nearing import Nearing
from flow.main.notifying import Outcome, sender
from flow.plan_file import parse_plan
from flow.vault import open_vault
from flow.views.near_words import near_words
from flow.views.words import Words
from tests.hospital_file import hospital_file
from tests.integration.test_api_pages import tap
from tests.integration.test_desk import DESK, NOW, House, open_house
from tests.integration.test_signin import signed_in
from tests.integration.web_house import Web, web

__all__ = ["web"]
ENT, PHONE, UNDO = ClinicId("ENT"), "+919845012345", timedelta(seconds=10)


class Hall:
    """A clinic whose patients are written to, and what went through the gateway."""

    def __init__(self, core: House, folder: Path) -> None:
        self.core, self.sent = core, list[tuple[tuple[str, ...], str]]()
        self.contacts = Contacts(core.database, open_vault(folder))
        self.restart()

    def restart(self) -> None:
        """What a new process begins with."""
        found = addressees("patients=json://gateway/{phone}")
        self.nearing = Nearing(self.core.desk, self.core.database, self.contacts, self.core.clock, found, UNDO)
        send = sender(found, self._notify, patient=self.nearing.find)
        self.worker = Escalating(self.core.desk, self.core.database, self.core.clock, send, self.nearing.tell)

    def _notify(self, addresses: tuple[str, ...], text: str) -> Outcome:
        self.sent.append((addresses, text))
        return Outcome.SENT

    async def round(self, seconds: float = 11) -> None:
        self.core.clock.advance(timedelta(seconds=seconds))
        await self.nearing.tell()
        await self.worker.deliver()

    async def token(self, group: Group | None = None, patient: str | None = None) -> Token:
        asked = IssueToken(ENT, NOW.date(), patient=PatientId(patient) if patient else None, group=group)
        await self.core.desk.act(asked, DESK)
        return max(self.core.desk.hospital.tokens.values(), key=lambda token: token.rank)

    async def agrees(self, token: Token) -> None:
        await self.contacts.consent(holder(token), PHONE, "clinic", self.core.clock.now())


@pytest.fixture
async def hall(dsn: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Hall]:
    async with AsyncExitStack() as stack:
        yield Hall(await open_house(stack, dsn, redis_url, tmp_path), tmp_path)


async def test_whose_turn_is_near_is_told_once_over_a_restart(hall: Hall) -> None:
    tokens = [await hall.token() for _ in range(6)]
    await hall.agrees(tokens[5])
    await hall.round()
    assert hall.sent == [], "five are before it"
    for number in range(2):
        await hall.core.desk.act(CallNext(ENT, str(number + 1)), DESK)
    for _ in range(3):
        await hall.round()
        hall.restart()
    assert hall.sent == [((f"json://gateway/{PHONE}",), "Test Hospital: token E-006, your turn is near. Please come to the waiting hall.")]
    (message,) = await Messages(hall.core.database).latest(NOW)
    assert PHONE not in str(message) and (message.addressee, message.ward) == (tokens[5].id, "")


async def test_who_did_not_agree_or_has_gone_in_is_not_told(hall: Hall) -> None:
    first, second = await hall.token(), await hall.token()
    await hall.round()
    assert hall.sent == []
    await hall.agrees(first)
    hall.core.clock.advance(2 * UNDO)
    await hall.nearing.tell()
    await hall.core.desk.act(CallNext(ENT, "1"), DESK)
    await hall.core.desk.act(MarkToken(first.id, TokenStatus.IN_ROOM), DESK)
    await hall.worker.deliver()
    (message,) = await Messages(hall.core.database).latest(NOW)
    assert (hall.sent, message.given_up) == ([], "no address")
    await hall.agrees(second)
    await hall.round(1)
    assert len(hall.sent) == 1


async def test_whose_number_or_call_is_told_from_paper_is_not_written_to(hall: Hall) -> None:
    """One agreed earlier and is called on paper before the message goes out; one's number itself is from paper."""
    first = await hall.token()
    await hall.agrees(first)
    hall.core.clock.advance(2 * UNDO)
    await hall.nearing.tell()
    at = hall.core.clock.now()
    await hall.core.desk.act(EnterTokenBack(TokenDeed.GIVEN, ENT, at, "AR", 2), DESK)
    await hall.agrees(max(hall.core.desk.hospital.tokens.values(), key=lambda token: token.rank))
    await hall.core.desk.act(EnterTokenBack(TokenDeed.CALLED, ENT, at, "AR", first.rank, "1"), DESK)
    await hall.round()
    (message,) = await Messages(hall.core.database).latest(NOW)
    assert (hall.sent, message.addressee, message.given_up) == ([], first.id, "no address")


async def test_a_token_that_can_still_be_undone_is_not_told(hall: Hall) -> None:
    await hall.agrees(await hall.token())
    await hall.round(5)
    assert hall.sent == []


async def test_places_count_as_the_clinic_calls(hall: Hall) -> None:
    """Three come before the fourth by number; an emergency that comes after goes before all of them."""
    tokens = [await hall.token() for _ in range(4)]
    urgent = await hall.token(Group.EMERGENCY)
    await hall.agrees(tokens[3])
    await hall.round()
    assert hall.sent == [], f"{urgent.number} is called first"
    await hall.core.desk.act(CallNext(ENT, "1"), DESK)
    await hall.round()
    assert len(hall.sent) == 1


async def test_a_number_for_a_token_goes_with_the_day_and_a_patients_stays(hall: Hall) -> None:
    walked_in, known = await hall.token(), await hall.token(patient="p1")
    for token in (walked_in, known):
        await hall.agrees(token)
    assert holder(known) == "p1"
    hall.core.clock.advance(timedelta(days=1))
    await hall.nearing.tell()
    numbers = [await hall.contacts.number(holder(token)) for token in (walked_in, known)]
    assert (numbers, hall.sent) == ([None, PHONE], [])


async def test_reception_writes_the_number_down_beside_the_slip(web: Web) -> None:
    opd = await signed_in(web, "clinic", Role.OPD)
    assert (await tap(opd, "/opd/ENT", "/opd/ENT/tokens", group="ordinary")).status_code == 200
    (token,) = web.house.desk.hospital.tokens.values()
    slip, tell = f"/opd/ENT/tokens/{token.id}/slip", f"/opd/ENT/tokens/{token.id}/tell"
    assert "/tell" not in (await opd.get(slip)).text, "this house writes to nobody"
    web.house.settings = replace(web.house.settings, notify=addressees("patients=json://gateway/{phone}"))
    assert (await tap(opd, slip, tell, phone="12")).status_code == 409
    assert (await tap(opd, slip, tell, phone="+91 98450-12345")).status_code == 303
    assert await web.house.contacts.number(holder(token)) == PHONE
    page = (await opd.get(slip)).text
    assert "A message goes out" in page and PHONE[-5:] not in page
    assert (await tap(opd, slip, tell, withdraw="1")).status_code == 303
    assert await web.house.contacts.number(holder(token)) is None


async def test_the_manager_reads_it_too(web: Web) -> None:
    assert "token E-042, your turn is near" in (await (await web.as_role(Role.MANAGER)).get("/escalations")).text


def test_the_text_may_name_hospital_and_number_alone() -> None:
    file = hospital_file({"4B": {"A": 1}})
    texts = parse_plan(f'{file}\n[patient_messages]\nnear = "{{hospital}} {{token}}"\n', "x").patient_messages
    assert (near_words(texts, Words(), "City", "E-001"), texts.ready) == ("City E-001", PatientMessages().ready)
    for wrong in ('near = "{hospital} {clinic}"', 'ready = "{hospital} {token}"'):
        with pytest.raises(Misconfigured, match="cannot be filled in"):
            parse_plan(f"{file}\n[patient_messages]\n{wrong}\n", "x")
    assert strange_places(PatientMessages().near, PLACES["near"]) == []
