"""Patients are told that their bed is ready: those who agreed, once for each bed, with nothing of theirs in the text or in a log."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from flow.addressees import addressees
from flow.domain.bed import BedStatus
from flow.domain.commands import AssignBed, ReleaseBed, RequestBed
from flow.domain.ids import BedId, PatientId, RequestId
from flow.domain.patient_texts import PatientMessages, strange_places
from flow.domain.request import BedRequest
from flow.domain.roles import Role
from flow.errors import Misconfigured, Refused
from flow.history.contacts import Contacts, plain_number
from flow.history.messages import Messages
from flow.main.escalating import Escalating
from flow.main.inviting import Inviting
from flow.main.notifying import Outcome, sender
from flow.plan_file import parse_plan
from flow.vault import open_vault
from tests.hospital_file import hospital_file
from tests.integration.test_desk import DESK, NOW, House, open_house
from tests.integration.web_house import Web, web

__all__ = ["web"]
R1, BED, OTHER, PATIENT = RequestId("R1"), BedId("4B-A-01"), BedId("4B-A-02"), PatientId("p1")
PHONE = "+919845012345"
UNDO = timedelta(seconds=10)


class Station:
    """A hospital with a gateway to patients, and what went through it."""

    def __init__(self, core: House, folder: Path, notify: str = "patients=json://gateway/{phone}") -> None:
        self.core, self.sent = core, list[tuple[tuple[str, ...], str]]()
        self.contacts = Contacts(core.database, open_vault(folder))
        found = addressees(notify)
        self.inviting = Inviting(core.desk, core.database, self.contacts, core.clock, found, UNDO)
        send = sender(found, self._notify, patient=self.inviting.find)
        self.worker = Escalating(core.desk, core.database, core.clock, send, self.inviting.invite)

    def _notify(self, addresses: tuple[str, ...], text: str) -> Outcome:
        self.sent.append((addresses, text))
        return Outcome.SENT

    async def round(self, seconds: float = 11) -> None:
        self.core.clock.advance(timedelta(seconds=seconds))
        await self.inviting.invite()
        await self.worker.deliver()


@pytest.fixture
async def station(dsn: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Station]:
    async with AsyncExitStack() as stack:
        core = await open_house(stack, dsn, redis_url, tmp_path)
        await core.desk.act(RequestBed(BedRequest(R1, PATIENT, NOW, "general", origin="home")), DESK)
        yield Station(core, tmp_path)


async def test_who_agreed_is_told_once_when_the_promised_bed_is_ready(station: Station) -> None:
    await station.contacts.consent(PATIENT, "+91 98450-12345", "desk", NOW)
    await station.round()
    assert station.sent == [], "no bed is promised yet"
    await station.core.desk.act(AssignBed(R1, BED), DESK)
    await station.round(5)
    assert station.sent == [], "the promise can still be undone"
    for _ in range(3):
        await station.round()
    assert station.sent == [((f"json://gateway/{PHONE}",), "Test Hospital: your bed is ready. Please come to the admissions desk.")]
    (message,) = await Messages(station.core.database).latest(NOW)
    assert PHONE not in str(message) and (message.addressee, message.ward) == (R1, "")


async def test_who_did_not_agree_is_told_nothing(station: Station) -> None:
    await station.core.desk.act(AssignBed(R1, BED), DESK)
    await station.round()
    assert (station.sent, await Messages(station.core.database).latest(NOW)) == ([], [])


async def test_a_bed_that_is_held_or_not_clean_is_not_ready(station: Station) -> None:
    await station.contacts.consent(PATIENT, PHONE, "desk", NOW)
    await station.core.desk.act(AssignBed(R1, BED, until=NOW + timedelta(hours=1), hold=True), DESK)
    await station.round()
    assert station.sent == []


async def test_a_promise_or_consent_taken_back_in_between_is_not_told(station: Station) -> None:
    await station.contacts.consent(PATIENT, PHONE, "desk", NOW)
    await station.core.desk.act(AssignBed(R1, BED), DESK)
    station.core.clock.advance(2 * UNDO)
    await station.inviting.invite()
    await station.core.desk.act(ReleaseBed(R1), DESK)
    await station.worker.deliver()
    (message,) = await Messages(station.core.database).latest(NOW)
    assert (station.sent, message.given_up) == ([], "no address")
    await station.core.desk.act(AssignBed(R1, OTHER), DESK)
    station.core.clock.advance(2 * UNDO)
    await station.inviting.invite()
    await station.contacts.withdraw(PATIENT, "desk", NOW)
    await station.worker.deliver()
    assert station.sent == []
    assert station.core.desk.hospital.beds[OTHER].status is BedStatus.AVAILABLE


async def test_without_a_gateway_nothing_is_laid_down(station: Station, tmp_path: Path) -> None:
    quiet = Station(station.core, tmp_path, "supervisor=json://x")
    await quiet.contacts.consent(PATIENT, PHONE, "desk", NOW)
    await station.core.desk.act(AssignBed(R1, BED), DESK)
    await quiet.round()
    assert await Messages(station.core.database).latest(NOW) == []


async def test_a_number_is_sealed_and_goes_with_the_consent(station: Station) -> None:
    await station.contacts.consent(PATIENT, PHONE, "desk", NOW)
    async with station.core.database.read() as connection:
        sealed = await connection.fetchval("select sealed from contact")
    assert PHONE.encode() not in sealed and await station.contacts.number(PATIENT) == PHONE
    await station.contacts.withdraw(PATIENT, "desk", NOW)
    assert (await station.contacts.number(PATIENT), await station.contacts.willing([PATIENT])) == (None, frozenset())


@pytest.mark.parametrize("text", ["", "12345", "Meera", "+91 98450 12345 67890 1", "0x98450123"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        plain_number(text)


def test_the_text_of_the_file_may_name_the_hospital_alone() -> None:
    file = hospital_file({"4B": {"A": 1}})
    assert parse_plan(f'{file}\n[patient_messages]\nready = "{{hospital}}: come"\n', "x").patient_messages.text("City") == "City: come"
    with pytest.raises(Misconfigured, match="name"):
        parse_plan(f'{file}\n[patient_messages]\nready = "Dear {{name}}, your bed in {{ward}} is ready"\n', "x")
    assert strange_places(PatientMessages().ready) == []


# --- the desk's form ---


async def test_the_desk_writes_the_consent_down_and_takes_it_back(web: Web) -> None:
    desk = await web.as_role(Role.ADMISSIONS)
    form = {"name": "Canaria Canarita", "mrn": "CANARY1", "type": "general", "priority": "2", "telling": "asked"}
    bad = await desk.post("/admissions/requests", data={**form, "tell": "yes", "phone": "12"}, headers={"hx-request": "true"})
    assert (bad.status_code, "8 to 15 digits" in bad.text, web.core.desk.hospital.requests) == (409, True, {})
    made = await desk.post("/admissions/requests", data={**form, "tell": "yes", "phone": PHONE}, headers={"hx-request": "true"})
    assert made.status_code == 200, made.text
    (request,) = web.core.desk.hospital.requests.values()
    assert await web.house.contacts.number(request.patient) == PHONE
    dialog = (await desk.get(f"/admissions/requests/{request.id}/edit")).text
    assert 'name="tell" value="yes" checked' in dialog and PHONE not in dialog
    edit = {"type": "general", "priority": "2", "if_seq": str(request.seq), "telling": "asked"}
    kept = await desk.post(f"/admissions/requests/{request.id}/edit", data={**edit, "tell": "yes"}, headers={"hx-request": "true"})
    assert kept.status_code == 200 and await web.house.contacts.number(request.patient) == PHONE
    edit["if_seq"] = str(web.core.desk.hospital.requests[request.id].seq)
    await desk.post(f"/admissions/requests/{request.id}/edit", data=edit, headers={"hx-request": "true"})
    assert await web.house.contacts.number(request.patient) is None


async def test_the_manager_reads_what_patients_are_written(web: Web) -> None:
    page = (await (await web.as_role(Role.MANAGER)).get("/escalations")).text
    assert "Test Hospital: your bed is ready." in page and "No gateway is set" in page
    assert "your bed is ready" not in (await (await web.as_role(Role.SUPERVISOR)).get("/escalations")).text
