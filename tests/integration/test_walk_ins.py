"""Walk-ins with a person behind them: from the hospital's system's letter to the queue, at reception by MRN, and in the tray where no
clinic takes them."""

from datetime import timedelta

from flow.desk import Actor
from flow.domain.cause import Origin
from flow.domain.ids import ClinicId
from flow.domain.opd import Session, Token, TokenStatus
from flow.domain.opd_commands import OpenSessions
from flow.domain.roles import Role
from flow.state.client import connect
from tests.integration.feed_house import Came, fed, send
from tests.integration.test_api_pages import tap
from tests.integration.test_appointments import siu
from tests.integration.test_desk import NOW
from tests.integration.test_signin import signed_in
from tests.integration.web_house import Web
from tests.keeper import keeper
from tests.unit.test_walk_ins import letter

__all__ = ["fed"]
ENT = ClinicId("ENT")
TRAY = "/integration/tray"


def told(trigger: str, number: int, minute: int = 0, **said: str) -> Came:
    """A letter about an outpatient so many minutes after NOW."""
    at = NOW + timedelta(minutes=minute)
    return Came(letter(trigger, at, number, **said).encode(), str(number), trigger, at)


def tokens(web: Web) -> list[Token]:
    return sorted(web.house.desk.hospital.tokens.values(), key=lambda token: token.rank)


async def test_a_registration_stands_in_the_queue_and_on_receptions_list(fed: Web) -> None:
    await send(fed, told("A04", 1, born="19500101"), told("A04", 2, visit="V2", mrn="2", ambulatory="B6"))
    assert await fed.core.live.reached(fed.house.desk.hospital.seq)
    desk = await signed_in(fed, "reception", Role.OPD)
    queue = (await desk.get("/opd/ENT")).text
    assert "E-001" in queue and "Elderly" in queue and "Pregnant" in queue and "patient known" in queue and "Meera" not in queue
    listed = (await desk.get("/opd/ENT/appointments")).text
    assert "Meera Rao" in listed and "MRN 1" in listed and "registered" in listed and "Has come · 2" in listed
    await send(fed, told("A11", 3, 1, visit="V2", mrn="2", klass=""))
    assert [token.status for token in tokens(fed)] == [TokenStatus.WAITING, TokenStatus.CANCELLED]


async def test_names_and_mrns_stay_out_of_the_picture_and_off_the_television(fed: Web, redis_url: str) -> None:
    await send(fed, told("A04", 1, mrn="CANARYMRN7"))
    assert await fed.core.live.reached(fed.house.desk.hospital.seq)
    redis, kept = connect(keeper(redis_url)), b""
    async for key in redis.scan_iter():
        kind = await redis.type(key)
        if kind == b"hash":
            kept += repr(await redis.hgetall(key)).encode()
        elif kind == b"stream":
            kept += repr(await redis.xrange(key)).encode()
    await redis.aclose()
    assert b"E-001" in kept and b"CANARYMRN7" not in kept and b"Meera" not in kept
    wall = (await (await fed.as_role(Role.OPD)).get("/displays/public/opd/ENT")).text
    assert "E-001" in wall and "Meera" not in wall and "CANARY" not in wall


async def test_a_clinic_nobody_knows_waits_in_the_tray_for_its_word(fed: Web) -> None:
    await send(fed, told("A04", 1, place="OPD^SKIN"))
    engineer = await signed_in(fed, "engineer", Role.ADMIN)
    page = (await engineer.get(TRAY)).text
    assert "Registered, without a token · 1" not in page and "Registered today, without a token · 1" in page
    assert "no clinic is known by this name" in page and 'value="SKIN"' in page and "Meera" not in page
    meant = await tap(engineer, TRAY, f"{TRAY}/meaning", kind="clinics", feed="his", word="SKIN", meaning="ENT")
    assert meant.status_code in (200, 303)
    (token,) = tokens(fed)
    assert (token.number, token.visit) == ("E-001", "V1")
    assert "Registered today" not in (await engineer.get(TRAY)).text


