"""Discharges over the API: begun, moved on, called off; what holds a patient up and the insurer's clock; learnt by the clock's job."""

from datetime import datetime, timedelta

from flow.domain.bed import BedStatus
from flow.domain.clinical import ClinicalNote, NoteKind
from flow.domain.commands import Chart, NoteOrder, Person, Told
from flow.domain.discharge_pace import ENOUGH
from flow.domain.ids import BedId, VisitId
from flow.domain.roles import Role
from flow.domain.visit import Act, Fact, Order
from flow.history.discharges import pending_results
from flow.main.leaving import expect, learn
from tests.integration.test_other_messages import FEED, restart
from tests.integration.web_house import Web, web

__all__ = ["web"]
V1 = "/api/v1"
A1 = BedId("4B-A-01")


async def admitted(web: Web, bed: str = "4B-A-01", mrn: str = "MRN-1") -> str:
    desk = await web.as_role(Role.ADMISSIONS)
    made = await desk.post(f"{V1}/visits", json={"patient": {"mrn": mrn, "name": "Meera Iyer", "sex": "F"}, "bed": bed})
    assert made.status_code == 201, made.text
    return str(made.json()["number"])


async def test_a_discharge_from_the_order_to_the_exit(web: Web) -> None:
    visit, desk, nurse = await admitted(web), await web.as_role(Role.ADMISSIONS), await web.as_role(Role.NURSE, "4B")
    billing, pharmacy = await web.as_role(Role.BILLING), await web.as_role(Role.PHARMACY)
    at = f"{V1}/visits/{visit}/milestones"
    assert (await nurse.get(at)).status_code == 404
    begun = await nurse.post(at, json={"way": "cashless"})
    assert begun.status_code == 200, begun.text
    said = begun.json()
    assert (said["open"], said["bed"], said["ordered"], said["assumed"]) == (["summary", "pharmacy"], "4B-A-01", True, False)
    assert said["steps"][1]["owner"] == "Doctor" and said["steps"][1]["delay"] == "fine"
    bed = (await desk.get(f"{V1}/beds/4B-A-01")).json()
    assert (bed["status"], bed["expected_free_at"]) == ("occupied", said["expected"])
    assert (await billing.post(f"{at}/summary", json={})).status_code == 403
    assert (await nurse.post(f"{at}/summary", json={})).status_code == 200
    assert (await pharmacy.post(f"{at}/pharmacy", json={})).status_code == 200
    sent = (await billing.post(f"{at}/billing", json={})).json()
    assert sent["insurer"]["awaited"] == "final"
    assert datetime.fromisoformat(sent["insurer"]["due"]) - datetime.fromisoformat(sent["insurer"]["since"]) == timedelta(hours=3)
    assert (await billing.post(f"{at}/tpa", json={})).json()["insurer"] is None
    assert (await nurse.post(f"{at}/exit", json={})).status_code == 403
    assert (await desk.post(f"{V1}/visits/{visit}/discharge", json={})).status_code == 200
    over = (await desk.get(at)).json()
    assert over["ended_at"] is not None and not over["called_off"] and over["open"] == []
    assert web.core.desk.hospital.beds[A1].status is BedStatus.CLEANING
    assert (await desk.get(f"{V1}/discharges")).json()["items"] == []


async def test_lists_and_refusals(web: Web) -> None:
    visit, nurse, icu = await admitted(web), await web.as_role(Role.NURSE, "4B"), await web.as_role(Role.NURSE, "ICU")
    at = f"{V1}/visits/{visit}/milestones"
    assert (await nurse.post(f"{at}/summary", json={})).status_code == 409
    assert (await nurse.post(at, json={"way": "flying"})).status_code == 422
    seq = (await nurse.post(at, json={"way": "cash"})).json()["seq"]
    assert [each["visit"] for each in (await nurse.get(f"{V1}/discharges")).json()["items"]] == [visit]
    assert (await icu.get(f"{V1}/discharges")).json()["items"] == []
    assert (await icu.get(at)).status_code == (await icu.post(f"{at}/summary", json={})).status_code == 404
    assert (await nurse.post(f"{at}/dance", json={})).status_code == 404
    late = {"at": (web.core.clock.now() + timedelta(hours=1)).isoformat()}
    assert (await nurse.post(f"{at}/summary", json=late)).status_code == 409
    assert (await nurse.post(f"{at}/summary", json={"if_seq": seq - 1})).status_code == 409
    key = {"idempotency-key": "tap-1"}
    once, again = [await nurse.post(f"{at}/summary", json={}, headers=key) for _ in range(2)]
    assert once.text == again.text
    assert (await nurse.delete(at)).json()["called_off"]
    assert (await nurse.delete(at)).status_code == 409