async def test_a_closed_clinic_says_so_and_gives_the_token_once_somebody_sits_there(fed: Web) -> None:
    day, clock = NOW.date(), Actor("clock", Origin.SYSTEM)
    over = (Session("Dr Iyer", NOW - timedelta(hours=2), NOW - timedelta(hours=1)),)
    await fed.house.desk.act(OpenSessions(ENT, "1", day, over), clock)
    await send(fed, told("A04", 1, 1))
    engineer = await signed_in(fed, "engineer", Role.ADMIN)
    page = (await engineer.get(TRAY)).text
    assert "is closed: nobody sits there any more today" in page and 'href="/opd/ENT"' in page
    refused = await tap(engineer, TRAY, f"{TRAY}/token", visit="V1")
    assert refused.status_code == 409 and "ENT is closed" in refused.text
    desk = await signed_in(fed, "reception", Role.OPD)
    held = await tap(desk, "/opd/ENT", "/opd/ENT/rooms/2/session", doctor="Dr Rao", begins="14:00", ends="20:00")
    assert held.status_code == 200, held.text
    assert [token.number for token in tokens(fed)] == ["E-001"], "by the session itself"
    given = await tap(engineer, TRAY, f"{TRAY}/token", visit="V1")
    assert given.status_code in (200, 303), given.text
    assert [token.number for token in tokens(fed)] == ["E-001"]


async def test_an_appointment_told_of_after_its_patient_has_come_is_the_same_token(fed: Web) -> None:
    await send(fed, told("A04", 1, mrn="MRN6"), siu("S12", "6", 60, "Iyerova", sent=1))
    (token,) = tokens(fed)
    assert (token.status, token.visit, token.appointment, token.due_at) == (TokenStatus.WAITING, "V1", "F6", NOW + timedelta(minutes=60))
    await send(fed, siu("S12", "6", 60, "Iyerova", sent=2), siu("S15", "6", 60, "Iyerova", sent=3))
    (token,) = tokens(fed)
    assert token.status is TokenStatus.WAITING, "who has come is not cancelled by a late word"


async def test_reception_gives_a_token_by_mrn(fed: Web) -> None:
    await send(fed, siu("S12", "5", 24 * 60, "Raoova"), siu("S12", "6", 200, "Iyerova"))
    desk = await signed_in(fed, "reception", Role.OPD)
    page = await desk.get("/opd/ENT")
    assert 'name="mrn"' in page.text and "opd-desk" in page.text
    given = await tap(desk, "/opd/ENT", "/opd/ENT/tokens", group="ordinary", mrn=" MRN5 ")
    assert given.status_code == 200 and "given, for the patient of this MRN" in given.text
    token = next(t for t in tokens(fed) if t.status is TokenStatus.WAITING)
    assert (token.patient, token.of) == (fed.house.desk.people.pseudonym("MRN5"), "elderly"), "born in 1950"
    again = await tap(desk, "/opd/ENT", "/opd/ENT/tokens", group="ordinary", mrn="MRN5")
    assert again.status_code == 409 and f"has token {token.number} in ENT today" in again.text
    nobody = await tap(desk, "/opd/ENT", "/opd/ENT/tokens", group="ordinary", mrn="NOBODY9")
    assert nobody.status_code == 404 and "Nobody is known by this MRN" in nobody.text and "NOBODY9" not in nobody.text
    anonymous = await tap(desk, "/opd/ENT", "/opd/ENT/tokens", group="ordinary", mrn="")
    assert anonymous.status_code == 200 and "for the patient" not in anonymous.text
    kept = await tap(desk, "/opd/ENT", "/opd/ENT/tokens", group="ordinary", mrn="MRN6")
    assert kept.status_code == 200
    booked = next(t for t in tokens(fed) if t.appointment == "F6")
    assert booked.status is TokenStatus.WAITING, "the appointment of the day is kept by it"
    listed = (await desk.get("/opd/ENT/appointments")).text
    assert "Meera Raoova" in listed and "walk-in" in listed


async def test_the_api_gives_by_mrn_as_well(fed: Web) -> None:
    await send(fed, siu("S12", "5", 24 * 60, "Raoova"))
    api, path = await fed.as_role(Role.OPD), "/api/v1/opd/clinics/ENT/tokens"
    given = await api.post(path, json={"mrn": "MRN5"})
    assert (given.status_code, given.json()["group"]) == (201, "elderly")
    assert (await api.post(path, json={"mrn": "MRN5"})).json()["code"] == "has-token"
    nobody = await api.post(path, json={"mrn": "NOBODY9"})
    assert (nobody.status_code, nobody.json()["code"]) == (404, "unknown-patient")
    assert "MRN5" not in (await api.get("/api/v1/opd/clinics/ENT/queue")).text