async def test_a_letter_begins_and_the_pre_authorisation_runs(web: Web) -> None:
    visit, billing = await admitted(web), await web.as_role(Role.BILLING)
    asked = (await billing.post(f"{V1}/visits/{visit}/preauth", json={})).json()
    assert (asked["ordered"], asked["expected"], asked["insurer"]["awaited"]) == (False, None, "preauth")
    assert web.core.desk.hospital.beds[A1].insurer_due is not None
    answered = (await billing.post(f"{V1}/visits/{visit}/preauth", json={"answered": True})).json()
    assert answered["insurer"] is None and web.core.desk.hospital.beds[A1].insurer_due is None


async def test_the_clock_expects_anew_and_learns_the_pace(web: Web) -> None:
    desk = await web.as_role(Role.ADMISSIONS)
    nurse = await web.as_role(Role.NURSE, "4B")
    for turn in range(ENOUGH):
        visit = await admitted(web, mrn=f"MRN-{turn}")
        at = f"{V1}/visits/{visit}/milestones"
        await nurse.post(at, json={"way": "onward_0"})
        web.core.clock.advance(timedelta(minutes=20))
        await nurse.post(f"{at}/summary", json={})
        await desk.post(f"{V1}/visits/{visit}/discharge", json={})
        await desk.post(f"{V1}/beds/4B-A-01/status", json={"status": "available"})
    await learn(web.core.desk, web.core.database, web.core.clock.now() + timedelta(minutes=1))
    took = web.core.desk.hospital.paces["discharge"].took
    assert {step: said.p50 for step, said in took.items()} == {"summary": 20}
    seq = web.core.desk.hospital.seq
    await learn(web.core.desk, web.core.database, web.core.clock.now() + timedelta(minutes=1))
    assert web.core.desk.hospital.seq == seq
    visit = VisitId(await admitted(web, mrn="MRN-99"))
    await nurse.post(f"{V1}/visits/{visit}/milestones", json={"way": "cash"})
    before = web.core.desk.hospital.beds[A1].expected_free_at
    web.core.clock.advance(timedelta(hours=6))
    await expect(web.core.desk)
    after = web.core.desk.hospital.beds[A1].expected_free_at
    assert before is not None and after is not None and after > web.core.clock.now() > before


async def test_results_that_are_awaited_are_counted(web: Web) -> None:
    visit, now = VisitId(await admitted(web)), web.core.clock.now()
    patient = web.core.desk.hospital.visits[visit].patient
    for number, state in (("1", "final"), ("2", "preliminary"), ("3", "ordered")):
        note = ClinicalNote(f"his/x/{number}", patient, visit, NoteKind.LAB, "CBC", state, now, Order(now))
        await web.core.desk.act(NoteOrder(note), FEED)
    assert await pending_results(web.core.database, {visit: patient}) == {visit: 2}
    nurse = await web.as_role(Role.NURSE, "4B")
    await nurse.post(f"{V1}/visits/{visit}/milestones", json={"way": "cash"})
    assert "results awaited: 2" in (await nurse.get("/discharges")).text


async def test_what_was_called_off_stays_so_after_a_restart(web: Web) -> None:
    """The letter that began it still stands; a new process has to know that a person called it off."""
    visit, nurse, now = VisitId(await admitted(web)), await web.as_role(Role.NURSE, "4B"), web.core.clock.now()
    patient = web.core.desk.hospital.visits[visit].patient

    def told(act: Act, sent: int) -> Chart:
        at = now + timedelta(seconds=sent)
        return Chart((Told(visit, Person(patient), Fact(act, at, Order(at))),), feed="his")

    await web.core.desk.act(told(Act.PEND_DISCHARGE, 1), FEED)
    assert web.core.desk.hospital.discharges[visit].assumed
    web.core.clock.advance(timedelta(minutes=5))
    assert (await nurse.delete(f"{V1}/visits/{visit}/milestones")).status_code == 200
    restart(web)
    await web.core.desk.act(told(Act.AMEND, 2), FEED)
    assert web.core.desk.hospital.discharges[visit].called_off
    assert web.core.desk.hospital.beds[A1].expected_free_at is None
